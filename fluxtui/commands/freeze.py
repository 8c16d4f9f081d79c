"""Freeze a whole environment or stage, and lift that again: nothing new comes in meanwhile.

What moves by itself is suspended with the id of the freeze; what stands still, and what somebody
has suspended before, is left as it is. Lifting a freeze resumes what is still held by that id, and
nothing else; freezing again takes into a freeze what was created or resumed since
(docs/safety.md#freezes). Pure.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import replace

from fluxtui.commands import many, suspend
from fluxtui.commands.command import Context, Target, Values
from fluxtui.commands.safety import read_only_reason
from fluxtui.domain.board import Mark
from fluxtui.domain.counts import agreed, counted
from fluxtui.domain.danger import Danger, ordered
from fluxtui.domain.deadlines import deadline, has_passed
from fluxtui.domain.errors import UsageError
from fluxtui.domain.freezing import Standstill, escaped, freezes, standstill
from fluxtui.domain.marks import ends_text, mark_text, pin, suspension
from fluxtui.domain.plan import Plan
from fluxtui.domain.resource import Key, Resource
from fluxtui.domain.review.plans import in_freeze
from fluxtui.domain.review.plans.undertaking import undertaking
from fluxtui.domain.scopes import ENVIRONMENT, STAGE, WholeScope, members, scope_of, unread
from fluxtui.kit.moments import seconds

_NAMED = 12  # objects in one sentence


def refusal(context: Context) -> str | None:
    """Why nothing can be frozen from here now."""
    if not (context.target.scope or context.target.environment):
        return "nothing is selected: choose an environment, or name one"
    return read_only_reason(context, (context.target.environment,))


def unfreeze_refusal(context: Context) -> str | None:
    """Why no freeze can be lifted from here now."""
    reason = refusal(context)
    if reason is None and not any(freezes(_everywhere(context)).values()):
        return "nothing is frozen"
    return reason


def default(context: Context) -> str:
    """What was named, else the Environment under the cursor."""
    return context.target.scope or context.target.environment


def choices(context: Context) -> tuple[str, ...]:
    """The Environment under the cursor and its Stage, then all others."""
    config, name = context.config, context.target.environment
    own = config.environment(name)
    stage = (own.stage_name,) if own is not None else ()
    every = [name, *stage, *(e.name for e in config.environments), *config.stages]
    return tuple(dict.fromkeys(choice for choice in every if choice))


def note(context: Context, text: str) -> str:
    """What a freeze of it would hold."""
    try:
        scope = _place(context, text)
    except UsageError as error:
        return error.what
    found = standstill(context.snapshot, members(context.snapshot, scope))
    count = len(found.held)
    already = f", {count} {agreed(count, 'is')} held already" if count else ""
    return f"{counted(len(found.movers), 'object')} would be held{already}"


def joined_default(context: Context) -> str:
    """The one freeze that every Environment of what was named is in already; "" for a new one."""
    try:
        scope = _place(context, default(context))
    except UsageError:
        return ""
    ids = [set(freezes(_in(context, name))) for name in scope.environments]
    common = set.intersection(*ids)
    return common.pop() if len(common) == 1 else ""


def reason_default(context: Context) -> str:
    """Why the freeze that would be joined was made."""
    mark = _mark(_everywhere(context), joined_default(context))
    return mark.reason if mark is not None else ""


def id_default(context: Context) -> str:
    """The one freeze there is; "" where there are several or none."""
    ids = id_choices(context)
    return ids[0] if len(ids) == 1 else ""


def id_choices(context: Context) -> tuple[str, ...]:
    """The freezes of what was named or is under the cursor."""
    try:
        scope = _place(context, default(context))
    except UsageError:
        return ()
    return tuple(freezes(members(context.snapshot, scope)))


def id_note(context: Context, freeze: str) -> str:
    """Who froze how much, since when and why."""
    held = freezes(_everywhere(context)).get(freeze, ())
    mark = _mark(held, freeze)
    return f"{counted(len(held), 'object')}{mark_text(mark)}" if mark is not None else ""


def freeze_plan(context: Context, values: Values) -> Plan:
    """Suspend what moves by itself there, with the id of this freeze."""
    scope = _place(context, values.get("scope", "") or default(context))
    every = members(context.snapshot, scope)
    found = standstill(context.snapshot, every)
    blind = unread(context.snapshot, scope)
    if not found.movers:
        held = "".join(f"; {text}" for text in _few(_held(found)))
        raise UsageError(f"nothing moves by itself in {scope.says}{held}", next="; ".join(blind))
    joined = values.get("id", "").strip()
    if joined and joined not in freezes(every):
        if joined != joined_default(context):
            _chosen(freezes(every), joined, scope)
        joined = ""  # offered for the place under the cursor, and another one was named
    mark = _mark(_everywhere(context), joined)
    freeze = joined or _id(context, scope)
    if mark is not None and not values.get("until") and not has_passed(mark.until, _now(context)):
        values = {**values, "until": mark.until}
    marked = tuple(mover.key for mover in found.movers)
    plan = many.plan(
        _on(context, marked),
        values,
        lambda c, v: suspend.suspend_plan(c, v, freeze),
        suspend.suspend_refusal,
    )
    until = deadline(values.get("until", ""), context.now)
    return replace(
        plan,
        command="freeze",
        title=f"freeze {scope.says}",
        effects=(
            f"{counted(len(marked), 'object', 'is')} held by freeze {freeze}, of {len(every)}",
            *((f"freeze {freeze} was made{mark_text(mark)}",) if mark is not None else ()),
            *(f"{mover.key} {mover.why}" for mover in found.movers),
            *_held(found),
            *_still(found),
            *_pinned(context, found),
            *ends_text(until),
            f"fluxtui unfreeze {scope.name} lifts it, and nothing that others have suspended",
        ),
        unseen=(*plan.unseen, *(f"{text}: not frozen" for text in blind)),
    )


def unfreeze_plan(context: Context, values: Values) -> Plan:
    """Resume what the freeze still holds there."""
    scope = _place(context, values.get("scope", "") or default(context))
    every = members(context.snapshot, scope)
    by_id = freezes(every)
    freeze = _chosen(by_id, values.get("id", ""), scope)
    marked = tuple(resource.key for resource in by_id[freeze])
    plan = many.plan(_on(context, marked), values, suspend.resume_plan, suspend.resume_refusal)
    taken = escaped(every, freeze)
    others = tuple(
        f"{r.key} stays suspended{mark_text(mark)}"
        for r in every
        if r.key not in marked and (mark := suspension(r)) is not None
    )
    gone = tuple(
        f"{r.key} was resumed since and stays as it is" for r in taken if not suspension(r)
    )
    return replace(
        plan,
        command="unfreeze",
        title=f"unfreeze {scope.says}",
        effects=(
            f"{counted(len(marked), 'object', 'is')} let go that freeze {freeze} holds",
            *plan.effects,
            *_few(others),
            *_few(gone),
        ),
        dangers=_past_others(context, plan, freeze),
        unseen=(
            *plan.unseen,
            *(f"{text}: what is frozen of it" for text in unread(context.snapshot, scope)),
        ),
    )


def _past_others(context: Context, plan: Plan, freeze: str) -> tuple[Danger, ...]:
    """That it goes past this freeze is what is asked for; others may stand over the same place."""
    act = undertaking(context.snapshot, plan.steps, None, plan.moves, plan.inputs)
    rest = (danger for danger in plan.dangers if danger.rule != in_freeze.RULE.id)
    return ordered((*in_freeze.judged(act, lifted=freeze), *rest))


def _place(context: Context, text: str) -> WholeScope:
    """The Environment or Stage. Raises UsageError for any other scope."""
    if not text:
        raise UsageError("freeze what?", next="name an environment or a stage")
    scope = scope_of(context.snapshot, text, context.target.environment)
    if scope.what not in (ENVIRONMENT, STAGE):
        raise UsageError(
            f"{text} is no environment and no stage",
            next="suspend --scope suspends all of a namespace or a service",
        )
    return scope


def _everywhere(context: Context) -> Iterable[Resource]:
    for environment in context.config.environments:
        yield from _in(context, environment.name)


def _in(context: Context, environment: str) -> Iterable[Resource]:
    return members(context.snapshot, WholeScope(ENVIRONMENT, environment, (environment,)))


def _mark(objects: Iterable[Resource], freeze: str) -> Mark | None:
    """What a freeze says of itself, on the first that it holds."""
    held = freezes(objects).get(freeze, ())
    return suspension(held[0]) if held else None


def _now(context: Context) -> float:
    return seconds(context.now) or 0.0


def _on(context: Context, marked: tuple[Key, ...]) -> Context:
    return replace(context, target=Target(marked=marked))


def _id(context: Context, scope: WholeScope) -> str:
    """A name for this freeze that no other one has: by place, time and person."""
    text = f"{scope.what}/{scope.name} {context.now} {context.user}"
    return f"{scope.name}-{hashlib.sha256(text.encode()).hexdigest()[:6]}"


def _chosen(by_id: Mapping[str, tuple[Resource, ...]], name: str, scope: WholeScope) -> str:
    """The freeze that is meant. Raises UsageError where there is none, or several."""
    if name and name not in by_id:
        known = f"known: {', '.join(by_id)}" if by_id else ""
        raise UsageError(f"no freeze {name} holds anything in {scope.says}", next=known)
    if not by_id:
        raise UsageError(f"nothing is frozen in {scope.says}")
    if not name and len(by_id) > 1:
        raise UsageError(
            f"{scope.says} has {len(by_id)} freezes", next=f"--id {' or --id '.join(by_id)}"
        )
    return name or next(iter(by_id))


def _held(found: Standstill) -> tuple[str, ...]:
    return tuple(
        f"{key} is left alone: {mark.suspends}{mark_text(mark)}" for key, mark in found.held
    )


def _still(found: Standstill) -> tuple[str, ...]:
    """Who is left to do what it does."""
    if not found.still:
        return ()
    count = counted(len(found.still), "object", "stays")
    return (f"{count} unsuspended: no new build comes there, and drift goes on being corrected",)


def _pinned(context: Context, found: Standstill) -> tuple[str, ...]:
    """What stands still only as long as it is pinned: the freeze would not keep it."""
    still = (context.snapshot.get(key) for key in found.still)
    return _few(
        tuple(
            f"{r.key} is pinned{mark_text(mark)}: it is not held, and an unpin lets it move"
            for r in still
            if r is not None and (mark := pin(r)) is not None
        )
    )


def _few(sentences: tuple[str, ...]) -> tuple[str, ...]:
    more = len(sentences) - _NAMED
    return (*sentences[:_NAMED], *((f"and {more} more",) if more > 0 else ()))
