"""Who would take what an act brings: every source that follows it, in all Environments, with the
reason why or why not, as simulated.

A registry write is judged by all policies of its repository (`domain.following`); what an act sets
in a source comes to that one alone. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from fluxtui.domain import roles
from fluxtui.domain.following import TagEffects
from fluxtui.domain.kinds import appliers, sources
from fluxtui.domain.naming import names_in
from fluxtui.domain.plan import Move, Taker
from fluxtui.domain.resource import Key
from fluxtui.domain.revision import version_text
from fluxtui.domain.snapshot import Snapshot


def takers_of(
    snapshot: Snapshot, picks: TagEffects | None, moves: Iterable[Move]
) -> tuple[Taker, ...]:
    """All of them, those that take another version first."""
    fed = _Fed(snapshot)
    every = _followers(fed, picks) if picks is not None else _moved(snapshot, fed, moves)
    return tuple(sorted(every, key=lambda taker: not taker.takes))


class _Fed:
    """Whom each source feeds; an Environment's appliers are looked through once."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot
        self._by_place: dict[str, dict[Key, list[Key]]] = {}

    def of(self, source: Key) -> tuple[Key, ...]:
        users = self._by_place.get(source.environment)
        if users is None:
            users = self._by_place[source.environment] = {}
            for applier in roles.appliers_in(self._snapshot, source.environment):
                feeder = appliers.source(applier)
                if feeder is not None:
                    users.setdefault(feeder, []).append(applier.key)
        return tuple(sorted(users.get(source, ())))


def _followers(fed: _Fed, picks: TagEffects) -> Iterator[Taker]:
    for one in picks.each:
        key = one.source.key
        yield Taker(key, one.before, one.after, one.changes, one.says, fed.of(key), one.seen)


def _moved(snapshot: Snapshot, fed: _Fed, moves: Iterable[Move]) -> Iterator[Taker]:
    for move in moves:
        source = snapshot.get(move.source)
        if source is None:
            continue
        names = names_in(snapshot, source)
        stored = version_text(sources.revision(source), names)
        after = version_text(move.after, names) or stored
        # Of a build its applier knows what it had; a chart's version is its object's.
        had = move.applier is not None and appliers.takes_bundles(move.applier)
        before = version_text(move.before, names) if had else stored
        why = f"{move.source.environment}: {move.source.label} gives out {after}"
        users = (move.applier,) if move.applier else fed.of(move.source)
        yield Taker(move.source, before, after, True, why, users)
