"""What changed lately: one time line over all Environments, newest first, with a filter.

An act of ours is one row, whatever its Steps (Enter unfolds them); trouble that is told again and
again is one row with a count.
"""

from __future__ import annotations

from typing import ClassVar

from fluxtui.commands.command import Target
from fluxtui.domain.kinds import by_short, kustomization, ocirepository
from fluxtui.domain.plan import AnyStep
from fluxtui.domain.podlog import WITH_PODS
from fluxtui.domain.resource import Key
from fluxtui.domain.snapshot import Act, Change, Snapshot
from fluxtui.ui.ages import clock_time, since
from fluxtui.ui.doubts import doubt_lines
from fluxtui.ui.panes.journal import FOLDED, UNFOLDED, act_id, step_row
from fluxtui.ui.panes.pane import NOTHING, Pane, View
from fluxtui.ui.spans import Line, brief, wrap
from fluxtui.ui.widgets.columns import Column
from fluxtui.ui.widgets.listing import Row

ALL = "all"
ChangeId = tuple[str, str, str, str]
COLUMNS = (
    Column("TIME", least=8, keep=4),
    Column("AGE", least=4, keep=6, right=True),
    Column("ENV", least=7, most=16, keep=5),
    Column("SUBJECT", least=12, most=40, good=16, keep=9, middle=True),
    Column("WHAT", least=16, good=36, keep=9, flex=True),
)
_LOUD = {"error": ("✗ ", "bad"), "warning": ("! ", "busy")}


def change_id(change: Change) -> ChangeId:
    """What a line is, however often it is told again meanwhile and whatever it says by then."""
    head = change.plan or change.what.partition(": ")[0]
    return (change.at, change.environment, change.subject, head)


def rows(
    view: View, environment: str, unfolded: frozenset[ChangeId] = frozenset()
) -> tuple[Row, ...]:
    """Changes of that Environment, or of all; the Steps of unfolded acts under them."""
    out: list[Row] = []
    for change in view.snapshot.changes:
        if environment != ALL and not change.concerns(environment):
            continue
        id_ = change_id(change)
        glyph, role = _LOUD.get(change.severity, ("  ", "name"))
        if change.plan:
            glyph = UNFOLDED if id_ in unfolded else FOLDED
        out.append(
            Row(
                id_,
                (
                    ((clock_time(change.at), "dim"),),
                    ((since(change.at, view.now), "dim"),),
                    ((change.environment, "accent"),),
                    ((_subject(change), "version"),),
                    ((glyph, role), (brief(change.line), role)),
                ),
            )
        )
        act = act_of(view.snapshot, change) if id_ in unfolded else None
        if act is not None:
            out += [_step(id_, act, step, view.now) for step in act.plan.steps]
    return tuple(out)


def _step(id_: ChangeId, act: Act, step: AnyStep, now: float) -> Row:
    (word, role), at, said = step_row(act, step, now)
    what = f"    {word}  {step.title}" + (f": {said}" if said else "")
    cells: tuple[Line, ...] = (
        ((clock_time(at) if at else "", "dim"),), (), (), (), ((what, role),),
    )  # fmt: skip
    return Row((*id_, step.id), cells)


def act_of(snapshot: Snapshot, change: Change) -> Act | None:
    """The act that a line is about."""
    runs = (a for a in snapshot.acts if a.plan.id == change.plan)
    return next((a for a in runs if act_id(a)[1] == change.at), None)


def _subject(change: Change) -> str:
    """`ks/name`, as people type it; the details strip has it whole."""
    word, slash, rest = change.subject.partition("/")
    kind = by_short(word)
    return f"{kind.short}/{rest.rpartition('/')[2]}" if slash and kind else change.subject


def key_of(snapshot: Snapshot, change: Change) -> Key | None:
    """The object that the line is about, when it is known."""
    kind, *place, name = change.subject.split("/")
    for (group, known), table in snapshot.resources.get(change.environment, {}).items():
        key = Key(change.environment, group, known, "/".join(place), name)
        if known == kind and key in table:
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
    carries: ClassVar[bool] = False
    hint: ClassVar[str] = "←→ environment  enter chain or steps  / filter  esc back"

    def __init__(self, view: View) -> None:
        super().__init__(view)
        self._unfolded: frozenset[ChangeId] = frozenset()

    def lay_out(self, view: View) -> None:
        """Chips of the Environments over the lines."""
        table = self.table
        table.set_groups((ALL, *view.snapshot.board.environments))
        chips: list[tuple[str, str]] = []
        for name in table.groups:
            chips += [(name, "tab" if name == table.group else "dim"), ("  ", "")]
        self.note.show_lines((tuple(chips), ()))
        found = rows(view, table.group, self._unfolded)
        table.show_rows(COLUMNS if found else (), found, empty(view.snapshot, table.group))

    def moved(self) -> None:
        """←→ narrows to one Environment."""
        self.refresh_view()

    def _change(self) -> Change | None:
        row = self.table.selected
        if row is None or not isinstance(row.id, tuple):
            return None
        wanted = row.id[:4]  # a Step's row belongs to its act
        return next((c for c in self.view.snapshot.changes if change_id(c) == wanted), None)

    def pointed(self) -> Target | None:
        """The object of the line."""
        change = self._change()
        if change is None:
            return None
        return target_of(self.view.snapshot, change)

    def subject(self) -> Target | str:
        """The source or Kustomization of the line, if it is about one."""
        change = self._change()
        if change is None:
            return NOTHING
        target = self.pointed()
        if target is None or not (target.source or target.kustomization):
            return f"{change.subject or 'this line'} is no source and no Kustomization that is here"
        return target

    def subject_key(self) -> Key | str:
        """The object of the line, of whatever kind."""
        change = self._change()
        if change is None:
            return NOTHING
        return key_of(self.view.snapshot, change) or f"{change.subject} is not known here"

    def log_subjects(self) -> tuple[Key, ...] | str:
        """The workload or Pod of the line, or what its Kustomization or Service runs."""
        key = self.subject_key()
        return (key,) if isinstance(key, Key) and key.kind in WITH_PODS else super().log_subjects()

    def details(self, width: int) -> tuple[Line, ...] | None:
        """The line, whole."""
        change = self._change()
        if change is None:
            return ()
        when = change.at
        if change.count > 1:
            when = f"{change.count} times since {change.at}, last {change.last or change.at}"
        head: Line = ((change.subject, "strong"), (f"  {change.environment}  {when}", "dim"))
        return (head, *wrap(((brief(change.what), ""),), width, 2))

    def open_row(self) -> None:
        """To the chain it is part of; of an act, its Steps."""
        change = self._change()
        if change is not None and change.plan:
            self._unfolded ^= {change_id(change)}
            self.refresh_view()
            return
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
    if key.kind == kustomization.KIND.kind:
        return Target(key.environment, kustomization=key)
    return Target(key.environment, source=key if key.kind == ocirepository.KIND.kind else None)
