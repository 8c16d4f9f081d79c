"""Bucket: the files of an object store (docs/flux.md#other-sources)."""

from __future__ import annotations

from fluxtui.domain.kinds.kind import SOURCE_SHAPE, Kind, KindColumn, Source
from fluxtui.domain.kinds.reading import SOURCES, text_at
from fluxtui.domain.resource import Resource


def url(resource: Resource) -> str:
    """`endpoint/bucket`."""
    parts = (text_at(resource.spec, name) for name in ("endpoint", "bucketName"))
    return "/".join(part for part in parts if part)


def follows(resource: Resource) -> str:
    """What of it is taken, in words."""
    prefix = text_at(resource.spec, "prefix")
    return f"what begins with {prefix}" if prefix else "all of it"


KIND = Kind(
    SOURCES,
    "v1",
    "Bucket",
    "buckets",
    "bucket",
    source=Source(url=url, follows=follows),
    shape=SOURCE_SHAPE,
    columns=(KindColumn("BUCKET", url),),
)
