"""What runs where: every Service in every Environment, running / would pick / newest, on one board.

A Service with two OCIRepositories in one Environment has two lines there. Its rows are laid out in
`boardcells` and put under the heads of their groups in `boardlines`; `boardstrip` is what stands
below them.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from functools import partial
from typing import ClassVar, cast

from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from fluxtui.commands.command import Target
from fluxtui.domain.counts import counted
from fluxtui.domain.grouping import GROUPINGS, group_of, worst
from fluxtui.domain.keytokens import key_token
from fluxtui.domain.resource import Resource
from fluxtui.domain.rowfilter import RowFilter
from fluxtui.ui.keys import ASIDE, MOVES
from fluxtui.ui.panes.boardcells import (
    BoardShape,
    absence,
    columns,
    head_line,
    heading,
    ordering,
    row_of,
    sizes,
    window,
)
from fluxtui.ui.panes.boardgroups import BoardGroups, refusal
from fluxtui.ui.panes.boardlines import (
    BoardEntry,
    BoardLines,
    Entry,
    GroupHead,
    Order,
    faulty,
    is_row,
    key,
)
from fluxtui.ui.panes.boardstrip import ALL_WELL, ATTENTION, empty, lately
from fluxtui.ui.panes.pane import Pane, View
from fluxtui.ui.spans import Line, wrap
from fluxtui.ui.widgets.listing import ROWS, Recipe, TableRow, row_text
from fluxtui.ui.widgets.painted import Paragraph

RowId = tuple[str, int]
HEADINGS = 2  # lines above the rows


class Versions(Pane):
    """The board."""

    title: ClassVar[str] = "Versions"
    hint: ClassVar[str] = (
        f"←→ environment  enter chain  {key_token('tags')} why"
        "  / filter  z faults  [ ] group  N A S"
    )
    sorts: ClassVar[tuple[str, ...]] = ("name", "age", "status")
    first: ClassVar[bool] = True
    steps: ClassVar[frozenset[str]] = MOVES | ASIDE  # the same Service in the next Environment

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("z", "faults", "Only what is not well", show=False),
        Binding("left_square_bracket", "group_by(-1)", "The grouping before", show=False),
        Binding("right_square_bracket", "group_by(1)", "The next grouping", show=False),
        Binding("f", "fold", "Fold the group", show=False),
        Binding("F", "fold_all", "Fold all groups", show=False),
    ]

    def __init__(self, view: View) -> None:
        super().__init__(view)
        self._faults_only = False
        # The row before, and how often the cursor had been moved by then.
        self._was_on: tuple[Hashable, int] = (None, 0)
        self._aim: Target | None = None
        self._aimed_at = 0  # keys pressed until then
        self._lines = BoardLines()
        self._groups = BoardGroups()
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
        self._groups.searching = bool(table.words)
        entries = self._lines.entries(rows, self._order(view))
        absent = tuple(absence(view.snapshot, name) for name in visible)
        shape = BoardShape(visible, words, absent, self._lines.prefix, self._lines.alone)
        if shape != self._shape:
            self._shape = shape
            self._recipe = Recipe(
                key,
                partial(self._row, shape),
                partial(self._sizes, shape),
                match=self._matches,
                objects=self._objects,
                counts=is_row,
                stand_in=self._lines.stand_in,
            )
        blank = empty(view.snapshot) if not board.rows else () if rows else ALL_WELL
        table.show_items(spec if rows else (), entries, self._recipe, empty=blank)
        self._go_to_aim()
        self._count = len(entries)
        self._show_lately(view, self._count or len(blank))

    def pass_time(self, view: View) -> None:
        """The rows in sight and the strip say how old something is."""
        self.view = view
        self.table.look_again()
        if view.snapshot.board.rows:
            self._show_lately(view, self._count)

    def _order(self, view: View) -> Order:
        """As people asked for; else by name, or the worst first where rows are grouped or do not
        all fit."""
        by, config = self._groups.by, view.snapshot.config
        crowded = 0 < self.size.height < len(view.snapshot.board.rows) + HEADINGS
        sort = self.sort or ("status" if by or crowded else "")
        return Order(
            partial(ordering, sort=sort),
            sort,
            self.reverse,
            by,
            self._groups.folded,
            partial(group_of, by=by, config=config),
            worst,
        )

    def _go_to_aim(self) -> None:
        """To the Service that was asked for, out of its folded group."""
        if self._aim is None:
            return
        wanted = (self._aim.service, 0)
        # Who pressed a key since has seen where the cursor is: it goes nowhere by itself.
        if self.table.keys != self._aimed_at or self.table.select(wanted):
            self._aim = None
            return
        group = self._lines.group(wanted)
        if group is not None and group in self._groups.folded:
            self._groups.open(group)
            self.refresh_view()

    def _row(self, shape: BoardShape, entry: Entry) -> TableRow:
        return row_of(self.view, shape, entry)

    def _sizes(self, shape: BoardShape, entry: Entry) -> tuple[int, ...]:
        return sizes(self.view, shape, entry)

    def _matches(self, entry: Entry, typed: RowFilter) -> bool:
        """The filter keeps a head with each of its lines."""
        if isinstance(entry, GroupHead):
            return any(self._matches(line, typed) for line in self._lines.members(entry))
        objects = self._objects(entry) if typed.asks else ()
        return typed.passes(row_text(self._recipe.make(entry)), *objects)

    def _objects(self, entry: Entry) -> Iterator[Resource]:
        """Sources and appliers of a line, in every Environment."""
        if isinstance(entry, BoardEntry):
            for lines in entry.service.lines.values():
                for line in lines[entry.number : entry.number + 1]:
                    yield from self.known((line.key, line.source, *line.appliers))

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
        """←→ may lead to an Environment that is not in the window; a filter looks into groups."""
        before, self._environment = self._environment, self._current_environment()
        searching = bool(self._groups.by and self.table.words)
        if before != self._environment or searching is not self._groups.searching:
            self.refresh_view()

    def reading(self) -> str:
        """How many Environments there is no room for, beside the filter."""
        names = self.view.snapshot.board.environments
        hidden = len(names) - len(window(names, self._environment, self.size.width))
        more = f"←→ {counted(hidden, 'more environment')}" if hidden > 0 else ""
        charts = sum(len(keys) for keys in self.view.snapshot.board.charts.values())
        beside = f"{charts} chart sources: !" if charts else ""
        faults = "faults only: z shows all" if self._faults_only else ""
        groups = self._groups.said(self._lines)
        parts = (faults, groups, more, beside, super().reading())
        return "  ".join(part for part in parts if part)

    def action_faults(self) -> None:
        """Only rows that are not well, or all again, on the row as before where nobody moved."""
        self._faults_only, table = not self._faults_only, self.table
        if self._faults_only and table.selected is not None:
            self._was_on = table.selected.id, table.steps
        self.refresh_view()
        row, steps = self._was_on
        if not self._faults_only and steps == table.steps:
            table.select(row)

    def action_group_by(self, step: int) -> None:
        """The next way to group, or the one before."""
        self._groups.turn(step)
        self._regrouped()

    def group_by(self, way: str) -> None:
        """Group in that way, "" not at all."""
        self._groups.by = way
        self._regrouped()

    def _regrouped(self) -> None:
        untouched = not self.table.steps
        self.refresh_view()
        if untouched:  # nobody has chosen a row yet: it is read from its top
            self.table.select(self.table.first)
        says = GROUPINGS[self._groups.by]
        fold = "  enter or f folds a group, F all" if self._groups.by else ""
        # After the cursor has told where it is, which ends what was said before.
        self.call_after_refresh(self.post_message, self.Said(says + fold, "dim"))

    def action_fold(self) -> None:
        """Fold the group of the row under the cursor, or unfold it."""
        row = self.table.selected
        name = self._lines.group(row.id) if row is not None else None
        if name is None:
            self.post_message(self.Said("rows are not grouped: [ and ] group them"))
        elif self._groups.searching:
            self.post_message(self.Said("a filter looks into all groups: esc ends it"))
        else:
            self._groups.fold(name)
            self.refresh_view()

    def action_fold_all(self) -> None:
        """Fold all groups; when all are, unfold them."""
        if not self._groups.by or self._groups.searching:
            self.action_fold()
            return
        self._groups.fold_all(head.id.name for head in self._lines.heads)
        self.refresh_view()

    def compose(self) -> ComposeResult:
        """The board, and a strip under it."""
        yield from super().compose()
        yield Paragraph(classes="lately")

    def _head(self) -> GroupHead | None:
        """The head under the cursor."""
        item = self.table.item
        return item if isinstance(item, GroupHead) else None

    def pointed(self) -> Target | None:
        """Service, Environment and source under the cursor; on a head the Environment alone."""
        row, environment = self.table.selected, self._current_environment()
        board = self.view.snapshot.board
        if row is None or not environment:
            return None
        if self._head() is not None:
            return Target(environment=environment)
        service, number = cast(RowId, row.id)
        service_row = board.row(service)
        lines = service_row.lines.get(environment, ()) if service_row else ()
        source = lines[number].key if number < len(lines) else None
        return Target(environment=environment, service=service, object=source)

    def subject(self) -> Target | str:
        """What is under the cursor; nothing is done to a whole group."""
        head = self._head()
        return refusal(head) if head is not None else super().subject()

    def details(self, width: int) -> tuple[Line, ...] | None:
        """What of a group is not well."""
        head = self._head()
        return wrap(head_line(head), width, 3, 2) if head is not None else None

    def open_row(self) -> None:
        """Down to what it waits for; a group is folded or unfolded."""
        if self._head() is not None:
            self.action_fold()
            return
        target = self.pointed()
        if target is not None:
            self.post_message(self.Go("chain", target))
