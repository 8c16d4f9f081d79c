"""The build has not been well in an earlier stage for as long as was asked. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from fluxtui.domain.danger import Danger, Gravity
from fluxtui.domain.review.plans.ring_skipped import gaps_of
from fluxtui.domain.review.plans.undertaking import PlanRule, Undertaking


def _judge(act: Undertaking) -> Iterator[Danger]:
    for arrival, gap in gaps_of(act):
        if not gap.skipped:
            says = f"{gap.says}; it goes to {arrival.environment}"
            yield Danger(RULE.id, Gravity.CARE, says, environment=arrival.environment)


RULE = PlanRule(
    "soak-short",
    "the build was not well for long enough",
    "The configuration asks for a time (`soak`) that a build is well in an environment before it"
    " goes to the next stage: leaks, nightly jobs and slow queues show only then. It counts from"
    " the first run that went well, anew after each failure. Wait until it is over.",
    _judge,
)
