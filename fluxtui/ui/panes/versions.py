"""What runs where: every Service in every Environment, running / would pick / newest, on one board.

A Service with two OCIRepositories in one Environment has two lines there. Its rows are laid out in
`boardcells`, what stands under them in `boardstrip`.
"""

from __future__ import annotations

from functools import partial
from typing import ClassVar, cast

from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from fluxtui.commands.command import Target
from fluxtui.domain.board import Row as Service
from fluxtui.domain.counts import counted
from fluxtui.ui.keys import ASIDE, MOVES
from fluxtui.ui.panes.boardcells import (
    BoardShape,
    absence,
    columns,
    heading,
    ordering,
    row_of,
    sizes,
    window,
)
from fluxtui.ui.panes.boardlines import BoardEntry, BoardLines, faulty, key
from fluxtui.ui.panes.boardstrip import ALL_WELL, ATTENTION, empty, lately
from fluxtui.ui.panes.pane import Pane, View
from fluxtui.ui.widgets.listing import ROWS, Recipe, TableRow
from fluxtui.ui.widgets.painted import Paragraph

RowId = tuple[str, int]


class Versions(Pane):
    """The board."""

    title: ClassVar[str] = "Versions"
    hint: ClassVar[str] = "←→ environment  enter chain  t why  / filter  z faults  N A S sort"
    sorts: ClassVar[tuple[str, ...]] = ("name", "age", "status")
    first: ClassVar[bool] = True
    steps: ClassVar[frozenset[str]] = MOVES | ASIDE  # the same Service in the next Environment

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("z", "faults", "Only what is not well", show=False)
    ]

    def __init__(self, view: View) -> None:
        super().__init__(view)
        self._faults_only = False
        self._aim: Target | None = None
        self._aimed_at = 0  # keys pressed until then
        self._lines = BoardLines()
        self._count = 0
        self._shape = BoardShape((), False, (), "")
        self._recipe = ROWS
        self._environment = ""

    def lay_out(self, view: View) -> None:
        """Fill the table; the cursor's Environment is a group of columns."""
        board = view.snapshot.board
        table = self.table
        names = tuple(heading(view.snapshot, e) for e in board.environments)
        table.set_groups(
            names, heading(view.snapshot, self._environment or view.target.environment)
        )
        self._environment = self._current_environment()
        visible = window(board.environments, self._environment, self.size.width)
        spec = columns(view.snapshot, visible, self.size.width)
        words = any(c.title == "HEALTH" for c in spec)
        rows = faulty(board.rows) if self._faults_only else board.rows
        entries = self._lines.entries(rows, self.sort, self.reverse, self._rank)
        absent = tuple(absence(view.snapshot, name) for name in visible)
        shape = BoardShape(visible, words, absent, self._lines.prefix, self._lines.alone)
        if shape != self._shape:
            self._shape = shape
            self._recipe = Recipe(key, partial(self._row, shape), partial(self._sizes, shape))
        blank = empty(view.snapshot) if not board.rows else () if rows else ALL_WELL
        table.show_items(spec if rows else (), entries, self._recipe, empty=blank)
        # Who pressed a key since has seen where the cursor is: it goes nowhere by itself.
        if self._aim is not None and (
            table.keys != self._aimed_at or table.select((self._aim.service, 0))
        ):
            self._aim = None
        self._count = len(entries)
        self._show_lately(view, self._count or len(blank))

    def pass_time(self, view: View) -> None:
        """The rows in sight and the strip say how old something is."""
        self.view = view
        self.table.look_again()
        if view.snapshot.board.rows:
            self._show_lately(view, self._count)

    def _rank(self, service: Service) -> tuple[object, ...]:
        return ordering(self.view, service, self.sort)

    def _row(self, shape: BoardShape, entry: BoardEntry) -> TableRow:
        return row_of(self.view, shape, entry)

    def _sizes(self, shape: BoardShape, entry: BoardEntry) -> tuple[int, ...]:
        return sizes(self.view, shape, entry)

    def _show_lately(self, view: View, rows: int) -> None:
        """Under the board, where it leaves room: what needs a person, and what changed last."""
        room = self.size.height - rows - self.table.head - 2
        lines = lately(view, room, self.size.width - 2) if view.snapshot.board.rows else ()
        self.tells_findings = bool(lines) and lines[0] == ATTENTION
        self.query_one(".lately", Paragraph).show_lines(lines)

    def aim(self, target: Target) -> None:
        """The cursor goes to the Service and Environment that the Target names."""
        self._aim = target if target.service else None
        self._aimed_at = self.table.keys if self.is_mounted else 0
        self._environment = target.environment or self._environment

    def _current_environment(self) -> str:
        """The Environment of the column group under the cursor."""
        groups, names = self.table.groups, self.view.snapshot.board.environments
        at = groups.index(self.table.group) if self.table.group in groups else -1
        return names[at] if 0 <= at < len(names) else ""

    def moved(self) -> None:
        """←→ may lead to an Environment that is not in the window."""
        before, self._environment = self._environment, self._current_environment()
        if before != self._environment:
            self.refresh_view()

    def reading(self) -> str:
        """How many Environments there is no room for, beside the filter."""
        names = self.view.snapshot.board.environments
        hidden = len(names) - len(window(names, self._environment, self.size.width))
        more = f"←→ {counted(hidden, 'more environment')}" if hidden > 0 else ""
        charts = sum(len(keys) for keys in self.view.snapshot.board.charts.values())
        beside = f"{charts} chart sources: !" if charts else ""
        faults = "faults only: z shows all" if self._faults_only else ""
        return "  ".join(part for part in (faults, more, beside, super().reading()) if part)

    def action_faults(self) -> None:
        """Only rows that are not well, or all again."""
        self._faults_only = not self._faults_only
        self.refresh_view()

    def compose(self) -> ComposeResult:
        """The board, and a strip under it."""
        yield from super().compose()
        yield Paragraph(classes="lately")

    def pointed(self) -> Target | None:
        """Service, Environment and source under the cursor."""
        row, environment = self.table.selected, self._current_environment()
        board = self.view.snapshot.board
        if row is None or not environment:
            return None
        service, number = cast(RowId, row.id)
        service_row = board.row(service)
        lines = service_row.lines.get(environment, ()) if service_row else ()
        source = lines[number].key if number < len(lines) else None
        return Target(environment=environment, service=service, object=source)

    def open_row(self) -> None:
        """Down to what it waits for."""
        target = self.pointed()
        if target is not None:
            self.post_message(self.Go("chain", target))
