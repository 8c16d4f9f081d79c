"""A live copy of all objects of one kind: list, then watch, for ever.

Bookmarks move the resume point, an expired watch lists again and reports the difference, and a
fault waits with growing delays. Handlers are plain functions and must not raise. Nothing here
knows what the objects mean.
"""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Callable

from fluxtui.cluster.port import ApiResource, Cluster, Json
from fluxtui.domain.errors import ClusterError, Expired, NotFound, Unreachable
from fluxtui.kit.clock import Clock
from fluxtui.reconciler.objects import Name, name_of

Changed = Callable[[Json | None, Json | None], None]
_log = logging.getLogger(__name__)
_FIRST_DELAY, _LONGEST_DELAY = 0.8, 30.0


class Feed:
    """Objects of one kind by name. `changed(old, new)` hears of every difference.

    Top-level fields named in `without` are not kept.
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
        self._cluster = cluster
        self._api_version = api_version
        self._kind = kind
        self._clock = clock
        self._changed = changed
        self._labels = label_selector
        self._without = without
        self._version = ""
        self._delay = _FIRST_DELAY

    async def run(self) -> None:
        """Follow for ever; ends only by cancellation."""
        while True:
            try:
                type_ = await self._cluster.find(self._api_version, self._kind)
                if not self._version:
                    await self._list(type_)
                await self._watch(type_)
                self._delay = _FIRST_DELAY
            except Expired:
                self._version = ""
            except NotFound:
                self._absent()
                await self._pause()
            except ClusterError as error:
                if not isinstance(error, Unreachable):
                    self._version = ""
                _log.info("following %s: %s", self._kind, error)
                await self._pause()

    async def _pause(self) -> None:
        await self._clock.sleep(self._delay * random.uniform(0.5, 1.0))
        self._delay = min(self._delay * 2, _LONGEST_DELAY)

    def _absent(self) -> None:
        """The kind is not served (yet): then there are no objects of it."""
        self._version = ""
        for name in list(self.objects):
            self._put(name, None)
        self.synced.set()

    async def _list(self, type_: ApiResource) -> None:
        listing = await self._cluster.list(type_, label_selector=self._labels)
        fresh = {name_of(obj): obj for obj in listing.items}
        for name in [name for name in self.objects if name not in fresh]:
            self._put(name, None)
        for name, obj in fresh.items():
            self._put(name, obj)
        self._version = listing.resource_version
        self.synced.set()

    async def _watch(self, type_: ApiResource) -> None:
        events = self._cluster.watch(
            type_,
            resource_version=self._version,
            label_selector=self._labels,
            timeout=random.uniform(240, 480),
        )
        async for event in events:
            meta = event.object.get("metadata")
            if isinstance(meta, dict) and meta.get("resourceVersion"):
                self._version = str(meta["resourceVersion"])
            if event.type != "BOOKMARK":
                gone = event.type == "DELETED"
                self._put(name_of(event.object), None if gone else event.object)
            self._delay = _FIRST_DELAY

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
