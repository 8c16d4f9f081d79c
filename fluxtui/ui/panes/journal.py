"""What was done from here in this session: every act with its Steps and how each ended."""

from __future__ import annotations

from typing import ClassVar, cast

from fluxtui.domain.plan import Outcome, Receipt
from fluxtui.domain.snapshot import Act
from fluxtui.ui.ages import clock_time
from fluxtui.ui.panes.pane import Pane, View
from fluxtui.ui.spans import Line, brief
from fluxtui.ui.widgets.columns import Column
from fluxtui.ui.widgets.listing import Row

COLUMNS = (
    Column("TIME", least=8, keep=9),
    Column("ACT", least=24, most=64, keep=9),
    Column("OUTCOME", least=12, most=14, keep=9),
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


def receipt_of(act: Act, step: str) -> Receipt | None:
    """The newest Receipt of a Step."""
    return next((r for r in reversed(act.receipts) if r.step == step), None)


def act_state(act: Act) -> tuple[str, str]:
    """Glyph and word for the whole act."""
    if act.cut:
        return ("✗ cut off", "bad")
    if any(not r.ok and r.outcome is not Outcome.INTENT for r in act.receipts):
        return ("✗ not done", "bad")
    return ("✓ done", "ok") if act.finished else ("◐ running", "busy")


def rows(acts: tuple[Act, ...]) -> tuple[Row, ...]:
    """Newest act first, its Steps under it."""
    out: list[Row] = []
    for number, act in reversed(list(enumerate(acts))):
        reason: Line = ((act.plan.reason, "dim"),)
        title: Line = ((act.plan.title, "strong"),)
        head = (((clock_time(act.plan.made_at), "dim"),), title, (act_state(act),), reason)
        out.append(Row((number, ""), head))
        for step in act.plan.steps:
            receipt = receipt_of(act, step.id)
            state = OUTCOMES[receipt.outcome] if receipt else ("· to do", "dim")
            at = clock_time(receipt.at) if receipt else ""
            cells: tuple[Line, ...] = (
                ((at, "dim"),),
                (("  " + step.title, ""),),
                (state,),
                ((brief(receipt.message) if receipt else "", "dim"),),
            )
            out.append(Row((number, step.id), cells))
    return tuple(out)


class Journal(Pane):
    """The acts of this session, and those that the Journal tells of earlier ones."""

    title: ClassVar[str] = "Journal"
    hint: ClassVar[str] = "/ filter  esc back  on disk: fluxtui journal"
    points: ClassVar[bool] = False

    def lay_out(self, view: View) -> None:
        """Acts and receipts."""
        found = rows(view.snapshot.acts)
        self.note.show_lines(())
        empty: Line = (("Nothing was done from here yet.", "dim"),)
        self.table.show_rows(COLUMNS if found else (), found, (empty,))

    def details(self, width: int) -> tuple[Line, ...] | None:
        """Who did it and what undoes it."""
        row = self.table.selected
        if row is None:
            return ()
        number, step_id = cast("tuple[int, str]", row.id)
        act = self.view.snapshot.acts[number]
        head: Line = (
            (act.plan.title, "strong"),
            (f"  by {act.plan.user}  {act.plan.made_at}", "dim"),
        )
        step = next((s for s in act.plan.steps if s.id == step_id), None)
        if step is None:
            return (head, ((act.plan.reason, ""),))
        receipt = receipt_of(act, step.id)
        undo: Line = (("undo: ", "dim"), (step.undo, "")) if step.undo else ()
        return (head, ((receipt.message if receipt else step.title, ""),), undo)
