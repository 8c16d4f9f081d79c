"""StatefulSets: numbered Pods, one after the other, each with claims of its own.

Follows Kubernetes' statefulset controller: ordered or parallel creation, a rolling update from the
highest number down, and a status whose revisions meet when the update is done.
Needed by the demo's database, keeper and queue.
"""

from __future__ import annotations

from fluxtui.cluster.port import Json
from fluxtui.world.simulator import pods
from fluxtui.world.simulator.cache import Key, key_of
from fluxtui.world.simulator.kinds import CLAIM, POD, STATEFUL_SET
from fluxtui.world.simulator.rollout import wanted
from fluxtui.world.simulator.state import SimState

_REVISION = "controller-revision-hash"
_COMPONENT = "statefulset-controller"


class StatefulSets:
    """`look` at a StatefulSet."""

    def __init__(self, state: SimState) -> None:
        self._state = state

    async def look(self, key: Key) -> float | None:
        """Make the next step, and tell the status."""
        owner = self._state.get(STATEFUL_SET, key)
        if owner is None or pods.is_ending(owner):
            return None
        update = _revision_name(owner)
        status = owner.get("status") or {}
        current = str(status.get("currentRevision") or update)
        if await self._scale(owner, update):
            await self._update(owner, update)
        return await self._count(owner, current, update)

    # -- Pods

    def _pods(self, owner: Json) -> dict[int, Json]:
        by_number: dict[int, Json] = {}
        for pod in self._state.owned(POD, owner):
            number = key_of(pod)[1].rpartition("-")[2]
            if number.isdigit():
                by_number[int(number)] = pod
        return by_number

    async def _scale(self, owner: Json, update: str) -> bool:
        """Create what is missing, delete what is too much; whether all stand and are ready."""
        in_order = owner["spec"].get("podManagementPolicy", "OrderedReady") != "Parallel"
        existing = self._pods(owner)
        complete = True
        for number in range(wanted(owner)):
            pod = existing.get(number)
            if pod is not None and pods.phase(pod) in ("Failed", "Succeeded"):
                await self._delete(owner, pod)
                pod = None
            if pod is None:
                await self._create(owner, number, update)
                complete = False
            elif not pods.is_ready(pod):
                complete = False
            if in_order and not complete:
                return False
        surplus = sorted((n for n in existing if n >= wanted(owner)), reverse=True)
        for number in surplus[:1] if in_order else surplus:
            await self._delete(owner, existing[number])
            complete = False
        return complete or not in_order

    async def _create(self, owner: Json, number: int, revision: str) -> None:
        set_name = key_of(owner)[1]
        name = f"{set_name}-{number}"
        pod = pods.pod_from(
            owner["spec"]["template"],
            STATEFUL_SET,
            owner,
            name,
            labels={
                _REVISION: revision,
                "statefulset.kubernetes.io/pod-name": name,
                "apps.kubernetes.io/pod-index": str(number),
            },
        )
        volumes = pod["spec"].setdefault("volumes", [])
        for claim in owner["spec"].get("volumeClaimTemplates") or ():
            volume = str(claim["metadata"]["name"])
            claim_name = f"{volume}-{name}"
            await self._claim(owner, claim, claim_name)
            volumes.append({"name": volume, "persistentVolumeClaim": {"claimName": claim_name}})
        pod["spec"]["hostname"] = name
        if owner["spec"].get("serviceName"):
            pod["spec"]["subdomain"] = owner["spec"]["serviceName"]
        if await self._state.create(POD, pod) is not None:
            message = f"create Pod {name} in StatefulSet {set_name} successful"
            self._tell(owner, "SuccessfulCreate", message)

    async def _claim(self, owner: Json, template: Json, name: str) -> None:
        namespace, set_name = key_of(owner)
        if self._state.get(CLAIM, (namespace, name)) is not None:
            return
        meta = template.get("metadata") or {}
        selector = (owner["spec"].get("selector") or {}).get("matchLabels") or {}
        new = await self._state.create(
            CLAIM,
            {
                "apiVersion": "v1",
                "kind": "PersistentVolumeClaim",
                "metadata": {
                    "name": name,
                    "namespace": namespace,
                    "labels": {**(meta.get("labels") or {}), **selector},
                },
                "spec": dict(template.get("spec") or {}),
            },
        )
        if new is not None:
            message = f"create Claim {name} in StatefulSet {set_name} success"
            self._tell(owner, "SuccessfulCreate", message)

    async def _update(self, owner: Json, update: str) -> None:
        """Replace one Pod of an old revision: the highest, when all above it are ready."""
        existing = self._pods(owner)
        for number in range(wanted(owner) - 1, -1, -1):
            pod = existing.get(number)
            if pod is None:
                return
            if _revision_of(pod) != update:
                await self._delete(owner, pod)
                return
            if not pods.is_ready(pod):
                return

    async def _delete(self, owner: Json, pod: Json) -> None:
        if pods.is_ending(pod):
            return
        await self._state.delete(POD, pod)
        message = f"delete Pod {key_of(pod)[1]} in StatefulSet {key_of(owner)[1]} successful"
        self._tell(owner, "SuccessfulDelete", message)

    # -- status

    async def _count(self, owner: Json, current: str, update: str) -> float | None:
        existing = list(self._pods(owner).values())
        ready = [pod for pod in existing if pods.is_ready(pod)]
        updated = [pod for pod in existing if _revision_of(pod) == update]
        if len(updated) == len(existing) == len(ready) == wanted(owner):
            current = update
        matching = [pod for pod in existing if _revision_of(pod) == current]
        counts = {
            "readyReplicas": len(ready),
            "currentReplicas": len(matching),
            "updatedReplicas": len(updated),
        }
        status: Json = {
            "observedGeneration": owner["metadata"].get("generation", 1),
            "replicas": len(existing),
            "availableReplicas": len(ready),
            "currentRevision": current,
            "updateRevision": update,
            "collisionCount": 0,
            **{name: number for name, number in counts.items() if number},
        }
        await self._state.set_status(STATEFUL_SET, owner, status)
        return None

    def _tell(self, owner: Json, reason: str, message: str) -> None:
        self._state.recorder.event(STATEFUL_SET, owner, reason, message, component=_COMPONENT)


def _revision_name(owner: Json) -> str:
    return f"{key_of(owner)[1]}-{pods.template_hash(owner['spec']['template'])}"


def _revision_of(pod: Json) -> str:
    return str((pod["metadata"].get("labels") or {}).get(_REVISION, ""))
