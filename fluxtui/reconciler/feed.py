"""A live copy of all objects of one kind, and what of it changed; following is the Reflector's.

Handlers are plain functions and must not raise. Nothing here knows what the objects mean.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

from fluxtui.cluster.port import ApiResource, Cluster, Json
from fluxtui.cluster.reflector import FeedPace, FeedTarget, Reflector
from fluxtui.domain.knowledge import FeedState
from fluxtui.kit.clock import Clock
from fluxtui.reconciler.objects import Name, name_of

Changed = Callable[[Json | None, Json | None], None]
_log = logging.getLogger(__name__)
_PACE = FeedPace(parked=20.0)


class KindFeed:
    """Objects of one kind by name. `changed(old, new)` hears of every difference.

    Top-level fields named in `without` are not kept. `synced`: all there is has been seen once; of
    a kind that is not served (yet) that is nothing.
    """

    def __init__(
        self,
        cluster: Cluster,
        api_version: str,
        kind: str,
        clock: Clock,
        changed: Changed,
        *,
        label_selector: str = "",
        without: tuple[str, ...] = (),
    ) -> None:
        self.objects: dict[Name, Json] = {}
        self.synced = asyncio.Event()
        self._kind = kind
        self._changed = changed
        self._without = without
        group, _, version = api_version.rpartition("/")
        target = FeedTarget((group, kind), version, labels=label_selector)
        self._reflector = Reflector(cluster, target, self, clock, _PACE, resolve=_exactly)

    async def run(self) -> None:
        """Follow for ever; ends only by cancellation."""
        await self._reflector.run()

    async def replace(self, objects: list[Json]) -> None:
        """The whole content."""
        fresh = {name_of(obj): obj for obj in objects}
        for name in [name for name in self.objects if name not in fresh]:
            self._put(name, None)
        for name, obj in fresh.items():
            self._put(name, obj)
        self.synced.set()

    def put(self, obj: Json) -> None:
        """One is new or changed."""
        self._put(name_of(obj), obj)

    def drop(self, obj: Json) -> None:
        """One is gone."""
        self._put(name_of(obj), None)

    def state(
        self, state: FeedState, message: str = "", *, next: str = "", trouble: str = ""
    ) -> None:
        """How the following goes."""
        if state is FeedState.ABSENT:
            for name in list(self.objects):
                self._put(name, None)
            self.synced.set()
        elif message:
            _log.info("following %s: %s", self._kind, message)

    def _put(self, name: Name, obj: Json | None) -> None:
        old = self.objects.get(name)
        if obj is None:
            self.objects.pop(name, None)
        else:
            meta = obj.get("metadata")
            if isinstance(meta, dict):
                meta.pop("managedFields", None)
            for field in self._without:
                obj.pop(field, None)
            self.objects[name] = obj
        if old is not None or obj is not None:
            self._changed(old, obj)


async def _exactly(cluster: Cluster, target: FeedTarget) -> ApiResource:
    """The one version that we know to reconcile, and no other. Raises NotFound."""
    return await cluster.find(target.api_version, target.kind[1])
