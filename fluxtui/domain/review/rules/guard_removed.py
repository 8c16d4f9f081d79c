"""What protects a workload goes away: a budget, an autoscaler, a limit, a probe, a policy. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from fluxtui.domain.danger import Danger, Gravity
from fluxtui.domain.objectdiff import ObjectChange
from fluxtui.domain.review.chosen import chooses, selector, words, workloads
from fluxtui.domain.review.delivered import DangerRule, Delivered
from fluxtui.domain.review.pods import Object, PodContainer, at, mapping, paired

_GUARDS: Mapping[str, str] = {
    "PodDisruptionBudget": "nodes may be drained of all its Pods at once",
    "HorizontalPodAutoscaler": "nothing scales with the load any more",
    "ScaledObject": "nothing scales with the load any more",
    "NetworkPolicy": "what it kept out may come in",
    "CiliumNetworkPolicy": "what it kept out may come in",
    "CiliumClusterwideNetworkPolicy": "what it kept out may come in",
    "AuthorizationPolicy": "what it kept out may come in",
    "PeerAuthentication": "what it kept out may come in",
    "LimitRange": "containers without limits get none",
    "ResourceQuota": "nothing bounds the namespace any more",
}
_PROBES = ("livenessProbe", "readinessProbe", "startupProbe")


def _judge(delivered: Delivered) -> Iterator[Danger]:
    for change in delivered.changes:
        then = _GUARDS.get(change.id.kind)
        if change.kind == "pruned" and then and change.before is not None:
            if not _is_needless(change, change.before, delivered):
                yield Danger(RULE.id, Gravity.CARE, f"{change.id} is deleted: {then}", change.id)
        elif change.kind == "changed":
            if change.id.kind == "PodDisruptionBudget":
                yield from _budget(change)
            yield from _containers(change)


def _is_needless(change: ObjectChange, before: Object, delivered: Delivered) -> bool:
    """Whether what it guards goes too, or another of its kind does the same by another name."""
    own = _guards(change, before)
    place = (change.id.group, change.id.kind, change.id.namespace)
    for id, obj in delivered.after.items():
        same = (id.group, id.kind, id.namespace) == place and _guards(change, obj) == own
        if same and not _is_open(mapping(obj, "spec")):
            return True
    if chooses(change.id):
        by = selector(change.id, before)
        had = workloads(delivered.before, change.id, by)
        return bool(had) and not any(id in delivered.after for id in had)
    return _goes(mapping(before, "spec", "scaleTargetRef"), change, delivered)


def _goes(target: Object, change: ObjectChange, delivered: Delivered) -> bool:
    """Whether what is scaled was in the build and is not any more."""
    wanted = (change.id.namespace, target.get("kind") or "Deployment", target.get("name"))
    had, has = (
        {(id.namespace, id.kind, id.name) for id in side}
        for side in (delivered.before, delivered.after)
    )
    return wanted in had and wanted not in has


def _guards(change: ObjectChange, obj: Object) -> object:
    """What two guards of a kind have in common when one does for the other."""
    if change.id.kind == "PodDisruptionBudget":
        return words(selector(change.id, obj))
    target = at(obj, "spec", "scaleTargetRef")
    return target if target else obj.get("spec")


def _budget(change: ObjectChange) -> Iterator[Danger]:
    """One that is there and holds nothing back."""
    had, has = (mapping(side, "spec") for side in (change.before, change.after))
    if _is_open(has) and not _is_open(had):
        says = f"{change.id} holds nothing back any more ({_bound(has)}, was {_bound(had)})"
        yield Danger(RULE.id, Gravity.CARE, says, change.id)


def _is_open(spec: Object) -> bool:
    least, most = spec.get("minAvailable"), spec.get("maxUnavailable")
    return str(least) in ("0", "0%") if least is not None else str(most) == "100%"


def _bound(spec: Object) -> str:
    for name in ("minAvailable", "maxUnavailable"):
        if spec.get(name) is not None:
            return f"{name} {spec[name]}"
    return "no bound"


def _containers(change: ObjectChange) -> Iterator[Danger]:
    for before, after in paired(change.before, change.after):
        gone = tuple(_gone(before, after)) if after.of == "containers" else ()
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
            yield f"{name} limit ({old[name]})"
    # Without requests, limits stand for them.
    old_requests = mapping(before.body, "resources", "requests")
    if old_requests and not mapping(after.body, "resources", "requests") and not new:
        yield "requests"


RULE = DangerRule(
    "guard-removed",
    "what protects a workload goes away",
    "A workload without its budget, probe, limit or policy runs as before until the day it"
    " was meant for. If it is meant to go, the review is where that is seen; if not, a patch"
    " or a rename has lost it.",
    _judge,
)
