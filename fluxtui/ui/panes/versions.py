"""What runs where: every Service in every Environment, running / would pick / newest, on one board.

A Service with two OCIRepositories in one Environment has two lines there. Pure rows, laid out for
the width there is.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import ClassVar, cast

from rich.cells import cell_len
from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from fluxtui.commands.command import Target
from fluxtui.domain.board import NO_LIST, Level, Severity
from fluxtui.domain.board import Line as Cell
from fluxtui.domain.board import Row as Service
from fluxtui.domain.counts import counted
from fluxtui.domain.knowledge import Knowledge
from fluxtui.domain.known import place_known, tagged_known
from fluxtui.domain.snapshot import Change, Snapshot
from fluxtui.ui.ages import epoch, since
from fluxtui.ui.doubts import doubt_line
from fluxtui.ui.keys import ASIDE, MOVES
from fluxtui.ui.panes.boardlines import BoardEntry, BoardLines, faulty, key, last_part
from fluxtui.ui.panes.pane import Pane, View
from fluxtui.ui.signs import GLYPHS, health
from fluxtui.ui.spans import ARROW, PINNED, SUSPENDED, Line, brief, fit, shorter_names, width, wrap
from fluxtui.ui.widgets.columns import Column
from fluxtui.ui.widgets.footer import finding_line, loudest
from fluxtui.ui.widgets.listing import ROWS, Recipe, TableRow
from fluxtui.ui.widgets.painted import Paragraph

NARROWEST = 21  # cells an Environment needs to say its health and what runs
ATTENTION: Line = (("NEEDS ATTENTION", "dim"),)
ALL_WELL: tuple[Line, ...] = ((("Every row is well.", "ok"),), (), (("z shows all.", "dim"),))
RowId = tuple[str, int]
LONG, LONG_IF_TIGHT = 18, 12  # cells of a name that its column has for sure


def window(names: tuple[str, ...], current: str, cells: int) -> tuple[str, ...]:
    """As many Environments side by side as fit, the current one among them."""
    room = max(1, (cells - 16) // NARROWEST)
    if len(names) <= room:
        return names
    at = names.index(current) if current in names else 0
    first = min(max(0, at - room // 2), len(names) - room)
    return names[first : first + room]


def columns(snapshot: Snapshot, names: tuple[str, ...], cells: int) -> tuple[Column, ...]:
    """Service, four columns an Environment, newest; words of health only where there is room."""
    tight = (cells - 18) // max(1, len(names)) < 40
    out = [Column("SERVICE", least=12 if tight else 14, most=26, keep=9, middle=True)]
    for name in names:
        group = heading(snapshot, name)
        out += [
            Column("" if tight else "HEALTH", least=2 if tight else 9, keep=9, group=group),
            Column("RUNNING", least=15, keep=9, group=group, middle=True, flex=True),
            Column("WOULD PICK", least=10, most=20, keep=8, group=group, middle=True),
            Column("AGE", least=3, most=4, keep=5, group=group, right=True),
        ]
    return (*out, Column("NEWEST", least=9, most=16, keep=3, middle=True))


def heading(snapshot: Snapshot, environment: str) -> str:
    """The Environment's name, and what everyone must know about it."""
    configured = snapshot.config.environment(environment)
    knowledge = place_known(snapshot, environment)
    if not knowledge.known:
        return f"{environment} {knowledge.word}"
    if configured is not None and (configured.read_only or snapshot.config.read_only):
        return f"{environment} read-only"
    return environment


@dataclass(frozen=True, slots=True)
class BoardShape:
    """What all rows have in common: the Environments shown, whether there is room for words of
    health, what stands where a Service is not, the beginning of every name, and the last parts that
    no two names share."""

    names: tuple[str, ...]
    words: bool
    absent: tuple[str, ...]
    prefix: str
    alone: frozenset[str] = frozenset()


