"""What was done from here: one row an act, with how it stands; its Steps unfold with Enter."""

from __future__ import annotations

from typing import ClassVar

from fluxtui.commands.command import Target
from fluxtui.domain.acts import cause, ended, tally, trouble, under_way
from fluxtui.domain.acts import succeeded as went_well
from fluxtui.domain.counts import counted
from fluxtui.domain.plan import AnyStep, Outcome, Receipt
from fluxtui.domain.snapshot import Act
from fluxtui.ui.ages import age, clock_time, epoch
from fluxtui.ui.panes.pane import Pane, View
from fluxtui.ui.spans import Line, brief, wrap
from fluxtui.ui.widgets.columns import Column
from fluxtui.ui.widgets.listing import Row

COLUMNS = (
    Column("TIME", least=8, keep=4),
    Column("ACT", least=16, most=64, good=24, keep=9, middle=True),
    Column("OUTCOME", least=12, most=18, keep=9),
    Column("RECEIPT", least=10, keep=5, flex=True),
)
OUTCOMES = {
    Outcome.INTENT: ("◐ running", "busy"),
    Outcome.DONE: ("✓ done", "ok"),
    Outcome.UNCHANGED: ("✓ unchanged", "ok"),
    Outcome.FAILED: ("✗ failed", "bad"),
    Outcome.UNKNOWN: ("? unknown", "bad"),
    Outcome.REFUSED: ("✗ refused", "bad"),
    Outcome.SKIPPED: ("– skipped", "dim"),
    Outcome.NEVER: ("– never ran", "dim"),
}
ActId = tuple[str, str]  # the Plan's id, and when it was begun: a Plan may run twice
FOLDED, UNFOLDED = "▸ ", "▾ "


def receipt_of(act: Act, step: str) -> Receipt | None:
    """The newest Receipt of a Step."""
    return act.receipt(step)


def act_id(act: Act) -> ActId:
    """What tells one run of a Plan from all others."""
    return act.plan.id, act.began or act.plan.made_at


def act_state(act: Act) -> tuple[str, str]:
    """Glyph and word for the whole act."""
    if act.cut:
        return ("✗ cut off", "bad")
    if act.elsewhere:
        return ("◐ elsewhere", "busy")
    if not act.finished:
        failing = cause(act) is not None
        return ("✗ failing", "bad") if failing else ("◐ running", "busy")
    return ("✓ done", "ok") if went_well(act) else ("✗ not done", "bad")


def progress(act: Act, now: float) -> str:
    """How far it is and how long it has run; of one that is over, why it was not done, or why it
    was done."""
    if act.finished:
        return trouble(act) or act.plan.reason
    busy = under_way(act)
    doing = f": {busy[0].title}" if busy else ""
    more = f" and {len(busy) - 1} more" if len(busy) > 1 else ""
    ran = elapsed(act, now)
    so_far = f"{ended(act)} of {counted(len(act.plan.steps), 'step')}"
    return f"{so_far}{f', {ran}' if ran else ''}{doing}{more}"


def elapsed(act: Act, now: float) -> str:
    """`12s`: how long it has run, or ran; "" when that is not known."""
    began = epoch(act.began)
    return age(began, epoch(act.ended) or now) if began else ""


def step_row(act: Act, step: AnyStep, now: float) -> tuple[tuple[str, str], str, str]:
    """Of a Step: glyph and word, when (RFC 3339), and what there is to say."""
    receipt = act.receipt(step.id)
    if receipt is not None:
        return OUTCOMES[receipt.outcome], receipt.at, brief(receipt.message)
    since = act.started.get(step.id, "")
    if since and not act.finished:
        return OUTCOMES[Outcome.INTENT], since, f"for {age(epoch(since), now)}"
    return ("· to do", "dim"), "", ""


def rows(acts: tuple[Act, ...], unfolded: frozenset[ActId], now: float) -> tuple[Row, ...]:
    """Newest act first; the Steps of those that are unfolded under them."""
    out: list[Row] = []
    for act in reversed(acts):
        id_ = act_id(act)
        sign = UNFOLDED if id_ in unfolded else FOLDED
        title: Line = ((sign, "dim"), (act.plan.title, "strong"))
        at = act.began or act.plan.made_at
        said: Line = ((brief(progress(act, now)), "dim"),)
        out.append(Row((id_, ""), (((clock_time(at), "dim"),), title, (act_state(act),), said)))
        if id_ in unfolded:
            out += [_step(act, step, now) for step in act.plan.steps]
    return tuple(out)


def _step(act: Act, step: AnyStep, now: float) -> Row:
    state, at, said = step_row(act, step, now)
    cells: tuple[Line, ...] = (
        ((clock_time(at) if at else "", "dim"),),
        (("    " + step.title, ""),),
        (state,),
        ((said, "dim"),),
    )
    return Row((act_id(act), step.id), cells)


class Journal(Pane):
    """The acts of this session, and those that the Journal tells of earlier ones."""

    title: ClassVar[str] = "Journal"
    hint: ClassVar[str] = "enter its steps  / filter  esc back  on disk: fluxtui journal"
    points: ClassVar[bool] = False

    def __init__(self, view: View) -> None:
        super().__init__(view)
        self._unfolded: frozenset[ActId] = frozenset()

    def lay_out(self, view: View) -> None:
        """Acts, and Steps where they are unfolded."""
        found = rows(view.snapshot.acts, self._unfolded, view.now)
        self.note.show_lines(())
        empty: Line = (("Nothing was done from here yet.", "dim"),)
        self.table.show_rows(COLUMNS if found else (), found, (empty,))

    def subject(self) -> Target | str:
        """Its rows are acts: whatever another view had selected is not seen here."""
        return "the Journal lists acts: choose an object in another view"

    def _selected(self) -> tuple[Act, str] | None:
        row = self.table.selected
        if row is None or not isinstance(row.id, tuple):
            return None
        id_, step = row.id
        act = next((a for a in self.view.snapshot.acts if act_id(a) == id_), None)
        return (act, step) if act is not None else None

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
        said = receipt.message if receipt and receipt.message else step.title
        return (head, *wrap(((brief(said), ""),), width, 1), undo)
