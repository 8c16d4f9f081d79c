"""The Plan before it runs.

Says what would change and what is dangerous about it, what would be done, what to beware of and
what was not looked at; asks (`y`, or the protected Environment's name). What would change is
rendered while the rest can be read. Once it is confirmed the sheet goes away: what is waited for is
the view below, and how far the act is stands in the strip.
"""

from __future__ import annotations

import contextlib
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.widgets import Input

from fluxtui.commands.proposing import Proposal
from fluxtui.domain.ask import (
    Delivery,
    Question,
    ReviewCommits,
    ReviewDeclared,
    ReviewMoves,
    ReviewRights,
    ReviewStanding,
    Standing,
    TryMoves,
)
from fluxtui.domain.commitrange import Changelog
from fluxtui.domain.declared import Declaration, DeclaredField
from fluxtui.domain.errors import FluxtuiError
from fluxtui.domain.kinds import appliers
from fluxtui.domain.plan import Plan
from fluxtui.domain.protection import Confirmed, Demand
from fluxtui.domain.reviewrecord import recorded
from fluxtui.ui.reviewlines import Rendered, dangers_of, plan_lines
from fluxtui.ui.screens.compared import Compared
from fluxtui.ui.screens.sheet import Sheet
from fluxtui.ui.spans import Line, wrap
from fluxtui.ui.widgets.painted import Paragraph

ROOMY = 16  # rows from which the question may take more than one
Run = Callable[[Plan, Confirmed], Coroutine[Any, Any, object]]
Ask = Callable[[Question], Awaitable[Any]]


