"""Deployments: one ReplicaSet per template, and Pods that move from the old to the new one.

Follows Kubernetes' deployment controller: which ReplicaSet is new, how far it may grow and the old
ones shrink at once (maxSurge, maxUnavailable). The status is told in `rollout`.
Needed by every rollout of the demo, `kubectl scale` and `kubectl rollout`.
"""

from __future__ import annotations

import copy
from typing import Any

from fluxtui.cluster.port import Json
from fluxtui.world.simulator import pods
from fluxtui.world.simulator.cache import Key, key_of, uid_of
from fluxtui.world.simulator.kinds import DEPLOYMENT, REPLICA_SET
from fluxtui.world.simulator.rollout import Rollout, limits, wanted
from fluxtui.world.simulator.state import SimState

REVISION = "deployment.kubernetes.io/revision"
_HASH = "pod-template-hash"
_COMPONENT = "deployment-controller"


class Deployments:
    """`look` at a Deployment."""

    def __init__(self, state: SimState) -> None:
        self._state = state
        # The API's times are whole seconds of real time: too coarse for a clock that runs faster.
        self._moved: dict[Key, tuple[str, float]] = {}

    async def look(self, key: Key) -> float | None:
        """Make the steps of the roll-out that are possible now, and tell the status."""
        deployment = self._state.get(DEPLOYMENT, key)
        if deployment is None or pods.is_ending(deployment):
            self._moved.pop(key, None)
            return None
        paused = bool(deployment["spec"].get("paused"))
        new = self._find_new(deployment)
        created = False
        if new is None and not paused:
            new = await self._create_new(deployment)
            created = new is not None
        if new is not None:
            deployment = await self._number(deployment, new)
        if not paused:
            await self._move(deployment, new)
        new = self._find_new(deployment)
        old = self._old(deployment, new)
        rollout = self._rollout(deployment, new, old)
        if created or rollout.has_moved:
            self._moved[key] = (uid_of(deployment), self._state.clock.monotonic())
            rollout = self._rollout(deployment, new, old)
        await self._state.set_status(DEPLOYMENT, deployment, rollout.status(created=created))
        return rollout.seconds_left

    def _rollout(self, deployment: Json, new: Json | None, old: list[Json]) -> Rollout:
        now = self._state.clock.monotonic()
        uid, moved = self._moved.setdefault(key_of(deployment), (uid_of(deployment), now))
        if uid != uid_of(deployment):
            moved = now
            self._moved[key_of(deployment)] = (uid_of(deployment), now)
        return Rollout(deployment, new, old, self._state.stamp(), now - moved)

    # -- which ReplicaSet is which

    def _find_new(self, deployment: Json) -> Json | None:
        name = _new_name(deployment)
        owned = self._state.owned(REPLICA_SET, deployment)
        return next((rs for rs in owned if key_of(rs)[1] == name), None)

    def _old(self, deployment: Json, new: Json | None) -> list[Json]:
        name = key_of(new)[1] if new else ""
        owned = self._state.owned(REPLICA_SET, deployment)
        return [rs for rs in owned if key_of(rs)[1] != name]

    async def _create_new(self, deployment: Json) -> Json | None:
        template: Json = copy.deepcopy(deployment["spec"]["template"])
        digest = pods.template_hash(deployment["spec"]["template"])
        meta = template.setdefault("metadata", {})
        meta["labels"] = {**(meta.get("labels") or {}), _HASH: digest}
        selector: Json = copy.deepcopy(deployment["spec"].get("selector") or {})
        selector["matchLabels"] = {**(selector.get("matchLabels") or {}), _HASH: digest}
        namespace, _ = key_of(deployment)
        replicas = self._first_size(deployment)
        spec: Json = {"replicas": replicas, "selector": selector, "template": template}
        rs = await self._state.create(
            REPLICA_SET,
            {
                "apiVersion": "apps/v1",
                "kind": "ReplicaSet",
                "metadata": {
                    "name": _new_name(deployment),
                    "namespace": namespace,
                    "labels": meta["labels"],
                    "annotations": {REVISION: str(self._last_revision(deployment) + 1)},
                    "ownerReferences": [pods.controller_reference(DEPLOYMENT, deployment)],
                },
                "spec": spec,
            },
        )
        if rs is not None and replicas:
            self._tell_scaled(deployment, rs, 0, replicas)
        return rs

    def _first_size(self, deployment: Json) -> int:
        total = sum(wanted(rs) for rs in self._state.owned(REPLICA_SET, deployment))
        surge, _ = limits(deployment)
        return max(0, min(wanted(deployment) + surge - total, wanted(deployment)))

    def _last_revision(self, deployment: Json) -> int:
        owned = self._state.owned(REPLICA_SET, deployment)
        return max((_revision(rs) for rs in owned), default=0)

    async def _number(self, deployment: Json, new: Json) -> Json:
        """Give the new ReplicaSet the highest revision and note it on the Deployment."""
        older = max((_revision(rs) for rs in self._old(deployment, new)), default=0)
        number = max(_revision(new), older + 1)
        if number != _revision(new):
            await self._state.patch(REPLICA_SET, new, _annotated(REVISION, str(number)))
        noted = (deployment["metadata"].get("annotations") or {}).get(REVISION)
        if noted == str(number):
            return deployment
        return await self._state.patch(DEPLOYMENT, deployment, _annotated(REVISION, str(number)))

    # -- moving Pods over

    async def _move(self, deployment: Json, new: Json | None) -> None:
        new = self._find_new(deployment)
        old = self._old(deployment, new)
        if new is not None:
            await self._grow(deployment, new, old)
            new = self._find_new(deployment) or new
        await self._shrink(deployment, new, old)

    async def _grow(self, deployment: Json, new: Json, old: list[Json]) -> None:
        size, goal = wanted(new), wanted(deployment)
        if size > goal:
            await self._resize(deployment, new, goal)
            return
        surge, _ = limits(deployment)
        room = goal + surge - size - sum(wanted(rs) for rs in old)
        await self._resize(deployment, new, size + max(0, min(room, goal - size)))

    async def _shrink(self, deployment: Json, new: Json | None, old: list[Json]) -> None:
        """First the old Pods that do no good anyway, then as many as availability allows."""
        _, unavailable = limits(deployment)
        least = wanted(deployment) - unavailable
        new_size = wanted(new) if new else 0
        new_missing = new_size - _available(new)
        total = new_size + sum(wanted(rs) for rs in old)
        room = total - least - new_missing
        if room <= 0:
            # Counted by what was asked for: statuses may still tell of Pods that are going.
            return
        for rs in old:
            broken = wanted(rs) - min(wanted(rs), _available(rs))
            drop = min(room, broken)
            if drop > 0:
                room -= drop
                await self._resize(deployment, rs, wanted(rs) - drop)
        old = self._old(deployment, new)
        available = sum(_available(rs) for rs in [*old, *([new] if new else [])])
        room = min(room, available - least)
        for rs in old:
            drop = min(room, wanted(rs))
            if drop > 0:
                room -= drop
                await self._resize(deployment, rs, wanted(rs) - drop)

    async def _resize(self, deployment: Json, replica_set: Json, size: int) -> None:
        before = wanted(replica_set)
        if before == size:
            return
        await self._state.patch(REPLICA_SET, replica_set, {"spec": {"replicas": size}})
        self._tell_scaled(deployment, replica_set, before, size)

    def _tell_scaled(self, deployment: Json, replica_set: Json, before: int, after: int) -> None:
        way = "up" if after > before else "down"
        name = key_of(replica_set)[1]
        self._state.recorder.event(
            DEPLOYMENT,
            deployment,
            "ScalingReplicaSet",
            f"Scaled {way} replica set {name} from {before} to {after}",
            component=_COMPONENT,
        )


def _new_name(deployment: Json) -> str:
    return f"{key_of(deployment)[1]}-{pods.template_hash(deployment['spec']['template'])}"


def _revision(replica_set: Json) -> int:
    text = (replica_set["metadata"].get("annotations") or {}).get(REVISION, "0")
    return int(text) if str(text).isdigit() else 0


def _available(replica_set: Json | None) -> int:
    return int(((replica_set or {}).get("status") or {}).get("availableReplicas") or 0)


def _annotated(name: str, value: str) -> dict[str, Any]:
    return {"metadata": {"annotations": {name: value}}}
