"""A Pod gets closer to its node than before. Pure.

Which fields: the baseline level of the Pod Security Standards; and what a container gives up that
it had said (runAsNonRoot, allowPrivilegeEscalation: false), by itself or by its Pod.
"""

from __future__ import annotations

from collections.abc import Iterator

from fluxtui.domain.danger import Danger, Gravity
from fluxtui.domain.objectdiff import ObjectChange
from fluxtui.domain.review.delivered import DangerRule, Delivered
from fluxtui.domain.review.pods import (
    Object,
    PodContainer,
    at,
    containers,
    listed,
    mapping,
    paired,
    pod_spec,
)

# What a container may have at that level: they are a runtime's own, but for drop: [ALL].
_BASELINE = frozenset(
    {
        "AUDIT_WRITE",
        "CHOWN",
        "DAC_OVERRIDE",
        "FOWNER",
        "FSETID",
        "KILL",
        "MKNOD",
        "NET_BIND_SERVICE",
        "SETFCAP",
        "SETGID",
        "SETPCAP",
        "SETUID",
        "SYS_CHROOT",
    }
)
_HOST = ("hostNetwork", "hostPID", "hostIPC")


def _judge(delivered: Delivered) -> Iterator[Danger]:
    for change in delivered.changes:
        if change.after is None:
            continue
        had = frozenset(_powers(change.before))
        new = [power for power in dict.fromkeys(_powers(change.after)) if power not in had]
        if new:
            says = f"{change.id} gets {', '.join(new)}"
            yield Danger(RULE.id, Gravity.STOP, says, change.id)
        if change.kind == "changed":
            yield from _given_up(change)


def _given_up(change: ObjectChange) -> Iterator[Danger]:
    texts = [text for pair in paired(change.before, change.after) for text in _less(*pair)]
    if texts:
        says = f"{change.id} no longer says {', '.join(texts)}"
        yield Danger(RULE.id, Gravity.CARE, says, change.id)


def _powers(obj: Object | None) -> Iterator[str]:
    found = tuple(containers(obj))
    for spec in {id(c.pod): c.pod for c in found}.values() or (pod_spec(obj),):
        yield from (name for name in _HOST if spec.get(name) is True)
        for volume in listed(spec, "volumes"):
            path = at(volume, "hostPath", "path")
            if path:
                yield f"hostPath {path}"
    for container in found:
        security = at(container.body, "securityContext")
        if at(security, "privileged") is True:
            yield f"privileged in {container.name}"
        for name in at(security, "capabilities", "add") or ():
            if str(name).removeprefix("CAP_") not in _BASELINE:
                yield f"capability {name} in {container.name}"
        for port in listed(container.body, "ports"):
            if port.get("hostPort"):
                yield f"hostPort {port['hostPort']} in {container.name}"


def _less(before: PodContainer, after: PodContainer) -> Iterator[str]:
    """What a container had ruled out and does not any more; what its Pod says counts for it."""
    old, new = (
        {**mapping(c.pod, "securityContext"), **mapping(c.body, "securityContext")}
        for c in (before, after)
    )
    if old.get("runAsNonRoot") is True and new.get("runAsNonRoot") is not True:
        yield f"runAsNonRoot in {after.name}"
    name = "allowPrivilegeEscalation"
    if old.get(name) is False and new.get(name) is not False:
        yield f"{name}: false in {after.name}"
    if old.get("runAsUser") not in (None, 0) and new.get("runAsUser") == 0:
        yield f"another user than root in {after.name}"


RULE = DangerRule(
    "privileged",
    "a Pod gets closer to its node",
    "With the host's network, processes or files, or with added capabilities, whoever takes"
    " over the container has the node. Namespaces with a Pod Security level refuse such"
    " Pods: the workload then has none.",
    _judge,
)
