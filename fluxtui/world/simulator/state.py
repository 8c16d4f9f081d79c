"""What all controllers of the simulator share: the API, the caches, the clock and the Events.

Writes go through here, so that their answers reach the caches before the next decision is made.
"""

from __future__ import annotations

import contextlib
import random
from collections.abc import Mapping
from typing import Any

from fluxtui.cluster.port import ApiResource, Cluster, Json
from fluxtui.domain.errors import ClusterError, Conflict, NotFound
from fluxtui.kit.clock import Clock
from fluxtui.world.simulator.cache import Cache, Key, key_of, uid_of
from fluxtui.world.simulator.recorder import EventWriter

MANAGER = "kube-controller-manager"
KUBELET = "kubelet"
SCHEDULER = "kube-scheduler"

_LETTERS = "bcdfghjklmnpqrstvwxz2456789"
"""Kubernetes' alphabet for generated names: no vowels, nothing that reads as something else."""


class SimState:
    """Caches by kind, and how to change what they show."""

    def __init__(self, cluster: Cluster, clock: Clock, *, seed: int | None = None) -> None:
        self.cluster = cluster
        self.clock = clock
        self.recorder = EventWriter(cluster, clock)
        self._caches: dict[tuple[str, str], Cache] = {}
        self._random = random.Random(seed)

    def cache(self, type_: ApiResource) -> Cache:
        """The cache of a kind, made on first use."""
        return self._caches.setdefault((type_.group, type_.kind), Cache(type_))

    def get(self, type_: ApiResource, key: Key) -> Json | None:
        """An object as last seen."""
        return self.cache(type_).get(key)

    def owned(self, type_: ApiResource, owner: Json) -> list[Json]:
        """The objects of a kind that `owner` controls, oldest first."""
        return self.cache(type_).owned_by(owner)

    def suffix(self, length: int = 5) -> str:
        """The random end of a generated name."""
        return "".join(self._random.choices(_LETTERS, k=length))

    def stamp(self) -> str:
        """Now, as the API writes it (RFC 3339, whole seconds, UTC)."""
        return self.clock.stamp(0)

    async def create(self, type_: ApiResource, obj: Json, *, manager: str = MANAGER) -> Json | None:
        """Create; None when somebody was faster (the news are on their way)."""
        try:
            new = await self.cluster.create(type_, obj, field_manager=manager)
        except Conflict:
            return None
        self.cache(type_).put(new)
        return new

    async def patch(
        self, type_: ApiResource, obj: Json, patch: Mapping[str, Any], *, manager: str = MANAGER
    ) -> Json:
        """Merge-patch the very version seen. Raises Conflict when it has changed since."""
        body = {**patch, "metadata": {**(patch.get("metadata") or {}), **_lock(obj)}}
        namespace, name = key_of(obj)
        new = await self.cluster.patch(type_, namespace, name, body, field_manager=manager)
        self.cache(type_).put(new)
        return new

    async def set_status(
        self,
        type_: ApiResource,
        obj: Json,
        status: Json,
        *,
        manager: str = MANAGER,
        subresource: str = "status",
    ) -> Json:
        """Make the status equal to `status`; nothing is sent when it already is."""
        old = obj.get("status") or {}
        if old == status:
            return obj
        change = {key: value for key, value in status.items() if old.get(key) != value}
        change |= {key: None for key in old if key not in status}
        namespace, name = key_of(obj)
        new = await self.cluster.patch(
            type_,
            namespace,
            name,
            {"metadata": _lock(obj), "status": change},
            field_manager=manager,
            subresource=subresource,
        )
        self.cache(type_).put(new)
        return new

    async def delete(self, type_: ApiResource, obj: Json) -> None:
        """Delete this very object; it being gone is fine."""
        namespace, name = key_of(obj)
        with contextlib.suppress(NotFound, Conflict):
            await self.cluster.delete(type_, namespace, name, uid=uid_of(obj))
        # An API that ends Pods gracefully keeps them for a while.
        await self._look_again(type_, obj)

    async def remove(self, type_: ApiResource, obj: Json) -> None:
        """Delete this very object without grace, as a kubelet does a Pod that has ended.

        Raises NotFound, Conflict.
        """
        namespace, name = key_of(obj)
        await self.cluster.delete(type_, namespace, name, uid=uid_of(obj), grace=0)
        await self._look_again(type_, obj)

    async def _look_again(self, type_: ApiResource, obj: Json) -> None:
        namespace, name = key_of(obj)
        try:
            live = await self.cluster.get(type_, namespace, name)
        except NotFound:
            self.cache(type_).drop(obj)
            return
        except ClusterError:
            return
        if uid_of(live) == uid_of(obj):
            self.cache(type_).put(live)
        else:
            self.cache(type_).drop(obj)


def _lock(obj: Json) -> Json:
    return {"resourceVersion": obj["metadata"]["resourceVersion"]}
