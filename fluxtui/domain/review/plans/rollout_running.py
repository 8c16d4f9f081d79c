"""Something is on its way there already. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from fluxtui.domain.board import Level
from fluxtui.domain.danger import Danger, Gravity
from fluxtui.domain.review.plans.undertaking import PlanRule, Undertaking


def _judge(act: Undertaking) -> Iterator[Danger]:
    targets = {arrival.source.key: arrival for arrival in act.arrivals}
    for key, arrival in targets.items():
        line = act.snapshot.board.line(key)
        if line is not None and line.health.level is Level.PROGRESSING:
            what = line.running.text or arrival.build.name
            says = f"{key.environment} is still rolling out {what}"
            yield Danger(RULE.id, Gravity.CARE, says, environment=key.environment)
    places = {arrival.environment for arrival in act.arrivals}
    for other in act.snapshot.acts:
        shared = sorted(places & set(other.plan.environments))
        if not other.finished and shared:
            says = f"another act is running in {', '.join(shared)}: {other.plan.title}"
            yield Danger(RULE.id, Gravity.CARE, says, environment=shared[0])


RULE = PlanRule(
    "rollout-running",
    "a rollout is running already",
    "Two builds on their way at once leave nobody able to say which of them did what, and the"
    " first is cut off half-way. Wait until it has ended, or roll it back first.",
    _judge,
)
