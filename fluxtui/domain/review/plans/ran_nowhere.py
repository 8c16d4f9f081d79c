"""Nobody has run the build yet. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from fluxtui.domain.danger import Danger, Gravity
from fluxtui.domain.review.plans.undertaking import PlanRule, Undertaking


def _judge(act: Undertaking) -> Iterator[Danger]:
    for build in act.builds:
        if not build.record.of(build.digest, build.tag):
            says = f"{build.name} never ran anywhere, as far as Flux remembers"
            yield Danger(RULE.id, Gravity.CARE, says)


RULE = PlanRule(
    "ran-nowhere",
    "the build ran nowhere yet",
    "No Kustomization that is seen from here has ever applied this digest (Flux remembers five"
    " builds of each). What it does is seen for the first time where it goes now: let it run on an"
    " earlier stage first.",
    _judge,
)
