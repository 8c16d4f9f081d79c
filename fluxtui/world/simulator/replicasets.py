"""ReplicaSets: as many Pods as asked for, and a status that counts them.

Source of the status rules: Kubernetes' replicaset controller (counts of ready and available Pods,
zero counts left out except `replicas`).
Needed by every rollout of the demo.
"""

from __future__ import annotations

from fluxtui.cluster.port import Json
from fluxtui.world.simulator import pods
from fluxtui.world.simulator.cache import Key, key_of
from fluxtui.world.simulator.kinds import POD, REPLICA_SET
from fluxtui.world.simulator.state import SimState

_COMPONENT = "replicaset-controller"


class ReplicaSets:
    """`look` at a ReplicaSet."""

    def __init__(self, state: SimState) -> None:
        self._state = state

    async def look(self, key: Key) -> float | None:
        """Create or delete Pods, then say how many there are."""
        replica_set = self._state.get(REPLICA_SET, key)
        if replica_set is None or pods.is_ending(replica_set):
            return None
        await self._scale(replica_set)
        await self._count(replica_set)
        return None

    async def _scale(self, replica_set: Json) -> None:
        goal = _wanted(replica_set)
        active = [pod for pod in self._state.owned(POD, replica_set) if pods.is_active(pod)]
        name = key_of(replica_set)[1]
        for _ in range(goal - len(active)):
            pod = pods.pod_from(
                replica_set["spec"]["template"],
                REPLICA_SET,
                replica_set,
                f"{name}-{self._state.suffix()}",
            )
            new = await self._state.create(POD, pod)
            if new is not None:
                self._tell(replica_set, "SuccessfulCreate", f"Created pod: {key_of(new)[1]}")
        for pod in sorted(active, key=_worth)[: max(0, len(active) - goal)]:
            await self._state.delete(POD, pod)
            self._tell(replica_set, "SuccessfulDelete", f"Deleted pod: {key_of(pod)[1]}")

    async def _count(self, replica_set: Json) -> None:
        active = [pod for pod in self._state.owned(POD, replica_set) if pods.is_active(pod)]
        ready = [pod for pod in active if pods.is_ready(pod)]
        status: Json = {
            "replicas": len(active),
            "observedGeneration": replica_set["metadata"].get("generation", 1),
        }
        if active:
            status["fullyLabeledReplicas"] = len(active)
        if ready:
            status |= {"readyReplicas": len(ready), "availableReplicas": len(ready)}
        await self._state.set_status(REPLICA_SET, replica_set, status)

    def _tell(self, replica_set: Json, reason: str, message: str) -> None:
        self._state.recorder.event(REPLICA_SET, replica_set, reason, message, component=_COMPONENT)


def _wanted(replica_set: Json) -> int:
    count = (replica_set.get("spec") or {}).get("replicas")
    return 1 if count is None else int(count)


def _worth(pod: Json) -> tuple[bool, bool, bool, int, str]:
    """Sorts the Pod to delete first to the front: unbound, not running, unready, restarting."""
    return (
        bool((pod.get("spec") or {}).get("nodeName")),
        pods.phase(pod) == "Running",
        pods.is_ready(pod),
        -pods.restarts(pod),
        # Of equals the youngest goes first.
        _inverted(str(pod["metadata"].get("creationTimestamp") or "")),
    )


def _inverted(text: str) -> str:
    return "".join(chr(0x10FFFF - ord(letter)) for letter in text)
