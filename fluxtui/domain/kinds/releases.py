"""What keeps its releases in Helm's storage, whatever kind it is of: the role's questions.

An object without the role answers with nothing. Pure; nothing here may look at a second object.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fluxtui.domain import kinds
from fluxtui.domain.kinds.kind import Releases, StoredRelease, ValuesFrom
from fluxtui.domain.resource import EMPTY, Key, Resource

DEPLOYED = "deployed"
"""Helm's word for the release that runs."""


def role(key: Key) -> Releases | None:
    """The role of its kind; None when it has none of this."""
    kind = kinds.of(key)
    return kind.releases if kind is not None else None


def has_releases(key: Key) -> bool:
    """Whether it makes releases of a chart."""
    return role(key) is not None


def own_values(resource: Resource) -> Mapping[str, Any]:
    """The values that stand in the object itself."""
    releases = role(resource.key)
    return releases.values(resource) if releases is not None else EMPTY


def values_from(resource: Resource) -> tuple[ValuesFrom, ...]:
    """What other values are read out of, in order."""
    releases = role(resource.key)
    return releases.values_from(resource) if releases is not None else ()


def stored(resource: Resource) -> tuple[StoredRelease, ...]:
    """The releases it names, newest first."""
    releases = role(resource.key)
    return releases.stored(resource) if releases is not None else ()


def storage(resource: Resource) -> tuple[str, str]:
    """(name, namespace) under which Helm keeps its releases; ("", "") where it does not."""
    releases = role(resource.key)
    return releases.storage(resource) if releases is not None else ("", "")


def released_as(resource: Resource) -> tuple[str, str]:
    """(name, namespace) of its releases as a chart sees them; ("", "") where it makes none."""
    releases = role(resource.key)
    return (
        (releases.storage(resource)[0], releases.target(resource))
        if releases is not None
        else ("", "")
    )


def definitions(resource: Resource) -> str:
    """What an upgrade does with a chart's `crds/`: Skip, Create or CreateReplace."""
    releases = role(resource.key)
    return releases.definitions(resource) if releases is not None else ""


def drift(resource: Resource) -> str:
    """What its controller found to be otherwise in the cluster, and leaves so; "" for nothing."""
    releases = role(resource.key)
    return releases.drift(resource) if releases is not None else ""


def deployed(resource: Resource) -> StoredRelease | None:
    """The release that runs: the newest one that is deployed."""
    return next((each for each in stored(resource) if each.status == DEPLOYED), None)


def previous(resource: Resource) -> StoredRelease | None:
    """The newest release before the one that runs."""
    now = deployed(resource)
    before = (each for each in stored(resource) if now is not None and each.number < now.number)
    return next(before, None)
