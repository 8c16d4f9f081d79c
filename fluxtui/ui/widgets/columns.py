"""How wide each column of a table is: pure arithmetic over contents and the space there is.

Columns shrink to their minimum first; then those of the lowest priority go, in all groups alike, so
that a narrow terminal shows fewer columns and never broken ones.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

GAP = 2


@dataclass(frozen=True, slots=True)
class Column:
    """One column. `keep` says how important it is (higher stays longer); `flex` takes what is left.

    `group` is the heading above (an Environment), shared by neighbours. `middle` shortens in the
    middle, `right` aligns right. `most` 0: as wide as its content.
    """

    title: str
    least: int = 4
    most: int = 0
    keep: int = 5
    group: str = ""
    flex: bool = False
    middle: bool = False
    right: bool = False


@dataclass(frozen=True, slots=True)
class Slot:
    """A column that is shown: its index, where it begins and how wide it is."""

    index: int
    column: Column
    start: int
    width: int


def layout(columns: Sequence[Column], contents: Sequence[int], width: int) -> tuple[Slot, ...]:
    """Slots for these columns; `contents` is the widest content of each (cells)."""
    shown = list(range(len(columns)))
    while len(shown) > 1 and _needed(columns, shown) > width:
        lowest = min(columns[i].keep for i in shown)
        rest = [i for i in shown if columns[i].keep != lowest]
        if not rest:
            break
        shown = rest
    wanted = {i: _wanted(columns[i], contents[i]) for i in shown}
    space = width - GAP * (len(shown) - 1)
    _shrink(columns, wanted, space)
    spare = space - sum(wanted.values())
    flexible = [i for i in shown if columns[i].flex]
    for number, i in enumerate(flexible):
        wanted[i] += max(0, spare) // len(flexible) + (number < max(0, spare) % len(flexible))
    slots: list[Slot] = []
    start = 0
    for i in shown:
        slots.append(Slot(i, columns[i], start, max(1, min(wanted[i], width - start))))
        start += wanted[i] + GAP
        if start >= width:
            break
    return tuple(slots)


def _wanted(column: Column, content: int) -> int:
    size = max(column.least, len(column.title), content)
    return min(size, column.most) if column.most else size


def _needed(columns: Sequence[Column], shown: Sequence[int]) -> int:
    return sum(max(columns[i].least, 1) for i in shown) + GAP * (len(shown) - 1)


def _shrink(columns: Sequence[Column], wanted: dict[int, int], space: int) -> None:
    """Take from the widest shrinkable column until all fit."""
    while sum(wanted.values()) > space:
        loose = [i for i in wanted if wanted[i] > columns[i].least]
        if not loose:
            return
        widest = max(loose, key=lambda i: (wanted[i] - columns[i].least, i))
        over = sum(wanted.values()) - space
        second = sorted((wanted[i] - columns[i].least for i in loose), reverse=True)[1:2] or [0]
        room = wanted[widest] - columns[widest].least
        wanted[widest] -= max(1, min(over, room - second[0]))
