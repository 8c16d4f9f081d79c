"""What `kubectl get pods` prints: the one status word a pod's many states come down to.

The order of the rules is kubectl's. Pure.
"""

from __future__ import annotations

from typing import Any

from fluxtui.world.apiserver.print.cells import age, duration, parse_columns, seconds
from fluxtui.world.apiserver.status import Json


def _ended(state: Json) -> str:
    """Why a container ended."""
    if state.get("reason"):
        return str(state["reason"])
    if state.get("signal"):
        return f"Signal:{state['signal']}"
    return f"ExitCode:{state.get('exitCode', 0)}"


class _Count:
    """Restarts and when the last one was."""

    def __init__(self) -> None:
        self.restarts = 0
        self.last: float | None = None

    def add(self, container: Json) -> None:
        self.restarts += int(container.get("restartCount") or 0)
        ended = (container.get("lastState") or {}).get("terminated") or {}
        at = seconds(ended.get("finishedAt"))
        if at is not None and (self.last is None or at > self.last):
            self.last = at

    def text(self, now: float) -> str:
        if self.restarts and self.last is not None:
            return f"{self.restarts} ({duration(now - self.last)} ago)"
        return str(self.restarts)


def _initializing(spec: Json, status: Json, sidecars: set[str]) -> tuple[str, int, _Count, _Count]:
    """`Init:1/2` and the like while init containers run, empty when they are done; how many
    sidecars are ready; the restarts of all that were looked at, and of the sidecars alone."""
    total = len(spec.get("initContainers") or ())
    ready, every, beside = 0, _Count(), _Count()
    for i, container in enumerate(status.get("initContainerStatuses") or ()):
        every.add(container)
        sidecar = container.get("name") in sidecars
        if sidecar:
            beside.add(container)
        state = container.get("state") or {}
        ended, waiting = state.get("terminated"), (state.get("waiting") or {}).get("reason")
        if ended is not None and ended.get("exitCode", 0) == 0:
            continue
        if sidecar and container.get("started"):
            ready += bool(container.get("ready"))
            continue
        if ended is not None:
            return f"Init:{_ended(ended)}", ready, every, beside
        if waiting and waiting != "PodInitializing":
            return f"Init:{waiting}", ready, every, beside
        return f"Init:{i}/{total}", ready, every, beside
    return "", ready, every, beside


def _is_true(status: Json, kind: str) -> bool:
    return any(
        c.get("type") == kind and c.get("status") == "True" for c in status.get("conditions") or ()
    )


def _running(word: str, status: Json, count: _Count) -> tuple[str, int]:
    """The word of a pod whose containers run, and how many of them are ready."""
    ready, failed = 0, ""
    for container in reversed(status.get("containerStatuses") or ()):
        count.add(container)
        state = container.get("state") or {}
        waiting, ended = state.get("waiting") or {}, state.get("terminated")
        if waiting.get("reason"):
            word = waiting["reason"]
        elif ended is not None:
            word = _ended(ended)
            if ended.get("exitCode", 0) != 0:
                failed = word
        elif container.get("ready") and "running" in state:
            ready += 1
    if word == "Completed":
        if ready and _is_true(status, "Ready"):
            word = "Running"
        elif failed or ready:
            word = failed or "NotReady"
    return word, ready


def _state(obj: Json, now: float) -> tuple[str, str, str]:
    """Ready, Status and Restarts."""
    spec, status = obj.get("spec") or {}, obj.get("status") or {}
    word = status.get("reason") or status.get("phase", "")
    starting = spec.get("initContainers") or ()
    sidecars = {c["name"] for c in starting if c.get("restartPolicy") == "Always"}
    init, ready, count, beside = _initializing(spec, status, sidecars)
    word = init or word
    if not init or _is_true(status, "Initialized"):
        count = beside
        word, running = _running(word, status, count)
        ready += running
    ended = status.get("phase") in ("Succeeded", "Failed")
    if obj["metadata"].get("deletionTimestamp") and not ended:
        word = "Terminating"
    total = len(spec.get("containers") or ()) + len(sidecars)
    return f"{ready}/{total}", str(word), count.text(now)


def _pod(obj: Json, now: float) -> list[Any]:
    spec, status = obj.get("spec") or {}, obj.get("status") or {}
    return [
        *_state(obj, now),
        age(obj["metadata"].get("creationTimestamp"), now),
        status.get("podIP") or "<none>",
        spec.get("nodeName") or "<none>",
    ]


PODS = (
    parse_columns("Ready Status Restarts Age IP+ Node+"),
    _pod,
)
