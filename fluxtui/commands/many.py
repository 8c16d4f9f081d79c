"""One act on all marked objects: their Plans, each made as if it were alone, become one Plan.

What cannot be done to one of them leaves that one out, with its reason as a warning; where nothing
is left, the act is refused. An act that says what comes `before` what is done in that order: an
object's Steps wait for those of the marked ones before it. What must be confirmed follows from all
Steps, as of every Plan. Pure.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import replace

from fluxtui.commands.command import Context, Target, Values
from fluxtui.commands.planning import plan_for
from fluxtui.domain.counts import agreed, counted
from fluxtui.domain.errors import RefusedError
from fluxtui.domain.plan import AnyStep, Plan
from fluxtui.domain.resource import Key
from fluxtui.domain.snapshot import Snapshot

Refusal = Callable[[Context], str | None]
Planning = Callable[[Context, Values], Plan]
Before = Callable[[Snapshot, Key, Collection[Key]], Collection[Key]]
"""Which of these objects come before that one."""
NAMED = 3  # objects that one effect names at most


def _nothing(_snapshot: Snapshot, _key: Key, _all: Collection[Key]) -> Collection[Key]:
    return ()


def refusal(context: Context, of_one: Refusal) -> str | None:
    """Why it cannot be done to the object, or to none of the marked ones."""
    if not context.target.marked:
        return of_one(context)
    reasons = [of_one(one) for one in _each(context)]
    if not all(reasons):
        return None
    return f"it can be done to none of the {len(reasons)} that are marked: {reasons[0]}"


def plan(
    context: Context,
    values: Values,
    of_one: Planning,
    refusal_of_one: Refusal,
    before: Before = _nothing,
) -> Plan:
    """The Plan for the object, or the one for all marked objects."""
    if not context.target.marked:
        return of_one(context, values)
    able, omitted = [], []
    for one in _each(context):
        reason = refusal_of_one(one)
        if reason:
            omitted.append(f"{one.target.object} is left out: {reason}")
        else:
            able.append(one)
    if not able:
        raise RefusedError("; ".join(omitted), next="nothing was written")
    order = _ordered(context.snapshot, tuple(_key(one) for one in able), before)
    able.sort(key=lambda one: order[_key(one)][0])
    plans = [of_one(one, values) for one in able]
    hidden = _hidden(context.target)
    if len(plans) == 1 and not omitted and not hidden:
        return plans[0]
    command = plans[0].command
    places = ", ".join(dict.fromkeys(place for p in plans for place in p.environments))
    return plan_for(
        context,
        values,
        command,
        f"{command} {counted(len(plans), 'object')} in {places}",
        _steps(plans, [order[_key(one)][1] for one in able]),
        effects=_of_whom(
            [(_key(one), plan.effects) for one, plan in zip(able, plans, strict=True)]
        ),
        warnings=(*hidden, *omitted, *_once(plan.warnings for plan in plans)),
        unseen=_once(plan.unseen for plan in plans),
        inputs={text: value for plan in plans for text, value in plan.inputs.items()},
    )


def _each(context: Context) -> Iterator[Context]:
    every = frozenset(context.target.marked)
    for key in context.target.marked:
        yield replace(context, target=Target(key.environment, object=key, beside=every))


def _key(context: Context) -> Key:
    key = context.target.object
    assert key is not None
    return key


def _ordered(
    snapshot: Snapshot, keys: tuple[Key, ...], before: Before
) -> dict[Key, tuple[int, tuple[int, ...]]]:
    """Which each is, and which it waits for, counted from 0; who goes round in a circle waits for
    nobody who comes later."""
    every = frozenset(keys)
    needs = {key: set(before(snapshot, key, every)) - {key} for key in keys}
    remaining = dict.fromkeys(keys)
    order: dict[Key, tuple[int, tuple[int, ...]]] = {}
    while remaining:
        ready = (key for key in remaining if needs[key].isdisjoint(remaining))
        key = next(ready, None) or next(iter(remaining))
        waits = sorted(order[other][0] for other in needs[key] if other in order)
        order[key] = (len(order), tuple(waits))
        del remaining[key]
    return order


def _steps(plans: Sequence[Plan], waits: Sequence[Sequence[int]]) -> Iterator[AnyStep]:
    """All of them, each Plan's under names of its own; its first ones wait for the last ones of
    those that it `waits` for."""
    for number, one in enumerate(plans, start=1):
        first = tuple(f"{at + 1}-{plans[at].steps[-1].id}" for at in waits[number - 1])
        for step in one.steps:
            needs = tuple(f"{number}-{name}" for name in step.needs) or first
            yield replace(step, id=f"{number}-{step.id}", needs=needs)


def _once(texts: Iterable[Iterable[str]]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(text for each in texts for text in each))


def _hidden(target: Target) -> tuple[str, ...]:
    """That not all that it acts on is in sight; nothing where it is."""
    if not target.hidden:
        return ()
    some = f"{target.hidden} of the {len(target.marked)} marked objects"
    verb = agreed(target.hidden, "is")
    return (f"{some} {verb} hidden now: by the filter, the kind or the environment shown",)


def _of_whom(said: Sequence[tuple[Key, Sequence[str]]]) -> tuple[str, ...]:
    """Each text once. One that is not of all of them, and names none, says of which it is."""
    owners: dict[str, list[Key]] = {}
    for key, texts in said:
        for text in dict.fromkeys(texts):
            owners.setdefault(text, []).append(key)
    return tuple(
        text if len(keys) == len(said) > 1 or keys[0].label in text else f"{_names(keys)}: {text}"
        for text, keys in owners.items()
    )


def _names(keys: Sequence[Key]) -> str:
    named = ", ".join(key.label for key in keys[:NAMED])
    return named + (f" and {len(keys) - NAMED} more" if len(keys) > NAMED else "")
