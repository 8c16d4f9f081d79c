"""The scheduler: a Pod is bound to the nodes in turn, once the claims it mounts are bound.

Nodes are never full and choose nobody: that a Pod fits nowhere is no step of the demo. A Pod whose
claim is not there or not bound says so, as in a real cluster.
"""

from __future__ import annotations

from fluxtui.cluster.port import ApiResource, Json
from fluxtui.world.simulator import pods
from fluxtui.world.simulator.cache import Key, key_of, uid_of
from fluxtui.world.simulator.kinds import CLAIM, POD
from fluxtui.world.simulator.lives import LifePace
from fluxtui.world.simulator.nodes import NODES
from fluxtui.world.simulator.state import SCHEDULER, SimState

_COMPONENT = "default-scheduler"


class Scheduler:
    """`look` at a Pod that is on no node yet."""

    def __init__(self, state: SimState, pace: LifePace) -> None:
        self._state = state
        self._pace = pace
        self._turn = 0
        self._since: dict[str, float] = {}

    async def look(self, key: Key) -> float | None:
        """Bind it, or say why not and come back."""
        pod = self._state.get(POD, key)
        if pod is None or pods.is_ending(pod) or (pod.get("spec") or {}).get("nodeName"):
            return None
        now = self._state.clock.monotonic()
        pause = self._pace.schedule - (now - self._since.setdefault(uid_of(pod), now))
        if pause > 0:
            return pause
        problem = self._problem(pod)
        if problem:
            return await self._refuse(pod, f"0/{len(NODES)} nodes are available: {problem}.")
        await self._bind(pod)
        return None  # the watch brings the bound Pod, and with it the next look

    def _problem(self, pod: Json) -> str:
        """Why its claims keep it from every node, or ""."""
        for name in claims_of(pod):
            claim = self._state.get(CLAIM, (key_of(pod)[0], name))
            if claim is None:
                return f'persistentvolumeclaim "{name}" not found'
            if pods.phase(claim) != "Bound":
                return "pod has unbound immediate PersistentVolumeClaims"
        return ""

    async def _refuse(self, pod: Json, why: str) -> float:
        before = pods.condition(pod, "PodScheduled")
        if before is None or before.get("message") != why:
            status = dict(pod.get("status") or {})
            status["conditions"] = pods.set_condition(
                list(status.get("conditions") or ()),
                "PodScheduled",
                "False",
                self._state.stamp(),
                reason="Unschedulable",
                message=why,
            )
            self._state.recorder.event(
                POD, pod, "FailedScheduling", why, component=_COMPONENT, severity="Warning"
            )
            await self._state.set_status(POD, pod, status, manager=SCHEDULER)
        return self._pace.look_again

    async def _bind(self, pod: Json) -> None:
        namespace, name = key_of(pod)
        self._turn += 1
        node = list(NODES)[self._turn % len(NODES)]
        await self._state.cluster.create(
            ApiResource("", "v1", "Binding", f"pods/{name}/binding"),
            {
                "apiVersion": "v1",
                "kind": "Binding",
                "metadata": {"namespace": namespace, "name": name},
                "target": {"apiVersion": "v1", "kind": "Node", "name": node},
            },
            field_manager=SCHEDULER,
        )
        self._since.pop(uid_of(pod), None)
        text = f"Successfully assigned {namespace}/{name} to {node}"
        self._state.recorder.event(POD, pod, "Scheduled", text, component=_COMPONENT)


def claims_of(pod: Json) -> list[str]:
    """The names of the claims a Pod mounts."""
    sources = (volume.get("persistentVolumeClaim") for volume in pod["spec"].get("volumes") or ())
    return [str(source.get("claimName")) for source in sources if source]
