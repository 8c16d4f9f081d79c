"""Every rule about where a build goes and how it did so far, the registry of this room. Pure.

What an act brings follows from its Steps: nobody who builds a Plan can leave a danger out.
"""

from __future__ import annotations

from fluxtui.domain.danger import Danger, ordered
from fluxtui.domain.review.plans import (
    also_takes,
    failed_before,
    in_freeze,
    prerelease,
    ran_nowhere,
    ring_skipped,
    rollout_running,
    soak_short,
    tag_moves,
    target_held,
    target_unhealthy,
    unsigned,
)
from fluxtui.domain.review.plans.undertaking import PlanRule, Undertaking

PLAN_RULES: tuple[PlanRule, ...] = (
    in_freeze.RULE,
    tag_moves.RULE,
    unsigned.RULE,
    failed_before.RULE,
    ran_nowhere.RULE,
    ring_skipped.RULE,
    soak_short.RULE,
    target_unhealthy.RULE,
    rollout_running.RULE,
    target_held.RULE,
    prerelease.RULE,
    also_takes.RULE,
)


def plan_dangers(act: Undertaking) -> tuple[Danger, ...]:
    """What all rules say of an act, the worst first."""
    return ordered(danger for rule in PLAN_RULES for danger in rule.judge(act))


def plan_unseen(act: Undertaking) -> tuple[str, ...]:
    """What the rules could not look at, each sentence once."""
    return tuple(dict.fromkeys(text for rule in PLAN_RULES for text in rule.blind(act)))
