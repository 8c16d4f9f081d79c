"""Events, as Kubernetes' components leave them, without making anybody wait.

Repeated news about one object become one Event whose count grows. A lost Event is logged and
nothing else: nobody may depend on them.
Needed by the product's events view and `kubectl describe`.
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
from typing import Any, Literal

from fluxtui.cluster.port import ApiResource, Cluster, Json
from fluxtui.domain.errors import ClusterError, NotFound
from fluxtui.kit.clock import Clock
from fluxtui.world.simulator.cache import key_of, uid_of
from fluxtui.world.simulator.kinds import EVENT

_LOG = logging.getLogger(__name__)
_MOST_WAITING = 2000

EventType = Literal["Normal", "Warning"]


class Recorder:
    """Writes Events in the order in which they were told, in one task."""

    def __init__(self, cluster: Cluster, clock: Clock) -> None:
        self._cluster = cluster
        self._clock = clock
        self._queue: asyncio.Queue[Json] = asyncio.Queue(_MOST_WAITING)
        self._known: dict[str, Json] = {}

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
        namespace, name = key_of(obj)
        involved: Json = {
            "apiVersion": type_.api_version,
            "kind": type_.kind,
            "namespace": namespace,
            "name": name,
            "uid": uid_of(obj),
            "resourceVersion": obj["metadata"].get("resourceVersion", ""),
        }
        if field_path:
            involved["fieldPath"] = field_path
        now = self._clock.stamp(0)
        event: Json = {
            "apiVersion": "v1",
            "kind": "Event",
            "metadata": {"namespace": namespace or "default", "name": ""},
            "involvedObject": involved,
            "reason": reason,
            "message": message,
            "type": severity,
            "count": 1,
            "firstTimestamp": now,
            "lastTimestamp": now,
            "source": {"component": component},
            "reportingComponent": component,
            "reportingInstance": "",
        }
        try:
            self._queue.put_nowait(event)
        except asyncio.QueueFull:
            _LOG.warning("too many Events are waiting: %s %s is lost", reason, name)

    async def run(self) -> None:
        """Write until cancelled."""
        while True:
            event = await self._queue.get()
            try:
                await self._write(event)
            except ClusterError as error:
                _LOG.debug("an Event was lost: %s", error)
            finally:
                self._queue.task_done()

    async def drained(self) -> None:
        """Wait until everything told so far is written."""
        await self._queue.join()

    async def _write(self, event: Json) -> None:
        kind = _fingerprint(event)
        known = self._known.get(kind)
        if known is not None:
            try:
                self._known[kind] = await self._again(known, event)
                return
            except NotFound:
                del self._known[kind]
        event["metadata"]["name"] = f"{event['involvedObject']['name']}.{kind}"
        self._known[kind] = await self._cluster.create(
            EVENT, event, field_manager=event["source"]["component"]
        )

    async def _again(self, known: Json, event: Json) -> Json:
        namespace, name = key_of(known)
        change: dict[str, Any] = {
            "count": int(known.get("count") or 1) + 1,
            "lastTimestamp": event["lastTimestamp"],
        }
        return await self._cluster.patch(
            EVENT, namespace, name, change, field_manager=event["source"]["component"]
        )


def _fingerprint(event: Json) -> str:
    involved = event["involvedObject"]
    text = "\0".join(
        (
            str(involved["uid"]),
            str(involved.get("fieldPath", "")),
            str(event["reason"]),
            str(event["message"]),
            str(event["source"]["component"]),
        )
    )
    return hashlib.sha256(text.encode()).hexdigest()[:16]
