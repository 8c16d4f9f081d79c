"""The lines of the board: one a Service and source of it, in the order that is asked for, under the
heads of their groups where rows are grouped.

One Service that changed is one line that is another; the lines are put together again only when a
Service comes, goes, is ranked otherwise, or has another number of sources. Pure, but for what it
keeps of the board before.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import dataclass
from itertools import compress
from operator import is_not
from typing import Any

from fluxtui.domain.board import Level, Line
from fluxtui.domain.board import Row as Service
from fluxtui.kit.records import NamedTuple

NAMED = 8  # faulty Services that a head names at most


class BoardEntry(NamedTuple):
    """The `number`-th source of a Service, counted from 0."""

    service: Service
    number: int


class HeadId(NamedTuple):
    """What a head stands for: a group of that name, of rows grouped `by` that."""

    by: str
    name: str


class GroupHead(NamedTuple):
    """The line above a group. `levels`: how many Services are how bad, worst first; `faulty`: the
    worst of them by their last parts; `first`: the first Service; `round`: another one whenever
    one of its lines is."""

    id: HeadId
    levels: tuple[tuple[Level, int], ...]
    faulty: tuple[str, ...]
    first: str
    folded: bool
    round: int = 0

    @property
    def size(self) -> int:
        """Services in the group."""
        return sum(count for _level, count in self.levels)


Entry = BoardEntry | GroupHead


@dataclass(frozen=True, slots=True)
class Order:
    """How lines are ordered. `rank` gives what a Service is sorted by: its first part is that of
    its group, too, unless groups are sorted by name. `group` and `level` are asked for where rows
    are grouped `by` something; lines of a `folded` group are left out."""

    rank: Callable[[Service], tuple[Any, ...]]
    sort: str = ""
    reverse: bool = False
    by: str = ""
    folded: frozenset[str] = frozenset()
    group: Callable[[Service], str] = lambda _service: ""
    level: Callable[[Service], Level] = lambda _service: Level.OK

    @property
    def asked(self) -> tuple[object, ...]:
        """What makes it another order."""
        return self.sort, self.reverse, self.by, self.folded

    @property
    def ranked(self) -> bool:
        """Whether lines do not simply stand as the Services came."""
        return bool(self.sort or self.by)

    def of(self, service: Service) -> tuple[Any, ...]:
        """What decides where the Service stands, and what its group's head says of it."""
        if not self.by:
            return (self.rank(service),)
        return (self.rank(service), self.group(service), self.level(service))


def key(entry: Entry) -> Hashable:
    """What stays the same whatever its cells say."""
    return entry.id if isinstance(entry, GroupHead) else (entry.service.service, entry.number)


def is_row(entry: Entry) -> bool:
    """Whether it is a line of a Service."""
    return isinstance(entry, BoardEntry)


def last_part(service: str) -> str:
    """`activity` of `acme/activity`."""
    return service.rpartition("/")[2]


def faulty(services: Sequence[Service]) -> tuple[Service, ...]:
    """Those with a line that is not well, or not known to be."""
    return tuple(service for service in services if any(map(_is_faulty, service.lines.values())))


def _is_faulty(lines: Sequence[Line]) -> bool:
    return any(line.health.level is not Level.OK for line in lines)


