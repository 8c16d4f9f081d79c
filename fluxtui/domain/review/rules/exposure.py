"""A host or port by which something is reached changes or goes, or leads nowhere. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from fluxtui.domain.danger import Danger, Gravity
from fluxtui.domain.objectdiff import ObjectChange
from fluxtui.domain.review.chosen import selector, workloads
from fluxtui.domain.review.delivered import DangerRule, Delivered
from fluxtui.domain.review.pods import Object, listed, pod_spec
from fluxtui.domain.review.reached import serves, ways

_SERVICE = ("", "Service")


def _judge(delivered: Delivered) -> Iterator[Danger]:
    for change in delivered.changes:
        if change.before is not None and change.kind == "pruned":
            yield from _gone(change, change.before, delivered)
        elif change.before is not None and change.after is not None:
            yield from _changed(change, change.before, change.after)
    yield from _leads_nowhere(delivered)


def _gone(change: ObjectChange, before: Object, delivered: Delivered) -> Iterator[Danger]:
    """A Service is called by its name; what others are called by may have a new home."""
    had = ways(change.id, before)
    if (change.id.group, change.id.kind) != _SERVICE:
        has = tuple(
            way
            for id, obj in delivered.after.items()
            if (id.group, id.kind, id.namespace)
            == (change.id.group, change.id.kind, change.id.namespace)
            for way in ways(id, obj)
        )
        had = tuple(way for way in had if not serves(has, way))
        if not had:
            return
    says = f"{change.id} is deleted: {', '.join(had) or 'it is called by its name'}"
    yield Danger(RULE.id, Gravity.STOP, says, change.id)


def _changed(change: ObjectChange, before: Object, after: Object) -> Iterator[Danger]:
    had, has = ways(change.id, before), ways(change.id, after)
    gone = [way for way in had if not serves(has, way)]
    new = [way for way in has if not serves(had, way)]
    if gone:
        instead = f", now {', '.join(new)}" if new else ""
        says = f"{change.id} is not reached by {', '.join(gone)} any more{instead}"
        yield Danger(RULE.id, Gravity.STOP, says, change.id)
    elif any(way.endswith(" from outside") for way in new):
        says = f"{change.id} is reached from outside of the cluster: {', '.join(new)}"
        yield Danger(RULE.id, Gravity.CARE, says, change.id)


def _leads_nowhere(delivered: Delivered) -> Iterator[Danger]:
    """Ports of Services for which the Pods of this build have no name, and had one before."""
    changed = {change.id for change in delivered.changes}
    for id, service in delivered.after.items():
        if (id.group, id.kind) != _SERVICE:
            continue
        by = selector(id, service)
        pods = {other: delivered.after[other] for other in workloads(delivered.after, id, by)}
        if not changed & {id, *pods}:
            continue
        names = {name for obj in pods.values() for name in _port_names(obj)}
        for port in listed(service, "spec", "ports"):
            to = port.get("targetPort")
            if pods and isinstance(to, str) and not to.isdigit() and to not in names:
                of = ", ".join(map(str, pods))
                says = f"{id} port {port.get('port')} leads to {to}, a port that {of} does not name"
                yield Danger(RULE.id, Gravity.STOP, says, id)


def _port_names(obj: Object) -> Iterator[str]:
    for of in ("containers", "initContainers"):
        for container in listed(pod_spec(obj), of):
            yield from (str(port.get("name")) for port in listed(container, "ports"))


RULE = DangerRule(
    "exposure",
    "a host or port by which something is reached changes",
    "Whoever calls the old host or port gets no answer from the moment it is applied: other"
    " services, DNS, certificates and monitors know it by that. Add the new one first, and"
    " take the old one away when nobody uses it.",
    _judge,
)
