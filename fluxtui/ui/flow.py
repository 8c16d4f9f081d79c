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
    from fluxtui.ui.app import FluxtuiApp


async def carry_out(app: FluxtuiApp, command: Command) -> None:
    """From the key to the review of its Plan. Refusals and errors go to the status line."""
    target = app.target
    reason = command.disabled_reason(app.context(target))
    if reason is not None:
        app.say(f"{command.title}: {reason}", "wait")
        return
    values: dict[str, str] = {}
    if command.arguments:
        given = await app.push_screen_wait(Arguments(command, app.context(target)))
        if given is None:
            app.say(f"{command.title}: left, nothing was done", "dim")
            return
        values = given
    try:
        for question in command.questions(app.context(target), values):
            app.say(f"{command.title}: reading …", "dim")
            await app.bridge.ask(question)
        build = _builder(command)
        plan = build(app.context(target), values)
    except FluxtuiError as error:
        app.say(f"{command.title}: {error}", "bad")
        return
    app.say("")
    ran = await app.push_screen_wait(Review(plan, app.bridge.run))
    if not ran:
        app.say(f"{plan.title}: left, nothing was done", "dim")


def _builder(command: Command) -> Callable[[Context, Values], Plan]:
    if command.plan is None:
        raise FluxtuiError(f"{command.title} is a view, not an act")
    return command.plan
