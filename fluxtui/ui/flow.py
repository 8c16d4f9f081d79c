"""The flow of a key that acts: refusal, arguments, questions, Plan, review.

Nothing here writes: the review runs the Plan through the Bridge, and rows change only when the
watch says so. What the act is about is what stood on the screen when its key was pressed.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, TypeVar

from textual.worker import Worker

from fluxtui.commands.command import Command, Target, Values
from fluxtui.commands.proposing import Proposal, advance, propose
from fluxtui.domain.errors import FluxtuiError
from fluxtui.domain.plan import Plan
from fluxtui.domain.protection import Confirmed
from fluxtui.ui.screens.arguments import Arguments, Waits
from fluxtui.ui.screens.review import Review
from fluxtui.ui.screens.sheet import Sheet
from fluxtui.ui.waiting import Waiting, awaited

if TYPE_CHECKING:
    from fluxtui.ui.desk import Desk

T = TypeVar("T")


class Acting:
    """At most one act at a time is on its way from its key to the end of its review."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._worker: Worker[None] | None = None
        self._waiting: Waiting | None = None

    @property
    def preparing(self) -> bool:
        """Whether an act is on its way."""
        return self._worker is not None

    def begin(self, command: Command, target: Target) -> None:
        """It can be done, and was asked for. Its form, if any, is on top when this returns."""
        desk = self._desk
        form: asyncio.Future[Proposal | None] | None = None
        if command.arguments:

            async def proposed(values: Values, waits: Waits) -> Proposal:
                return await self._propose(command, target, values, waits)

            clock = desk.setting.clock
            form = self._answer(Arguments(command, lambda: desk.context(target), proposed, clock))
        work = self._carry_out(command, target, form)
        self._worker = desk.run_worker(work, group="act")

    def end(self) -> None:
        """It is not wanted any more."""
        if self._worker is not None:
            self._worker.cancel()

    def _answer(self, sheet: Sheet[T]) -> asyncio.Future[T | None]:
        future: asyncio.Future[T | None] = asyncio.get_running_loop().create_future()

        def answered(result: T | None) -> None:
            if not future.done():
                future.set_result(result)

        self._desk.app.push_screen(sheet, answered)
        return future

    async def _carry_out(
        self, command: Command, target: Target, form: asyncio.Future[Proposal | None] | None
    ) -> None:
        desk, said, role = self._desk, f"{command.title}: left, nothing was done", "dim"
        try:
            if form is not None:
                made = await form
            else:
                made = await self._propose(command, target, {}, self._waits)
            self._waiting = None
            if made is not None:
                desk.say("")
                ran = await self._answer(Review(made.plan, made.demand, self._run))
                said = "" if ran else f"{made.plan.title}: left, nothing was done"
        except FluxtuiError as error:
            said, role = f"{command.title}: {error}", "bad"
        finally:
            self._worker = self._waiting = None
            if said:
                desk.say(said, role)
            desk.gate.cut()
            desk.gate.go()

    async def _run(self, plan: Plan, confirmed: Confirmed) -> None:
        """Have it run, and say what came of it; how far it is stands in the strip meanwhile."""
        desk = self._desk
        desk.say(f"◐ running  {plan.title}", "busy")
        try:
            receipts = await desk.bridge.run(plan, confirmed)
        except FluxtuiError as error:
            desk.say(f"✗ {error}   {plan.title}", "bad")
            return
        bad = next((receipt for receipt in receipts if not receipt.ok), None)
        if bad is None:
            desk.say(f"✓ done  {plan.title}", "ok")
        else:
            desk.say(f"✗ {bad.outcome}: {bad.message}   {plan.title}   J Journal", "bad")

    def _waits(self, what: str) -> None:
        self._waiting = Waiting(what, self._desk.setting.clock())
        self.tick()

    def tick(self) -> None:
        """Seconds pass while something is waited for."""
        if self._waiting is not None:
            text = self._waiting.text(self._desk.setting.clock())
            self._desk.say(f"{text}   esc leave", "dim")

    async def _propose(
        self, command: Command, target: Target, values: Values, waits: Waits
    ) -> Proposal:
        desk = self._desk
        proposing = propose(command, desk.context(target), values)
        step = await desk.bridge.aside(advance, proposing)
        while not isinstance(step, Proposal):
            waits(f"{command.title}: {awaited(step)}")
            await desk.bridge.ask(step)
            step = await desk.bridge.aside(advance, proposing, desk.newest(target))
        return step
