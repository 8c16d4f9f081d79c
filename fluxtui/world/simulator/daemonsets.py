"""DaemonSets: one Pod on every simulated node, replaced one after the other."""

from __future__ import annotations

from fluxtui.cluster.port import Json
from fluxtui.world.simulator import pods
from fluxtui.world.simulator.cache import Key, key_of
from fluxtui.world.simulator.kinds import DAEMON_SET, POD
from fluxtui.world.simulator.nodes import NODES
from fluxtui.world.simulator.rollout import scaled
from fluxtui.world.simulator.state import State

_REVISION = "controller-revision-hash"
_COMPONENT = "daemonset-controller"


class DaemonSets:
    """`look` at a DaemonSet."""

    def __init__(self, state: State) -> None:
        self._state = state

    async def look(self, key: Key) -> float | None:
        """Make the next step, and tell the status."""
        owner = self._state.get(DAEMON_SET, key)
        if owner is None or pods.is_ending(owner):
            return None
        revision = pods.template_hash(owner["spec"]["template"])
        await self._cover(owner, revision)
        await self._replace(owner, revision)
        await self._count(owner, revision)
        return None

    async def _cover(self, owner: Json, revision: str) -> None:
        covered = {_node_of(pod) for pod in self._active(owner)}
        for node in NODES:
            if node.name in covered:
                continue
            pod = pods.pod_from(
                owner["spec"]["template"],
                DAEMON_SET,
                owner,
                f"{key_of(owner)[1]}-{self._state.suffix()}",
                labels={_REVISION: revision},
            )
            pod["spec"]["nodeName"] = node.name
            made = await self._state.create(POD, pod)
            if made is not None:
                self._tell(owner, "SuccessfulCreate", f"Created pod: {key_of(made)[1]}")

    async def _replace(self, owner: Json, revision: str) -> None:
        strategy = owner["spec"].get("updateStrategy") or {}
        if strategy.get("type") == "OnDelete":
            return
        most = (strategy.get("rollingUpdate") or {}).get("maxUnavailable", 1)
        room = max(1, scaled(most, len(NODES), up=True))
        active = self._active(owner)
        room -= sum(not pods.is_ready(pod) for pod in active) + len(NODES) - len(active)
        old = [pod for pod in active if _revision_of(pod) != revision]
        broken = [pod for pod in old if not pods.is_ready(pod)]
        sound = [pod for pod in old if pods.is_ready(pod)]
        for pod in [*broken, *sound[: max(0, room)]]:
            await self._state.delete(POD, pod)
            self._tell(owner, "SuccessfulDelete", f"Deleted pod: {key_of(pod)[1]}")

    async def _count(self, owner: Json, revision: str) -> None:
        active = self._active(owner)
        ready = sum(pods.is_ready(pod) for pod in active)
        updated = sum(_revision_of(pod) == revision for pod in active)
        status: Json = {
            "observedGeneration": owner["metadata"].get("generation", 1),
            "desiredNumberScheduled": len(NODES),
            "currentNumberScheduled": len(active),
            "numberMisscheduled": 0,
            "numberReady": ready,
        }
        counts = {
            "updatedNumberScheduled": updated,
            "numberAvailable": ready,
            "numberUnavailable": len(NODES) - ready,
        }
        status |= {name: number for name, number in counts.items() if number}
        await self._state.set_status(DAEMON_SET, owner, status)

    def _active(self, owner: Json) -> list[Json]:
        return [pod for pod in self._state.owned(POD, owner) if pods.is_active(pod)]

    def _tell(self, owner: Json, reason: str, message: str) -> None:
        self._state.recorder.event(DAEMON_SET, owner, reason, message, component=_COMPONENT)


def _node_of(pod: Json) -> str:
    return str((pod.get("spec") or {}).get("nodeName", ""))


def _revision_of(pod: Json) -> str:
    return str((pod["metadata"].get("labels") or {}).get(_REVISION, ""))
