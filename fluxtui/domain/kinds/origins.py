"""Kinds that are read only to say why: rarer sources, and who takes charts.

An applier may name any of these sources, and fail because the source does; a HelmRelease takes a
chart out of an OCIRepository, which is then no bundle. They are watched only while something names
them, shown nowhere as objects of their own, and never acted on.
"""

from __future__ import annotations

from collections.abc import Mapping

from fluxtui.domain.kinds.kind import SOURCE_SHAPE, Kind, Source, text_at
from fluxtui.domain.resource import EMPTY, Key, Resource

GROUP = "source.toolkit.fluxcd.io"


def _bucket(resource: Resource) -> str:
    """`endpoint/bucket`."""
    parts = (text_at(resource.spec, name) for name in ("endpoint", "bucketName"))
    return "/".join(part for part in parts if part)


SOURCES: tuple[Kind, ...] = (
    Kind(
        GROUP,
        "v1",
        "Bucket",
        "buckets",
        "bucket",
        source=Source(url=_bucket, follows=lambda _resource: "all of it"),
        shape=SOURCE_SHAPE,
    ),
    Kind(
        GROUP,
        "v1",
        "ExternalArtifact",
        "externalartifacts",
        "ea",
        source=Source(url=lambda _resource: "", follows=lambda _resource: "whoever makes it"),
        shape=SOURCE_SHAPE,
        reconciles=False,
        suspends=False,
    ),
)
HELM_RELEASE = Kind("helm.toolkit.fluxcd.io", "v2", "HelmRelease", "helmreleases", "hr")
ALL: tuple[Kind, ...] = (*SOURCES, HELM_RELEASE)


def chart_source(release: Resource) -> Key | None:
    """The OCIRepository that a HelmRelease takes its chart from (docs/flux.md#other-sources)."""
    reference = release.spec.get("chartRef")
    reference = reference if isinstance(reference, Mapping) else EMPTY
    name = str(reference.get("name") or "")
    if reference.get("kind") != "OCIRepository" or not name:
        return None
    namespace = str(reference.get("namespace") or release.key.namespace)
    return Key(release.key.environment, GROUP, "OCIRepository", namespace, name)
