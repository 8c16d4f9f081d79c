"""Every rule about where a build goes and how it did so far, the registry of this room. Pure.

What an act brings follows from its Steps: nobody who builds a Plan can leave a danger out.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from fluxtui.domain.danger import Danger, ordered
from fluxtui.domain.following import TagEffects
from fluxtui.domain.plan import AnyStep, Move
from fluxtui.domain.review.plans import (
    also_takes,
    failed_before,
    prerelease,
    ran_nowhere,
    rollout_running,
    tag_moves,
    target_held,
    target_unhealthy,
    unsigned,
)
from fluxtui.domain.review.plans.undertaking import PlanRule, undertaking
from fluxtui.domain.snapshot import Snapshot

PLAN_RULES: tuple[PlanRule, ...] = (
    tag_moves.RULE,
    unsigned.RULE,
    failed_before.RULE,
    ran_nowhere.RULE,
    target_unhealthy.RULE,
    rollout_running.RULE,
    target_held.RULE,
    prerelease.RULE,
    also_takes.RULE,
)


def plan_dangers(
    snapshot: Snapshot,
    steps: Iterable[AnyStep],
    picks: TagEffects | None,
    moves: Iterable[Move],
    inputs: Mapping[str, str],
) -> tuple[Danger, ...]:
    """What all rules say of an act, the worst first."""
    act = undertaking(snapshot, steps, picks, moves, inputs)
    return ordered(danger for rule in PLAN_RULES for danger in rule.judge(act))
