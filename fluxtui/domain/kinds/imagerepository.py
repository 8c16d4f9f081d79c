"""ImageRepository: the tags of an image, as image-reflector-controller scans them
(docs/flux.md#images)."""

from __future__ import annotations

from fluxtui.domain.kinds.kind import Kind, KindColumn
from fluxtui.domain.kinds.reading import mapping_at, text_at
from fluxtui.domain.resource import Resource

GROUP = "image.toolkit.fluxcd.io"


def image(resource: Resource) -> str:
    """spec.image, `host/path`."""
    return text_at(resource.spec, "image")


def tags(resource: Resource) -> str:
    """How many tags the last scan found."""
    count = mapping_at(resource.status, "lastScanResult").get("tagCount")
    return f"{count} tags" if isinstance(count, int) else ""


KIND = Kind(
    GROUP,
    "v1",
    "ImageRepository",
    "imagerepositories",
    "imagerepo",
    words=("imgrepo",),
    stopped=("its tags are no longer scanned; policies go on with those of the last scan",),
    revision=tags,
    columns=(
        KindColumn("IMAGE", image),
        KindColumn("SCANNED", lambda r: text_at(r.status, "lastScanResult", "scanTime")),
    ),
)
