"""Which Pods a Service, a budget or a policy chooses, among the workloads of a build. Pure.

Pods that an operator makes, or another Kustomization, are in no build and so never seen here.
"""

from __future__ import annotations

from collections.abc import Mapping

from fluxtui.domain.objectid import ObjectId
from fluxtui.domain.review.pods import Object, at, listed, mapping, pod_template

Objects = Mapping[ObjectId, Object]
_PATHS: Mapping[tuple[str, str], tuple[str, ...]] = {
    ("", "Service"): ("spec", "selector"),
    ("policy", "PodDisruptionBudget"): ("spec", "selector"),
    ("networking.k8s.io", "NetworkPolicy"): ("spec", "podSelector"),
}


def chooses(id: ObjectId) -> bool:
    """Whether objects of its kind choose Pods."""
    return (id.group, id.kind) in _PATHS


def selector(id: ObjectId, obj: Object | None) -> Object | None:
    """By what it chooses, as a label selector; None for a Service without one."""
    value = at(obj, *_PATHS[(id.group, id.kind)])
    if id.kind != "Service":
        return value if isinstance(value, Mapping) else {}
    return {"matchLabels": value} if isinstance(value, Mapping) and value else None


def words(chosen_by: Object | None) -> str:
    """A selector as kubectl writes it."""
    if chosen_by is None:
        return "nothing"
    parts = [f"{k}={v}" for k, v in sorted(mapping(chosen_by, "matchLabels").items())]
    for one in listed(chosen_by, "matchExpressions"):
        values = ",".join(map(str, one.get("values") or ()))
        behind = f" ({values})" if values else ""
        parts.append(f"{one.get('key')} {str(one.get('operator') or '').lower()}{behind}")
    return ",".join(parts) or "nothing, so every Pod"


def workloads(objects: Objects, id: ObjectId, chosen_by: Object | None) -> tuple[ObjectId, ...]:
    """Those of the same namespace whose Pods it chooses."""
    if chosen_by is None:
        return ()
    return tuple(
        other
        for other, obj in objects.items()
        if other.namespace == id.namespace
        and (template := pod_template(obj))
        and _takes(chosen_by, mapping(template, "metadata", "labels"))
    )


def _takes(chosen_by: Object, labels: Object) -> bool:
    wanted = mapping(chosen_by, "matchLabels")
    return wanted.items() <= labels.items() and all(
        _holds(one, labels) for one in listed(chosen_by, "matchExpressions")
    )


def _holds(one: Object, labels: Object) -> bool:
    key, operator, values = str(one.get("key")), one.get("operator"), one.get("values") or ()
    if operator == "In":
        return key in labels and labels[key] in values
    if operator == "NotIn":
        return labels.get(key) not in values
    return (key in labels) == (operator == "Exists")
