"""Whether the simulated nodes are well: their Ready condition, the taints that follow from it, and
what becomes of the Pods of a node that is not heard of any more.

Follows Kubernetes' node lifecycle controller, up to marking Pods; it evicts none. A node falls ill
by the annotation `world.fluxtui.dev/fault: not-ready`. Other nodes than ours are left alone.
"""

from __future__ import annotations

from typing import Any

from fluxtui.cluster.port import Json
from fluxtui.world.simulator import fates, pods
from fluxtui.world.simulator.cache import Key
from fluxtui.world.simulator.kinds import NODE, POD
from fluxtui.world.simulator.nodes import NODES
from fluxtui.world.simulator.state import KUBELET, State

NOT_READY = "not-ready"
_COMPONENT = "node-controller"
_NAMES = frozenset(node.name for node in NODES)
_KEYS = ("node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable")


class Nodes:
    """`look` at a Node."""

    def __init__(self, state: State) -> None:
        self._state = state

    async def look(self, key: Key) -> float | None:
        """Make condition, taints and Pods fit each other."""
        node = self._state.get(NODE, key)
        if node is None or key[1] not in _NAMES or not node.get("status"):
            return None
        is_ill = (node["metadata"].get("annotations") or {}).get(fates.FAULT) == NOT_READY
        node = await self._taint(node, is_ill=is_ill)
        was_well = is_ready(node)
        await self._state.set_status(NODE, node, self._status(node, is_ill), manager=KUBELET)
        if is_ill:
            if was_well:
                text = f"Node {key[1]} status is now: NodeNotReady"
                self._state.recorder.event(NODE, node, "NodeNotReady", text, component=_COMPONENT)
            await self._mark_pods(key[1])
        return None

    async def _taint(self, node: Json, *, is_ill: bool) -> Json:
        before = list((node.get("spec") or {}).get("taints") or ())
        taints: list[Any] = [one for one in before if one.get("key") not in _KEYS]
        if is_ill:
            known = {one.get("effect"): one for one in before if one.get("key") == _KEYS[1]}
            now = self._state.stamp()
            for effect in ("NoSchedule", "NoExecute"):
                new = {"key": _KEYS[1], "effect": effect, "timeAdded": now}
                taints.append(known.get(effect, new))
        if taints == before:
            return node
        return await self._state.patch(NODE, node, {"spec": {"taints": taints or None}})

    def _status(self, node: Json, is_ill: bool) -> Json:
        said = ("True", "KubeletReady", "simulated node is ready")
        if is_ill:
            said = ("Unknown", "NodeStatusUnknown", "Kubelet stopped posting node status.")
        status, reason, message = said
        old = pods.condition(node, "Ready") or {}
        conditions = pods.set_condition(
            list(node["status"].get("conditions") or ()),
            "Ready",
            status,
            self._state.stamp(),
            reason=reason,
            message=message,
            extra={"lastHeartbeatTime": old.get("lastHeartbeatTime") or self._state.stamp()},
        )
        return {**node["status"], "conditions": conditions}

    async def _mark_pods(self, name: str) -> None:
        """Pods of a node that is not heard of cannot be said to be ready."""
        for pod in self._state.cache(POD):
            if (pod.get("spec") or {}).get("nodeName") != name or not pods.is_ready(pod):
                continue
            conditions = pods.set_condition(
                list(pod["status"].get("conditions") or ()), "Ready", "False", self._state.stamp()
            )
            status = {**pod["status"], "conditions": conditions}
            await self._state.set_status(POD, pod, status)
            self._state.recorder.event(
                POD,
                pod,
                "NodeNotReady",
                "Node is not ready",
                component=_COMPONENT,
                severity="Warning",
            )


def is_ready(node: Json) -> bool:
    """Its kubelet is heard of."""
    found = pods.condition(node, "Ready")
    return found is not None and found.get("status") == "True"
