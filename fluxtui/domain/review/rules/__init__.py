"""Every rule that looks at what a build says before and after, the registry of this room. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from fluxtui.domain.review.danger import Danger, Delivered, Rule, ordered
from fluxtui.domain.review.rules import (
    immutable_field,
    migration,
    prune_data,
    replicas_drop,
    selector_change,
    storage_shrink,
)

RULES: tuple[Rule, ...] = (
    prune_data.RULE,
    migration.RULE,
    storage_shrink.RULE,
    immutable_field.RULE,
    selector_change.RULE,
    replicas_drop.RULE,
)
BY_ID: Mapping[str, Rule] = {rule.id: rule for rule in RULES}


def dangers(delivered: Delivered) -> tuple[Danger, ...]:
    """What all rules say of one Kustomization's delivery, the worst first."""
    return ordered(danger for rule in RULES for danger in rule.judge(delivered))
