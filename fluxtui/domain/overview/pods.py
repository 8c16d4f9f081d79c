"""Why a workload is not ready, from its Pods: the container and its reason, not just "1 of 3".

Only what the Engine has live is looked at (the Interest of the visible panes); without Pods nothing
is said. The Pods are found by the workload's own selector, as its controller does.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from fluxtui.domain.resource import Key, Resource
from fluxtui.domain.snapshot import Snapshot

POD = ("", "Pod")
_PATIENT = frozenset({"ContainerCreating", "PodInitializing"})


def pods_of(workload: Resource, snapshot: Snapshot) -> Iterator[Resource]:
    """Live Pods that the workload's selector matches (matchLabels; Jobs and controllers set it)."""
    selector = workload.spec.get("selector")
    labels = selector.get("matchLabels") if isinstance(selector, Mapping) else None
    if not isinstance(labels, Mapping) or not labels:
        return
    for pod in snapshot.table(workload.key.environment, POD).values():
        same = pod.key.namespace == workload.key.namespace
        if same and all(pod.labels.get(str(k)) == v for k, v in labels.items()):
            yield pod


def culprit(workload: Resource, snapshot: Snapshot) -> tuple[Key, str] | None:
    """The Pod most to blame and one sentence; None when no Pod says anything."""
    found = [
        (rank, pod.key, text)
        for pod in pods_of(workload, snapshot)
        for rank, text in (_trouble(pod),)
        if text
    ]
    if not found:
        return None
    _rank, key, text = min(found)
    return key, text


def _trouble(pod: Resource) -> tuple[int, str]:
    """(rank, sentence); the lowest rank is the worst, "" is no trouble."""
    for name, state, restarts in _containers(pod):
        waiting = _mapping(state.get("waiting"))
        reason = str(waiting.get("reason") or "")
        if reason and reason not in _PATIENT:
            again = f", restarted {restarts} times" if restarts else ""
            return 0, f"container {name} {reason}{again}"
        ended = _mapping(state.get("terminated"))
        if ended.get("exitCode"):
            return 1, f"container {name} exited with {ended['exitCode']}"
    scheduled = pod.condition("PodScheduled")
    if scheduled is not None and scheduled.status == "False":
        return 2, f"{scheduled.reason}: {scheduled.message}"
    return 9, ""


def _containers(pod: Resource) -> Iterator[tuple[str, Mapping[str, Any], int]]:
    for field in ("initContainerStatuses", "containerStatuses"):
        statuses = pod.status.get(field)
        for status in statuses if isinstance(statuses, list) else []:
            if isinstance(status, Mapping):
                restarts = status.get("restartCount")
                yield (
                    str(status.get("name") or ""),
                    _mapping(status.get("state")),
                    restarts if isinstance(restarts, int) else 0,
                )


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}