class BoardLines:
    """Entries of the Services given last."""

    def __init__(self) -> None:
        self._services: Sequence[Service] = ()
        self._order = Order(lambda service: (service.service,))
        self._ranks: list[Any] = []
        self._starts: dict[int, int] = {}
        self._groups: dict[str, list[int]] = {}
        self._heads: dict[str, int] = {}
        self._gone: dict[HeadId, str] = {}
        self._ranked: tuple[object, dict[str, tuple[Service, Any]]] | None = None
        self._lines_of: dict[str, tuple[BoardEntry, ...]] = {}
        self._entries: list[Entry] = []
        self.prefix = ""  # what all Services begin with: `acme/`
        self.alone: frozenset[str] = frozenset()  # known by their last part: no other ends so

    @property
    def heads(self) -> tuple[GroupHead, ...]:
        """Of all groups, in order."""
        entries = (self._entries[place] for place in self._heads.values())
        return tuple(entry for entry in entries if isinstance(entry, GroupHead))

    def entries(self, services: Sequence[Service], order: Order) -> list[Entry]:
        """All of them; the same list when nothing changed, else a new one."""
        old, self._services = self._services, services
        before, self._order = self._order, order
        if len(old) != len(services) or before.asked != order.asked:
            return self._grow()
        changed = list(compress(range(len(services)), map(is_not, old, services)))
        for i in changed:
            was, now = old[i], services[i]
            moved = order.ranked and self._ranks[i] != order.of(now)
            if was.service != now.service or _depth(was) != _depth(now) or moved:
                return self._grow()
        if changed:
            self._entries = list(self._entries)
        for i in changed:
            self._renew(i)
        return self._entries

    def _renew(self, place: int) -> None:
        """Its lines say something else; a filter has to look at their head again."""
        service, start = self._services[place], self._starts.get(place)
        for number in range(_depth(service) if start is not None else 0):
            self._entries[(start or 0) + number] = BoardEntry(service, number)
        if self._order.by:
            at = self._heads[self._ranks[place][1]]
            head = self._entries[at]
            if isinstance(head, GroupHead):
                self._entries[at] = head._replace(round=head.round + 1)

    def group(self, id_: Hashable) -> str | None:
        """The group that a head, or a line of a Service, belongs to; None for no group."""
        if isinstance(id_, HeadId):
            return id_.name
        name = id_[0] if isinstance(id_, tuple) else None
        for group, places in self._groups.items():
            if any(self._services[i].service == name for i in places):
                return group
        return None

    def stand_in(self, id_: Hashable) -> Hashable:
        """What is shown in the place of a line that is not: its Service's first line, or the head
        of its group; of a head that is gone, the first line of what was its group."""
        further = isinstance(id_, HeadId) or (isinstance(id_, tuple) and id_[1] > 0)
        if isinstance(id_, HeadId):
            id_ = (self._gone.get(id_, ""), 0)
        group = self.group(id_)
        if group is not None and (group in self._order.folded or not further):
            return HeadId(self._order.by, group)
        return (id_[0], 0) if isinstance(id_, tuple) else None

    def members(self, head: GroupHead) -> Iterator[BoardEntry]:
        """All lines of a group, folded or not."""
        for i in self._groups.get(head.id.name, ()):
            service = self._services[i]
            yield from (BoardEntry(service, number) for number in range(_depth(service)))

    # Put together --------------------------------------------------------------------------------

    def _grow(self) -> list[Entry]:
        order, services = self._order, self._services
        self._rank_all()
        places: Sequence[int] = range(len(services))
        if order.ranked:
            places = sorted(places, key=lambda i: self._ranks[i][0], reverse=order.reverse)
        self._gone = {head.id: head.first for head in self.heads}
        self._groups = self._grouped(places) if order.by else {}
        self._starts, self._entries, self._heads = {}, [], {}
        if len(self._lines_of) > 2 * len(services):
            self._lines_of.clear()
        if not order.by:
            self._list(places)
        for name, members in self._groups.items():
            head = self._head(name, members)
            self._heads[name] = len(self._entries)
            self._entries.append(head)
            if not head.folded:
                self._list(members)
        self._name_them()
        return self._entries

    def _rank_all(self) -> None:
        """Their ranks; those of a Service that is the same object are what they were."""
        order, before = self._order, self._ranked
        if before is None or before[0] != (order.sort, order.by):
            before = ((order.sort, order.by), {})
        self._ranks, known = [], {}
        for service in self._services if order.ranked else ():
            last = before[1].get(service.service)
            same = last is not None and last[0] is service
            rank = last[1] if last is not None and same else order.of(service)
            known[service.service] = (service, rank)
            self._ranks.append(rank)
        self._ranked = (before[0], known)

    def _list(self, places: Sequence[int]) -> None:
        """Their lines; those of a Service that is the same object are the same ones."""
        for i in places:
            self._starts[i] = len(self._entries)
            service = self._services[i]
            lines = self._lines_of.get(service.service)
            if lines is None or lines[0].service is not service:
                lines = tuple(BoardEntry(service, number) for number in range(_depth(service)))
                self._lines_of[service.service] = lines
            self._entries += lines

    def _grouped(self, places: Sequence[int]) -> dict[str, list[int]]:
        """Their places by group: groups are sorted as their first Services are."""
        groups: dict[str, list[int]] = {}
        for i in places:
            groups.setdefault(self._ranks[i][1], []).append(i)

        def rank(name: str) -> tuple[Any, ...]:
            first = self._ranks[groups[name][0]][0]
            return (name,) if self._order.sort == "name" else (first[0], name)

        ordered = sorted(groups, key=rank, reverse=self._order.reverse)
        return {name: groups[name] for name in ordered}

    def _head(self, name: str, members: Sequence[int]) -> GroupHead:
        levels = Counter(self._ranks[i][2] for i in members)
        bad = sorted((i for i in members if self._ranks[i][2] is not Level.OK),
                     key=lambda i: -self._ranks[i][2])  # fmt: skip
        names = tuple(last_part(self._services[i].service) for i in bad[:NAMED])
        counts = tuple((level, levels[level]) for level in reversed(Level) if levels[level])
        first = self._services[members[0]].service
        folded = name in self._order.folded
        return GroupHead(HeadId(self._order.by, name), counts, names, first, folded)

    def _name_them(self) -> None:
        owners = {service.service.rpartition("/")[0] for service in self._services}
        owner = next(iter(owners)) if len(owners) == 1 else ""
        self.prefix = f"{owner}/" if owner else ""
        ends = Counter(last_part(service.service) for service in self._services)
        self.alone = frozenset(end for end, count in ends.items() if count == 1)


def _depth(service: Service) -> int:
    return max(1, max((len(lines) for lines in service.lines.values()), default=1))
