"""Where the builds of one repository run, and how they went: looked up again only for what changed.

Between two Snapshots nearly all rows and objects are the same ones, and that is seen by identity.
It must not paint.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import compress
from operator import is_not

from fluxtui.domain.board import Row
from fluxtui.domain.picking import address_of
from fluxtui.domain.record import Record, trials
from fluxtui.domain.resource import Key, Resource
from fluxtui.domain.snapshot import Snapshot, TagFacts, TagList
from fluxtui.domain.tagrows import runs_in


class Whereabouts:
    """Tag -> Environments in which it runs, of the repository asked for last."""

    def __init__(self) -> None:
        self._repository = ""
        self._rows: Sequence[Row] = ()
        self._mine: frozenset[int] = frozenset()
        self._known: tuple[tuple[Row, ...], Mapping[str, TagFacts]] = ((), {})
        self._running: dict[str, tuple[str, ...]] = {}

    def of(self, snapshot: Snapshot, tags: TagList) -> dict[str, tuple[str, ...]]:
        """The same object as long as nothing of it changed."""
        rows = snapshot.board.rows
        if tags.repository != self._repository or len(rows) != len(self._rows):
            self._repository, self._mine = tags.repository, frozenset()
            changed = list(range(len(rows)))
        else:
            changed = list(compress(range(len(rows)), map(is_not, self._rows, rows)))
        self._rows = rows
        for index in changed:
            uses = _uses(snapshot, rows[index], tags.repository)
            self._mine = self._mine | {index} if uses else self._mine - {index}
        own = tuple(rows[index] for index in sorted(self._mine))
        before, facts = self._known
        if facts is not tags.facts or len(own) != len(before) or any(map(is_not, own, before)):
            self._known = (own, tags.facts)
            alone = replace(snapshot, board=replace(snapshot.board, rows=own))
            self._running = runs_in(alone, tags)
        return self._running


def _uses(snapshot: Snapshot, row: Row, repository: str) -> bool:
    sources = (line.source or line.key for lines in row.lines.values() for line in lines)
    return any(address_of(snapshot, source) == repository for source in sources)


class Tried:
    """The record of the builds of one Service."""

    def __init__(self) -> None:
        self._members: tuple[Resource | None, ...] = ()
        self._record = Record(())

    def of(self, snapshot: Snapshot, service: str, source: Key | None) -> Record:
        """The same object as long as nothing of it changed."""
        row = snapshot.board.row(service) if service else None
        lines = [line for group in row.lines.values() for line in group] if row is not None else []
        if not lines and source is not None:
            line = snapshot.board.line(source)
            lines = [line] if line is not None else []
        members = tuple(snapshot.get(key) for line in lines for key in line.appliers)
        if len(members) != len(self._members) or any(map(is_not, members, self._members)):
            self._members = members
            self._record = Record(t for m in members if m is not None for t in trials(m).values())
        return self._record
