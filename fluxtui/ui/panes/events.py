"""What changed lately: one time line over all Environments, newest first, with a filter."""

from __future__ import annotations

from typing import ClassVar

from fluxtui.commands.command import Target
from fluxtui.domain.kinds import by_short
from fluxtui.domain.resource import Key
from fluxtui.domain.snapshot import Change, Snapshot
from fluxtui.ui.ages import clock_time, since
from fluxtui.ui.doubts import doubt_lines
from fluxtui.ui.panes.pane import Pane, View
from fluxtui.ui.spans import Line, brief, wrap
from fluxtui.ui.widgets.columns import Column
from fluxtui.ui.widgets.listing import Row

ALL = "all"
COLUMNS = (
    Column("TIME", least=8, keep=4),
    Column("AGE", least=4, keep=9, right=True),
    Column("ENV", least=7, most=16, keep=6),
    Column("SUBJECT", least=16, most=40, keep=8, middle=True),
    Column("WHAT", least=36, keep=9, flex=True),
)
_LOUD = {"error": ("✗ ", "bad"), "warning": ("! ", "busy")}


def rows(view: View, environment: str) -> tuple[Row, ...]:
    """Changes of that Environment, or of all."""
    out = []
    for change in view.snapshot.changes:
        if environment not in (ALL, change.environment):
            continue
        glyph, role = _LOUD.get(change.severity, ("  ", "name"))
        out.append(
            Row(
                change,
                (
                    ((clock_time(change.at), "dim"),),
                    ((since(change.at, view.now), "dim"),),
                    ((change.environment, "accent"),),
                    ((_subject(change), "version"),),
                    ((glyph, role), (brief(change.what), role)),
                ),
            )
        )
    return tuple(out)


def _subject(change: Change) -> str:
    """`ks/name`, as people type it; the details strip has it whole."""
    word, slash, rest = change.subject.partition("/")
    kind = by_short(word)
    return f"{kind.short}/{rest.rpartition('/')[2]}" if slash and kind else change.subject


def key_of(snapshot: Snapshot, change: Change) -> Key | None:
    """The object that the line is about, when it is known."""
    for table in snapshot.resources.get(change.environment, {}).values():
        for key in table:
            if key.label == change.subject:
                return key
    return None


def empty(snapshot: Snapshot, group: str) -> tuple[Line, ...]:
    """That nothing changed can be said only of what is watched."""
    names = [e.name for e in snapshot.config.environments if group in (ALL, e.name)]
    doubts = doubt_lines(snapshot, names)
    if doubts:
        return ((("No change is known.", "dim"),), (), *doubts)
    return ((("Nothing has changed since fluxtui started watching.", "dim"),),)


class Events(Pane):
    """The time line."""

    title: ClassVar[str] = "Events"
    hint: ClassVar[str] = "←→ environment  enter its chain  / filter  esc back"

    def lay_out(self, view: View) -> None:
        """Chips of the Environments over the lines."""
        table = self.table
        table.set_groups((ALL, *view.snapshot.board.environments))
        chips: list[tuple[str, str]] = []
        for name in table.groups:
            chips += [(name, "tab" if name == table.group else "dim"), ("  ", "")]
        self.note.show_lines((tuple(chips), ()))
        found = rows(view, table.group)
        table.show_rows(COLUMNS if found else (), found, empty(view.snapshot, table.group))

    def moved(self) -> None:
        """←→ narrows to one Environment."""
        self.refresh_view()

    def _change(self) -> Change | None:
        row = self.table.selected
        return row.id if row is not None and isinstance(row.id, Change) else None

    def pointed(self) -> Target | None:
        """The object of the line."""
        change = self._change()
        if change is None:
            return None
        return target_of(self.view.snapshot, change)

    def details(self, width: int) -> tuple[Line, ...] | None:
        """The line, whole."""
        change = self._change()
        if change is None:
            return ()
        head: Line = ((change.subject, "strong"), (f"  {change.environment}  {change.at}", "dim"))
        return (head, *wrap(((change.what, ""),), width, 2))

    def open_row(self) -> None:
        """To the chain it is part of."""
        target = self.pointed()
        if target is not None and (target.kustomization or target.service):
            self.post_message(self.Go("chain", target))


def target_of(snapshot: Snapshot, change: Change) -> Target:
    """Environment, and the Service, source or Kustomization when it is one."""
    key = key_of(snapshot, change)
    if key is None:
        return Target(environment=change.environment)
    for row in snapshot.board.rows:
        for line in row.lines.get(key.environment, ()):
            if line.source == key:
                return Target(key.environment, row.service, key)
            if key in line.kustomizations:
                return Target(key.environment, row.service, line.source, key)
    return Target(key.environment, kustomization=key if key.kind == "Kustomization" else None)
