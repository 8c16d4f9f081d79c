"""ImageRepository: the tags of an image, as image-reflector-controller scans them
(docs/flux.md#images)."""

from __future__ import annotations

from fluxtui.domain.kinds.kind import Kind, KindColumn, Scan
from fluxtui.domain.kinds.reading import mapping_at, text_at
from fluxtui.domain.resource import Resource

GROUP = "image.toolkit.fluxcd.io"
_SIGNATURES = (r"^.*\.sig$",)  # the default of the CRD


def image(resource: Resource) -> str:
    """spec.image, `host/path`."""
    return text_at(resource.spec, "image")


def tags(resource: Resource) -> str:
    """How many tags the last scan found."""
    count = mapping_at(resource.status, "lastScanResult").get("tagCount")
    return f"{count} tags" if isinstance(count, int) else ""


def address(resource: Resource) -> str:
    """`oci://host/path` of its tags, as its controller names it; "" when the image has a tag."""
    name = text_at(resource.status, "canonicalImageName") or image(resource)
    if not name or ":" in name.rpartition("/")[2] or "://" in name:
        return ""
    host, slash, _path = name.partition("/")
    if not slash:
        return f"oci://index.docker.io/library/{name}"
    if not ("." in host or ":" in host or host == "localhost"):
        return f"oci://index.docker.io/{name}"
    return f"oci://{name}"


def exclusions(resource: Resource) -> tuple[str, ...]:
    """spec.exclusionList; signatures, where it says none."""
    listed = resource.spec.get("exclusionList")
    return tuple(map(str, listed)) if isinstance(listed, list) else _SIGNATURES


def latest(resource: Resource) -> tuple[str, ...]:
    """The newest tags that its controller tells, at most ten."""
    listed = mapping_at(resource.status, "lastScanResult").get("latestTags")
    return tuple(tag for tag in listed if isinstance(tag, str)) if isinstance(listed, list) else ()


def scanned(resource: Resource) -> str:
    """When its tags were read last (RFC 3339)."""
    return text_at(resource.status, "lastScanResult", "scanTime")


KIND = Kind(
    GROUP,
    "v1",
    "ImageRepository",
    "imagerepositories",
    "imagerepo",
    words=("imgrepo",),
    stopped=("its tags are no longer scanned; policies go on with those of the last scan",),
    revision=tags,
    scan=Scan(address=address, tags=latest, at=scanned, exclusions=exclusions),
    columns=(
        KindColumn("IMAGE", image),
        KindColumn("SCANNED", scanned),
    ),
)
