"""What a table lists: items of which rows are made only when they are drawn.

Ten thousand items cost a change no more than ten: items are compared by identity first, only those
that changed are measured again, and a row's cells are made for the lines in sight. It must not
know what an item is (a Recipe does), nor paint.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from itertools import chain, compress, count, islice
from operator import is_, is_not
from typing import Any

from fluxtui.domain.resource import Resource
from fluxtui.domain.rowfilter import RowFilter, parsed
from fluxtui.ui.spans import Line, plain, width

SHIFTED = 64  # rows that may come in at the top at once
NO_OBJECTS = "labels and fields are of objects, and no row here is one"


@dataclass(frozen=True, slots=True)
class TableRow:
    """One line of the table: what it stands for, and its cells.

    A `heading` cannot be selected; the first cell of a `wide` row takes the whole line.
    """

    id: Hashable
    cells: tuple[Line, ...]
    heading: bool = False
    wide: bool = False


def widths(row: TableRow) -> tuple[int, ...]:
    """Cells that each column of a row would like; () for a row that stands across the columns."""
    return () if row.heading or row.wide else tuple(width(cell) for cell in row.cells)


@dataclass(frozen=True, slots=True)
class Recipe:
    """How a row is made of an item. `key` tells items apart, and is the id of the row made.

    `measure` gives the widths of the cells (0 where a column takes what is left); it is asked for
    every item, `make` only for those in sight and while a filter is on. `match`: whether the
    filter keeps an item, where that takes more than the row's text. `objects`: those that the
    row is about, None where rows are about none; `literal`: they are text to read. `counts`:
    whether it is one of the rows that are counted. `stand_in`: where the cursor goes when the row
    of an id is not listed any more.
    """

    key: Callable[[Any], Hashable]
    make: Callable[[Any], TableRow]
    measure: Callable[[Any], tuple[int, ...]]
    heading: Callable[[Any], bool] = lambda _item: False
    match: Callable[[Any, RowFilter], bool] | None = None
    objects: Callable[[Any], Iterable[Resource]] | None = None
    literal: bool = False
    counts: Callable[[Any], bool] = lambda _item: True
    stand_in: Callable[[Hashable], Hashable] = lambda _id: None


ROWS = Recipe(lambda row: row.id, lambda row: row, widths, lambda row: row.heading)
"""For those who have their rows made already."""


def row_text(row: TableRow) -> str:
    """What words of a filter are looked for in."""
    return " ".join(plain(cell) for cell in row.cells)


def _filter_for(words: str, recipe: Recipe) -> RowFilter:
    """What is typed, as rows of that kind can be asked for it."""
    typed = parsed(words, literal=recipe.literal)
    return RowFilter(error=NO_OBJECTS) if typed.asks and recipe.objects is None else typed


class RowListing:
    """Items in order, those that pass the filter, and the widest content of each column."""

    def __init__(self) -> None:
        self.recipe = ROWS
        self.words = ""
        self._typed = RowFilter()
        self._nowhere: tuple[object, tuple[str, ...]] = (None, ())  # of which items
        self._all: Sequence[Any] = ()
        self._sizes: list[tuple[int, ...]] = []
        self._tallies: list[Counter[int]] = []
        self._passing: list[bool] = []
        self._places: Sequence[int] = range(0)
        self._made: dict[int, TableRow] = {}

    def __len__(self) -> int:
        return len(self._places)

    @property
    def counts(self) -> tuple[int, int]:
        """(shown, all): rows that pass the filter, and all of them; headings do not count."""
        heading, counts, items = self.recipe.heading, self.recipe.counts, self._all
        rows = sum(counts(items[i]) and not heading(items[i]) for i in self._places)
        return rows, sum(counts(item) and not heading(item) for item in items)

    @property
    def widest(self) -> tuple[int, ...]:
        """The widest content of each column, in cells."""
        return tuple(max(tally, default=0) for tally in self._tallies)

    @property
    def filter_fault(self) -> str:
        """Why what is typed hides nothing; "" when it is a filter."""
        return self._typed.error

    @property
    def nowhere(self) -> tuple[str, ...]:
        """`the field spec.nope`: what the filter asks for that no object here has."""
        objects = self.recipe.objects
        if not self._typed.asks or objects is None or not self._all:
            return ()
        if self._nowhere[0] is not self._all:
            each = (resource for item in self._all for resource in objects(item))
            self._nowhere = (self._all, self._typed.nowhere(each))
        return self._nowhere[1]

    # One row -------------------------------------------------------------------------------------

    def row(self, index: int) -> TableRow:
        """The row at that place, made now unless it was drawn since the last change."""
        row = self._made.get(index)
        if row is None:
            row = self._made[index] = self.recipe.make(self.item(index))
        return row

    def item(self, index: int) -> Any:
        """What that row is made of."""
        return self._all[self._places[index]]

    def id_at(self, index: int) -> Hashable:
        """What the row at that place stands for; None for no row."""
        inside = 0 <= index < len(self._places)
        return self.recipe.key(self.item(index)) if inside else None

    def is_heading(self, index: int) -> bool:
        """Whether the cursor passes it by."""
        return self.recipe.heading(self.item(index))

    def index_of(self, id_: Hashable, near: int) -> int | None:
        """Where the row of that id is; looked for from `near` on."""
        indexes = chain(range(near, len(self)), range(min(near, len(self))))
        return next((i for i in indexes if self.id_at(i) == id_), None)

    def place_of(self, id_: Hashable, near: int) -> int | None:
        """Where the row of that id is, or what stands in for it; None: nothing does."""
        index = self.index_of(id_, near)
        if index is None and id_ is not None:
            index = self.index_of(self.recipe.stand_in(id_), near)
        return index

    def outdated(self) -> None:
        """Rows already made are made again: what they are made from beside the item changed."""
        self._made.clear()

    # All of them ---------------------------------------------------------------------------------

    def give(self, items: Sequence[Any], recipe: Recipe, *, afresh: bool = False) -> bool:
        """Take these items. False: each one is where it was, though it may have changed."""
        self._made.clear()
        afresh = afresh or recipe is not self.recipe
        if items is self._all and not afresh:
            return False
        if recipe is not self.recipe:
            self._typed = _filter_for(self.words, recipe)
        self.recipe, old, self._all = recipe, self._all, items
        if afresh:
            self._replace(0, len(self._sizes), items)
            return True
        if len(old) == len(items):
            down = shift(old, items)
            if not down:
                return self._compare(old, items)
            self._measure(len(items) - down, len(items), ())
            self._replace(0, 0, items[:down])
            return True
        start, end, stop = difference(old, items)
        self._replace(start, end, items[start:stop])
        return True

    def filter(self, words: str) -> None:
        """Show only rows with these words ("" = all)."""
        self.words, self._typed = words, _filter_for(words, self.recipe)
        self._nowhere = (None, ())
        self._made.clear()
        self._passing = [self._passes(item) for item in self._all]
        self._sift()

    def _compare(self, old: Sequence[Any], items: Sequence[Any]) -> bool:
        """As many as before: those that changed, one by one. Whether any moved."""
        key = self.recipe.key
        moved = False
        places = list(compress(range(len(items)), map(is_not, old, items)))
        # What stood at another of these places is measured already, and passed the filter or not.
        known = {id(old[i]): (self._sizes[i], self._passing[i]) for i in places}
        for i in places:
            elsewhere = known.get(id(items[i]))
            if elsewhere is None and old[i] == items[i]:
                continue
            moved = moved or elsewhere is not None or key(old[i]) != key(items[i])
            passed = self._passing[i]
            self._measure(i, i + 1, items[i : i + 1], elsewhere)
            moved = moved or passed != self._passing[i]
        if moved:
            self._sift()
        return moved

    def _replace(self, start: int, end: int, items: Sequence[Any]) -> None:
        self._measure(start, end, items)
        self._sift()

    def _measure(
        self,
        start: int,
        end: int,
        items: Sequence[Any],
        known: tuple[tuple[int, ...], bool] | None = None,
    ) -> None:
        """The items between `start` and `end` are these now; `known`: what is known of the only
        one, its sizes and whether it passes."""
        sizes = [self.recipe.measure(item) for item in items] if known is None else [known[0]]
        for size in self._sizes[start:end]:
            for tally, cells in zip(self._tallies, size, strict=False):
                tally[cells] -= 1
                if not tally[cells]:
                    del tally[cells]
        for size in sizes:
            while len(self._tallies) < len(size):
                self._tallies.append(Counter())
            for tally, cells in zip(self._tallies, size, strict=False):
                tally[cells] += 1
        self._sizes[start:end] = sizes
        passing = [self._passes(item) for item in items] if known is None else [known[1]]
        self._passing[start:end] = passing

    def _passes(self, item: Any) -> bool:
        if not self.words or self.recipe.heading(item):
            return True
        if self._typed.error:
            return True
        if self.recipe.match is not None:
            return self.recipe.match(item, self._typed)
        objects = self.recipe.objects if self._typed.asks else None
        return self._typed.passes(
            row_text(self.recipe.make(item)), *(objects(item) if objects is not None else ())
        )

    def _sift(self) -> None:
        indices = range(len(self._all))
        self._places = list(compress(indices, self._passing)) if self.words else indices


def difference(old: Sequence[Any], new: Sequence[Any]) -> tuple[int, int, int]:
    """(start, end in `old`, end in `new`) of the part outside which both are the same."""
    short = min(len(old), len(new))
    start = _first(map(_differ, old, new), short)
    tail = _first(map(_differ, reversed(old), reversed(new)), short)
    tail = min(tail, short - start)
    return start, len(old) - tail, len(new) - tail


def shift(old: Sequence[Any], new: Sequence[Any]) -> int:
    """How many came in at the top while as many went at the end, as in a list of what is newest;
    0 when it is not that."""
    for down in range(1, min(SHIFTED, len(old))):
        if new[down] is old[0]:
            moved = new[0] is not old[0] and all(map(is_, islice(new, down, None), old))
            return down if moved else 0
    return 0


def _differ(old: Any, new: Any) -> bool:
    return old is not new and old != new


def _first(flags: Iterable[bool], otherwise: int) -> int:
    return next(islice(compress(count(), flags), 1), otherwise)
