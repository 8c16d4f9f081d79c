"""The flow of a key that acts: refusal, arguments, questions, Plan, review.

Nothing here writes: the review runs the Plan through the Bridge, and rows change only when the
watch says so.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from fluxtui.commands.command import Command, Context, Values
from fluxtui.domain.errors import FluxtuiError
from fluxtui.domain.plan import Plan
from fluxtui.ui.screens.arguments import Arguments
from fluxtui.ui.screens.review import Review

if TYPE_CHECKING:
    from fluxtui.ui.desk import Desk


async def carry_out(desk: Desk, command: Command) -> None:
    """From the key to the review of its Plan. Refusals and errors go to the status line."""
    target = desk.target
    reason = command.disabled_reason(desk.context(target))
    if reason is not None:
        desk.say(f"{command.title}: {reason}", "wait")
        return
    values: dict[str, str] = {}
    if command.arguments:
        given = await desk.app.push_screen_wait(Arguments(command, lambda: desk.context(target)))
        if given is None:
            desk.say(f"{command.title}: left, nothing was done", "dim")
            return
        values = given
    try:
        for question in command.questions(desk.context(target), values):
            desk.say(f"{command.title}: reading …", "dim")
            await desk.bridge.ask(question)
        build = _builder(command)
        plan = await desk.bridge.aside(build, desk.context(target), values)
    except FluxtuiError as error:
        desk.say(f"{command.title}: {error}", "bad")
        return
    desk.say("")
    ran = await desk.app.push_screen_wait(Review(plan, desk.bridge.run))
    if not ran:
        desk.say(f"{plan.title}: left, nothing was done", "dim")


def _builder(command: Command) -> Callable[[Context, Values], Plan]:
    if command.plan is None:
        raise FluxtuiError(f"{command.title} is a view, not an act")
    return command.plan
