"""OCIRepository: where an Environment's policy picks a version (docs/flux.md#source)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fluxtui.domain.kinds.kind import Kind
from fluxtui.domain.resource import EMPTY, Resource
from fluxtui.domain.selection import Policy

KIND = Kind("source.toolkit.fluxcd.io", "v1", "OCIRepository", "ocirepositories", "ocirepo")


def url(resource: Resource) -> str:
    """spec.url, `oci://host/path`; empty when the object is malformed."""
    value = resource.spec.get("url")
    return value if isinstance(value, str) else ""


def ref(resource: Resource) -> Mapping[str, Any]:
    """spec.ref, empty when it is not there."""
    value = resource.spec.get("ref")
    return value if isinstance(value, Mapping) else EMPTY


def policy(resource: Resource) -> Policy:
    """What picks the artifact: digest > semver (with filter) > tag > latest."""
    selector = resource.spec.get("layerSelector")
    media = selector.get("mediaType") if isinstance(selector, Mapping) else ""
    return Policy.from_ref(ref(resource), str(media or ""))


def artifact(resource: Resource) -> Mapping[str, Any]:
    """status.artifact, empty when nothing was ever stored."""
    value = resource.status.get("artifact")
    return value if isinstance(value, Mapping) else EMPTY


def revision(resource: Resource) -> str:
    """The stored artifact's revision: `tag@sha256:...`, or a bare digest."""
    return str(artifact(resource).get("revision") or "")