class Review(Sheet[bool]):
    """Shows, asks for what `demand` says, and has it run. Its result: whether it was."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y", "run", "Run", show=False),
        Binding("q", "close", "Leave", show=False),
        Binding("d,f4", "whole", "The whole diff, and what each danger means", show=False),
        Binding("t,f5", "try", "Try it on the clusters", show=False),
        Binding("s,f6", "keep", "Suspend who would take it back", show=False),
        Binding("down,j", "scroll(1)", "Down", show=False),
        Binding("up,k", "scroll(-1)", "Up", show=False),
        Binding("pagedown,space", "page(1)", "Page down", show=False),
        Binding("pageup", "page(-1)", "Page up", show=False),
        # Also where a name is typed: of the text that is read, not of the few letters typed.
        Binding("home,ctrl+home", "edge(-1)", "First line", show=False, priority=True),
        Binding("end,ctrl+end", "edge(1)", "Last line", show=False, priority=True),
        Binding("g", "edge(-1)", "First line", show=False),
        Binding("G", "edge(1)", "Last line", show=False),
    ]

    def __init__(
        self,
        plan: Plan,
        demand: Demand,
        run: Run,
        ask: Ask | None = None,
        keep: Callable[[], Proposal] | None = None,
        declared: tuple[DeclaredField, ...] = (),
    ) -> None:
        """`keep` makes the Plan that lasts, where somebody would take this one back; `declared`:
        the fields that are put back then."""
        super().__init__()
        self._declared = declared
        self._declarations: tuple[Declaration, ...] = ()
        self._keep = keep
        self._kept = False
        self._plan = plan
        self._ask = ask
        self._rendered: Rendered = "" if ask is not None and plan.moves else None
        self._forbidden: tuple[str, ...] = ()
        self._demand = demand
        self._run = run
        self._error = ""
        self._begun = False
        self._tries = False

    @property
    def stake(self) -> str:
        """An act that nobody has said yes or no to."""
        return f"“{self._plan.title}” was not run."

    def compose(self) -> ComposeResult:
        """Text, and the question under it."""
        with Vertical(id="sheet"):
            with VerticalScroll(classes="scroll", can_focus=not self._demand.names):
                yield Paragraph(id="plan")
            yield Paragraph(id="ask")
            if self._demand.names:
                yield Input(id="confirm")

    def on_mount(self) -> None:
        """Protected: the field has the focus."""
        if self._demand.names:
            self.set_focus(self.query_one("#confirm", Input))
        self._lay_out()
        self.call_after_refresh(self._lay_out)
        if self._ask is not None:
            self.run_worker(self._permitted(self._ask), group="rights", exit_on_error=True)
            if self._declared:
                self.run_worker(self._places(self._ask), group="places", exit_on_error=True)
            if self._plan.moves:
                self.run_worker(self._look(self._ask), group="review", exit_on_error=True)

    def action_keep(self) -> None:
        """The same Plan with its parents suspended first: it lasts."""
        if self._keep is None or self._begun:
            return
        try:
            lasting = self._keep()
        except FluxtuiError as error:
            self._error = str(error)
        else:
            if lasting.demand.names == self._demand.names:
                self._plan, self._keep, self._kept = lasting.plan, None, True
            else:
                self._error = "who would take it back is elsewhere: suspend that by itself"
        self._lay_out()
        if self._ask is not None:
            self.run_worker(self._permitted(self._ask), group="rights", exit_on_error=True)

    async def _permitted(self, ask: Ask) -> None:
        """Whether the clusters would let it through; where they cannot say, the act will tell."""
        with contextlib.suppress(FluxtuiError):
            self._forbidden = await ask(ReviewRights(self._plan))
        if not (self._forbidden and self.stands):
            return
        for field in self.query("#confirm"):
            field.display = False  # nothing that is typed could be a yes
        self.set_focus(None)
        self._lay_out()

    async def _places(self, ask: Ask) -> None:
        """In which files it is edited for good; where they cannot be had, that is said."""
        try:
            self._declarations = await ask(ReviewDeclared(self._declared))
        except FluxtuiError as error:
            failed = (Declaration(field, error=str(error)) for field in self._declared)
            self._declarations = tuple(failed)
        self._lay_out()

    async def _look(self, ask: Ask) -> None:
        """What would change, when it is rendered; why it cannot be, else."""
        try:
            rendered: Delivery = await ask(ReviewMoves(self._plan.moves))
        except FluxtuiError as error:
            rendered = Delivery(unread=(str(error),))
        self._rendered = rendered
        self._lay_out()
        if rendered.wanted:
            self._rendered = rendered.with_standing(await self._standing(ask, rendered))
            self._lay_out()
        await self._commits(ask)

    async def _commits(self, ask: Ask) -> None:
        """What lies between the sources of both builds; why it was not read, else."""
        if not self._plan.ranges:
            return
        try:
            read: tuple[Changelog, ...] = await ask(ReviewCommits(self._plan.ranges))
        except FluxtuiError as error:
            read = tuple(Changelog(asked, error=str(error)) for asked in self._plan.ranges)
        if isinstance(self._rendered, Delivery):
            self._rendered = self._rendered.with_changelogs(read)
            self._lay_out()

    async def _standing(self, ask: Ask, rendered: Delivery) -> Standing:
        """What clusters and registries say of it; why they do not, else."""
        try:
            standing: Standing = await ask(ReviewStanding(rendered.wanted))
        except FluxtuiError as error:
            return Standing(unread=(str(error),))
        return standing

    def action_whole(self) -> None:
        """Every danger, and every object that would change, as the Diff pane shows it."""
        if not self._closer_word:
            return
        rendered = self._rendered.parts if isinstance(self._rendered, Delivery) else ()
        dangers = dangers_of(self._plan, self._rendered)
        parts = tuple(part.compared for part in rendered)
        self.app.push_screen(Compared(self._plan.title, parts, dangers))

    @property
    def _closer_word(self) -> str:
        """What there is to be looked at closer: a diff, dangers alone, "" nothing."""
        if isinstance(self._rendered, str):
            return ""  # it is being rendered
        if self._rendered is not None and self._rendered.parts:
            return "diff"
        return "dangers" if dangers_of(self._plan, self._rendered) else ""

    def action_try(self) -> None:
        """Have the clusters try it: server-side dry runs, on this key alone."""
        rendered = self._rendered
        ready = isinstance(rendered, Delivery) and rendered.parts and not rendered.wanted
        if self._ask is None or not ready or self._tries:
            return
        if self._untriable:
            self._error = self._untriable
            self._lay_out()
        else:
            self._tries = True
            self.run_worker(self._try(self._ask), group="review", exit_on_error=True)
            self._lay_out()

    @property
    def _untriable(self) -> str:
        """Why no cluster could try anything of it; "" where there is something to be tried."""
        parts = self._rendered.parts if isinstance(self._rendered, Delivery) else ()
        compared = [p.compared for p in parts if appliers.takes_bundles(p.compared.kustomization)]
        if any(not one.error for one in compared):
            return ""
        return "what does not build is not tried" if compared else "a chart is not tried"

    async def _try(self, ask: Ask) -> None:
        try:
            tried: Standing = await ask(TryMoves(self._plan.moves))
        except FluxtuiError as error:
            tried = Standing(unread=(str(error),))
        if isinstance(self._rendered, Delivery):
            standing = self._rendered.standing.joined(tried)
            self._rendered = self._rendered.with_standing(standing)
        self._lay_out()

    def on_resize(self) -> None:
        """Break the lines again."""
        self.call_after_refresh(self._lay_out)

    def _lay_out(self) -> None:
        if not self.stands:
            return
        lines = plan_lines(
            self._plan,
            self.inner_width,
            self._rendered,
            self._declarations,
            "f4" if self._demand.names else "d",
        )
        self.entitle(self._plan.title)
        self.query_one("#plan", Paragraph).show_lines(lines)
        question: tuple[Line, ...] = ((), *self._question())
        self.query_one("#ask", Paragraph).show_lines(question)
        typed = 1 if self._demand.names and not self._forbidden else 0
        # The question is always in sight: a long Plan scrolls above it.
        room = self.size.height - 2 - len(question) - typed
        self.query_one(".scroll", VerticalScroll).styles.max_height = max(3, room)

    def _question(self) -> tuple[Line, ...]:
        if self._forbidden:
            reason: Line = (("✗ " + "; ".join(self._forbidden), "bad"),)
            return (*wrap(reason, self.inner_width, 4), (("esc q ", "key"), ("leave", "")))
        names, closer = self._demand.names, self._closer()
        if names:
            beside = "".join(f"{typing} {word}  " for _key, typing, word in closer)
            error: Line = (("✗ " + self._error + "   ", "bad"),) if self._error else ()
            ask = "is protected: type its name" if len(names) == 1 else "are protected: type them"
            question: Line = (
                *error,
                (" and ".join(names), "strong"),
                (f" {ask}, enter  {beside}{'✓ kept  ' if self._kept else ''}esc leave", "dim"),
            )
            rows = 3 if self.size.height >= ROOMY else 1
            return wrap(question, self.inner_width, rows)
        keys = [("y", "run"), *((key, word) for key, _typing, word in closer), ("esc q", "leave")]
        line = [span for key, word in keys for span in ((f"{key} ", "key"), (f"{word}   ", ""))]
        wrong: Line = ((f"✗ {self._error}   ", "bad"),) if self._error else ()
        kept: Line = (("✓ kept", "ok"),) if self._kept else ()
        return ((*wrong, *line, *kept),)

    def _closer(self) -> list[tuple[str, str, str]]:
        """What can be looked at besides, once it is rendered, and done about a parent: its key, the
        one while a name is typed, and its word."""
        keeps = [("s", "f6", "keep it")] if self._keep is not None else []
        word = self._closer_word
        tries = (
            [("t", "f5", "try")] if word == "diff" and not (self._tries or self._untriable) else []
        )
        return [*([("d", "f4", word)] if word else []), *tries, *keeps]

    def action_scroll(self, rows: int) -> None:
        """Scroll the text, now: put off until after a paint, it would undo what came since."""
        text = self.query_one(".scroll", VerticalScroll)
        text.scroll_to(y=text.scroll_target_y + rows, animate=False, immediate=True)

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """The wheel moves the text wherever on the sheet it is turned, and nothing else."""
        event.stop().prevent_default()
        self.action_scroll(round(self.app.scroll_sensitivity_y))

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """The wheel moves the text."""
        event.stop().prevent_default()
        self.action_scroll(-round(self.app.scroll_sensitivity_y))

    def action_page(self, step: int) -> None:
        """One window up or down, with one line of the last."""
        self.action_scroll(step * max(1, self.query_one(".scroll").size.height - 1))

    def action_edge(self, step: int) -> None:
        """To the first line or the last."""
        text = self.query_one(".scroll", VerticalScroll)
        bottom = text.max_scroll_y
        text.scroll_to(y=0 if step < 0 else bottom, animate=False, immediate=True)

    def action_run(self) -> None:
        """A plain yes; not enough where a name must be typed."""
        if not self._demand.names:
            self._start()

    @on(Input.Submitted, "#confirm")
    def _typed(self, event: Input.Submitted) -> None:
        if self._demand.met_by(event.value):
            self._start()
        else:
            single = len(self._demand.names) == 1
            wrong = "that is not the name" if single else "those are not the names"
            self._error = wrong if event.value.strip() else "nothing was typed"
            self._lay_out()

    def _start(self) -> None:
        if not self._begun and not self._forbidden:
            self._begun = True
            # The app's worker, not the sheet's: the act outlives it.
            self.app.run_worker(self._handed_over(), group="acts", exit_on_error=True)

    async def _handed_over(self) -> None:
        """The sheet stays in sight until the step in which the act begins."""
        plan = recorded(self._plan, self._rendered, self._nowhere)
        self.dismiss(True)
        await self._run(plan, frozenset(self._demand.names))

    @property
    def _nowhere(self) -> tuple[str, ...]:
        """Of what nobody knows where it is edited for good."""
        return tuple(one.says for one in self._declarations if one.error)

    def action_close(self) -> None:
        """Leave, and nothing is done."""
        if not self._begun:
            self.dismiss(False)
