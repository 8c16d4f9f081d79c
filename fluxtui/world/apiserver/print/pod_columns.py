"""The one status word that a pod's many states come down to, as `kubectl get pods` prints it.

The order of the rules is kubectl's. Pure.
"""

from __future__ import annotations

from fluxtui.world.apiserver.print.cells import duration, seconds
from fluxtui.world.apiserver.status import Json


def _ended(state: Json) -> str:
    """Why a container ended."""
    return str(state.get("reason") or f"ExitCode:{state.get('exitCode', 0)}")


def _initializing(spec: Json, status: Json) -> str:
    """`Init:1/2` and the like while init containers run, empty when they are done."""
    total = len(spec.get("initContainers") or ())
    for i, container in enumerate(status.get("initContainerStatuses") or ()):
        state = container.get("state") or {}
        ended, waiting = state.get("terminated"), (state.get("waiting") or {}).get("reason")
        if ended is not None and ended.get("exitCode", 0) == 0:
            continue
        if ended is not None:
            return f"Init:{_ended(ended)}"
        if waiting and waiting != "PodInitializing":
            return f"Init:{waiting}"
        return f"Init:{i}/{total}"
    return ""


def _running(word: str, containers: list[Json]) -> tuple[str, int]:
    """The word of a pod whose containers run, and how many of them are ready."""
    ready, failed = 0, ""
    for container in reversed(containers):
        state = container.get("state") or {}
        waiting, ended = state.get("waiting") or {}, state.get("terminated")
        if waiting.get("reason"):
            word = waiting["reason"]
        elif ended is not None:
            word = _ended(ended)
            failed = word if ended.get("exitCode", 0) else failed
        elif container.get("ready") and "running" in state:
            ready += 1
    if word == "Completed" and (failed or ready):
        word = failed or "NotReady"
    return word, ready


def _restarts(containers: list[Json], now: float) -> str:
    """How often, and when the last time was."""
    count = sum(int(c.get("restartCount") or 0) for c in containers)
    ended = ((c.get("lastState") or {}).get("terminated") or {} for c in containers)
    moments = [at for end in ended if (at := seconds(end.get("finishedAt"))) is not None]
    return f"{count} ({duration(now - max(moments))} ago)" if count and moments else str(count)


def state(obj: Json, now: float) -> tuple[str, str, str]:
    """Ready, Status and Restarts."""
    spec, status = obj.get("spec") or {}, obj.get("status") or {}
    containers = list(status.get("containerStatuses") or ())
    word = _initializing(spec, status)
    ready, counted = 0, list(status.get("initContainerStatuses") or ())
    if not word:
        word = str(status.get("reason") or status.get("phase", ""))
        word, ready = _running(word, containers)
        counted = containers
    ended = status.get("phase") in ("Succeeded", "Failed")
    if obj["metadata"].get("deletionTimestamp") and not ended:
        word = "Terminating"
    return f"{ready}/{len(spec.get('containers') or ())}", word, _restarts(counted, now)
