"""What runs where: every Service in every Environment, running / would pick / newest, on one board.

A Service with two OCIRepositories in one Environment has two lines there. Pure rows, laid out for
the width there is.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, cast

from textual.app import ComposeResult

from fluxtui.commands.command import Target
from fluxtui.domain.board import Board, Level, Severity
from fluxtui.domain.board import Line as Cell
from fluxtui.domain.board import Row as Service
from fluxtui.domain.resource import Key
from fluxtui.domain.snapshot import Change, FeedState, Snapshot
from fluxtui.ui.ages import epoch, since
from fluxtui.ui.panes.pane import Pane, View
from fluxtui.ui.signs import health
from fluxtui.ui.spans import ARROW, PINNED, SUSPENDED, Line, brief, fit
from fluxtui.ui.widgets.columns import Column
from fluxtui.ui.widgets.footer import finding_line, loudest
from fluxtui.ui.widgets.painted import Paragraph
from fluxtui.ui.widgets.table import Row

LATELY = 8  # more is for the Events pane
RowId = tuple[str, int]


def columns(snapshot: Snapshot, cells: int) -> tuple[Column, ...]:
    """Service, four columns an Environment, newest; words of health only where there is room."""
    names = snapshot.board.environments
    tight = (cells - 18) // max(1, len(names)) < 40
    out = [Column("SERVICE", least=12 if tight else 14, most=26, keep=9)]
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
    if environment in snapshot.unreachable:
        return f"{environment} unreachable"
    if configured is not None and (configured.read_only or snapshot.config.read_only):
        return f"{environment} read-only"
    return environment


def shared_prefix(board: Board) -> str:
    """`acme/` when every Service has it: said once in the heading, not in every row."""
    owners = {r.service.rpartition("/")[0] for r in board.rows}
    owner = next(iter(owners)) if len(owners) == 1 else ""
    return f"{owner}/" if owner else ""


def rows(view: View, sort: str, reverse: bool, *, words: bool) -> tuple[Row, ...]:
    """One row per Service and line."""
    board = view.snapshot.board
    prefix = shared_prefix(board)
    services: Sequence[Service] = board.rows
    if sort:
        services = sorted(services, key=lambda s: _order(view, s, sort), reverse=reverse)
    out: list[Row] = []
    for service in services:
        depth = max((len(lines) for lines in service.lines.values()), default=1)
        for number in range(max(1, depth)):
            cells: list[Line] = [_name(service, number, prefix)]
            newest = ""
            for name in board.environments:
                lines = service.lines.get(name, ())
                cell = lines[number] if number < len(lines) else None
                cells += _cells(view, cell, words, missing=number == 0)
                newest = newest or (cell.newest if cell else "")
            cells.append(((newest, "dim"),))
            out.append(Row((service.service, number), tuple(cells)))
    return tuple(out)


def _order(view: View, service: Service, sort: str) -> tuple[object, ...]:
    lines = [line for some in service.lines.values() for line in some]
    worst = max((int(line.health.level) for line in lines), default=0)
    newest = max((epoch(stored_at(view.snapshot, line.source)) for line in lines), default=0.0)
    if sort == "status":
        return (-worst, service.service)
    if sort == "age":
        return (-newest, service.service)
    return (service.service,)


def stored_at(snapshot: Snapshot, source: Key) -> str:
    """When the source stored what it offers now (RFC 3339, "" unknown)."""
    resource = snapshot.get(source)
    artifact = resource.status.get("artifact") if resource else None
    return str(artifact.get("lastUpdateTime") or "") if isinstance(artifact, dict) else ""


def _name(service: Service, number: int, prefix: str) -> Line:
    if number:
        return (("└ 2nd source" if number == 1 else f"└ source {number + 1}", "dim"),)
    return ((service.service.removeprefix(prefix), "name"),)


def _cells(
    view: View, cell: Cell | None, words: bool, *, missing: bool
) -> tuple[Line, Line, Line, Line]:
    if cell is None:
        return ((("–" if missing else "", "dim"),), (), (), ())
    role = {Level.FAILED: "bad", Level.PROGRESSING: "busy"}.get(cell.health.level, "version")
    running: Line = ((cell.running.text or "nothing yet", role if cell.running.text else "dim"),)
    state = health(cell.health.level, word=words)
    marks = (SUSPENDED if cell.suspended else "") + (PINNED if cell.pinned else "")
    if marks:
        state = (*state, (f" {marks}" if words else marks, "wait"))
    age = since(stored_at(view.snapshot, cell.source), view.now)
    return (state, running, picks(cell), ((age, "dim"),))


def picks(cell: Cell) -> Line:
    """What the policy would pick, loud only when that is not what runs."""
    if not cell.would_pick:
        return ((cell.note, "dim"),) if cell.note else ()
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
    hint: ClassVar[str] = "←→ environment  enter chain  t why  / filter  N A S sort"
    sorts: ClassVar[tuple[str, ...]] = ("name", "age", "status")

    def __init__(self, view: View) -> None:
        super().__init__(view)
        self._aim: Target | None = None

    def lay_out(self, view: View) -> None:
        """Fill the table; the cursor's Environment is a group of columns."""
        board = view.snapshot.board
        table = self.table
        names = [heading(view.snapshot, e) for e in board.environments]
        wanted = heading(view.snapshot, view.target.environment) if not table.groups else ""
        table.set_groups(names, wanted)
        shown = columns(view.snapshot, self.size.width)
        words = any(c.title == "HEALTH" for c in shown)
        found = rows(view, self.sort, self.reverse, words=words)
        table.show_rows(shown if board.rows else (), found, empty=empty(view.snapshot))
        if self._aim is not None and table.select((self._aim.service, 0)):
            self._aim = None
        self._show_lately(view, len(found) or len(empty(view.snapshot)))

    def _show_lately(self, view: View, rows: int) -> None:
        """Under the board, where it leaves room: what needs a person, and what changed last."""
        room = self.size.height - rows - self.table.head - 2
        lines = lately(view, room, self.size.width - 2) if view.snapshot.board.rows else ()
        self.query_one(".lately", Paragraph).show_lines(lines)

    def aim(self, target: Target) -> None:
        """The cursor goes to the Service and Environment that the Target names."""
        self._aim = target if target.service else None
        board = self.view.snapshot.board
        if target.environment in board.environments:
            at = board.environments.index(target.environment)
            self.table.set_groups(self.table.groups, self.table.groups[at : at + 1][0])

    def compose(self) -> ComposeResult:
        """The board, and a strip under it."""
        yield from super().compose()
        yield Paragraph(classes="lately")

    def on_resize(self) -> None:
        """Room for more or fewer columns."""
        self.refresh_view()

    def pointed(self) -> Target | None:
        """Service, Environment and source under the cursor."""
        row = self.table.selected
        board = self.view.snapshot.board
        if row is None or self.table.group not in self.table.groups:
            return None
        service, number = cast(RowId, row.id)
        environment = board.environments[self.table.groups.index(self.table.group)]
        found = board.row(service)
        lines = found.lines.get(environment, ()) if found else ()
        source = lines[number].source if number < len(lines) else None
        return Target(environment=environment, service=service, source=source)

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
    found = [f for f in loudest(view.snapshot.findings) if f.severity is not Severity.INFO]
    if found and room >= 10:
        out.append((("NEEDS ATTENTION", "dim"),))
        shown = found[: max(1, room // 2 - 2)]
        out += [fit(finding_line(f), cells) for f in shown]
        if len(found) > len(shown):
            out.append(((f"  and {len(found) - len(shown)} more: press !", "accent"),))
        out.append(())
    rest = room - len(out) - 2
    if rest > 0 and view.snapshot.changes:
        out.append((("LAST CHANGES", "dim"),))
        out += [change_line(view, c) for c in view.snapshot.changes[: min(rest, LATELY)]]
    return tuple(out)


def change_line(view: View, change: Change) -> Line:
    """`4m  staging  activity-system/x  picked ..`."""
    role = {"error": "bad", "warning": "busy"}.get(change.severity, "")
    subject = change.subject.rpartition("/")[2]
    return (
        (f"{since(change.at, view.now):>4}  ", "dim"),
        (f"{change.environment:<12.12} ", "accent"),
        *fit(((subject, "version"),), 24),
        ("  " + brief(change.what), role),
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
    out: list[Line] = []
    waiting = False
    for name in names:
        if name in snapshot.unreachable:
            out.append((("✗ ", "bad"), (name, "name"), (": " + snapshot.unreachable[name], "bad")))
            continue
        states = {f.state for f in snapshot.feeds if f.environment == name}
        if states and FeedState.STARTING not in states:
            out.append((("✓ ", "ok"), (name, "name"), (" connected, no OCIRepository yet", "dim")))
        else:
            waiting = True
            out.append((("○ ", "wait"), (name, "name"), (" connecting …", "dim")))
    head = "Nothing to show yet." if waiting else "No service is delivered from a registry here."
    return (((head, "name"),), (), *out)
