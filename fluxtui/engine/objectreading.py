"""Reads what only an API says of one object: who owns its fields, its Events, its inventory.

Asked when somebody looks at the object and at no other time; a bounded number of requests at once.
Each part fails for itself, with the reason. A Secret is never read: only what names it is known.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import replace
from types import MappingProxyType

from fluxtui.cluster.port import ApiResource, Cluster
from fluxtui.domain.board import ObjectLine
from fluxtui.domain.detail import inventory_versions
from fluxtui.domain.detail.managers import owned_fields_of, shared_fields_of
from fluxtui.domain.detail.values import EventLine, InventoryReading, ObjectReading
from fluxtui.domain.errors import FluxtuiError, NotFound
from fluxtui.domain.kinds.reading import mapping_at, text_at, whole_at
from fluxtui.domain.resource import Key, Resource
from fluxtui.engine.publication.store import Store
from fluxtui.kit.moments import order

AT_ONCE = 6
MOST_ENTRIES = 500
"""Entries of one inventory that are read; of more, that is said."""
MOST_EVENTS = 20
_TROUBLED = 12  # entries whose Events are read
_EVENTS = ApiResource("", "v1", "Event", "events")
_SETTLED = frozenset({"Current"})


class ObjectReader:
    """Lives on the Engine's loop."""

    def __init__(self, store: Store, cluster: Callable[[str], Cluster]) -> None:
        self._store = store
        self._cluster = cluster

    async def object(self, key: Key) -> ObjectReading:
        """Who owns its fields, and its Events. Raises Unreachable without a connection, NotFound
        of what is not known here."""
        cluster = self._cluster(key.environment)
        resource = self._store.snapshot.get(key)
        if resource is None:
            raise NotFound(f"{key.label} is not there", where=key.environment)
        owned, (told, fault) = await asyncio.gather(
            _owned(cluster, resource), _events(cluster, key, resource.uid)
        )
        return replace(owned, events=told, events_fault=fault)

    async def inventory(self, key: Key) -> InventoryReading:
        """Entries that no feed brings. Raises Unreachable without a connection."""
        cluster, snapshot = self._cluster(key.environment), self._store.snapshot
        resource = snapshot.get(key)
        entries = list(inventory_versions(resource)) if resource is not None else []
        unread = [entry for entry in entries if snapshot.get(entry[0]) is None]
        slots = asyncio.Semaphore(AT_ONCE)
        lines = await asyncio.gather(
            *(_line(cluster, entry, version, slots) for entry, version in unread[:MOST_ENTRIES])
        )
        by_key = {line.key: line for line in lines}
        troubled = [line.key for line in lines if line.status not in _SETTLED]
        told = await asyncio.gather(*(_bounded(slots, cluster, k) for k in troubled[:_TROUBLED]))
        more = len(unread) - MOST_ENTRIES
        fault = f"{more} more entries were not read" if more > 0 else ""
        return InventoryReading(
            MappingProxyType(by_key),
            tuple(event for events, _fault in told for event in events),
            fault,
        )


async def _owned(cluster: Cluster, resource: Resource) -> ObjectReading:
    key = resource.key
    try:
        type_ = await cluster.find(resource.api_version, key.kind)
        body = await cluster.get(type_, key.namespace, key.name)
    except FluxtuiError as error:
        return ObjectReading(owned_fault=str(error))
    return ObjectReading(owned_fields_of(body), shared_fields_of(body))


async def _line(cluster: Cluster, key: Key, version: str, slots: asyncio.Semaphore) -> ObjectLine:
    from fluxtui.domain.health import reader_status

    if (key.group, key.kind) == ("", "Secret"):
        return ObjectLine(key, "Unknown", "Secrets are not read for this")
    async with slots:
        try:
            api_version = f"{key.group}/{version}" if key.group else version or "v1"
            type_ = await cluster.find(api_version, key.kind)
            body = await cluster.get(type_, key.namespace, key.name)
        except NotFound as error:
            return ObjectLine(key, "NotFound", str(error))
        except FluxtuiError as error:
            return ObjectLine(key, "Unknown", f"not read: {error}")
    health = reader_status(body)
    return ObjectLine(key, str(health.status.value), health.message)


async def _bounded(
    slots: asyncio.Semaphore, cluster: Cluster, key: Key
) -> tuple[tuple[EventLine, ...], str]:
    async with slots:
        return await _events(cluster, key, "")


async def _events(cluster: Cluster, key: Key, uid: str) -> tuple[tuple[EventLine, ...], str]:
    """Its newest Events, newest first, and why there are none to tell. `uid`: of this object and
    not of one before it that had its name."""
    selector = f"involvedObject.kind={key.kind},involvedObject.name={key.name}"
    try:
        listing = await cluster.list(_EVENTS, key.namespace or "default", field_selector=selector)
    except FluxtuiError as error:
        return (), str(error)
    resources = (Resource.from_object(key.environment, {**_KIND, **item}) for item in listing.items)
    told = [event_line(key, one) for one in resources if _is_about(one, key, uid)]
    return tuple(newest_first(told)[:MOST_EVENTS]), ""


_KIND = {"apiVersion": "v1", "kind": "Event"}


def newest_first(events: Iterable[EventLine]) -> list[EventLine]:
    """In the order in which people read them."""
    return sorted(events, key=lambda event: order(event.last), reverse=True)


def event_line(key: Key, event: Resource) -> EventLine:
    """What an Event says of the object."""
    extra = event.extra
    series = mapping_at(extra, "series")
    times = (
        text_at(series, "lastObservedTime"),
        text_at(extra, "lastTimestamp"),
        text_at(extra, "eventTime"),
        event.created,
    )
    return EventLine(
        key,
        text_at(extra, "type"),
        text_at(extra, "reason"),
        text_at(extra, "message"),
        next((time for time in times if time), ""),
        whole_at(series, "count") or whole_at(extra, "count") or 1,
        text_at(extra, "reportingComponent") or text_at(extra, "source", "component"),
    )


def _is_about(event: Resource, key: Key, uid: str) -> bool:
    involved = mapping_at(event.extra, "involvedObject")
    group = text_at(involved, "apiVersion").rpartition("/")[0]
    own = text_at(involved, "uid")
    return group == key.group and not (uid and own and own != uid)
