"""Which nodes a Pod fits on, and why it fits on none, in the words of Kubernetes' scheduler. Pure.

Filters, their order and their reasons are the default scheduler's (taints, node affinity, ports are
left out, resources, topology spread); it neither scores nor preempts.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from fluxtui.cluster.port import Json

_UNITS = {
    "n": Decimal("1e-9"),
    "u": Decimal("1e-6"),
    "m": Decimal("1e-3"),
    "": Decimal(1),
    **{unit: Decimal(1000) ** power for power, unit in enumerate("kMGTPE", start=1)},
    **{f"{unit}i": Decimal(1024) ** power for power, unit in enumerate("KMGTPE", start=1)},
}
_QUANTITY = re.compile(r"([+-]?[0-9.]+(?:[eE][+-]?[0-9]+)?)([numkMGTPE]?i?)")


def quantity(text: object) -> Decimal:
    """A resource quantity; what cannot be read is nothing."""
    found = _QUANTITY.fullmatch(str(text).strip())
    if found is None or found[2] not in _UNITS:
        return Decimal(0)
    return Decimal(found[1]) * _UNITS[found[2]]


def requests(pod: Json) -> dict[str, Decimal]:
    """What a Pod asks for: its containers together, or an init container that asks for more."""
    spec = pod.get("spec") or {}
    total: dict[str, Decimal] = Counter()  # type: ignore[assignment]
    for container in spec.get("containers") or ():
        for name, amount in _asked(container).items():
            total[name] = total.get(name, Decimal(0)) + amount
    for container in spec.get("initContainers") or ():
        for name, amount in _asked(container).items():
            if container.get("restartPolicy") == "Always":
                total[name] = total.get(name, Decimal(0)) + amount
            else:
                total[name] = max(total.get(name, Decimal(0)), amount)
    return dict(total)


def _asked(container: Mapping[str, Any]) -> dict[str, Decimal]:
    resources = container.get("resources") or {}
    wanted = {**(resources.get("limits") or {}), **(resources.get("requests") or {})}
    return {name: quantity(amount) for name, amount in wanted.items()}


def misfits(pod: Json, node: Json, nodes: Sequence[Json], others: Iterable[Json]) -> list[str]:
    """Why the Pod does not fit on the node: the reasons of the first filter that says no."""
    around = list(others)
    filters: tuple[Callable[[], list[str]], ...] = (
        lambda: _cordoned(pod, node),
        lambda: _tainted(pod, node),
        lambda: _unloved(pod, node),
        lambda: _too_much(pod, node, around),
        lambda: _uneven(pod, node, nodes, around),
    )
    return next((reasons for check in filters if (reasons := check())), [])


def message(total: int, reasons: Counter[str], *, hopeless: int) -> str:
    """The scheduler's sentence. `hopeless`: nodes where ending other Pods would not help."""
    counted = ", ".join(sorted(f"{count} {reason}" for reason, count in reasons.items()))
    lead = f"0/{total} nodes are available"
    victims = Counter[str]()
    victims["Preemption is not helpful for scheduling"] = hopeless
    victims["No preemption victims found for incoming pod"] = total - hopeless
    tail = ", ".join(sorted(f"{count} {why}" for why, count in victims.items() if count))
    tail = f" preemption: {lead}: {tail}." if tail else f" preemption: {lead}:"
    return f"{lead}: {counted}.{tail}"


def is_hopeless(reason: str) -> bool:
    """Whether the reason has nothing to do with the Pods that are there."""
    return not reason.startswith(("Insufficient ", "Too many pods")) and (reason != _UNEVEN)


# -- filters


def _labels(node: Json) -> Mapping[str, str]:
    labels: Mapping[str, str] = node["metadata"].get("labels") or {}
    return labels


def _cordoned(pod: Json, node: Json) -> list[str]:
    taint = {"key": "node.kubernetes.io/unschedulable", "effect": "NoSchedule"}
    if (node.get("spec") or {}).get("unschedulable") and not _tolerated(pod, taint):
        return ["node(s) were unschedulable"]
    return []


def _tainted(pod: Json, node: Json) -> list[str]:
    for taint in (node.get("spec") or {}).get("taints") or ():
        hard = taint.get("effect") in ("NoSchedule", "NoExecute")
        if hard and not _tolerated(pod, taint):
            return ["node(s) had untolerated taint(s)"]
    return []


