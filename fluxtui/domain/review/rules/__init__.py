"""Every rule that looks at what a build says before and after, the registry of this room. Pure."""

from __future__ import annotations

from fluxtui.domain.danger import Danger, ordered
from fluxtui.domain.review.delivered import DangerRule, Delivered
from fluxtui.domain.review.rules import (
    bound_lowered,
    crd_narrowed,
    exposure,
    guard_removed,
    image_name,
    immutable_field,
    key_missing,
    migration,
    privileged,
    prune_data,
    rbac_widened,
    replicas_drop,
    selector_change,
    service_account,
    storage_shrink,
)

RULES: tuple[DangerRule, ...] = (
    prune_data.RULE,
    migration.RULE,
    crd_narrowed.RULE,
    bound_lowered.RULE,
    storage_shrink.RULE,
    immutable_field.RULE,
    selector_change.RULE,
    exposure.RULE,
    key_missing.RULE,
    privileged.RULE,
    rbac_widened.RULE,
    replicas_drop.RULE,
    guard_removed.RULE,
    service_account.RULE,
    image_name.RULE,
)


def dangers(delivered: Delivered) -> tuple[Danger, ...]:
    """What all rules say of one Kustomization's delivery, the worst first."""
    return ordered(danger for rule in RULES for danger in rule.judge(delivered))
