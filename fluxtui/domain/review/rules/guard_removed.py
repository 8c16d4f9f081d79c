"""What protects a workload goes away: a budget, an autoscaler, a limit, a probe, a policy. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from fluxtui.domain.danger import Danger, Gravity
from fluxtui.domain.objectdiff import ObjectChange
from fluxtui.domain.review.delivered import DangerRule, Delivered
from fluxtui.domain.review.pods import PodContainer, at, containers, mapping

_GUARDS: Mapping[str, str] = {
    "PodDisruptionBudget": "nodes may be drained of all its Pods at once",
    "HorizontalPodAutoscaler": "nothing scales with the load any more",
    "NetworkPolicy": "what it kept out may come in",
    "LimitRange": "containers without limits get none",
    "ResourceQuota": "nothing bounds the namespace any more",
}
_PROBES = ("livenessProbe", "readinessProbe", "startupProbe")


def _judge(delivered: Delivered) -> Iterator[Danger]:
    for change in delivered.changes:
        then = _GUARDS.get(change.id.kind)
        if change.kind == "pruned" and then:
            yield Danger(RULE.id, Gravity.CARE, f"{change.id} is deleted: {then}", change.id)
        elif change.kind == "changed":
            yield from _containers(change)


def _containers(change: ObjectChange) -> Iterator[Danger]:
    before = {c.name: c for c in containers(change.before or {}) if c.of == "containers"}
    for after in containers(change.after or {}):
        old = before.get(after.name)
        gone = tuple(_gone(old, after)) if old is not None and after.of == "containers" else ()
        if gone:
            says = f"{change.id} container {after.name} loses its {' and '.join(gone)}"
            yield Danger(RULE.id, Gravity.CARE, says, change.id)


def _gone(before: PodContainer, after: PodContainer) -> Iterator[str]:
    for name in _PROBES:
        if before.body.get(name) and not after.body.get(name):
            yield name
    old, new = (mapping(c.body, "resources", "limits") for c in (before, after))
    for name in old:
        if name not in new:
            yield f"{name} limit"
    if at(before.body, "resources", "requests") and not at(after.body, "resources", "requests"):
        yield "requests"


RULE = DangerRule(
    "guard-removed",
    "what protects a workload goes away",
    "A workload without its budget, probe, limit or policy runs as before until the day it"
    " was meant for. If it is meant to go, the review is where that is seen; if not, a patch"
    " or a rename has lost it.",
    _judge,
)
