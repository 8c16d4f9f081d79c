"""A Service, or what guards Pods, would choose other Pods than before. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from fluxtui.domain.danger import Danger, Gravity
from fluxtui.domain.inventory import ObjectId
from fluxtui.domain.review.delivered import DangerRule, Delivered
from fluxtui.domain.review.pods import Object, at, mapping, pod_template

_SELECTORS: Mapping[str, tuple[str, ...]] = {
    "Service": ("spec", "selector"),
    "PodDisruptionBudget": ("spec", "selector", "matchLabels"),
    "NetworkPolicy": ("spec", "podSelector", "matchLabels"),
}


def _judge(delivered: Delivered) -> Iterator[Danger]:
    for change in delivered.changed(*_SELECTORS):
        path = _SELECTORS[change.id.kind]
        old, new = (_labels(at(side, *path)) for side in (change.before, change.after))
        if old != new:
            says = f"{change.id} chooses Pods by {_text(new)} instead of {_text(old)}"
            found = _matched(delivered.after, change.id, new)
            then = f": {', '.join(found)}" if found else ": no Pods of this build have these labels"
            level = Gravity.CARE if found else Gravity.STOP
            yield Danger(RULE.id, level, says + then, change.id)
    yield from _left_behind(delivered)


def _left_behind(delivered: Delivered) -> Iterator[Danger]:
    """Services that stay as they are while the labels of their Pods change."""
    changed = {change.id for change in delivered.changes}
    for id, service in delivered.after.items():
        wanted = _labels(at(service, "spec", "selector"))
        if id.kind != "Service" or id in changed or not wanted:
            continue
        before = _matched(delivered.before, id, wanted)
        if before and not _matched(delivered.after, id, wanted):
            says = f"{id} chooses by {_text(wanted)}, which {', '.join(before)} no longer has"
            yield Danger(RULE.id, Gravity.STOP, says, id)


def _labels(found: object) -> Mapping[str, Any]:
    return found if isinstance(found, Mapping) else {}


def _text(labels: Mapping[str, Any]) -> str:
    return ",".join(f"{name}={value}" for name, value in sorted(labels.items())) or "nothing"


def _matched(
    objects: Mapping[ObjectId, Object], id: ObjectId, wanted: Mapping[str, Any]
) -> tuple[str, ...]:
    """The workloads of the same namespace whose Pods have these labels."""
    if not wanted:
        return ()
    return tuple(
        str(other)
        for other, obj in objects.items()
        if other.namespace == id.namespace
        and wanted.items() <= mapping(pod_template(obj), "metadata", "labels").items()
    )


RULE = DangerRule(
    "selector-change",
    "a Service or a guard chooses other Pods",
    "Traffic goes to the Pods that a Service chooses, from the moment it is applied: also to old"
    " ones that match, or to none. Change the labels of the Pods first and roll them out, the"
    " selector in the next version.",
    _judge,
)
