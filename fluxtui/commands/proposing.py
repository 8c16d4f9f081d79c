"""From a Command and what was given for it to a Plan and what running it takes: the one order.

Refusal, defaults, questions, Plan, demand. The screen and the command line drive the same
generator, each in its own way of waiting; nothing here waits, asks a person or runs anything.
"""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass

from fluxtui.commands.command import Command, Context, Values
from fluxtui.domain.ask import ListTags, Question
from fluxtui.domain.errors import RefusedError, UsageError
from fluxtui.domain.knowledge import Knowing
from fluxtui.domain.known import tags_known
from fluxtui.domain.plan import Plan
from fluxtui.domain.protection import Demand, demand
from fluxtui.domain.snapshot import Snapshot


@dataclass(frozen=True, slots=True)
class Proposal:
    """A Plan, and what a person has to say for it to run."""

    plan: Plan
    demand: Demand


Proposing = Generator[Question, Context, Proposal]


def propose(command: Command, context: Context, answers: Values) -> Proposing:
    """Yields what must be asked of the Engine, takes the Context after each answer, returns the
    Proposal.

    Raises RefusedError when the Command cannot be done now or the Plan would not be let through,
    UsageError when what was given makes no sense.
    """
    if command.plan is None:
        raise UsageError(f"{command.id} is a view")
    reason = command.disabled_reason(context)
    if reason:
        raise RefusedError(reason, where=", ".join(context.target.environments))
    values = _filled(command, context, answers)
    asked: set[Question] = set()
    # Looked at again after each answer: of tags that were not listed yet, no digest can be asked.
    while rest := [q for q in command.questions(context, values) if q not in asked]:
        asked.add(rest[0])
        context = yield rest[0]
    return proposal(command.plan(context, values), context.snapshot)


def unlisted(command: Command, context: Context, answers: Values) -> tuple[Question, ...]:
    """Those of its questions that ask for tags which nobody has listed yet: until then some of
    what is sensible for its arguments is not known."""
    return tuple(
        question
        for question in command.questions(context, answers)
        if isinstance(question, ListTags)
        and tags_known(context.snapshot.tags.get(question.repository)).state is Knowing.LISTING
    )


def proposal(plan: Plan, snapshot: Snapshot) -> Proposal:
    """The Plan with what it takes. Raises RefusedError when nothing helps."""
    demanded = demand(plan, snapshot)
    if demanded.refusal:
        raise RefusedError(demanded.refusal, where=plan.title, next="nothing was written")
    return Proposal(plan, demanded)


def advance(proposing: Proposing, context: Context | None = None) -> Question | Proposal:
    """The next thing to ask, or the Proposal; `context`: as it is after the last answer."""
    try:
        return proposing.send(context) if context is not None else next(proposing)
    except StopIteration as ended:
        result: Proposal = ended.value
        return result


def _filled(command: Command, context: Context, answers: Values) -> Values:
    values = dict(answers)
    for argument in command.arguments:
        if not values.get(argument.name):
            values[argument.name] = argument.default(context)
        if argument.required and not values[argument.name]:
            raise UsageError(
                f"--{argument.name} is missing: {argument.title}",
                next=f"add --{argument.name} TEXT",
            )
    return values
