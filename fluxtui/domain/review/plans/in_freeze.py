"""Something new goes into a place that is frozen, or waits there until the freeze is lifted.

A freeze is suspensions: what was pinned, or did not move when it was made, bears none, and is free
to move as soon as an act lets it. So a place counts as frozen while a freeze holds anything in it,
whatever the object that the act is about bears itself. Pure.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from fluxtui.domain import roles
from fluxtui.domain.board import Mark
from fluxtui.domain.danger import Danger, Gravity
from fluxtui.domain.freezing import freezes, moves
from fluxtui.domain.kinds import appliers, sources, suspended
from fluxtui.domain.marks import mark_text, suspension
from fluxtui.domain.moves import patched
from fluxtui.domain.plan import ApplyStep
from fluxtui.domain.resource import Key, Resource
from fluxtui.domain.review.plans.undertaking import PlanRule, Undertaking
from fluxtui.domain.scopes import ENVIRONMENT, WholeScope, members


def judged(act: Undertaking, lifted: str = "") -> Iterator[Danger]:
    """What the freezes say that stand over what comes; `lifted`: the one that the act lifts."""
    places: dict[str, tuple[Mark, ...]] = {}
    for key, waits, says in _coming(act):
        own = _own(act, key, lifted)
        marks = (own,) if own is not None else places.get(key.environment)
        if marks is None:
            marks = places[key.environment] = _freezes(act, key.environment, lifted)
        for mark in marks:
            level = Gravity.CARE if waits else Gravity.STOP
            frozen = f"{key.environment} is frozen{mark_text(mark)} (freeze {mark.freeze})"
            yield Danger(RULE.id, level, f"{frozen}; {says}", environment=key.environment)


def kept(act: Undertaking) -> frozenset[Key]:
    """What waits because a freeze holds it, and is spoken of here."""
    waiting = [key for key, waits, _says in _coming(act) if waits]
    users = [user.key for key in waiting for user in roles.users_of(act.snapshot, key)]
    return frozenset(key for key in (*waiting, *users) if _own(act, key) is not None)


def _own(act: Undertaking, key: Key, lifted: str = "") -> Mark | None:
    """What the freeze says that holds the object itself."""
    resource = act.snapshot.get(key)
    mark = suspension(resource) if resource is not None else None
    return mark if mark is not None and mark.freeze not in ("", lifted) else None


def _freezes(act: Undertaking, environment: str, lifted: str) -> tuple[Mark, ...]:
    """What each freeze says that holds something there."""
    every = members(act.snapshot, WholeScope(ENVIRONMENT, environment, (environment,)))
    marks = (suspension(held[0]) for id_, held in freezes(every).items() if id_ != lifted)
    return tuple(mark for mark in marks if mark is not None)


def _coming(act: Undertaking) -> Iterator[tuple[Key, bool, str]]:
    """What would come by the act wherever it goes: (the object, whether it waits, a clause)."""
    coming: dict[Key, tuple[bool, str]] = {}
    for taken in act.picks.taken if act.picks is not None else ():
        waits = act.rests(taken.source) or _users_wait(act, taken.source.key)
        coming[taken.source.key] = (waits, _clause(taken.source.key, waits, taken.after))
    names = {arrival.source.key: arrival.build.name for arrival in act.arrivals}
    for move in act.moves:
        key = move.applier or move.source
        waits = move.applier is None and _users_wait(act, move.source)
        coming.setdefault(key, (waits, _clause(key, waits, names.get(move.source, ""))))
    for before, after in patched(act.snapshot, act.steps):
        if before.key not in coming and (found := _let_go(act, before, after)):
            coming[before.key] = found
    for step in act.steps:
        if isinstance(step, ApplyStep) and _delivers(step.target):
            coming[step.target] = _applied(act, step)
    for key, (waits, says) in coming.items():
        yield key, waits, says


def _let_go(act: Undertaking, before: Resource, after: Resource) -> tuple[bool, str] | None:
    """Of an object of which nobody can say what comes: whether the act frees it to move."""
    is_same = {**before.spec, "suspend": None} == {**after.spec, "suspend": None}
    if suspended(after):
        waits = f"{before.key.label} waits with what is set until it is resumed"
        return None if is_same or not suspended(before) else (True, waits)
    if is_same and not suspended(before):
        return None
    why = moves(act.snapshot, after)
    return (False, f"{before.key.label} {why}, and moves there then") if why else None


def _delivers(key: Key) -> bool:
    return sources.is_source(key) or appliers.is_applier(key)


def _applied(act: Undertaking, step: ApplyStep) -> tuple[bool, str]:
    resource, spec = act.snapshot.get(step.target), step.object.get("spec")
    wish = spec.get("suspend") if isinstance(spec, Mapping) else None
    waits = wish is True or (wish is None and resource is not None and suspended(resource))
    return waits, f"{step.target.label} is {'suspended and waits' if waits else 'applied there'}"


def _users_wait(act: Undertaking, source: Key) -> bool:
    """Whether all that would take it from the source are suspended."""
    users = roles.users_of(act.snapshot, source)
    return bool(users) and all(map(act.rests, users))


def _clause(key: Key, waits: bool, version: str) -> str:
    what = version or "what it picks"
    if waits:
        return f"{what} waits at {key.label} until what is suspended there is resumed"
    return f"{key.label} would take {what} nevertheless"


RULE = PlanRule(
    "in-freeze",
    "it goes into a place that is frozen",
    "Somebody froze the place so that nothing new comes into it. A freeze holds what moved by"
    " itself when it was made; what was pinned then is not held, and what an act lets move there"
    " goes past the freeze. Ask who made it, or `fluxtui unfreeze` when it is over; `fluxtui holds`"
    " lists what it holds.",
    judged,
)
