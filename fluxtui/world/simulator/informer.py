"""Keeps one Cache equal to what an API says: list, watch, and list again when the thread is lost.

It only moves news into the cache; what they mean is the controllers' business.
"""

from __future__ import annotations

import asyncio
import logging

from fluxtui.cluster.port import Cluster
from fluxtui.domain.errors import ClusterError, Expired
from fluxtui.world.simulator.cache import Cache

_LOG = logging.getLogger(__name__)
_RECONNECT = 0.2
"""Seconds of real time between two attempts to reach an API that does not answer."""


class Informer:
    """Follows one kind; `synced` is set once everything that exists is known."""

    def __init__(self, cluster: Cluster, cache: Cache) -> None:
        self._cluster = cluster
        self._cache = cache
        self.synced = asyncio.Event()

    async def run(self) -> None:
        """Follow until cancelled."""
        version = ""
        while True:
            try:
                if not version:
                    version = await self._list()
                version = await self._watch(version)
            except Expired:
                version = ""
            except ClusterError as error:
                _LOG.debug("%s: %s", self._cache.type.plural, error)
                version = ""
                await asyncio.sleep(_RECONNECT)

    async def _list(self) -> str:
        listing = await self._cluster.list(self._cache.type)
        self._cache.replace(listing.items)
        self.synced.set()
        return listing.resource_version

    async def _watch(self, version: str) -> str:
        async for event in self._cluster.watch(self._cache.type, resource_version=version):
            version = str(event.object["metadata"]["resourceVersion"])
            if event.type == "BOOKMARK":
                continue
            if event.type == "DELETED":
                self._cache.drop(event.object)
            else:
                self._cache.put(event.object)
        return version
