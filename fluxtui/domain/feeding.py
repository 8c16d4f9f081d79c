"""Whom an object feeds, answered without looking at all that it does not feed.

The keys of the screen ask it of ten thousand Kustomizations, several times each. So what was read
of a table is kept, and of the next one only what changed is read again. What is kept is a memory
and no truth: every answer is about the Snapshot it was asked of. Pure besides.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import starmap
from operator import is_

from fluxtui.domain import kinds
from fluxtui.domain.kinds import appliers
from fluxtui.domain.kinds.kind import Kind
from fluxtui.domain.resource import Key, Resource
from fluxtui.domain.snapshot import KindId, Snapshot, Table

Fed = Mapping[Key, frozenset[Key]]
"""What feeds -> what it feeds, directly."""

_KEPT: dict[tuple[str, KindId], tuple[Table, Fed]] = {}


def feeders(resource: Resource) -> tuple[Key, ...]:
    """What an object is fed by directly, whether or not that is there."""
    source = appliers.source(resource)
    return tuple(dict.fromkeys((*((source,) if source else ()), *kinds.needs(resource))))


def fed_by(
    snapshot: Snapshot, source: Key, within: Iterable[Kind] = kinds.ALL
) -> Iterator[Resource]:
    """Objects of those kinds, of its own Environment, that it feeds directly; in no order."""
    for kind in within:
        table = snapshot.table(source.environment, kind)
        if table:
            fed = _fed((source.environment, kind.id), table)
            yield from (table[key] for key in fed.get(source, ()))


def _fed(place: tuple[str, KindId], table: Table) -> Fed:
    before, fed = _KEPT.get(place, ({}, {}))
    if before is not table:
        fed = _carried_over(before, fed, table)
        _KEPT[place] = table, fed
    return fed


def _carried_over(before: Table, fed: Fed, table: Table) -> Fed:
    """The same for the table that came after it."""
    moved: dict[Key, set[Key]] = {}
    for key, was, now in _differing(before, table):
        old = set(feeders(was)) if was is not None else set()
        new = set(feeders(now)) if now is not None else set()
        for feeder in old ^ new:
            if feeder not in moved:
                moved[feeder] = set(fed.get(feeder, ()))
            # What is on one side only is new there, or was there.
            moved[feeder] ^= {key}
    if not moved:
        return fed
    return {**fed, **{feeder: frozenset(keys) for feeder, keys in moved.items()}}


def _differing(
    before: Table, after: Table
) -> Iterator[tuple[Key, Resource | None, Resource | None]]:
    """What is another object now, or came, or went: what it was and what it is."""
    if len(before) == len(after) and all(starmap(is_, zip(before, after, strict=True))):
        # Mostly one object changed, and stands where it stood: nothing need be looked up.
        pairs = zip(before.values(), after.values(), strict=True)
        yield from ((now.key, was, now) for was, now in pairs if was is not now)
        return
    for key in before.keys() | after.keys():
        was, now = before.get(key), after.get(key)
        if was is not now:
            yield key, was, now
