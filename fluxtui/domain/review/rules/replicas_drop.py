"""A workload is scaled to nothing, or to half of what it had, or does not run any more. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from fluxtui.domain.danger import Danger, Gravity
from fluxtui.domain.objectdiff import ObjectChange
from fluxtui.domain.objectid import ObjectId
from fluxtui.domain.review.delivered import DangerRule, Delivered
from fluxtui.domain.review.operated import is_custom
from fluxtui.domain.review.pods import Object, at, mapping

_SCALED = frozenset({"Deployment", "StatefulSet", "ReplicaSet"})
_FIELDS = ("replicas", "minReplicas", "maxReplicas")
_OPERATED = frozenset(
    {
        "instances",
        "maxReplicaCount",
        "maxReplicas",
        "minReplicaCount",
        "minReplicas",
        "replicaCount",
        "replicas",
        "replicasCount",
        "shardsCount",
    }
)


def _judge(delivered: Delivered) -> Iterator[Danger]:
    for change in delivered.changed():
        if is_custom(change.id.group):
            for field in change.fields:
                name = field.path.rpartition(".")[2]
                if name in _OPERATED:
                    yield from _compared(change, field.path, field.before, field.after)
        elif change.id.kind in _SCALED or change.id.kind == "HorizontalPodAutoscaler":
            yield from _scaled(change, delivered)
        elif change.id.kind in ("CronJob", "Job"):
            had, has = (at(side, "spec", "suspend") for side in (change.before, change.after))
            if has is True and had is not True:
                says = f"{change.id} is suspended: it does not run any more"
                yield Danger(RULE.id, Gravity.CARE, says, change.id)


def _scaled(change: ObjectChange, delivered: Delivered) -> Iterator[Danger]:
    """What is not said is one, unless an autoscaler says it before and after."""
    for name in _FIELDS:
        had, has = (mapping(side, "spec").get(name) for side in (change.before, change.after))
        if name == "maxReplicas":
            yield from _compared(change, name, had, has)
        elif has is None and change.id.kind in _SCALED:
            if not all(_is_scaled(change, side) for side in (delivered.before, delivered.after)):
                yield from _compared(change, name, had, 1, ", what the API takes when none is said")
        else:
            yield from _compared(change, name, 1 if had is None else had, 1 if has is None else has)


def _is_scaled(change: ObjectChange, objects: Mapping[ObjectId, Object]) -> bool:
    own = (change.id.namespace, change.id.kind, change.id.name)
    return any(
        (id.namespace, target.get("kind") or "Deployment", target.get("name")) == own
        for id, obj in objects.items()
        if (target := mapping(obj, "spec", "scaleTargetRef"))
    )


def _compared(
    change: ObjectChange, name: str, before: object, after: object, why: str = ""
) -> Iterator[Danger]:
    if not isinstance(before, int) or not isinstance(after, int) or after >= before:
        return
    if after == 0:
        what = "" if name == "replicas" else f" ({name})"
        says = f"{change.id} is scaled to 0 (from {before}){what}"
        yield Danger(RULE.id, Gravity.STOP, says, change.id)
    elif after * 2 <= before:
        says = f"{change.id} goes from {before} to {after} {name}{why}"
        yield Danger(RULE.id, Gravity.CARE, says, change.id)


RULE = DangerRule(
    "replicas-drop",
    "a workload loses half of its replicas or all",
    "With half of the Pods the rest takes twice the load, at once and not as the load falls; with"
    " none the service stops. Where an autoscaler sets the number, leave `replicas` out of the"
    " bundle.",
    _judge,
)
