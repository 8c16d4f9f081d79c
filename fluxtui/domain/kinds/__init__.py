"""The registry of Flux kinds: one file a kind, and who has which role.

To add a kind, write a file beside this one and name it in `ALL`. Nothing else may list kinds, and
nothing outside of this room imports one by its name.
"""

from __future__ import annotations

from collections.abc import Mapping

from fluxtui.domain.kinds import (
    alert,
    artifactgenerator,
    bucket,
    externalartifact,
    fluxinstance,
    fluxreport,
    gitrepository,
    helmchart,
    helmrelease,
    helmrepository,
    imagepolicy,
    imagerepository,
    imageupdateautomation,
    kustomization,
    ocirepository,
    provider,
    receiver,
    resourceset,
    resourcesetinputprovider,
)
from fluxtui.domain.kinds.kind import Kind, PinField, RangeField
from fluxtui.domain.resource import Key, Resource

ALL: tuple[Kind, ...] = (
    ocirepository.KIND,
    kustomization.KIND,
    helmrelease.KIND,
    gitrepository.KIND,
    helmrepository.KIND,
    helmchart.KIND,
    bucket.KIND,
    externalartifact.KIND,
    artifactgenerator.KIND,
    resourceset.KIND,
    resourcesetinputprovider.KIND,
    fluxinstance.KIND,
    fluxreport.KIND,
    imagerepository.KIND,
    imagepolicy.KIND,
    imageupdateautomation.KIND,
    alert.KIND,
    provider.KIND,
    receiver.KIND,
)
"""Watched where they are served, listed by `get`, and acted on; in the order of a table of all."""
CORE = tuple(kind for kind in ALL if kind.core)
SOURCES = tuple(kind for kind in ALL if kind.source is not None)
TAGGED = tuple(kind for kind in SOURCES if kind.tagged)
PICKING = tuple(kind for kind in SOURCES if kind.tagged or kind.wishes)
"""Sources whose version is picked out of a list, their own or another's."""
TAG_PICKERS = tuple(kind for kind in ALL if kind.picker is not None)
"""What picks out of a list that is asked for only when somebody looks."""
APPLIERS = tuple(kind for kind in ALL if kind.applier is not None)

_BY_ID: Mapping[tuple[str, str], Kind] = {kind.id: kind for kind in ALL}


def of(key: Key) -> Kind | None:
    """The kind of an object; None when fluxtui knows nothing of it."""
    return _BY_ID.get((key.group, key.kind))


def is_ours(key: Key) -> bool:
    """Whether it is one of Flux's objects that are shown and acted on."""
    return (key.group, key.kind) in _BY_ID


def by_short(text: str) -> Kind | None:
    """The kind that people mean by `ks`, `ocirepo`, `Kustomization`, `kustomizations`, and as
    kubectl prints it, `kustomization.kustomize.toolkit.fluxcd.io`."""
    word, _dot, group = text.lower().partition(".")
    return next(
        (kind for kind in ALL if word in kind.called and group in ("", kind.group)),
        None,
    )


def suspended(resource: Resource) -> bool:
    """Whether it is suspended by its kind's means: a mark, not a health
    (docs/flux.md#suspension)."""
    return bool(suspending_field(resource))


def suspending_field(resource: Resource) -> str:
    """The path of the field that suspends it, "" when it is not suspended."""
    kind = of(resource.key)
    means = kind.suspends if kind is not None else None
    return means.field if means is not None and means.holds(resource) else ""


def hold(resource: Resource) -> PinField | None:
    """How it is held on one version, where it has a field that picks one."""
    kind = of(resource.key)
    means = kind.hold if kind is not None else None
    return means if means is not None and means.picks(resource) else None


def ranged(resource: Resource) -> RangeField | None:
    """Where its range stands, where it picks by one and has no tags."""
    kind = of(resource.key)
    return kind.ranged if kind is not None and hold(resource) is not None else None


def is_static(resource: Resource) -> bool:
    """Whether no controller writes a status for it."""
    kind = of(resource.key)
    return kind is not None and kind.is_static(resource)


def needs(resource: Resource) -> tuple[Key, ...]:
    """What it stands on besides what it depends on."""
    kind = of(resource.key)
    return kind.needs(resource) if kind is not None else ()


def title(key: Key) -> str:
    """Its name; `hr/name` of a kind that nobody would take for granted."""
    kind = of(key)
    return key.name if kind is None or kind.core else f"{kind.short}/{key.name}"
