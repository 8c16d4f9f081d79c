"""Writes core/v1 Events as a controller does, counting repetitions up instead of piling up.

An Event that cannot be written is logged and forgotten: it must never fail what it tells of.
"""

from __future__ import annotations

import logging
import secrets
from collections import OrderedDict
from collections.abc import Mapping
from typing import Any

from fluxtui.cluster.port import ApiResource, Cluster, Json
from fluxtui.domain.errors import ClusterError, NotFound
from fluxtui.kit.clock import Clock

_EVENTS = ApiResource("", "v1", "Event", "events")
_REMEMBERED = 512
_log = logging.getLogger(__name__)


class Recorder:
    """Events of one controller (`component`, one `instance` of it) in one cluster."""

    def __init__(self, cluster: Cluster, component: str, clock: Clock, instance: str = "") -> None:
        self._cluster = cluster
        self._component = component
        self._clock = clock
        self._instance = instance
        self._seen: OrderedDict[tuple[str, ...], tuple[str, int]] = OrderedDict()

    async def emit(
        self,
        obj: Mapping[str, Any],
        severity: str,
        reason: str,
        message: str,
        annotations: Mapping[str, str] | None = None,
        *,
        type_: ApiResource | None = None,
        field_path: str = "",
    ) -> None:
        """One Event; `severity` is Normal or Warning. `type_`: what the object is, where it does
        not say so itself (items of lists do not); `field_path`: which part of it. Never raises a
        ClusterError.
        """
        involved = _involved(obj, type_, field_path)
        space, notes = involved["namespace"] or "default", dict(annotations or {})
        words = {"type": severity, "reason": reason, "message": message}
        identity = (involved["uid"], space, involved["name"], field_path, *words.values())
        identity += tuple(notes.values())
        try:
            if identity not in self._seen or not await self._again(space, identity):
                name = f"{involved['name']}.{secrets.token_hex(8)}"
                metadata = {"name": name, "namespace": space, "annotations": notes}
                await self._first(
                    identity, {"metadata": metadata, "involvedObject": involved, **words}
                )
        except ClusterError as error:
            _log.warning("an event about %s/%s was lost: %s", space, involved["name"], error)

    async def _again(self, namespace: str, identity: tuple[str, ...]) -> bool:
        event, count = self._seen[identity]
        change = {"count": count + 1, "lastTimestamp": self._clock.stamp(0)}
        try:
            await self._cluster.patch(
                _EVENTS, namespace, event, change, field_manager=self._component
            )
        except NotFound:
            del self._seen[identity]
            return False
        self._seen[identity] = (event, count + 1)
        self._seen.move_to_end(identity)
        return True

    async def _first(self, identity: tuple[str, ...], event: Json) -> None:
        now = self._clock.stamp(0)
        whole = {
            "apiVersion": "v1",
            "kind": "Event",
            **event,
            "firstTimestamp": now,
            "lastTimestamp": now,
            "count": 1,
            "source": {"component": self._component},
            "reportingComponent": self._component,
            "reportingInstance": self._instance,
        }
        await self._cluster.create(_EVENTS, whole, field_manager=self._component)
        self._seen[identity] = (event["metadata"]["name"], 1)
        while len(self._seen) > _REMEMBERED:
            self._seen.popitem(last=False)


def _involved(obj: Mapping[str, Any], type_: ApiResource | None, field_path: str) -> Json:
    meta = obj.get("metadata")
    meta = meta if isinstance(meta, Mapping) else {}
    involved = {
        "apiVersion": obj.get("apiVersion") if type_ is None else type_.api_version,
        "kind": obj.get("kind") if type_ is None else type_.kind,
        "namespace": str(meta.get("namespace") or ""),
        "name": str(meta.get("name") or ""),
        "uid": str(meta.get("uid") or ""),
        "resourceVersion": meta.get("resourceVersion"),
    }
    return involved | ({"fieldPath": field_path} if field_path else {})
