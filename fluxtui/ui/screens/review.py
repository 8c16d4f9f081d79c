"""The Plan before it runs, and its Receipts while it does.

Says what would be done, what comes of it, what to beware of and what was not looked at; asks (`y`,
or the protected Environment's name); then shows each Step's Receipt as the Engine reports it.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from time import monotonic
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.widgets import Input

from fluxtui.domain.errors import FluxtuiError
from fluxtui.domain.plan import WRITES, Plan, Receipt
from fluxtui.domain.snapshot import Act, Snapshot
from fluxtui.ui.gate import Typed
from fluxtui.ui.panes.journal import OUTCOMES, receipt_of
from fluxtui.ui.screens.sheet import Sheet
from fluxtui.ui.spans import Line, brief, width, wrap
from fluxtui.ui.widgets.painted import Paragraph

Run = Callable[[Plan], Awaitable[tuple[Receipt, ...]]]


def plan_lines(plan: Plan, act: Act | None, cells: int) -> tuple[Line, ...]:
    """The Plan as text; with an Act, only its Steps with the Receipts beside them."""
    out: list[Line] = []
    where = ", ".join(plan.environments)
    by = f"   by {plan.user}" if plan.user else ""
    out.append((("in ", "dim"), (where, "accent"), (f"{by}   plan {plan.id}", "dim")))
    if plan.reason:
        out += wrap((("because ", "dim"), (plan.reason, "name")), cells, 3)
    return (*out, *_step_lines(plan, act, cells)) if act else (*out, *_effect_lines(plan, cells))


def _effect_lines(plan: Plan, cells: int) -> list[Line]:
    out: list[Line] = []
    for title, texts, glyph, role in (
        ("WHAT COMES OF IT", plan.effects, "→", "accent"),
        ("BEWARE", plan.warnings, "!", "busy"),
        ("NOT LOOKED AT", plan.unseen, "?", "wait"),
    ):
        if texts:
            out += [(), ((title, "dim"),)]
            for text in texts:
                out += _bullet(text, glyph, role, cells)
    out += [(), (("STEPS", "dim"),)]
    told: set[str] = set()
    for number, step in enumerate(plan.steps, 1):
        out += _bullet(step.title, "·", "dim", cells, number=f"{number:<3}")
        if isinstance(step, WRITES) and step.undo and step.undo not in told:
            told.add(step.undo)
            out += _bullet(f"undo: {step.undo}", " ", "", cells, number="   ", words="dim")
    return out


def _step_lines(plan: Plan, act: Act, cells: int) -> list[Line]:
    out: list[Line] = [()]
    now_running = not act.finished
    for number, step in enumerate(plan.steps, 1):
        receipt = receipt_of(act, step.id)
        word, role = OUTCOMES[receipt.outcome] if receipt else ("·", "dim")
        if receipt is None and now_running:
            word, role, now_running = "◐", "busy", False
        out += _bullet(step.title, word[0], role, cells, number=f"{number:<3}")
        if receipt is not None and receipt.message and not receipt.ok:
            out += _bullet(receipt.message, " ", "", cells, number="   ", words="bad")
    return out


def _bullet(
    text: str, glyph: str, role: str, cells: int, *, number: str = "", words: str = ""
) -> list[Line]:
    """Text behind a sign, its further lines set in as far as the first."""
    head: Line = (("  ", ""), (glyph, role), (" " + number, "dim"))
    room = cells - width(head)
    return [
        (*(head if row == 0 else ((" " * width(head), ""),)), *part)
        for row, part in enumerate(wrap(((brief(text), words),), room, 6))
    ]


class Review(Sheet[bool]):
    """Shows, asks, runs, reports. Its result: whether it was run."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y", "run", "Run", show=False),
        Binding("q", "close", "Leave", show=False),
        Binding("down,j", "scroll(1)", "Down", show=False),
        Binding("up,k", "scroll(-1)", "Up", show=False),
        Binding("pagedown,space", "page(1)", "Page down", show=False),
        Binding("pageup", "page(-1)", "Page up", show=False),
        Binding("home,g", "edge(-1)", "First line", show=False),
        Binding("end,G", "edge(1)", "Last line", show=False),
    ]

    def __init__(self, plan: Plan, run: Run) -> None:
        super().__init__()
        self._plan = plan
        self._run = run
        self._act: Act | None = None
        self._state = "asking"
        self._error = ""
        self._since = 0.0  # when that state began

    @property
    def stake(self) -> str:
        """An act that nobody has said yes or no to."""
        return f"“{self._plan.title}” was not run." if self._state == "asking" else ""

    def takes(self, event: Typed) -> bool | None:
        """What was typed while it ran was not meant for how it ended."""
        return super().takes(event) and event.time >= self._since

    def compose(self) -> ComposeResult:
        """Text, and the question under it."""
        with Vertical(id="sheet"):
            with VerticalScroll(classes="scroll", can_focus=not self._plan.confirm):
                yield Paragraph(id="plan")
            yield Paragraph(id="ask")
            if self._plan.confirm:
                yield Input(id="confirm")

    def on_mount(self) -> None:
        """Protected: the field has the focus."""
        self.box.border_title = self._plan.title.replace("[", r"\[")
        if self._plan.confirm:
            self.set_focus(self.query_one("#confirm", Input))
        self._lay_out()
        self.call_after_refresh(self._lay_out)

    def on_resize(self) -> None:
        """Break the lines again."""
        self.call_after_refresh(self._lay_out)

    def show(self, snapshot: Snapshot) -> None:
        """The Receipts so far."""
        acts = [a for a in snapshot.acts if a.plan.id == self._plan.id]
        act = acts[-1] if acts else None
        if self._state == "running" and act is not None and act != self._act:
            self._act = act
            self._lay_out()

    def _lay_out(self) -> None:
        if not self.is_attached:
            return
        lines = plan_lines(self._plan, self._act, self.inner_width)
        self.query_one("#plan", Paragraph).show_lines(lines)
        if self._act is not None:
            done = sum(1 for line in lines if line[1:] and line[1][0] in "✓✗?–◐")
            self.query_one(".scroll", VerticalScroll).scroll_to(y=done - 6, animate=False)
        question: tuple[Line, ...] = ((), *self._question())
        self.query_one("#ask", Paragraph).show_lines(question)
        typed = 1 if self._plan.confirm and self._state == "asking" else 0
        # The question is always in sight: a long Plan scrolls above it.
        room = self.size.height - 2 - len(question) - typed
        self.query_one(".scroll", VerticalScroll).styles.max_height = max(3, room)

    def _question(self) -> tuple[Line, ...]:
        cells = self.inner_width
        if self._state == "running":
            return ((("◐ running", "busy"), ("   esc q leaves it running: see Journal", "dim")),)
        if self._state == "done":
            return ((("✓ done", "ok"), ("   esc q close", "dim")),)
        if self._state == "failed":
            return (*wrap((("✗ " + self._error, "bad"),), cells, 3), (("esc q close", "dim"),))
        if self._plan.confirm:
            told: Line = (("✗ " + self._error + "   ", "bad"),) if self._error else ()
            name = self._plan.confirm
            return (
                (
                    *told,
                    (name, "strong"),
                    (" is protected: type its name, then enter   esc leave", "dim"),
                ),
            )
        return ((("y ", "key"), ("run   ", ""), ("esc q ", "key"), ("leave", "")),)

    def action_scroll(self, rows: int) -> None:
        """Scroll the text."""
        self.query_one(".scroll", VerticalScroll).scroll_relative(y=rows, animate=False)

    def action_page(self, step: int) -> None:
        """One window up or down, with one line of the last."""
        self.action_scroll(step * max(1, self.query_one(".scroll").size.height - 1))

    def action_edge(self, step: int) -> None:
        """To the first line or the last."""
        text = self.query_one(".scroll", VerticalScroll)
        text.scroll_to(y=0 if step < 0 else text.max_scroll_y, animate=False)

    def action_run(self) -> None:
        """A plain yes; not enough where a name must be typed."""
        if self._state == "asking" and not self._plan.confirm:
            self._start()

    @on(Input.Submitted, "#confirm")
    def _typed(self, event: Input.Submitted) -> None:
        if self._state != "asking":
            return
        if event.value.strip() == self._plan.confirm:
            event.input.display = False
            self.set_focus(None)
            self._start()
        else:
            self._error = "that is not the name" if event.value.strip() else "nothing was typed"
            self._lay_out()

    def _start(self) -> None:
        self._state, self._error = "running", ""
        self._act = Act(self._plan)
        self._lay_out()
        self.run_worker(self._carry_out(), exit_on_error=True)

    async def _carry_out(self) -> None:
        try:
            receipts = await self._run(self._plan)
        except FluxtuiError as error:
            self._state, self._error = "failed", str(error)
        else:
            bad = next((r for r in receipts if not r.ok), None)
            self._state = "failed" if bad else "done"
            self._error = f"{bad.outcome}: {bad.message}" if bad else ""
            self._act = Act(self._plan, receipts, True)
        self._since = monotonic()
        self._lay_out()

    def action_close(self) -> None:
        """Leave; what runs goes on."""
        self.dismiss(self._state != "asking")