def _tolerated(pod: Json, taint: Mapping[str, Any]) -> bool:
    return any(
        (not t.get("effect") or t["effect"] == taint.get("effect"))
        and (not t.get("key") or t["key"] == taint.get("key"))
        and (
            t.get("operator") == "Exists"
            or (bool(t.get("key")) and (t.get("value") or "") == (taint.get("value") or ""))
        )
        for t in (pod.get("spec") or {}).get("tolerations") or ()
    )


def _unloved(pod: Json, node: Json) -> list[str]:
    return [] if chosen(pod, node) else ["node(s) didn't match Pod's node affinity/selector"]


def chosen(pod: Json, node: Json) -> bool:
    """Whether the Pod's node selector and required node affinity choose the node."""
    spec = pod.get("spec") or {}
    labels = _labels(node)
    if any(labels.get(k) != v for k, v in (spec.get("nodeSelector") or {}).items()):
        return False
    affinity = (spec.get("affinity") or {}).get("nodeAffinity") or {}
    required = affinity.get("requiredDuringSchedulingIgnoredDuringExecution")
    if not required:
        return True
    names = {"metadata.name": str(node["metadata"]["name"])}
    return any(
        all(_holds(e, labels) for e in term.get("matchExpressions") or ())
        and all(_holds(e, names) for e in term.get("matchFields") or ())
        and bool(term.get("matchExpressions") or term.get("matchFields"))
        for term in required.get("nodeSelectorTerms") or ()
    )


def _holds(entry: Mapping[str, Any], labels: Mapping[str, str]) -> bool:
    value, values = labels.get(str(entry.get("key"))), list(entry.get("values") or ())
    operator = entry.get("operator")
    if operator == "In":
        return value in values
    if operator == "NotIn":
        return value not in values
    if operator in ("Gt", "Lt"):
        try:
            have, wanted = int(str(value)), int(values[0])
        except (ValueError, IndexError):
            return False
        return have > wanted if operator == "Gt" else have < wanted
    return (value is not None) == (operator == "Exists")


def _too_much(pod: Json, node: Json, others: Sequence[Json]) -> list[str]:
    room = (node.get("status") or {}).get("allocatable") or {}
    here = [p for p in others if (p.get("spec") or {}).get("nodeName") == node["metadata"]["name"]]
    reasons = []
    if "pods" in room and len(here) + 1 > quantity(room["pods"]):
        reasons.append("Too many pods")
    used: dict[str, Decimal] = {}
    for other in here:
        for name, amount in requests(other).items():
            used[name] = used.get(name, Decimal(0)) + amount
    for name, amount in requests(pod).items():
        if amount and amount > quantity(room.get(name, "0")) - used.get(name, Decimal(0)):
            reasons.append(f"Insufficient {name}")
    return reasons


_UNEVEN = "node(s) didn't match pod topology spread constraints"


def _uneven(pod: Json, node: Json, nodes: Sequence[Json], others: Sequence[Json]) -> list[str]:
    for constraint in (pod.get("spec") or {}).get("topologySpreadConstraints") or ():
        if constraint.get("whenUnsatisfiable", "DoNotSchedule") != "DoNotSchedule":
            continue
        key = str(constraint.get("topologyKey"))
        domain = _labels(node).get(key)
        if domain is None:
            return [f"{_UNEVEN} (missing required label)"]
        eligible = [n for n in nodes if key in _labels(n) and chosen(pod, n)]
        home = {str(n["metadata"]["name"]): _labels(n)[key] for n in eligible}
        counts = Counter({one: 0 for one in home.values()})
        selector = constraint.get("labelSelector") or {}
        for other in others:
            place = home.get(str((other.get("spec") or {}).get("nodeName")))
            same = other["metadata"].get("namespace") == pod["metadata"].get("namespace")
            if place is not None and same and _selected(selector, other):
                counts[place] += 1
        itself = 1 if _selected(selector, pod) else 0
        least = min(counts.values(), default=0)
        if len(counts) < int(constraint.get("minDomains") or 0):
            least = 0
        if counts[domain] + itself - least > int(constraint.get("maxSkew") or 1):
            return [_UNEVEN]
    return []


def _selected(selector: Mapping[str, Any], pod: Json) -> bool:
    labels = pod["metadata"].get("labels") or {}
    exact = selector.get("matchLabels") or {}
    return all(labels.get(k) == v for k, v in exact.items()) and all(
        _holds(e, labels) for e in selector.get("matchExpressions") or ()
    )
