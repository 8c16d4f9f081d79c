"""Suspend and resume whole scopes: all that delivers in a service, a namespace, a stage.

Unlike a freeze it stops drift from being corrected, too: nothing is touched there by Flux until it
is resumed. Each object gets the reason, as if it were suspended alone. Pure.
"""

from __future__ import annotations

from dataclasses import replace

from fluxtui.commands import many, suspend
from fluxtui.commands.command import Context, Target, Values
from fluxtui.commands.safety import read_only_reason
from fluxtui.domain import kinds
from fluxtui.domain.counts import counted
from fluxtui.domain.errors import UsageError
from fluxtui.domain.kinds import suspended
from fluxtui.domain.marks import mark_text, suspension
from fluxtui.domain.plan import Plan
from fluxtui.domain.resource import Resource
from fluxtui.domain.scopes import (
    ENVIRONMENT,
    NAMESPACE,
    SERVICE,
    STAGE,
    WholeScope,
    members,
    scope_of,
    unread,
)


def refusal(context: Context) -> str | None:
    """Why no whole can be suspended or resumed from here."""
    if not (context.target.scope or context.target.environment):
        return "nothing is selected: choose a service or an object, or name one"
    return read_only_reason(context, (context.target.environment,))


def default(context: Context) -> str:
    """What was named, else the Service or the namespace under the cursor."""
    return context.target.scope or next(iter(choices(context)), "")


def choices(context: Context) -> tuple[str, ...]:
    """The wholes that what is selected is part of, the smallest first."""
    target, config = context.target, context.config
    place = config.environment(target.environment)
    space = target.object.namespace if target.object is not None else ""
    return (
        *((f"{SERVICE}/{target.service}",) if target.service else ()),
        *((f"{NAMESPACE}/{space}",) if space else ()),
        *((f"{ENVIRONMENT}/{target.environment}",) if target.environment else ()),
        *((f"{STAGE}/{place.stage_name}",) if place is not None else ()),
    )


def note(context: Context, text: str) -> str:
    """How much of it there is, and how much of that is suspended."""
    try:
        every = _able(context, _scope(context, text))
    except UsageError as error:
        return error.what
    held = sum(map(suspended, every))
    return f"{counted(len(every), 'object')}{f', {held} suspended' if held else ''}"


def suspend_plan(context: Context, values: Values) -> Plan:
    """Suspend each that is not, with one reason."""
    scope = _scope(context, values.get("scope", "") or default(context))
    every = _able(context, scope)
    held = tuple(r for r in every if suspended(r))
    free = tuple(r for r in every if not suspended(r))
    if not free:
        raise UsageError(f"nothing is left to suspend in {scope.says}")
    plan = many.plan(_on(context, free), values, suspend.suspend_plan, suspend.suspend_refusal)
    count = counted(len(free), "object")
    return replace(
        plan,
        command="suspend-scope",
        title=f"suspend {scope.says}",
        effects=(
            f"{count} of {len(every)} that deliver there: no new version, and drift stays",
            *(f"{r.key} is left alone: {_who(r)}" for r in held),
            *plan.effects,
        ),
        unseen=(*plan.unseen, *(f"{t}: not suspended" for t in unread(context.snapshot, scope))),
    )


def resume_plan(context: Context, values: Values) -> Plan:
    """Resume each that is suspended, whoever did it: the review names them."""
    scope = _scope(context, values.get("scope", "") or default(context))
    held = tuple(r for r in _able(context, scope) if suspended(r))
    if not held:
        raise UsageError(f"nothing is suspended in {scope.says}")
    plan = many.plan(_on(context, held), values, suspend.resume_plan, suspend.resume_refusal)
    return replace(
        plan,
        command="resume-scope",
        title=f"resume {scope.says}",
        unseen=(*plan.unseen, *(f"{t}: not resumed" for t in unread(context.snapshot, scope))),
    )


def _scope(context: Context, text: str) -> WholeScope:
    if not text:
        raise UsageError("which whole?", next="service/NAME, ns/NAME, env/NAME or stage/NAME")
    return scope_of(context.snapshot, text, context.target.environment)


def _able(context: Context, scope: WholeScope) -> tuple[Resource, ...]:
    """What delivers there and can be suspended at all."""
    return tuple(
        r
        for r in members(context.snapshot, scope)
        if (kind := kinds.of(r.key)) is not None and kind.suspends is not None
    )


def _on(context: Context, resources: tuple[Resource, ...]) -> Context:
    return replace(context, target=Target(marked=tuple(r.key for r in resources)))


def _who(resource: Resource) -> str:
    mark = suspension(resource)
    return f"{mark.suspends}{mark_text(mark)}" if mark is not None else "suspended"
