"""A Pod's status, put together from its containers' as a kubelet does it. Pure.

Phase, conditions, reasons and messages are those of Kubernetes' kubelet (status/generate.go).
"""

from __future__ import annotations

from collections.abc import Sequence

from fluxtui.cluster.port import Json
from fluxtui.world.simulator import pods


def pod_status(
    pod: Json, inits: Sequence[Json], mains: Sequence[Json], now: str, address: str
) -> Json:
    """The whole status; `address` is the Pod's once a container has run."""
    spec = pod.get("spec") or {}
    old: Json = dict(pod.get("status") or {})
    phase = _phase(spec, inits, mains)
    whole: Json = {
        **old,
        "phase": phase,
        "conditions": _conditions(old, phase, inits, mains, now),
        "hostIP": "127.0.0.1",
        "hostIPs": [{"ip": "127.0.0.1"}],
        "startTime": old.get("startTime") or now,
        "qosClass": old.get("qosClass", "Burstable"),
        "containerStatuses": list(mains),
    }
    if inits:
        whole["initContainerStatuses"] = list(inits)
    if not old.get("podIP") and any(has_run(entry) for entry in (*inits, *mains)):
        whole |= {"podIP": address, "podIPs": [{"ip": address}]}
    return whole


def has_run(entry: Json) -> bool:
    """It runs, or has."""
    state: Json = entry.get("state") or {}
    last: Json = entry.get("lastState") or {}
    return "running" in state or "terminated" in state or "terminated" in last


def exit_code(entry: Json) -> int | None:
    """Of a program that has come to its end; None while it runs or waits."""
    over = (entry.get("state") or {}).get("terminated")
    return None if over is None else int(over.get("exitCode") or 0)


def is_initialized(entry: Json | None) -> bool:
    """Whether the containers after this init container may start."""
    return entry is not None and exit_code(entry) == 0


def _phase(spec: Json, inits: Sequence[Json], mains: Sequence[Json]) -> str:
    policy = spec.get("restartPolicy", "Always")
    if policy == "Never" and any(exit_code(entry) for entry in inits):
        return "Failed"
    codes = [exit_code(entry) for entry in mains]
    if codes and all(code is not None for code in codes) and policy != "Always":
        if all(code == 0 for code in codes):
            return "Succeeded"
        if policy == "Never":
            return "Failed"
    return "Running" if any(has_run(entry) for entry in mains) else "Pending"


def _conditions(
    old: Json, phase: str, inits: Sequence[Json], mains: Sequence[Json], now: str
) -> list[Json]:
    over = {"Succeeded": "PodCompleted", "Failed": "PodFailed"}.get(phase, "")
    unready = [str(entry["name"]) for entry in mains if not entry.get("ready")]
    message = f"containers with unready status: [{' '.join(unready)}]"
    readiness = ("False", over or "ContainersNotReady", "" if over else message)
    if not over and not unready:
        readiness = ("True", "", "")
    alive = not over and any(has_run(entry) for entry in (*inits, *mains))
    steps = (
        ("PodReadyToStartContainers", "True" if alive else "False", "", ""),
        ("Initialized", *_initialized(phase, inits, mains)),
        ("Ready", *readiness),
        ("ContainersReady", *readiness),
        ("PodScheduled", "True", "", ""),
    )
    conditions = list(old.get("conditions") or ())
    for type_, status, reason, text in steps:
        conditions = pods.set_condition(conditions, type_, status, now, reason=reason, message=text)
    return conditions


def _initialized(phase: str, inits: Sequence[Json], mains: Sequence[Json]) -> tuple[str, str, str]:
    if phase == "Succeeded":
        return "True", "PodCompleted", ""
    incomplete = [str(entry["name"]) for entry in inits if not is_initialized(entry)]
    if incomplete and not any(has_run(entry) for entry in mains):
        message = f"containers with incomplete status: [{' '.join(incomplete)}]"
        return "False", "ContainersNotInitialized", message
    return "True", "", ""
