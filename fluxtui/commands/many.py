"""One act on all marked objects: their Plans, each made as if it were alone, become one Plan.

What cannot be done to one of them leaves that one out, with its reason as a warning; where nothing
is left, the act is refused. What must be confirmed follows from all Steps, as of every Plan. Pure.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

from fluxtui.commands.command import Context, Target, Values
from fluxtui.commands.planning import plan_for
from fluxtui.domain.counts import counted
from fluxtui.domain.errors import RefusedError
from fluxtui.domain.plan import AnyStep, Plan

Refusal = Callable[[Context], str | None]
Planning = Callable[[Context, Values], Plan]


def refusal(context: Context, of_one: Refusal) -> str | None:
    """Why it cannot be done to the object, or to none of the marked ones."""
    if not context.target.marked:
        return of_one(context)
    reasons = [of_one(one) for one in _each(context)]
    if not all(reasons):
        return None
    return f"it can be done to none of the {len(reasons)} that are marked: {reasons[0]}"


def plan(context: Context, values: Values, of_one: Planning, refusal_of_one: Refusal) -> Plan:
    """The Plan for the object, or the one for all marked objects."""
    if not context.target.marked:
        return of_one(context, values)
    plans, omitted = [], []
    for one in _each(context):
        reason = refusal_of_one(one)
        if reason:
            omitted.append(f"{one.target.object} is left out: {reason}")
        else:
            plans.append(of_one(one, values))
    if not plans:
        raise RefusedError("; ".join(omitted), next="nothing was written")
    if len(plans) == 1 and not omitted:
        return plans[0]
    command = plans[0].command
    places = ", ".join(dict.fromkeys(place for p in plans for place in p.environments))
    return plan_for(
        context,
        values,
        command,
        f"{command} {counted(len(plans), 'object')} in {places}",
        _steps(plans),
        effects=_once(plan.effects for plan in plans),
        warnings=(*omitted, *_once(plan.warnings for plan in plans)),
        unseen=_once(plan.unseen for plan in plans),
        inputs={text: value for plan in plans for text, value in plan.inputs.items()},
    )


def _each(context: Context) -> Iterator[Context]:
    for key in context.target.marked:
        yield replace(context, target=Target(key.environment, object=key))


def _steps(plans: Iterable[Plan]) -> Iterator[AnyStep]:
    """All of them, each Plan's under names of its own."""
    for number, one in enumerate(plans, start=1):
        for step in one.steps:
            needs = tuple(f"{number}-{name}" for name in step.needs)
            yield replace(step, id=f"{number}-{step.id}", needs=needs)


def _once(texts: Iterable[Iterable[str]]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(text for each in texts for text in each))
