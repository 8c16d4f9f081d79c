"""The build has not been through an earlier stage. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from fluxtui.domain.danger import Danger, Gravity
from fluxtui.domain.review.plans.undertaking import Arrival, PlanRule, Undertaking
from fluxtui.domain.rings import RingGap, ring_gaps


def gaps_of(act: Undertaking) -> Iterator[tuple[Arrival, RingGap]]:
    """Where each build that goes on has not been, or not for long enough; going back has no rings
    before it."""
    for arrival in act.arrivals:
        build = arrival.build
        if not _goes_back(act, arrival):
            now = act.snapshot.taken_at
            for gap in ring_gaps(act.snapshot, arrival.source, build.name, build.digest, now):
                yield arrival, gap


def _goes_back(act: Undertaking, arrival: Arrival) -> bool:
    """Whether what runs there is higher."""
    from fluxtui.domain.versions import behind

    line = act.snapshot.board.line(arrival.source.key)
    runs = line.running.version if line is not None else ""
    return behind(arrival.build.tag or arrival.build.name, runs)


def _judge(act: Undertaking) -> Iterator[Danger]:
    for arrival, gap in gaps_of(act):
        ran = arrival.build.record.of(arrival.build.digest, arrival.build.tag)
        # What ran nowhere at all is said once, by the rule for that.
        if gap.skipped and (ran or not gap.known):
            says = f"{gap.says}; it goes to {arrival.environment}"
            yield Danger(RULE.id, Gravity.CARE, says, environment=arrival.environment)


RULE = PlanRule(
    "ring-skipped",
    "the build skips an earlier stage",
    "Environments are rings, in the order of the configuration's stages: what goes wrong is to be"
    " found in an early one, where it hurts less. As far as Flux remembers (five builds of each"
    " Kustomization) this build was never well there. Let it run there first, or say in the reason"
    " why it cannot wait.",
    _judge,
)
