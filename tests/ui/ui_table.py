"""A table alone in an app, which tells what it had painted again."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

from textual.app import App, ComposeResult
from textual.geometry import Region
from textual.pilot import Pilot

from fluxtui.ui.spans import Line
from fluxtui.ui.widgets.columns import Column
from fluxtui.ui.widgets.listing import TableRow
from fluxtui.ui.widgets.table import Table

COLUMNS = (Column("NAME", least=6, keep=9), Column("AGE", least=4, right=True))
BY_PLACE = (
    Column("NAME", least=6, keep=9),
    Column("RUNS", least=6, group="staging"),
    Column("PICK", least=6, group="staging"),
    Column("RUNS", least=14, group="production"),
)


class Watched(Table):
    """A Table that tells what it had painted again, and which rows it was moved to."""

    def __init__(self, *, floats: bool = False) -> None:
        super().__init__(id="table", floats=floats)
        self.painted: list[Region] = []
        self.drawn = 0
        self.on_drawn = self._count

    def _count(self) -> None:
        self.drawn += 1

    def refresh(self, *regions: Region, **more: Any) -> Any:
        self.painted += regions or (Region(0, 0, 0, 0),)
        return super().refresh(*regions, **more)


class Board(App[None]):
    """Nothing but one table."""

    CSS = """
    Watched > .row--cursor { background: #202040; }
    Watched > .row--cell { background: #4040a0; }
    Watched > .row--blur { background: #303030; }
    """

    def __init__(self, *, floats: bool = False) -> None:
        super().__init__()
        self.table = Watched(floats=floats)
        self.moves = 0

    def compose(self) -> ComposeResult:
        yield self.table

    def on_scrolling_moved(self) -> None:
        self.moves += 1


def cell(text: str) -> Line:
    return ((text, ""),)


def row(name: str, *cells: str, **more: bool) -> TableRow:
    return TableRow(name, (cell(name), *(cell(text) for text in cells)), **more)


ROWS = tuple(row(f"row-{n}", f"{n}s") for n in range(20))


@asynccontextmanager
async def shown(
    rows: Sequence[TableRow] = ROWS,
    size: tuple[int, int] = (40, 8),
    columns: Sequence[Column] = COLUMNS,
    **more: Any,
) -> AsyncIterator[tuple[Watched, Pilot[None]]]:
    app = Board(**more)
    async with app.run_test(size=size) as pilot:
        table = app.table
        table.focus()
        table.show_rows(columns, rows, (cell("nothing is here"),))
        await settled(pilot)
        yield table, pilot


async def settled(pilot: Pilot[None]) -> None:
    await pilot.pause()
    await pilot.pause()
    table = pilot.app.query_one(Watched)
    table.painted.clear()
    table.drawn = 0


def lines(table: Table) -> list[str]:
    return [table.render_line(y).text.rstrip() for y in range(table.size.height)]


def styles(table: Table, y: int) -> list[tuple[str, Any]]:
    """Each word of a line with the background that it stands on."""
    strip = table.render_line(y)
    return [
        (word, s.style and (s.style.bgcolor, s.style.reverse))
        for s in strip
        for word in s.text.split()
    ]


def chosen(table: Table) -> object:
    """The id of the row under the cursor."""
    return table.selected.id if table.selected is not None else None