def row_of(view: View, shape: BoardShape, entry: BoardEntry) -> TableRow:
    """One Service and source, with cells for these Environments."""
    service, number = entry
    cells: list[Line] = [_name(service, number, shape)]
    newest = ""
    for name, absent in zip(shape.names, shape.absent, strict=True):
        cell = _cell(service, number, name)
        cells += _cells(view, cell, shape.words, "" if number else absent)
        newest = newest or (cell.newest_text if cell else "")
    cells.append(((newest, "dim"),))
    return TableRow(key(entry), tuple(cells))


def sizes(view: View, shape: BoardShape, entry: BoardEntry) -> tuple[int, ...]:
    """What its row would like of each column, without making it."""
    service, number = entry
    out = [width(_name(service, number, shape))]
    newest = ""
    for name in shape.names:
        cell = _cell(service, number, name)
        if cell is None:
            out += (1, 0, 0, 0)
            continue
        marks = bool(cell.hold) + bool(cell.pinned)
        glyph = len(GLYPHS[cell.health.level][2]) + 2 + (marks and 1) if shape.words else 1
        arrow = cell.behind and not shape.words
        pick = picks(cell)[0][0]
        state = glyph + marks + arrow
        out += (state, cell_len(cell.running_text), cell_len(pick), len(_age(view, cell)))
        newest = newest or cell.newest_text
    return (*out, cell_len(newest))


def _cell(service: Service, number: int, name: str) -> Cell | None:
    lines = service.lines.get(name, ())
    return lines[number] if number < len(lines) else None


def absence(snapshot: Snapshot, environment: str) -> str:
    """What stands where a Service has no source: that it has none is known only by a whole list."""
    return "–" if tagged_known(snapshot, environment).known else "?"


def ordering(view: View, service: Service, sort: str) -> tuple[object, ...]:
    """What a Service is sorted by."""
    lines = [line for group in service.lines.values() for line in group]
    worst = max((int(line.health.level) for line in lines), default=0)
    newest = max((epoch(line.at) for line in lines), default=0.0)
    if sort == "status":
        return (-worst, service.service)
    if sort == "age":
        return (-newest, service.service)
    return (service.service,)


def _name(service: Service, number: int, shape: BoardShape) -> Line:
    """The Service, by its last part where it is long; on further lines the source, as the first
    Environment shown calls it."""
    if not number:
        name, end = service.service.removeprefix(shape.prefix), last_part(service.service)
        is_long = len(name) > (LONG if shape.words else LONG_IF_TIGHT)
        return ((end if is_long and end in shape.alone else name, "name"),)
    groups = (service.lines.get(name, ()) for name in (*shape.names, *service.lines))
    lines = next(lines for lines in groups if number < len(lines))
    key = lines[number].key
    alone = sum(line.key.name == key.name for line in lines) == 1
    return ((f"└ {key.name if alone else f'{key.namespace}/{key.name}'}", "dim"),)


def _cells(
    view: View, cell: Cell | None, words: bool, absent: str
) -> tuple[Line, Line, Line, Line]:
    if cell is None:
        return (((absent, "dim"),), (), (), ())
    role = {Level.FAILED: "bad", Level.PROGRESSING: "busy"}.get(cell.health.level, "version")
    sure = bool(cell.running.text) and cell.known.known
    running: Line = ((cell.running_text, role if sure else "dim"),)
    state = health(cell.health.level, word=words)
    marks = (SUSPENDED if cell.hold else "") + (PINNED if cell.pinned else "")
    if marks:
        state = (*state, (f" {marks}" if words else marks, "wait"))
    if cell.behind and not words:
        state = (*state, (ARROW, "busy"))  # the column that says it is the first to go
    return (state, running, picks(cell), ((_age(view, cell), "dim"),))


def _age(view: View, cell: Cell) -> str:
    return since(cell.at, view.now) if cell.known.known else "?"


