"""A pre-release goes to a protected environment. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from fluxtui.domain.danger import Danger, Gravity
from fluxtui.domain.review.plans.undertaking import PlanRule, Undertaking


def _judge(act: Undertaking) -> Iterator[Danger]:
    from fluxtui.domain.versions import try_version

    for arrival in act.arrivals:
        place = act.snapshot.config.environment(arrival.environment)
        version = try_version(arrival.build.tag or arrival.build.name, "flux")
        if (place is None or place.protected) and version is not None and version.prerelease:
            says = f"{version.original} is a pre-release, and {arrival.environment} is protected"
            yield Danger(RULE.id, Gravity.CARE, says, environment=arrival.environment)


RULE = PlanRule(
    "prerelease-protected",
    "a pre-release goes to a protected environment",
    "What is behind a dash in its version says that it is no release. Promote it: the same digest"
    " gets a stable name, and the environment's range takes it by that.",
    _judge,
)
