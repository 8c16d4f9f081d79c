"""ImagePolicy: picks one tag of an ImageRepository (docs/flux.md#images)."""

from __future__ import annotations

from collections.abc import Mapping

from fluxtui.domain.kinds.kind import DEPENDENCY, Kind, KindColumn, TagPicker
from fluxtui.domain.kinds.reading import mapping_at, reference, text_at
from fluxtui.domain.resource import Key, Resource
from fluxtui.domain.selection import ImageRule

GROUP = "image.toolkit.fluxcd.io"


def repository(resource: Resource) -> Key | None:
    """The ImageRepository that it picks from."""
    entry = mapping_at(resource.spec, "imageRepositoryRef")
    return reference(resource, entry, GROUP, "ImageRepository")


def needs(resource: Resource) -> tuple[Key, ...]:
    """The ImageRepository that it picks from."""
    key = repository(resource)
    return (key,) if key is not None else ()


def picked(resource: Resource) -> str:
    """The tag that it picked, with its digest where that is reflected."""
    tag, digest = (text_at(resource.status, "latestRef", name) for name in ("tag", "digest"))
    if tag:
        return f"{tag}@{digest}" if digest else tag
    return text_at(resource.status, "latestImage").rpartition(":")[2]


def policy(resource: Resource) -> str:
    """`semver ^1.0`, `alphabetical asc`, `numerical desc`."""
    rule = mapping_at(resource.spec, "policy")
    for name, field in (("semver", "range"), ("alphabetical", "order"), ("numerical", "order")):
        if name in rule:
            return f"{name} {text_at(rule, name, field) or 'asc'}"
    return ""


def rule(resource: Resource) -> tuple[ImageRule, str]:
    """How it picks, and the range where that is by semver."""
    said = mapping_at(resource.spec, "policy")
    ways = ("semver", "alphabetical", "numerical")
    way = next((way for way in ways if isinstance(said.get(way), Mapping)), "")
    filters = mapping_at(resource.spec, "filterTags")
    image = ImageRule(
        way,
        text_at(said, way, "order") or "asc",
        text_at(filters, "pattern"),
        text_at(filters, "extract"),
        digests=text_at(resource.spec, "digestReflectionPolicy") or "Never",
    )
    return image, text_at(said, "semver", "range")


KIND = Kind(
    GROUP,
    "v1",
    "ImagePolicy",
    "imagepolicies",
    "imagepol",
    words=("imgpol",),
    waiting=frozenset({DEPENDENCY}),
    stopped=("it keeps the tag that it picked",),
    needs=needs,
    revision=picked,
    picker=TagPicker(holder=repository, rule=rule, picked=picked),
    columns=(KindColumn("POLICY", policy),),
)
