"""How wide each column of a table is: pure arithmetic over contents and the space there is.

Columns of the lowest priority go first, in all groups alike, as long as those that matter more
would have less than they need to be read; then all shrink to their minimum. So a narrow terminal
shows fewer columns and never broken ones, and a wide one shortens nothing while there is room.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

GAP = 2


@dataclass(frozen=True, slots=True)
class Column:
    """One column. `keep` says how important it is (higher stays longer); `flex` takes what is left.

    `group` is the heading above (an Environment), shared by neighbours. `middle` shortens in the
    middle, `right` aligns right. `most`: no more while others need the space (0: as wide as its
    content). `good`: the width for which columns that matter less give way.
    """

    title: str
    least: int = 4
    most: int = 0
    good: int = 0
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
    visible = list(range(len(columns)))
    while len(visible) > 1 and _needed(columns, contents, visible) > width:
        lowest = min(columns[i].keep for i in visible)
        fewer = [i for i in visible if columns[i].keep != lowest]
        if not fewer:
            break
        visible = fewer
    sizes = {i: _wanted(columns[i], contents[i]) for i in visible}
    space = width - GAP * (len(visible) - 1)
    _shrink({i: max(columns[i].least, columns[i].good) for i in visible}, sizes, space)
    _shrink({i: columns[i].least for i in visible}, sizes, space)
    spare = max(0, space - sum(sizes.values()))
    for i in sorted(visible, key=lambda i: -columns[i].keep):
        more = min(spare, max(0, contents[i] - sizes[i]))
        sizes[i] += more
        spare -= more
    flexible = [i for i in visible if columns[i].flex]
    for number, i in enumerate(flexible):
        sizes[i] += spare // len(flexible) + (number < spare % len(flexible))
    slots: list[Slot] = []
    start = 0
    for i in visible:
        slots.append(Slot(i, columns[i], start, max(1, min(sizes[i], width - start))))
        start += sizes[i] + GAP
        if start >= width:
            break
    return tuple(slots)


def _wanted(column: Column, content: int) -> int:
    size = max(column.least, len(column.title), content)
    return min(size, column.most) if column.most else size


def _needed(columns: Sequence[Column], contents: Sequence[int], visible: Sequence[int]) -> int:
    """What must be there for the least important of these columns to stay."""
    lowest = min(columns[i].keep for i in visible)
    sizes = 0
    for i in visible:
        column = columns[i]
        good = min(column.good, max(contents[i], len(column.title)))
        sizes += max(column.least, 1, good if column.keep > lowest else 0)
    return sizes + GAP * (len(visible) - 1)


def _shrink(floors: dict[int, int], sizes: dict[int, int], space: int) -> None:
    """Take from the column that is widest over its floor until all fit, or none is over it."""
    while sum(sizes.values()) > space:
        loose = [i for i in sizes if sizes[i] > floors[i]]
        if not loose:
            return
        widest = max(loose, key=lambda i: (sizes[i] - floors[i], i))
        over = sum(sizes.values()) - space
        second = sorted((sizes[i] - floors[i] for i in loose), reverse=True)[1:2] or [0]
        room = sizes[widest] - floors[widest]
        sizes[widest] -= max(1, min(over, room - second[0]))
