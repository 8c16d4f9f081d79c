"""Events of the simulated components, in the order they were told; nobody waits for them.

A lost Event is nothing else: nobody may depend on them.
Needed by the product's events view and `kubectl describe`.
"""

from __future__ import annotations

import asyncio
import logging
from typing import Literal

from fluxtui.cluster import events
from fluxtui.cluster.port import ApiResource, Cluster, Json
from fluxtui.kit.clock import Clock

_LOG = logging.getLogger(__name__)
_MOST_WAITING = 2000

EventType = Literal["Normal", "Warning"]
_Told = tuple[str, ApiResource, Json, str, str, str, str]


class EventWriter:
    """Writes them in one task."""

    def __init__(self, cluster: Cluster, clock: Clock) -> None:
        self._cluster = cluster
        self._clock = clock
        self._queue: asyncio.Queue[_Told] = asyncio.Queue(_MOST_WAITING)
        self._components: dict[str, events.Recorder] = {}

    def event(
        self,
        type_: ApiResource,
        obj: Json,
        reason: str,
        message: str,
        *,
        component: str,
        severity: EventType = "Normal",
        field_path: str = "",
    ) -> None:
        """Tell that something happened to `obj`."""
        try:
            self._queue.put_nowait((component, type_, obj, severity, reason, message, field_path))
        except asyncio.QueueFull:
            _LOG.warning("too many Events are waiting: %s is lost", reason)

    async def run(self) -> None:
        """Write until cancelled."""
        while True:
            component, type_, obj, severity, reason, message, path = await self._queue.get()
            writer = self._components.setdefault(
                component, events.Recorder(self._cluster, component, self._clock)
            )
            await writer.emit(obj, severity, reason, message, type_=type_, field_path=path)
