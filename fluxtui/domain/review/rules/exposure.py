"""A host or port by which something is reached changes or goes. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from fluxtui.domain.danger import Danger, Gravity
from fluxtui.domain.review.delivered import DangerRule, Delivered
from fluxtui.domain.review.pods import Object, at, listed


def _service(obj: Object) -> Iterator[str]:
    yield f"type {at(obj, 'spec', 'type') or 'ClusterIP'}"
    for port in listed(obj, "spec", "ports"):
        yield f"port {port.get('port')}/{port.get('protocol') or 'TCP'}"


def _ingress(obj: Object) -> Iterator[str]:
    for rule in listed(obj, "spec", "rules"):
        host = rule.get("host") or "*"
        paths = listed(rule, "http", "paths")
        for path in paths or ({},):
            yield f"{host}{path.get('path') or '/'}"


def _gateway(obj: Object) -> Iterator[str]:
    for listener in listed(obj, "spec", "listeners"):
        where = listener.get("hostname") or "*"
        yield f"{listener.get('protocol') or 'HTTP'} {where}:{listener.get('port')}"


def _route(obj: Object) -> Iterator[str]:
    for host in at(obj, "spec", "hostnames") or ():
        yield f"host {host}"


_REACHED: Mapping[str, Callable[[Object], Iterator[str]]] = {
    "Service": _service,
    "Ingress": _ingress,
    "Gateway": _gateway,
    "HTTPRoute": _route,
    "GRPCRoute": _route,
    "TLSRoute": _route,
}


def _judge(delivered: Delivered) -> Iterator[Danger]:
    for change in delivered.changes:
        ways = _REACHED.get(change.id.kind)
        if ways is None or change.before is None:
            continue
        if change.kind == "pruned":
            says = f"{change.id} is deleted: {', '.join(ways(change.before))}"
            yield Danger(RULE.id, Gravity.STOP, says, change.id)
        elif change.kind == "changed" and change.after is not None:
            had, has = tuple(ways(change.before)), tuple(ways(change.after))
            gone = [way for way in dict.fromkeys(had) if way not in has]
            if gone:
                new = [way for way in dict.fromkeys(has) if way not in had]
                instead = f", now {', '.join(new)}" if new else ""
                says = f"{change.id} is not reached by {', '.join(gone)} any more{instead}"
                yield Danger(RULE.id, Gravity.STOP, says, change.id)


RULE = DangerRule(
    "exposure",
    "a host or port by which something is reached changes",
    "Whoever calls the old host or port gets no answer from the moment it is applied: other"
    " services, DNS, certificates and monitors know it by that. Add the new one first, and"
    " take the old one away when nobody uses it.",
    _judge,
)
