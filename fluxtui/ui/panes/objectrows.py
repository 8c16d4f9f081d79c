"""The rows of Objects: one a Flux object, in order, made again only for what changed.

Between two Snapshots nearly all objects are the same ones, and that is seen by identity: health is
judged once for each. It must not paint, nor know where the cursor is.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from operator import is_not
from typing import Any

from fluxtui.domain import kinds
from fluxtui.domain.board import HealthLine, Level
from fluxtui.domain.foundkinds import all_kinds, suspended
from fluxtui.domain.kinds.kind import Kind
from fluxtui.domain.knowledge import Knowledge
from fluxtui.domain.known import kind_known
from fluxtui.domain.objectstate import ready_word, revision_text
from fluxtui.domain.overview import doubt
from fluxtui.domain.overview.arrivals import awaited
from fluxtui.domain.overview.judgement import found_health, member_health
from fluxtui.domain.resource import Key, Resource
from fluxtui.domain.rowfilter import RowFilter
from fluxtui.domain.snapshot import Snapshot
from fluxtui.ui.ages import epoch
from fluxtui.ui.spans import elide_middle


@dataclass(frozen=True, eq=False)
class ObjectRow:
    """One object as it may be told. `health` is judged when it is made, all else when it is asked
    for; a row is what it is, so two of them are never equal."""

    kind: Kind
    resource: Resource
    known: Knowledge
    health: HealthLine

    @property
    def key(self) -> Key:
        """Which object it is."""
        return self.resource.key

    @cached_property
    def ready(self) -> str:
        """`True`, `False`, `Unknown`, `static`; "" when no controller has said."""
        return ready_word(self.resource)

    @cached_property
    def suspended(self) -> bool:
        """Whether it is suspended, by its kind's means."""
        return suspended(self.resource)

    @cached_property
    def born(self) -> float:
        """When it was created, epoch seconds."""
        return epoch(self.resource.created)

    @cached_property
    def extras(self) -> tuple[str, ...]:
        """What its kind wants to be seen."""
        return tuple(column.text(self.resource) for column in self.kind.columns)

    @cached_property
    def worst_first(self) -> tuple[object, ...]:
        """Failed, then what is not known, then what waits or works."""
        return (-self.health.level, *self.by_name)

    @cached_property
    def by_name(self) -> tuple[object, ...]:
        """By name; equal ones by namespace and kind."""
        key = self.key
        return (key.name, key.namespace, key.kind)

    @property
    def by_age(self) -> tuple[object, ...]:
        """The newest first."""
        return (-self.born, *self.by_name)


LEAST, MOST = 9, 40  # cells of a namespace that has to be known from another
_SETTLED = (Level.OK, Level.WAITING)

ORDERS: Mapping[str, Callable[[ObjectRow], Any]] = {
    "": lambda row: row.worst_first,
    "status": lambda row: row.worst_first,
    "name": lambda row: row.by_name,
    "age": lambda row: row.by_age,
}


@dataclass(frozen=True, slots=True)
class Choice:
    """What is listed: of one Environment these kinds, `namespace` "" all of them; in what order."""

    environment: str
    kinds: tuple[Kind, ...]
    namespace: str = ""
    sort: str = ""
    reverse: bool = False


class ObjectRows:
    """The rows of the Choice asked for last."""

    def __init__(self) -> None:
        self._choice: Choice | None = None
        self._made_of: tuple[object, ...] = ()
        self._rows: list[ObjectRow] = []
        self._by_key: dict[Key, ObjectRow] = {}
        self.levels: dict[Level, int] = {}
        self.suspended = 0
        self.apart = 0  # cells that tell namespaces of equal names apart; 0 there are none

    def of(self, snapshot: Snapshot, choice: Choice) -> list[ObjectRow]:
        """In order; the same list as long as nothing of it changed."""
        tables = [snapshot.table(choice.environment, kind) for kind in choice.kinds]
        if any(kind.unfed for kind in choice.kinds):  # these are judged by their sources, too
            tables += [snapshot.table(choice.environment, kind) for kind in kinds.SOURCES]
        made_of = (snapshot.feeds, snapshot.unreachable, *tables)
        same = choice == self._choice and not any(map(is_not, made_of, self._made_of))
        self._choice, self._made_of = choice, made_of
        if same:
            return self._rows
        rows = sorted(self._each(snapshot, choice), key=ORDERS[choice.sort], reverse=choice.reverse)
        self._by_key = {row.key: row for row in rows}
        if len(rows) != len(self._rows) or any(map(is_not, rows, self._rows)):
            self._rows = rows
            self._count()
        return self._rows

    def _each(self, snapshot: Snapshot, choice: Choice) -> list[ObjectRow]:
        known: dict[tuple[Kind, str], Knowledge] = {}
        rows = []
        for kind in choice.kinds:
            for key, resource in snapshot.table(choice.environment, kind).items():
                if choice.namespace and key.namespace != choice.namespace:
                    continue
                place = (kind, key.namespace)
                if place not in known:
                    known[place] = kind_known(snapshot, choice.environment, kind.id, key.namespace)
                rows.append(self._row(kind, resource, known[place], snapshot))
        return rows

    def _row(
        self, kind: Kind, resource: Resource, known: Knowledge, snapshot: Snapshot
    ) -> ObjectRow:
        old = self._by_key.get(resource.key)
        same = old is not None and old.resource is resource and old.known == known
        if old is not None and same and (not kind.unfed or old.health.level in _SETTLED):
            return old
        judge = member_health if kinds.of(resource.key) is not None else found_health
        health = doubt.health(awaited(judge(resource), resource, snapshot), known)
        if old is not None and same and old.health == health:
            return old
        return ObjectRow(kind, resource, known, health)

    def _count(self) -> None:
        self.levels = dict.fromkeys(Level, 0)
        for row in self._rows:
            self.levels[row.health.level] += 1
        self.suspended = sum(row.suspended for row in self._rows)
        places: dict[tuple[str, str, str], list[str]] = {}
        for row in self._rows:
            own = row.key
            places.setdefault((own.group, own.kind, own.name), []).append(own.namespace)
        self.apart = max((_apart(each) for each in places.values() if len(each) > 1), default=0)


def _apart(names: Sequence[str]) -> int:
    """The fewest cells in which these differ as they are shortened."""
    fits = (n for n in range(LEAST, MOST) if len({elide_middle(x, n) for x in names}) == len(names))
    return next(fits, MOST)


def key(row: ObjectRow) -> Hashable:
    """What stays the same when it changes, or others come in above."""
    return row.key


def passes(row: ObjectRow, typed: RowFilter, snapshot: Snapshot) -> bool:
    """Whether the filter keeps it: by what its row says, its labels or its fields."""
    own, resource = row.key, row.resource
    text = (own.namespace, row.kind.short, own.kind, own.name, row.ready, *row.extras)
    says = (revision_text(resource, snapshot), "suspended" * row.suspended, row.health.text)
    return typed.passes(" ".join((*text, *says)), resource)


def kinds_here(snapshot: Snapshot, environment: str) -> tuple[Kind, ...]:
    """Kinds of which there are objects, in the order of a table of all."""
    every = all_kinds(snapshot, environment)
    return tuple(kind for kind in every if snapshot.table(environment, kind))


def elsewhere(
    snapshot: Snapshot, environment: str, of: Sequence[Kind]
) -> tuple[tuple[str, int], ...]:
    """How many of these kinds other Environments have, where they have any."""
    counts = (
        (name, sum(len(snapshot.table(name, kind)) for kind in of))
        for name in snapshot.board.environments
        if name != environment
    )
    return tuple((name, count) for name, count in counts if count)
