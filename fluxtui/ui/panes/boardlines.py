"""The lines of the board: one a Service and source of it, in the order that is asked for.

One Service that changed is one line that is another; the lines are put together again only when a
Service comes, goes, or has another number of sources. Pure, but for what it keeps of the board
before.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Sequence
from itertools import compress
from operator import is_not
from typing import Any, NamedTuple

from fluxtui.domain.board import Level, Line
from fluxtui.domain.board import Row as Service


class BoardEntry(NamedTuple):
    """The `number`-th source of a Service, counted from 0."""

    service: Service
    number: int


def key(entry: BoardEntry) -> Hashable:
    """What stays the same whatever its cells say."""
    return entry.service.service, entry.number


def last_part(service: str) -> str:
    """`activity` of `acme/activity`."""
    return service.rpartition("/")[2]


def faulty(services: Sequence[Service]) -> tuple[Service, ...]:
    """Those with a line that is not well, or not known to be."""
    return tuple(service for service in services if any(map(_is_faulty, service.lines.values())))


def _is_faulty(lines: Sequence[Line]) -> bool:
    return any(line.health.level is not Level.OK for line in lines)


class BoardLines:
    """Entries of the Services given last. `rank` gives what a Service is sorted by."""

    def __init__(self) -> None:
        self._services: Sequence[Service] = ()
        self._order: Sequence[int] = ()
        self._ranks: list[Any] = []
        self._starts: dict[int, int] = {}
        self._entries: list[BoardEntry] = []
        self._asked: tuple[str, bool] = ("", False)
        self.prefix = ""  # what all Services begin with: `acme/`
        self.alone: frozenset[str] = frozenset()  # known by their last part: no other ends so

    def entries(
        self, services: Sequence[Service], sort: str, reverse: bool, rank: Callable[[Service], Any]
    ) -> list[BoardEntry]:
        """All of them; the same list when nothing changed, else a new one."""
        old, self._services = self._services, services
        ordering, self._asked = self._asked, (sort, reverse)
        if len(old) != len(services) or ordering != self._asked:
            return self._grow(rank)
        changed = list(compress(range(len(services)), map(is_not, old, services)))
        for i in changed:
            was, now = old[i], services[i]
            moved = bool(sort) and self._ranks[i] != rank(now)
            if was.service != now.service or _depth(was) != _depth(now) or moved:
                return self._grow(rank)
        if changed:
            self._entries = list(self._entries)
        for i in changed:
            start = self._starts[i]
            for number in range(_depth(services[i])):
                self._entries[start + number] = BoardEntry(services[i], number)
        return self._entries

    def _grow(self, rank: Callable[[Service], Any]) -> list[BoardEntry]:
        sort, reverse = self._asked
        self._order = range(len(self._services))
        self._ranks = []
        if sort:
            self._ranks = [rank(service) for service in self._services]
            self._order = sorted(self._order, key=self._ranks.__getitem__, reverse=reverse)
        self._starts, self._entries = {}, []
        for i in self._order:
            self._starts[i] = len(self._entries)
            service = self._services[i]
            self._entries += [BoardEntry(service, number) for number in range(_depth(service))]
        owners = {service.service.rpartition("/")[0] for service in self._services}
        owner = next(iter(owners)) if len(owners) == 1 else ""
        self.prefix = f"{owner}/" if owner else ""
        ends = Counter(last_part(service.service) for service in self._services)
        self.alone = frozenset(end for end, count in ends.items() if count == 1)
        return self._entries


def _depth(service: Service) -> int:
    return max(1, max((len(lines) for lines in service.lines.values()), default=1))
