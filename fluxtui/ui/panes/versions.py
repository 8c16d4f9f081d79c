"""What runs where: every Service in every Environment, running / would pick / newest, on one board.

A Service with two OCIRepositories in one Environment has two lines there. Pure rows, laid out for
the width there is.
"""

from __future__ import annotations

from typing import ClassVar

from fluxtui.commands.command import Target
from fluxtui.domain.board import Board, Level, Row as Service
from fluxtui.domain.board import Line as Cell
from fluxtui.domain.resource import Key
from fluxtui.domain.snapshot import FeedState, Snapshot
from fluxtui.ui.ages import epoch, since
from fluxtui.ui.panes.pane import Pane, View
from fluxtui.ui.spans import ARROW, PINNED, SUSPENDED, Line, health
from fluxtui.ui.widgets.columns import Column
from fluxtui.ui.widgets.table import Row

RowId = tuple[str, int]


def columns(snapshot: Snapshot, environments: tuple[str, ...]) -> tuple[Column, ...]:
    """Service, four columns an Environment, newest. On a narrow terminal ages go first."""
    out = [Column("SERVICE", least=10, most=28, keep=9)]
    for name in environments:
        group = heading(snapshot, name)
        out += [
            Column("HEALTH", least=3, most=12, keep=8, group=group),
            Column("RUNNING", least=9, keep=8, group=group, middle=True, flex=True),
            Column("WOULD PICK", least=9, keep=6, group=group, middle=True),
            Column("AGE", least=4, keep=5, group=group, right=True),
        ]
    return (*out, Column("NEWEST", least=9, most=26, keep=3, middle=True))


def heading(snapshot: Snapshot, environment: str) -> str:
    """The Environment's name, and what everyone must know about it."""
    configured = snapshot.config.environment(environment)
    if environment in snapshot.unreachable:
        return f"{environment} unreachable"
    if configured is not None and (configured.read_only or snapshot.config.read_only):
        return f"{environment} read-only"
    return environment


def rows(view: View, board: Board, sort: str, reverse: bool) -> tuple[Row, ...]:
    """One row per Service and line."""
    services = sorted(board.rows, key=lambda s: _order(view, s, sort), reverse=reverse)
    out: list[Row] = []
    for service in services if sort else board.rows:
        depth = max((len(lines) for lines in service.lines.values()), default=1)
        for number in range(max(1, depth)):
            cells: list[Line] = [_name(service, number)]
            newest = ""
            for name in board.environments:
                lines = service.lines.get(name, ())
                cell = lines[number] if number < len(lines) else None
                cells += _cells(view, cell, missing=number == 0)
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


def _name(service: Service, number: int) -> Line:
    if number:
        return (("  ↳ another source", "dim"),)
    return ((service.service, "name"),)


def _cells(view: View, cell: Cell | None, *, missing: bool) -> tuple[Line, Line, Line, Line]:
    if cell is None:
        return ((("–" if missing else "", "dim"),), (), (), ())
    role = {Level.FAILED: "bad", Level.PROGRESSING: "busy"}.get(cell.health.level, "version")
    marks = (SUSPENDED if cell.suspended else "") + (PINNED if cell.pinned else "")
    running: Line = ((cell.running.text or "nothing yet", role if cell.running.text else "dim"),)
    pick = picks(cell)
    state = (*health(cell.health.level), (f" {marks}", "wait")) if marks else health(
        cell.health.level
    )
    age = since(stored_at(view.snapshot, cell.source), view.now)
    return (state, running, pick, ((age, "dim"),))


def picks(cell: Cell) -> Line:
    """What the policy would pick, loud only when that is not what runs."""
    if not cell.would_pick:
        return ((cell.note, "dim"),) if cell.note else ()
    if cell.pinned:
        return ((f"{PINNED} pinned", "wait"),)
    if cell.behind:
        return ((f"{ARROW} {cell.would_pick}", "busy"),)
    if cell.would_pick == cell.running.version:
        return (("=", "dim"),)
    return ((cell.would_pick, "dim"),)


class Versions(Pane):
    """The board."""

    title: ClassVar[str] = "Versions"
    hint: ClassVar[str] = "←→ environment   enter chain   t why this version   / filter   N A S sort"
    sorts: ClassVar[tuple[str, ...]] = ("name", "age", "status")

    def lay_out(self, view: View) -> None:
        """Fill the table; the cursor's Environment is a group of columns."""
        board = view.snapshot.board
        table = self.table
        names = [heading(view.snapshot, e) for e in board.environments]
        wanted = heading(view.snapshot, view.target.environment) if not table.groups else ""
        table.set_groups(names, wanted)
        table.show_rows(
            columns(view.snapshot, board.environments) if board.rows else (),
            rows(view, board, self.sort, self.reverse),
            empty=empty(view.snapshot),
        )

    def pointed(self) -> Target | None:
        """Service, Environment and source under the cursor."""
        row = self.table.selected
        board = self.view.snapshot.board
        if row is None or self.table.group not in self.table.groups:
            return None
        service, number = row.id  # type: ignore[misc]
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

    def interest(self) -> frozenset[Key]:
        """Nothing: the board needs no pods."""
        return frozenset()


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
            out.append((("◌ ", "wait"), (name, "name"), (" connecting …", "dim")))
    head = "Nothing to show yet." if waiting else "No service is delivered from a registry here."
    return (((head, "name"),), (), *out)
