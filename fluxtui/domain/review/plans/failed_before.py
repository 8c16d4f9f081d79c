"""The build is known to have failed somewhere. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from fluxtui.domain.danger import Danger, Gravity
from fluxtui.domain.review.plans.undertaking import PlanRule, Undertaking


def _judge(act: Undertaking) -> Iterator[Danger]:
    for build in act.builds:
        places = {a.environment for a in act.arrivals if a.build == build}
        for place, says in build.record.failures(build.name, build.digest, build.tag, places):
            level = Gravity.STOP if place in places else Gravity.CARE
            yield Danger(RULE.id, level, says, environment=place)


RULE = PlanRule(
    "failed-before",
    "the build has failed before",
    "Flux remembers that this very build did not apply or did not become healthy. Where it was the"
    " build and not the place, it fails again. Read what failed there (`fluxtui changes`, the"
    " Events of its objects) before it goes on.",
    _judge,
)
