"""Writes core/v1 Events about the objects reconciled, counting repetitions up instead of piling up.

An Event that cannot be written is logged and forgotten: it must never fail a reconciliation.
"""

from __future__ import annotations

import logging
import secrets
from collections import OrderedDict
from collections.abc import Mapping

from fluxtui.cluster.port import ApiResource, Cluster, Json
from fluxtui.domain.errors import ClusterError, NotFound
from fluxtui.kit.clock import Clock
from fluxtui.reconciler import objects
from fluxtui.reconciler.subject import stamp

_EVENTS = ApiResource("", "v1", "Event", "events")
_REMEMBERED = 512
_log = logging.getLogger(__name__)


class Recorder:
    """Events of one controller (`component`) in one cluster."""

    def __init__(self, cluster: Cluster, component: str, clock: Clock) -> None:
        self._cluster = cluster
        self._component = component
        self._clock = clock
        self._seen: OrderedDict[tuple[str, ...], tuple[str, int]] = OrderedDict()

    async def emit(
        self,
        obj: Mapping[str, object],
        type_: str,
        reason: str,
        message: str,
        annotations: Mapping[str, str] | None = None,
    ) -> None:
        """One Event; `type_` is Normal or Warning. Never raises a ClusterError."""
        name = objects.name_of(obj)
        uid = objects.text(objects.metadata(obj).get("uid"))
        annotations = dict(annotations or {})
        same = (uid, name.namespace, name.name, type_, reason, message, *annotations.values())
        try:
            if same not in self._seen or not await self._again(name.namespace, same):
                await self._first(obj, name, same, annotations)
        except ClusterError as error:
            _log.warning("an event about %s was lost: %s", name, error)

    async def _again(self, namespace: str, same: tuple[str, ...]) -> bool:
        event, count = self._seen[same]
        try:
            await self._cluster.patch(
                _EVENTS,
                namespace,
                event,
                {"count": count + 1, "lastTimestamp": stamp(self._clock)},
                field_manager=self._component,
            )
        except NotFound:
            del self._seen[same]
            return False
        self._seen[same] = (event, count + 1)
        self._seen.move_to_end(same)
        return True

    async def _first(
        self,
        obj: Mapping[str, object],
        name: objects.Name,
        same: tuple[str, ...],
        annotations: dict[str, str],
    ) -> None:
        uid, _, _, type_, reason, message, *_ = same
        event = f"{name.name}.{secrets.token_hex(8)}"
        now = stamp(self._clock)
        body: Json = {
            "apiVersion": "v1",
            "kind": "Event",
            "metadata": {"name": event, "namespace": name.namespace, "annotations": annotations},
            "involvedObject": {
                "apiVersion": obj.get("apiVersion"),
                "kind": obj.get("kind"),
                "namespace": name.namespace,
                "name": name.name,
                "uid": uid,
                "resourceVersion": objects.metadata(obj).get("resourceVersion"),
            },
            "type": type_,
            "reason": reason,
            "message": message,
            "firstTimestamp": now,
            "lastTimestamp": now,
            "count": 1,
            "source": {"component": self._component},
            "reportingComponent": self._component,
            "reportingInstance": "fluxtui",
        }
        await self._cluster.create(_EVENTS, body, field_manager=self._component)
        self._seen[same] = (event, 1)
        while len(self._seen) > _REMEMBERED:
            self._seen.popitem(last=False)
