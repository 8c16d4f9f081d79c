"""The flow of a key that acts: refusal, arguments, questions, Plan, review.

Nothing here writes: the review runs the Plan through the Bridge, and rows change only when the
watch says so. What the act is about is what stood on the screen when its key was pressed.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Mapping
from typing import Any, Protocol, TypeVar

from textual.app import App
from textual.worker import Worker

from fluxtui.commands.command import Command, Context, Target, Values
from fluxtui.commands.proposing import Proposal, advance, propose
from fluxtui.commands.wayback import ways_back
from fluxtui.domain.errors import FluxtuiError
from fluxtui.domain.plan import Plan, Receipt
from fluxtui.domain.protection import Confirmed
from fluxtui.ui.bridge import Bridge
from fluxtui.ui.gate import KeyGate
from fluxtui.ui.keys import key_of, shown_key
from fluxtui.ui.screens.arguments import Arguments, Waits
from fluxtui.ui.screens.review import Review
from fluxtui.ui.screens.sheet import Sheet
from fluxtui.ui.waiting import Waiting, awaited

T = TypeVar("T")


class Working(Protocol):
    """What an act needs of the main screen."""

    bridge: Bridge
    gate: KeyGate

    @property
    def app(self) -> App[object]:
        """Where questions are put."""

    @property
    def clock(self) -> Callable[[], float]:
        """Epoch seconds."""

    def context(self, target: Target) -> Context:
        """What a Command looks at."""

    def newest(self, target: Target) -> Context:
        """The same, with what was just asked."""

    @property
    def keys(self) -> Mapping[str, str]:
        """Command id -> its keys here."""

    @property
    def said(self) -> str:
        """What stands in the status line."""

    def say(self, text: str, role: str = ...) -> None:
        """The status line."""

    def begin_act(self, work: Coroutine[Any, Any, None]) -> Worker[None]:
        """Have it done on the screen's own loop."""


class Acting:
    """At most one act at a time is on its way from its key to the end of its review."""

    def __init__(self, screen: Working) -> None:
        self._screen = screen
        self._worker: Worker[None] | None = None
        self._waiting: Waiting | None = None
        self._offer: tuple[str, Target] | None = None  # a rollback, as long as the line says so

    def about(self, command: Command, subject: Target | str) -> Target | str:
        """What a Command is about: what the status line offers it for, else the subject."""
        if command.id == "rollback" and self._offer is not None:
            text, target = self._offer
            return target if self._screen.said == text else subject
        return subject

    @property
    def preparing(self) -> bool:
        """Whether an act is on its way."""
        return self._worker is not None

    def begin(self, command: Command, target: Target) -> None:
        """It can be done, and was asked for. Its form, if any, is on top when this returns."""
        screen = self._screen
        form: asyncio.Future[Proposal | None] | None = None
        if command.arguments:

            async def proposed(values: Values, waits: Waits) -> Proposal:
                return await self._propose(command, target, values, waits)

            clock = screen.clock
            form = self._answer(Arguments(command, lambda: screen.context(target), proposed, clock))
        work = self._carry_out(command, target, form)
        self._worker = screen.begin_act(work)

    def end(self) -> None:
        """It is not wanted any more."""
        if self._worker is not None:
            self._worker.cancel()

    def _answer(self, sheet: Sheet[T]) -> asyncio.Future[T | None]:
        future: asyncio.Future[T | None] = asyncio.get_running_loop().create_future()

        def answered(result: T | None) -> None:
            if not future.done():
                future.set_result(result)

        self._screen.app.push_screen(sheet, answered)
        return future

    async def _carry_out(
        self, command: Command, target: Target, form: asyncio.Future[Proposal | None] | None
    ) -> None:
        screen, remark, role = self._screen, f"{command.title}: left, nothing was done", "dim"
        try:
            if form is not None:
                proposal = await form
            else:
                proposal = await self._propose(command, target, {}, self._waits)
            self._waiting = None
            if proposal is not None:
                screen.say("")
                ran = await self._answer(self._review(proposal, target))
                remark = "" if ran else f"{proposal.plan.title}: left, nothing was done"
        except FluxtuiError as error:
            remark, role = f"{command.title}: {error}", "bad"
        finally:
            self._worker = self._waiting = None
            if remark:
                screen.say(remark, role)
            screen.gate.cut()
            screen.gate.go()

    def _review(self, proposal: Proposal, target: Target) -> Review:
        """Where a parent would take it back, with the Plan that lasts on one key."""
        from fluxtui.commands.keeping import declared_fields, kept, undoers

        screen, plan = self._screen, proposal.plan
        snapshot = screen.newest(target).snapshot
        lasting, declared = bool(undoers(snapshot, plan)), declared_fields(snapshot, plan)
        keep = (lambda: kept(screen.newest(target), plan)) if lasting else None
        return Review(plan, proposal.demand, self._run, screen.bridge.ask, keep, declared)

    async def _run(self, plan: Plan, confirmed: Confirmed) -> None:
        """Have it run, and say what came of it; how far it is stands in the strip meanwhile."""
        screen = self._screen
        screen.say(f"◐ running  {plan.title}", "busy")
        try:
            receipts = await screen.bridge.run(plan, confirmed)
        except FluxtuiError as error:
            screen.say(f"✗ {error}   {plan.title}", "bad")
            return
        bad = next((receipt for receipt in receipts if not receipt.ok), None)
        if bad is None:
            screen.say(f"✓ done  {plan.title}", "ok")
        else:
            self._say_failed(plan, receipts, bad)

    def _say_failed(self, plan: Plan, receipts: tuple[Receipt, ...], bad: Receipt) -> None:
        """Why, and the one key that goes back where a new build does not run."""
        screen = self._screen
        journal = key_of("journal", screen.keys)
        text = f"✗ {bad.outcome}: {bad.message}   {plan.title}   {journal} Journal"
        way = next(iter(ways_back(screen.newest(Target()), plan, receipts)), None)
        key = screen.keys.get("rollback", "")
        if way is not None and key and (source := way.target.object) is not None:
            # First: a long reason must not push it out of the line.
            text = f"{shown_key(key)} roll back {source.name} in {source.environment}   {text}"
            self._offer = text, way.target
        screen.say(text, "bad")

    def _waits(self, what: str) -> None:
        self._waiting = Waiting(what, self._screen.clock())
        self.tick()

    def tick(self) -> None:
        """Seconds pass while something is waited for."""
        if self._waiting is not None:
            text = self._waiting.text(self._screen.clock())
            self._screen.say(f"{text}   esc leave", "dim")

    async def _propose(
        self, command: Command, target: Target, values: Values, waits: Waits
    ) -> Proposal:
        screen = self._screen
        # The Engine knows more than what is drawn, by a frame or two: after an act a new tag, say.
        # The review shows what the Plan rests on.
        proposing = propose(command, screen.newest(target), values)
        step = await screen.bridge.aside(advance, proposing)
        while not isinstance(step, Proposal):
            waits(f"{command.title}: {awaited(step)}")
            await screen.bridge.ask(step)
            step = await screen.bridge.aside(advance, proposing, screen.newest(target))
        return step
