"""Kinds beside Flux's own two that are read only to say why: other sources, and who takes charts.

A Kustomization may name any of these sources, and fail because the source does; a HelmRelease takes
a chart out of an OCIRepository, which is then no bundle. They are watched only while something
names them, shown nowhere as objects of their own, and never acted on.
"""

from __future__ import annotations

from collections.abc import Mapping

from fluxtui.domain.kinds.kind import Kind
from fluxtui.domain.resource import EMPTY, Key, Resource

GROUP = "source.toolkit.fluxcd.io"
SOURCES: tuple[Kind, ...] = (
    Kind(GROUP, "v1", "GitRepository", "gitrepositories", "gitrepo"),
    Kind(GROUP, "v1", "Bucket", "buckets", "bucket"),
    Kind(GROUP, "v1", "ExternalArtifact", "externalartifacts", "ea"),
)
HELM_RELEASE = Kind("helm.toolkit.fluxcd.io", "v2", "HelmRelease", "helmreleases", "hr")
ALL: tuple[Kind, ...] = (*SOURCES, HELM_RELEASE)


def has_artifact(source: Resource) -> bool:
    """Whether a source of any kind has ever stored something that users can fetch."""
    artifact = source.status.get("artifact")
    return isinstance(artifact, Mapping) and bool(artifact.get("revision"))


def chart_source(release: Resource) -> Key | None:
    """The OCIRepository that a HelmRelease takes its chart from (docs/flux.md#other-sources)."""
    reference = release.spec.get("chartRef")
    reference = reference if isinstance(reference, Mapping) else EMPTY
    name = str(reference.get("name") or "")
    if reference.get("kind") != "OCIRepository" or not name:
        return None
    namespace = str(reference.get("namespace") or release.key.namespace)
    return Key(release.key.environment, GROUP, "OCIRepository", namespace, name)
