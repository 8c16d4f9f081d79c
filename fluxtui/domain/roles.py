"""Who has which role in a Snapshot: its sources and appliers, whatever kinds they are of.

Looks things up and no more: what a source or an applier says is asked of its kind.
"""

from __future__ import annotations

from collections.abc import Iterator

from fluxtui.domain import kinds
from fluxtui.domain.kinds import appliers, sources
from fluxtui.domain.resource import Key, Resource
from fluxtui.domain.snapshot import Snapshot


def tagged(snapshot: Snapshot) -> Iterator[Resource]:
    """Sources of all Environments whose versions are tags that a registry lists."""
    return (resource for kind in kinds.TAGGED for resource in snapshot.of_kind(kind))


def tagged_in(snapshot: Snapshot, environment: str) -> Iterator[Resource]:
    """Sources there whose versions are tags that a registry lists."""
    return (
        resource for kind in kinds.TAGGED for resource in snapshot.table(environment, kind).values()
    )


def appliers_in(snapshot: Snapshot, environment: str) -> Iterator[Resource]:
    """What applies revisions there."""
    return (
        resource
        for kind in kinds.APPLIERS
        for resource in snapshot.table(environment, kind).values()
    )


def users_of(snapshot: Snapshot, source: Key) -> tuple[Resource, ...]:
    """Appliers that the source feeds, by key."""
    users = (r for r in appliers_in(snapshot, source.environment) if appliers.source(r) == source)
    return tuple(sorted(users, key=lambda resource: resource.key))


def stands_on(snapshot: Snapshot, resource: Resource) -> tuple[Resource, ...]:
    """What an object is fed by, directly and farther up, the farthest first; what is not there is
    left out."""
    ordered: dict[Key, Resource] = {}
    _climb(snapshot, resource, ordered, {resource.key})
    return tuple(ordered.values())


def _climb(
    snapshot: Snapshot, resource: Resource, ordered: dict[Key, Resource], seen: set[Key]
) -> None:
    for key in feeders(resource):
        above = snapshot.get(key)
        if key not in seen and above is not None:
            seen.add(key)
            _climb(snapshot, above, ordered, seen)
            ordered[key] = above


def feeders(resource: Resource) -> tuple[Key, ...]:
    """What an object is fed by directly, whether or not that is there."""
    source = appliers.source(resource)
    return tuple(dict.fromkeys((*((source,) if source else ()), *kinds.needs(resource))))


def standing_on(snapshot: Snapshot, source: Key) -> tuple[Resource, ...]:
    """Appliers that a source feeds, directly or through others, behind what lies between."""
    between: dict[Key, Resource] = {}
    users: list[Resource] = []
    for applier in appliers_in(snapshot, source.environment):
        above = stands_on(snapshot, applier)
        if any(resource.key == source for resource in above):
            users.append(applier)
            between |= {
                r.key: r
                for r in above
                if any(farther.key == source for farther in stands_on(snapshot, r))
            }
    return (*between.values(), *sorted(users, key=lambda resource: resource.key))


def source_key(snapshot: Snapshot, key: Key) -> Key | None:
    """The source that an object is, or is fed by; also one that is not there."""
    if sources.is_source(key):
        return key
    resource = snapshot.get(key)
    return appliers.source(resource) if resource is not None else None


def source_of(snapshot: Snapshot, key: Key) -> Resource | None:
    """The source that an object is, or is fed by."""
    source = source_key(snapshot, key)
    return snapshot.get(source) if source is not None else None


def bundle_of(snapshot: Snapshot, key: Key) -> Resource | None:
    """`source_of`, when its versions are tags: what can be picked, pinned and promoted."""
    source = source_key(snapshot, key)
    return snapshot.get(source) if source is not None and sources.is_tagged(source) else None
