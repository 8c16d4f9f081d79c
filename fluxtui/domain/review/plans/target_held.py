"""Whoever would take the build is suspended or has stopped trying. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from fluxtui.domain import roles
from fluxtui.domain.danger import Danger, Gravity
from fluxtui.domain.kinds import suspended
from fluxtui.domain.resource import Resource
from fluxtui.domain.review.plans.undertaking import PlanRule, Undertaking


def _judge(act: Undertaking) -> Iterator[Danger]:
    for taken in act.picks.taken if act.picks is not None else ():
        if suspended(taken.source):
            where = f"{taken.source.key.label} in {taken.source.key.environment}"
            yield _danger(taken.source, f"{where} is suspended and waits")
    for source in act.held:
        if suspended(source):
            yield _danger(
                source, f"{source.key.label} is suspended: the pin acts when it is resumed"
            )
    pinned = [user for source in act.held for user in roles.users_of(act.snapshot, source.key)]
    for user in (*pinned, *(user for arrival in act.arrivals for user in arrival.users)):
        if suspended(user):
            yield _danger(user, f"{user.key.label} is suspended and stays on what it has")


def _danger(about: Resource, says: str) -> Danger:
    return Danger(RULE.id, Gravity.CARE, says, environment=about.key.environment)


RULE = PlanRule(
    "target-held",
    "whoever would take it is suspended",
    "Flux does not look at a suspended object: the build waits until it is resumed, and comes then"
    " without anybody asking again. `fluxtui holds` says who suspended it and why.",
    _judge,
)
