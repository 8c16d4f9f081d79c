"""Whoever would take the build is suspended or has stopped trying. Pure.

Of what a freeze keeps waiting the freeze itself speaks, with who made it and why (`in_freeze`).
"""

from __future__ import annotations

from collections.abc import Iterator

from fluxtui.domain import roles
from fluxtui.domain.danger import Danger, Gravity
from fluxtui.domain.resource import Resource
from fluxtui.domain.review.plans import in_freeze
from fluxtui.domain.review.plans.undertaking import PlanRule, Undertaking


def _judge(act: Undertaking) -> Iterator[Danger]:
    told = in_freeze.kept(act)
    for resource, says in _resting(act):
        if resource.key not in told:
            yield Danger(RULE.id, Gravity.CARE, says, environment=resource.key.environment)


def _resting(act: Undertaking) -> Iterator[tuple[Resource, str]]:
    for taken in act.picks.taken if act.picks is not None else ():
        if act.rests(taken.source):
            where = f"{taken.source.key.label} in {taken.source.key.environment}"
            yield taken.source, f"{where} is suspended and waits"
    for source in act.held:
        if act.rests(source):
            yield source, f"{source.key.label} is suspended: the pin acts when it is resumed"
    pinned = [user for source in act.held for user in roles.users_of(act.snapshot, source.key)]
    for user in (*pinned, *(user for arrival in act.arrivals for user in arrival.users)):
        if act.rests(user):
            yield user, f"{user.key.label} is suspended and stays on what it has"


RULE = PlanRule(
    "target-held",
    "whoever would take it is suspended",
    "Flux does not look at a suspended object: the build waits until it is resumed, and comes then"
    " without anybody asking again. `fluxtui holds` says who suspended it and why.",
    _judge,
)
