"""Rings: whether a build has been through every earlier stage before it goes to the next one.

Stages are in configured order; one counts as a ring of a service where it has the service. A ring
is skipped when the build never went well there, and cut short when it has not been well there for
as long as its `soak` asks. What Flux does not remember is not known, and said so. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from fluxtui.domain.config import Environment
from fluxtui.domain.durations import age
from fluxtui.domain.following import followers
from fluxtui.domain.kinds import sources
from fluxtui.domain.known import place_known
from fluxtui.domain.record import trials
from fluxtui.domain.resource import Resource
from fluxtui.domain.roles import users_of
from fluxtui.domain.snapshot import Snapshot
from fluxtui.domain.spells import spell_of


@dataclass(frozen=True, slots=True)
class RingGap:
    """An Environment of an earlier Stage that the build has not been through: `skipped`, or not
    well there for long enough. `known`: whether that is so, or only cannot be told."""

    environment: str
    says: str
    known: bool = True
    skipped: bool = True


def ring_gaps(
    snapshot: Snapshot, source: Resource, name: str, digest: str, now: float
) -> tuple[RingGap, ...]:
    """Gaps behind a build, `name`d so, that would come to this source; `now` in epoch seconds.

    Nothing for what has run well in its own Stage before: it has been there already.
    """
    stages = snapshot.config.stages
    own = snapshot.config.environment(source.key.environment)
    if own is None or not digest:
        return ()
    rings = stages[: stages.index(own.stage_name)]
    every = followers(snapshot, sources.url(source))
    if any(went_well(snapshot, one, digest) for one in _within(snapshot, every, (own.stage_name,))):
        return ()
    return tuple(gap for stage in rings for gap in _gaps(snapshot, stage, every, name, digest, now))


def _within(
    snapshot: Snapshot, every: Iterable[Resource], stages: tuple[str, ...]
) -> Iterator[Resource]:
    places = {e.name for e in snapshot.config.environments if e.stage_name in stages}
    return (one for one in every if one.key.environment in places)


def _gaps(
    snapshot: Snapshot,
    stage: str,
    every: Iterable[Resource],
    name: str,
    digest: str,
    now: float,
) -> Iterator[RingGap]:
    here = tuple(_within(snapshot, every, (stage,)))
    for place in (e for e in snapshot.config.environments if e.stage_name == stage):
        known = place_known(snapshot, place.name)
        mine = tuple(one for one in here if one.key.environment == place.name)
        well = any(went_well(snapshot, one, digest) for one in mine)
        if not known.known and not well:
            # Not even whether the service is there can be told.
            says = f"whether {name} ran in {place.name} is not known: {place.name} {known.clause}"
            yield RingGap(place.name, says, False)
        elif mine and not well:
            says = f"{name} never ran well in {place.name}, as far as Flux remembers"
            yield RingGap(place.name, says)
        elif place.soak:
            until = now if known.known else 0.0
            yield from _soak(snapshot, place, mine, name, digest, until)


def went_well(snapshot: Snapshot, source: Resource, digest: str) -> bool:
    """Whether that build went well in all that take it from there."""
    users = users_of(snapshot, source.key)
    tried = [trials(user).get(digest) for user in users]
    return bool(tried) and all(trial is not None and trial.good for trial in tried)


def _soak(
    snapshot: Snapshot,
    place: Environment,
    mine: Iterable[Resource],
    name: str,
    digest: str,
    now: float,
) -> Iterator[RingGap]:
    """`now`: 0 where the place cannot be read now."""
    soak = place.soak
    users = [(user, one) for one in mine for user in users_of(snapshot, one.key)]
    spells = [spell_of(user, digest, now, one) for user, one in users]
    noted = [spell for spell in spells if spell is not None]
    shortest = min(noted, key=lambda spell: spell.most, default=None)
    all_noted = len(noted) == len(spells) and bool(now)
    if all_noted and shortest is not None and shortest.most < soak:
        most = "" if shortest.sure else "at most "
        says = f"{name} has been well in {place.name} for {most}{age(shortest.most)} of {age(soak)}"
        yield RingGap(place.name, says, skipped=False)
    elif not all_noted or any(spell.least < soak for spell in noted):
        says = f"how long {name} has been well in {place.name} is not known"
        yield RingGap(place.name, f"{says}; {age(soak)} are asked for", False, False)
