"""A Pod gets closer to its node than before. Pure.

Which fields: the baseline level of the Pod Security Standards, and allowPrivilegeEscalation.
"""

from __future__ import annotations

from collections.abc import Iterator

from fluxtui.domain.danger import Danger, Gravity
from fluxtui.domain.review.delivered import DangerRule, Delivered
from fluxtui.domain.review.pods import Object, at, containers, listed, pod_spec

_HOST = ("hostNetwork", "hostPID", "hostIPC")


def _judge(delivered: Delivered) -> Iterator[Danger]:
    for change in delivered.changes:
        if change.kind not in ("added", "changed") or change.after is None:
            continue
        had = frozenset(_powers(change.before)) if change.before is not None else frozenset()
        new = [power for power in dict.fromkeys(_powers(change.after)) if power not in had]
        if new:
            says = f"{change.id} gets {', '.join(new)}"
            yield Danger(RULE.id, Gravity.STOP, says, change.id)


def _powers(obj: Object) -> Iterator[str]:
    spec = pod_spec(obj)
    for name in _HOST:
        if spec.get(name) is True:
            yield name
    for volume in listed(spec, "volumes"):
        path = at(volume, "hostPath", "path")
        if path:
            yield f"hostPath {path}"
    for container in containers(obj):
        security = at(container.body, "securityContext")
        if at(security, "privileged") is True:
            yield f"privileged in {container.name}"
        for name in at(security, "capabilities", "add") or ():
            if str(name) != "NET_BIND_SERVICE":
                yield f"capability {name} in {container.name}"
        for port in listed(container.body, "ports"):
            if port.get("hostPort"):
                yield f"hostPort {port['hostPort']} in {container.name}"


RULE = DangerRule(
    "privileged",
    "a Pod gets closer to its node",
    "With the host's network, processes or files, or with added capabilities, whoever takes"
    " over the container has the node. Namespaces with a Pod Security level refuse such"
    " Pods: the workload then has none.",
    _judge,
)
