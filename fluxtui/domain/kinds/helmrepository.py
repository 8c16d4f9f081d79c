"""HelmRepository: an index of charts, or a registry's address (docs/flux.md#helm).

One of a registry is only an address: no controller looks at it, and it has no status.
"""

from __future__ import annotations

from fluxtui.domain.kinds.kind import SOURCE_SHAPE, Kind, KindColumn, Source
from fluxtui.domain.kinds.reading import SOURCES, text_at
from fluxtui.domain.resource import Resource
from fluxtui.domain.selection import Charts


def url(resource: Resource) -> str:
    """spec.url, `https://host/path` or `oci://host/path`."""
    return text_at(resource.spec, "url")


def is_static(resource: Resource) -> bool:
    """Whether it is a registry's address."""
    return text_at(resource.spec, "type") == "oci"


def follows(resource: Resource) -> str:
    """What it holds, in words."""
    return "no index: a registry" if is_static(resource) else "its index"


def charts(resource: Resource) -> Charts:
    """As what it holds charts."""
    return Charts.REGISTRY if is_static(resource) else Charts.INDEX


KIND = Kind(
    SOURCES,
    "v1",
    "HelmRepository",
    "helmrepositories",
    "helmrepo",
    words=("helm",),
    source=Source(url=url, follows=follows, charts=charts),
    shape={**SOURCE_SHAPE, "spec.url": str},
    needed=("spec.url",),
    is_static=is_static,
    stopped=("its index stays as it is: charts are picked out of that",),
    columns=(KindColumn("URL", url),),
)
