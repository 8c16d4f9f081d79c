"""The scheduler: a Pod is bound to the next node it fits on, or told why it fits on none.

The filters are in fitting.py; here is what they are asked about (nodes, claims, the Pods that are
there) and what comes of the answer: a Binding, or a condition and an Event.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from fluxtui.cluster.port import ApiResource, Json
from fluxtui.domain.errors import ClusterError
from fluxtui.world.simulator import fitting, pods
from fluxtui.world.simulator.cache import Key, key_of, uid_of
from fluxtui.world.simulator.kinds import CLAIM, NODE, POD, STORAGE_CLASS
from fluxtui.world.simulator.lives import Pace
from fluxtui.world.simulator.state import SCHEDULER, State

SELECTED_NODE = "volume.kubernetes.io/selected-node"
_COMPONENT = "default-scheduler"


class Scheduler:
    """`look` at a Pod that is on no node yet."""

    def __init__(self, state: State, pace: Pace) -> None:
        self._state = state
        self._pace = pace
        self._turn = 0
        self._since: dict[Key, tuple[str, float]] = {}
        # A Pod takes up room from the decision on, not only when its news come back.
        self._assumed: dict[str, str] = {}

    async def look(self, key: Key) -> float | None:
        """Bind it, or say why not and come back."""
        pod = self._state.get(POD, key)
        if pod is None or pods.is_ending(pod) or (pod.get("spec") or {}).get("nodeName"):
            self._since.pop(key, None)
            return None
        if (pod["spec"].get("schedulerName") or _COMPONENT) != _COMPONENT:
            return None  # somebody else's
        left = self._pace.schedule - self._waited(key, pod)
        if left > 0:
            return left
        problem = self._claims_problem(pod)
        if problem:
            total = len(self._nodes())
            lead = f"0/{total} nodes are available"
            tail = f"preemption: {lead}: {total} Preemption is not helpful for scheduling."
            return await self._refuse(pod, f"{lead}: {problem}. {tail}")
        fitting_nodes, why = self._search(pod)
        if not fitting_nodes:
            return await self._refuse(pod, why)
        self._turn += 1
        node = fitting_nodes[self._turn % len(fitting_nodes)]
        self._assumed[uid_of(pod)] = key_of(node)[1]
        try:
            return await self._bind(pod, node)
        except ClusterError:
            del self._assumed[uid_of(pod)]
            raise

    def _waited(self, key: Key, pod: Json) -> float:
        now = self._state.clock.monotonic()
        uid, since = self._since.get(key, ("", now))
        if uid != uid_of(pod):
            self._since[key] = (uid_of(pod), now)
            since = now
        return now - since

    def _nodes(self) -> list[Json]:
        return sorted(self._state.cache(NODE), key=key_of)

    def _search(self, pod: Json) -> tuple[list[Json], str]:
        """(nodes it fits on, why on none)."""
        nodes = self._nodes()
        if not nodes:
            return [], "no nodes available to schedule pods"
        others = list(self._placed())
        found, hopeless = [], 0
        reasons: Counter[str] = Counter()
        for node in nodes:
            misfit = fitting.misfits(pod, node, nodes, others)
            if not misfit:
                found.append(node)
            reasons.update(misfit)
            hopeless += any(fitting.is_hopeless(reason) for reason in misfit)
        # The emptiest first, then in turn: a spread that people recognise.
        load = Counter(str(other["spec"]["nodeName"]) for other in others)
        least = min((load[key_of(node)[1]] for node in found), default=0)
        found = [node for node in found if load[key_of(node)[1]] == least]
        return found, fitting.message(len(nodes), reasons, hopeless=hopeless)

    def _placed(self) -> Iterator[Json]:
        """The Pods that take up room, with the node they are on or will be in a moment."""
        for other in self._state.cache(POD):
            if pods.phase(other) in ("Succeeded", "Failed"):
                continue
            if (other.get("spec") or {}).get("nodeName"):
                self._assumed.pop(uid_of(other), None)
                yield other
            elif uid_of(other) in self._assumed:
                node = self._assumed[uid_of(other)]
                yield other | {"spec": other["spec"] | {"nodeName": node}}

    def _claims_problem(self, pod: Json) -> str:
        """Why its claims keep it from every node, or ""."""
        namespace = key_of(pod)[0]
        for name in claims_of(pod):
            claim = self._state.get(CLAIM, (namespace, name))
            if claim is None:
                return f'persistentvolumeclaim "{name}" not found'
            if pods.is_ending(claim):
                return f'persistentvolumeclaim "{name}" is being deleted'
            if pods.phase(claim) != "Bound" and not self._waits(claim):
                return "pod has unbound immediate PersistentVolumeClaims"
        return ""

    def _waits(self, claim: Json) -> bool:
        """It is bound once a Pod that uses it is on a node."""
        name = str((claim.get("spec") or {}).get("storageClassName") or "")
        found = self._state.get(STORAGE_CLASS, ("", name))
        return found is not None and found.get("volumeBindingMode") == "WaitForFirstConsumer"

    async def _refuse(self, pod: Json, why: str) -> float | None:
        status = dict(pod.get("status") or {})
        before = pods.condition(pod, "PodScheduled")
        if before is None or before.get("message") != why:
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

    async def _bind(self, pod: Json, node: Json) -> float | None:
        namespace, name = key_of(pod)
        node_name = key_of(node)[1]
        for claim_name in claims_of(pod):
            if await self._reserve(namespace, claim_name, node_name):
                del self._assumed[uid_of(pod)]
                return self._pace.schedule
        binding = ApiResource("", "v1", "Binding", f"pods/{name}/binding")
        await self._state.cluster.create(
            binding,
            {
                "apiVersion": "v1",
                "kind": "Binding",
                "metadata": {"namespace": namespace, "name": name},
                "target": {"apiVersion": "v1", "kind": "Node", "name": node_name},
            },
            field_manager=SCHEDULER,
        )
        self._since.pop((namespace, name), None)
        self._state.recorder.event(
            POD,
            pod,
            "Scheduled",
            f"Successfully assigned {namespace}/{name} to {node_name}",
            component=_COMPONENT,
        )
        # The watch brings the bound Pod, and with it the next look.
        return None

    async def _reserve(self, namespace: str, name: str, node: str) -> bool:
        """Have a claim that waits for its first consumer bound; whether it is still not."""
        claim = self._state.get(CLAIM, (namespace, name))
        if claim is None or pods.phase(claim) == "Bound":
            return False
        if SELECTED_NODE not in (claim["metadata"].get("annotations") or {}):
            patch = {"metadata": {"annotations": {SELECTED_NODE: node}}}
            await self._state.patch(CLAIM, claim, patch, manager=SCHEDULER)
        return True


def claims_of(pod: Json) -> list[str]:
    """The names of the claims a Pod mounts."""
    found = []
    for volume in (pod.get("spec") or {}).get("volumes") or ():
        source = volume.get("persistentVolumeClaim")
        if source:
            found.append(str(source.get("claimName")))
        elif volume.get("ephemeral"):
            found.append(f"{key_of(pod)[1]}-{volume['name']}")
    return found
