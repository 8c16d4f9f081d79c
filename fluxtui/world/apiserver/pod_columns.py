"""What `kubectl get pods` prints: the one status word a pod's many states come down to.

The order of the rules is kubectl's. Pure.
"""

from __future__ import annotations

from typing import Any

from fluxtui.world.apiserver.cells import age, duration, parse_columns, seconds
from fluxtui.world.apiserver.status import Json


def _init_word(spec: Json, status: Json) -> str:
    """`Init:1/2` and the like while init containers run; empty when they are done."""
    total = len(spec.get("initContainers") or ())
    for i, container in enumerate(status.get("initContainerStatuses") or ()):
        state = container.get("state") or {}
        ended = state.get("terminated")
        if ended is not None:
            if ended.get("exitCode") == 0:
                continue
            return f"Init:{ended.get('reason') or 'ExitCode:' + str(ended.get('exitCode'))}"
        waiting = (state.get("waiting") or {}).get("reason")
        if waiting and waiting != "PodInitializing":
            return f"Init:{waiting}"
        return f"Init:{i}/{total}"
    return ""


def _word(obj: Json, spec: Json, status: Json) -> str:
    word = status.get("reason") or status.get("phase", "")
    for condition in status.get("conditions") or ():
        if condition.get("type") == "PodScheduled" and condition.get("reason") == "SchedulingGated":
            word = "SchedulingGated"
    init = _init_word(spec, status)
    if init:
        word = init
    else:
        running = False
        for container in reversed(status.get("containerStatuses") or ()):
            state = container.get("state") or {}
            waiting, ended = state.get("waiting") or {}, state.get("terminated")
            if waiting.get("reason"):
                word = waiting["reason"]
            elif ended is not None and ended.get("reason"):
                word = ended["reason"]
            elif ended is not None:
                word = f"ExitCode:{ended.get('exitCode')}"
            elif container.get("ready") and "running" in state:
                running = True
        if word == "Completed" and running:
            ready = any(
                c.get("type") == "Ready" and c.get("status") == "True"
                for c in status.get("conditions") or ()
            )
            word = "Running" if ready else "NotReady"
    if obj["metadata"].get("deletionTimestamp"):
        if status.get("reason") == "NodeLost":
            return "Unknown"
        if status.get("phase") not in ("Succeeded", "Failed"):
            return "Terminating"
    return str(word)


def _restarts(status: Json, now: float) -> str:
    count, last = 0, None
    for container in status.get("containerStatuses") or ():
        count += int(container.get("restartCount") or 0)
        ended = (container.get("lastState") or {}).get("terminated") or {}
        at = seconds(ended.get("finishedAt"))
        if at is not None and (last is None or at > last):
            last = at
    return f"{count} ({duration(now - last)} ago)" if count and last is not None else str(count)


def _pod(obj: Json, now: float) -> list[Any]:
    spec, status = obj.get("spec") or {}, obj.get("status") or {}
    statuses = status.get("containerStatuses") or ()
    ready = sum(1 for c in statuses if c.get("ready") and "running" in (c.get("state") or {}))
    gates = spec.get("readinessGates") or ()
    true = {c.get("type") for c in status.get("conditions") or () if c.get("status") == "True"}
    passed = sum(1 for g in gates if g.get("conditionType") in true)
    return [
        f"{ready}/{len(spec.get('containers') or ())}",
        _word(obj, spec, status),
        _restarts(status, now),
        age(obj["metadata"].get("creationTimestamp"), now),
        status.get("podIP") or "<none>",
        spec.get("nodeName") or "<none>",
        status.get("nominatedNodeName") or "<none>",
        f"{passed}/{len(gates)}" if gates else "<none>",
    ]


PODS = (
    parse_columns("Ready Status Restarts Age IP+ Node+ Nominated_Node+ Readiness_Gates+"),
    _pod,
)
