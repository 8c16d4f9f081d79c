"""What changed lately: one time line over all Environments, newest first, with a filter.

An act of ours is one row, whatever its Steps (Enter unfolds them); trouble that is told again and
again is one row with a count.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence
from operator import is_not
from typing import ClassVar

from fluxtui.commands.command import Target
from fluxtui.commands.subject import named
from fluxtui.domain.kinds import by_short, is_ours
from fluxtui.domain.plan import AnyStep
from fluxtui.domain.podlog import WITH_PODS
from fluxtui.domain.resource import Key, Resource
from fluxtui.domain.snapshot import Act, Change, Snapshot
from fluxtui.kit.records import NamedTuple
from fluxtui.ui.actwords import FOLDED, UNFOLDED, act_id, step_row
from fluxtui.ui.ages import clock_time, since
from fluxtui.ui.doubts import doubt_lines
from fluxtui.ui.panes.pane import NOTHING, Pane, View
from fluxtui.ui.spans import Line, brief, wrap
from fluxtui.ui.widgets.columns import Column
from fluxtui.ui.widgets.listing import Recipe, TableRow

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


class Told(NamedTuple):
    """A line of the time line, or a Step of the act that it is about."""

    change: Change
    act: Act | None
    step: AnyStep | None
    unfolded: bool


def key(item: Told) -> Hashable:
    """What stays the same however often it is told."""
    id_ = change_id(item.change)
    return (*id_, item.step.id) if item.step is not None else id_


def items(
    snapshot: Snapshot, environment: str, unfolded: frozenset[ChangeId], before: Sequence[Told] = ()
) -> list[Told]:
    """Changes of that Environment, or of all; the Steps of unfolded acts under them. Those of
    `before` that say the same are the same objects."""
    out: list[Told] = []
    closed = {id(item.change): item for item in before if item.step is None and not item.unfolded}
    for change in snapshot.changes:
        if environment != ALL and not change.concerns(environment):
            continue
        opened = bool(change.plan and unfolded) and change_id(change) in unfolded
        act = act_of(snapshot, change) if opened else None
        item = None if opened else closed.get(id(change))
        out.append(item or Told(change, act, None, opened))
        if act is not None:
            out += [Told(change, act, step, True) for step in act.plan.steps]
    return out


def sizes(item: Told) -> tuple[int, ...]:
    """What a row would like of each column, without making it."""
    change, _act, step, _unfolded = item
    if step is not None:
        return 8, 0, 0, 0, 8 + len(step.title)
    return 8, 4, len(_place(change)), len(_subject(change)), 2 + len(change.line)


def row_of(item: Told, now: float) -> TableRow:
    """The row of a line; `now` epoch seconds."""
    change, act, step, unfolded = item
    if step is not None and act is not None:
        return _step(change_id(change), act, step, now)
    glyph, role = _LOUD.get(change.severity, ("  ", "name"))
    if change.plan:
        glyph = UNFOLDED if unfolded else FOLDED
    cells: tuple[Line, ...] = (
        ((clock_time(change.at), "dim"),),
        ((since(change.at, now), "dim"),),
        ((_place(change), "accent"),),
        ((_subject(change), "version"),),
        ((glyph, role), (brief(change.line), role)),
    )
    return TableRow(key(item), cells)


def _step(id_: ChangeId, act: Act, step: AnyStep, now: float) -> TableRow:
    (word, role), at, detail = step_row(act, step, now)
    text = f"    {word}  {step.title}" + (f": {detail}" if detail else "")
    cells: tuple[Line, ...] = (
        ((clock_time(at) if at else "", "dim"),), (), (), (), ((text, role),),
    )  # fmt: skip
    return TableRow((*id_, step.id), cells)


def act_of(snapshot: Snapshot, change: Change) -> Act | None:
    """The act that a line is about."""
    runs = (a for a in snapshot.acts if a.plan.id == change.plan)
    return next((a for a in runs if act_id(a)[1] == change.at), None)


def _place(change: Change) -> str:
    """Its Environments; of an act that touches none, where it went instead."""
    return change.environment or ("registry" if change.plan else "")


def _subject(change: Change) -> str:
    """`ks/name`, as people type it; the details strip has it whole."""
    word, slash, path = change.subject.partition("/")
    kind = by_short(word)
    return f"{kind.short}/{path.rpartition('/')[2]}" if slash and kind else change.subject


def key_of(snapshot: Snapshot, change: Change) -> Key | None:
    """The object that the line is about, when it is known."""
    if "/" not in change.subject:
        return None  # an act is called by its title where it writes to nothing
    kind, *place, name = change.subject.split("/")
    for (group, kind_name), table in snapshot.resources.get(change.environment, {}).items():
        key = Key(change.environment, group, kind_name, "/".join(place), name)
        if kind_name == kind and key in table:
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
        self._recipe = Recipe(
            key, lambda item: row_of(item, self.view.now), sizes, objects=self._objects
        )
        self._items: list[Told] = []
        self._made_of: tuple[object, ...] = ()
        self._found: tuple[object, object, Target] | None = None  # board, Change, what it is about

    def lay_out(self, view: View) -> None:
        """Chips of the Environments over the lines."""
        table = self.table
        table.set_groups((ALL, *view.snapshot.board.environments))
        chips: list[tuple[str, str]] = []
        for name in table.groups:
            chips += [(name, "tab" if name == table.group else "dim"), ("  ", "")]
        self.note.show_lines((tuple(chips), ()))
        snapshot = view.snapshot
        acts = snapshot.acts if self._unfolded else ()
        made_of = (snapshot.changes, acts, table.group, self._unfolded)
        if len(self._made_of) != 4 or any(map(is_not, made_of, self._made_of)):
            self._made_of = made_of
            self._items = items(snapshot, table.group, self._unfolded, self._items)
        blank = empty(snapshot, table.group) if not self._items else ()
        table.show_items(COLUMNS if self._items else (), self._items, self._recipe, blank)

    def _objects(self, item: Told) -> Iterator[Resource]:
        return self.known((key_of(self.view.snapshot, item.change),))

    def pass_time(self, view: View) -> None:
        """The rows in sight say how old something is."""
        self.view = view
        self.table.look_again()

    def moved(self) -> None:
        """←→ narrows to one Environment."""
        self.refresh_view()

    def _change(self) -> Change | None:
        item = self.table.item  # a Step's row belongs to its act
        return item.change if isinstance(item, Told) else None

    def pointed(self) -> Target | None:
        """The object of the line; looked for again when the board or the line is another."""
        change, board = self._change(), self.view.snapshot.board
        if change is None:
            return None
        if self._found is None or self._found[0] is not board or self._found[1] is not change:
            self._found = (board, change, target_of(self.view.snapshot, change))
        return self._found[2]

    def subject(self) -> Target | str:
        """The source or Kustomization of the line, if it is about one."""
        change = self._change()
        if change is None:
            return NOTHING
        target = self.pointed()
        if target is None or target.object is None:
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
        head: Line = ((change.subject, "strong"), (f"  {_place(change)}  {when}", "dim"))
        return (head, *wrap(((brief(change.what), ""),), width, 2))

    def open_row(self) -> None:
        """To the chain it is part of; of an act, its Steps."""
        change = self._change()
        if change is not None and change.plan:
            self._unfolded ^= {change_id(change)}
            self.refresh_view()
            return
        target = self.pointed()
        if target is not None and (target.applier or target.service):
            self.post_message(self.Go("chain", target))


def target_of(snapshot: Snapshot, change: Change) -> Target:
    """Environment, and the Service, source or Kustomization when it is one."""
    key = key_of(snapshot, change)
    if key is None:
        return Target(environment=change.environment)
    return named(snapshot, key) if is_ours(key) else Target(environment=key.environment)
