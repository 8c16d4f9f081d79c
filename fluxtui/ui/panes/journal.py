"""What was done from here: one row an act, with how it stands; its Steps unfold with Enter."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from typing import ClassVar

from fluxtui.commands.command import Target
from fluxtui.domain.acts import tally, trouble
from fluxtui.domain.keytokens import key_token
from fluxtui.domain.plan import AnyStep
from fluxtui.domain.resource import Resource
from fluxtui.domain.snapshot import Act
from fluxtui.kit.records import NamedTuple
from fluxtui.ui.actwords import (
    FOLDED,
    UNFOLDED,
    ActId,
    act_id,
    act_state,
    elapsed,
    progress,
    step_row,
)
from fluxtui.ui.ages import clock_time
from fluxtui.ui.panes.pane import Pane, View
from fluxtui.ui.spans import Line, brief, wrap
from fluxtui.ui.widgets.columns import Column
from fluxtui.ui.widgets.listing import Recipe, TableRow

COLUMNS = (
    Column("TIME", least=8, keep=4),
    Column("ACT", least=16, most=64, good=24, keep=9, middle=True),
    Column("OUTCOME", least=12, most=18, keep=9),
    Column("RECEIPT", least=10, keep=5, flex=True),
)


class Done(NamedTuple):
    """An act, or one of its Steps."""

    act: Act
    step: AnyStep | None
    unfolded: bool


def key(item: Done) -> Hashable:
    """What stays the same while it goes on."""
    return act_id(item.act), item.step.id if item.step is not None else ""


def items(acts: tuple[Act, ...], unfolded: frozenset[ActId]) -> list[Done]:
    """Newest act first; the Steps of those that are unfolded under them."""
    out: list[Done] = []
    for act in reversed(acts):
        opened = act_id(act) in unfolded
        out.append(Done(act, None, opened))
        if opened:
            out += [Done(act, step, True) for step in act.plan.steps]
    return out


def sizes(item: Done) -> tuple[int, ...]:
    """What a row would like of each column, without making it; the last one takes what is left."""
    title = 4 + len(item.step.title) if item.step is not None else 2 + len(item.act.plan.title)
    return 8, title, 12, 0


def row_of(item: Done, now: float) -> TableRow:
    """The row of an act or Step; `now` epoch seconds."""
    act, step, unfolded = item
    if step is not None:
        return _step(act, step, now)
    title: Line = ((UNFOLDED if unfolded else FOLDED, "dim"), (act.plan.title, "strong"))
    at = act.began or act.plan.made_at
    summary: Line = ((brief(progress(act, now)), "dim"),)
    return TableRow(key(item), (((clock_time(at), "dim"),), title, (act_state(act),), summary))


def _step(act: Act, step: AnyStep, now: float) -> TableRow:
    state, at, message = step_row(act, step, now)
    cells: tuple[Line, ...] = (
        ((clock_time(at) if at else "", "dim"),),
        (("    " + step.title, ""),),
        (state,),
        ((message, "dim"),),
    )
    return TableRow((act_id(act), step.id), cells)


class JournalPane(Pane):
    """The acts of this session, and those that the JournalPane tells of earlier ones."""

    title: ClassVar[str] = "Journal"
    hint: ClassVar[str] = (
        f"enter its steps  {key_token('finish')} finish  {key_token('undo')} undo"
        "  / filter  esc back"
    )
    points: ClassVar[bool] = False

    def __init__(self, view: View) -> None:
        super().__init__(view)
        self._unfolded: frozenset[ActId] = frozenset()
        self._recipe = Recipe(
            key, lambda item: row_of(item, self.view.now), sizes, objects=self._objects
        )
        self._items: list[Done] = []
        self._made_of: tuple[object, object] = ((), None)

    def _objects(self, item: Done) -> Iterator[Resource]:
        """What an act is about, or one of its Steps."""
        steps = item.act.plan.steps if item.step is None else (item.step,)
        return self.known(dict.fromkeys(getattr(step, "target", None) for step in steps))

    def lay_out(self, view: View) -> None:
        """Acts, and Steps where they are unfolded."""
        acts = view.snapshot.acts
        if self._made_of[0] is not acts or self._made_of[1] is not self._unfolded:
            self._made_of = (acts, self._unfolded)
            self._items = items(acts, self._unfolded)
        self.note.show_lines(())
        empty: Line = (("Nothing was done from here yet.", "dim"),)
        columns = COLUMNS if self._items else ()
        self.table.show_items(columns, self._items, self._recipe, (empty,))

    def pass_time(self, view: View) -> None:
        """The rows in sight say how long something has run."""
        self.view = view
        self.table.look_again()

    def subject(self) -> Target | str:
        """The act of the row; whatever another view had selected is not seen here."""
        selected = self._selected()
        if selected is None:
            return "the Journal lists acts: choose an object in another view"
        return Target(act=selected[0])

    def _selected(self) -> tuple[Act, str] | None:
        item = self.table.item
        if not isinstance(item, Done):
            return None
        return item.act, item.step.id if item.step is not None else ""

    def open_row(self) -> None:
        """Unfold the act, or fold it again."""
        selected = self._selected()
        if selected is not None:
            self._unfolded ^= {act_id(selected[0])}
            self.refresh_view()

    def details(self, width: int) -> tuple[Line, ...] | None:
        """Who did it, how it went, and what undoes it."""
        selected = self._selected()
        if selected is None:
            return ()
        act, step_id = selected
        at = act.began or act.plan.made_at
        ran = elapsed(act, self.view.now)
        took = f"  {'took' if act.finished else 'for'} {ran}" if ran else ""
        head: Line = (
            (act.plan.title, "strong"),
            (f"  by {act.plan.user}  {at}{took}", "dim"),
        )
        step = next((s for s in act.plan.steps if s.id == step_id), None)
        if step is None:
            why = trouble(act) or (tally(act) if act.finished else progress(act, self.view.now))
            reason: Line = (("because ", "dim"), (act.plan.reason, "")) if act.plan.reason else ()
            return (head, *wrap(((brief(why), ""),), width, 2), reason)
        receipt = act.receipt(step.id)
        undo: Line = (("undo: ", "dim"), (step.undo, "")) if step.undo else ()
        message = receipt.message if receipt and receipt.message else step.title
        return (head, *wrap(((brief(message), ""),), width, 1), undo)
