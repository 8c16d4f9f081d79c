"""OCIRepository: where an Environment's policy picks a version (docs/flux.md#source)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fluxtui.domain.kinds.kind import SOURCE_SHAPE, Kind, KindColumn, Source
from fluxtui.domain.kinds.reading import SOURCES, text_at
from fluxtui.domain.resource import EMPTY, Resource
from fluxtui.domain.selection import Policy


def url(resource: Resource) -> str:
    """spec.url, `oci://host/path`; empty when the object is malformed."""
    return text_at(resource.spec, "url")


def ref(resource: Resource) -> Mapping[str, Any]:
    """spec.ref, empty when it is not there."""
    value = resource.spec.get("ref")
    return value if isinstance(value, Mapping) else EMPTY


def policy(resource: Resource) -> Policy:
    """What picks the artifact: digest > semver (with filter) > tag > latest."""
    selector = resource.spec.get("layerSelector")
    media = selector.get("mediaType") if isinstance(selector, Mapping) else ""
    return Policy.from_ref(ref(resource), str(media or ""))


KIND = Kind(
    SOURCES,
    "v1",
    "OCIRepository",
    "ocirepositories",
    "ocirepo",
    words=("oci",),
    core=True,
    columns=(KindColumn("URL", url),),
    source=Source(url=url, follows=lambda resource: policy(resource).describe(), policy=policy),
    shape={**SOURCE_SHAPE, "spec.url": str, "spec.ref": Mapping},
    needed=("spec.url",),
    begins={"spec.url": "oci://"},
)
