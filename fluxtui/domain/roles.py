"""Who has which role in a Snapshot: its sources and appliers, whatever kinds they are of.

Looks things up and no more: what a source or an applier says is asked of its kind.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from fluxtui.domain import kinds
from fluxtui.domain.feeding import fed_by, feeders
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
    fed = fed_by(snapshot, source, kinds.APPLIERS)
    users = (resource for resource in fed if appliers.source(resource) == source)
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


def standing_on(snapshot: Snapshot, source: Key) -> tuple[Resource, ...]:
    """Appliers that a source feeds, directly or through others, behind what lies between."""
    below = _below(snapshot, source)
    users = sorted(
        (resource for resource in below.values() if appliers.is_applier(resource.key)),
        key=lambda resource: resource.key,
    )
    between = {
        above.key: above
        for user in users
        for above in stands_on(snapshot, user)
        if above.key in below
    }
    return (*between.values(), *users)


def _below(snapshot: Snapshot, source: Key) -> Mapping[Key, Resource]:
    """All that stands on it, whatever lies between; nothing does on what is not there."""
    below: dict[Key, Resource] = {}
    waiting = [source] if snapshot.get(source) is not None else []
    while waiting:
        for fed in fed_by(snapshot, waiting.pop()):
            if fed.key != source and fed.key not in below:
                below[fed.key] = fed
                waiting.append(fed.key)
    return below


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
