"""A workload is scaled to nothing, or to half of what it had. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from fluxtui.domain.danger import Danger, Gravity
from fluxtui.domain.review.delivered import DangerRule, Delivered
from fluxtui.domain.review.pods import at

_KINDS = ("Deployment", "StatefulSet", "ReplicaSet", "HorizontalPodAutoscaler")
_FIELDS = ("replicas", "minReplicas")


def _judge(delivered: Delivered) -> Iterator[Danger]:
    for change in delivered.changed(*_KINDS):
        for name in _FIELDS:
            before, after = (at(side, "spec", name) for side in (change.before, change.after))
            if not isinstance(before, int) or not isinstance(after, int) or after >= before:
                continue
            if after == 0:
                yield Danger(
                    RULE.id, Gravity.STOP, f"{change.id} is scaled to 0 (from {before})", change.id
                )
            elif after * 2 <= before:
                says = f"{change.id} goes from {before} to {after} {name}"
                yield Danger(RULE.id, Gravity.CARE, says, change.id)


RULE = DangerRule(
    "replicas-drop",
    "a workload loses half of its replicas or all",
    "With half of the Pods the rest takes twice the load, at once and not as the load falls; with"
    " none the service stops. Where an autoscaler sets the number, leave `replicas` out of the"
    " bundle.",
    _judge,
)
