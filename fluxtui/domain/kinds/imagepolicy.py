"""ImagePolicy: picks one tag of an ImageRepository (docs/flux.md#images)."""

from __future__ import annotations

from fluxtui.domain.kinds.kind import DEPENDENCY, Kind, KindColumn
from fluxtui.domain.kinds.reading import mapping_at, reference, text_at
from fluxtui.domain.resource import Key, Resource

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
    columns=(KindColumn("POLICY", policy),),
)