def picks(cell: Cell) -> Line:
    """What the policy would pick, loud only when that is not what runs."""
    # Why is a sentence, too long for a cell: it stands below, and among what needs attention.
    if not cell.known.known or not (cell.listed.known or cell.by_digest):
        return ((cell.pick_text, "dim"),)
    if not cell.would_pick:
        return (("✗ nothing", "bad"),) if cell.has_list else ((NO_LIST, "dim"),)
    if cell.pinned:
        return (("pinned", "wait"),)
    if cell.suspended:
        return (("suspended", "wait"),)
    if cell.behind:
        return ((f"{ARROW} {cell.would_pick}", "busy"),)
    if cell.would_pick == cell.running.version:
        return (("same", "dim"),)
    return ((cell.would_pick, "dim"),)


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
        if self._aim is not None and table.select((self._aim.service, 0)):
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


def lately(view: View, room: int, cells: int) -> tuple[Line, ...]:
    """Findings and the newest Changes in at most `room` lines; nothing when there is no room."""
    if room < 4:
        return ()
    out: list[Line] = []
    findings = [f for f in loudest(view.snapshot.findings) if f.severity is not Severity.INFO]
    if findings and room >= 10:
        out.append(ATTENTION)
        most = max(1, room // 2 - 2)  # lines; a few findings are told whole
        loud = findings[:most]
        height = max(1, min(3, most // len(loud)))
        for finding in loud:
            out += wrap(
                shorter_names(finding_line(finding, view.now), cells), cells, height, hang=2
            )
        if len(findings) > len(loud):
            out.append(((f"  and {len(findings) - len(loud)} more: press !", "accent"),))
        out.append(())
    remaining = room - len(out) - 2
    if remaining > 0 and view.snapshot.changes:
        out.append((("LAST CHANGES", "dim"),))
        out += [change_line(view, c) for c in view.snapshot.changes[:remaining]]
    return tuple(out)


def change_line(view: View, change: Change) -> Line:
    """`4m  staging  activity-system/x  picked ..`."""
    role = {"error": "bad", "warning": "busy"}.get(change.severity, "")
    subject = change.subject.rpartition("/")[2]
    return (
        (f"{since(change.at, view.now):>4}  ", "dim"),
        (f"{change.environment:<12.12} ", "accent"),
        *fit(((subject, "version"),), 24),
        ("  " + brief(change.line), role),
    )


def empty(snapshot: Snapshot) -> tuple[Line, ...]:
    """What stands where no Service is known: who we are waiting for, or what to do."""
    names = [e.name for e in snapshot.config.environments]
    if not names:
        return (
            (("No environment is configured.", "name"),),
            (),
            (("Name one with --context, or in fluxtui.yaml: see `fluxtui config check`.", "dim"),),
        )
    knowledge = {name: place_known(snapshot, name) for name in names}
    out = [_place(snapshot, name, knowledge[name]) for name in names]
    head = "No service is delivered from a registry here."
    if not all(place.known for place in knowledge.values()):
        head = "Nothing to show yet." if any(k.pending for k in knowledge.values()) else NOT_KNOWN
    return (((head, "name"),), (), *out)


NOT_KNOWN = "What is delivered here is not known."


def _place(snapshot: Snapshot, name: str, knowledge: Knowledge) -> Line:
    """One Environment that shows no Service, and why."""
    if knowledge.pending:
        return (("○ ", "wait"), (name, "name"), (f" {knowledge.word} …", "dim"))
    if not knowledge.known:
        return doubt_line(name, knowledge)
    elsewhere = len(snapshot.board.chains.get(name, ()))
    charts = len(snapshot.board.charts.get(name, ()))
    remarks = [f"{elsewhere} Kustomizations from other sources: see Chain"] if elsewhere else []
    remarks += [f"{charts} OCIRepositories with Helm charts"] if charts else []
    text = "; ".join(remarks) or "no OCIRepository there"
    return (("✓ ", "ok"), (name, "name"), (f" connected, {text}", "dim"))
