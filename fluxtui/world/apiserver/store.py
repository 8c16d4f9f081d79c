"""The objects and their history: one lock, one resourceVersion counter, a ring of events a kind.

Objects are frozen by convention: whoever changes one makes a new dict and puts that. Nothing here
knows Kubernetes semantics beyond versions and order; the write rules live in writes.py.
Needed by all; the ring by the feeds' tests of expired watches.
"""

from __future__ import annotations

import json
import threading
from bisect import bisect_left, insort
from collections.abc import Callable, Iterator
from typing import Any, Literal

from fluxtui.world.apiserver.status import Json

Key = tuple[str, str]  # (namespace, name); namespace is "" for cluster-wide kinds
Change = Literal["ADDED", "MODIFIED", "DELETED"]

_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def path_of(key: Key) -> str:
    """Where etcd keeps it, and so its place in lists: `flux-system/x` comes before `flux/x`."""
    return f"{key[0]}/{key[1]}" if key[0] else key[1]


def dumps(value: Any) -> bytes:
    """Compact UTF-8 JSON."""
    return _encode(value).encode("utf-8")


class Stored:
    """One version of one object: the dict, its resourceVersion, and its bytes once asked for."""

    __slots__ = ("_data", "obj", "rv")

    def __init__(self, obj: Json, rv: int) -> None:
        self.obj = obj
        self.rv = rv
        self._data: bytes | None = None

    @property
    def data(self) -> bytes:
        if self._data is None:
            self._data = dumps(self.obj)
        return self._data


class Event:
    """A change: what it is now, and what it was (None when it was added)."""

    __slots__ = ("before", "change", "key", "rv", "stored")

    def __init__(self, change: Change, key: Key, stored: Stored, before: Stored | None) -> None:
        self.change = change
        self.key = key
        self.stored = stored
        self.before = before
        self.rv = stored.rv


class Bucket:
    """All objects of one resource, their order, and the newest events about them.

    `first` counts the events that have fallen out of the ring, so that a watcher can hold a
    position; `compacted` is the highest resourceVersion that cannot be resumed from any more.
    """

    def __init__(self, lock: threading.RLock, ring: int, compacted: int) -> None:
        self.objects: dict[Key, Stored] = {}
        self.events: list[Event] = []
        self.first = 0
        self.compacted = compacted
        self.changed = threading.Condition(lock)
        self._ring = ring
        self._order: list[Key] = []

    def order(self) -> list[Key]:
        """Keys in etcd's order. Not to be changed, nor kept without the lock."""
        return self._order

    def record(self, event: Event) -> None:
        if event.change == "DELETED":
            if self.objects.pop(event.key, None) is not None:
                del self._order[bisect_left(self._order, path_of(event.key), key=path_of)]
        else:
            if event.key not in self.objects:
                insort(self._order, event.key, key=path_of)
            self.objects[event.key] = event.stored
        self.events.append(event)
        if len(self.events) >= 2 * self._ring:
            self.compact(self._ring)
        self.changed.notify_all()

    def compact(self, keep: int = 0) -> None:
        """Forget all but the newest `keep` events."""
        drop = len(self.events) - keep
        if drop > 0:
            self.compacted = self.events[drop - 1].rv
            del self.events[:drop]
            self.first += drop

    def position(self, rv: int) -> int:
        """The position of the first event after `rv`."""
        low, high = 0, len(self.events)
        while low < high:
            middle = (low + high) // 2
            if self.events[middle].rv <= rv:
                low = middle + 1
            else:
                high = middle
        return self.first + low


class ObjectStore:
    """Every bucket. `lock` is held across a read-modify-write; reading one object needs none."""

    def __init__(self, *, ring: int = 2000) -> None:
        self.lock = threading.RLock()
        self.rv = 1
        self._ring = ring
        self._floor = 0  # nothing older can be resumed from, in any bucket
        self._buckets: dict[tuple[str, str], Bucket] = {}
        self.by_uid: dict[str, tuple[tuple[str, str], Key]] = {}
        self.listeners: list[Callable[[tuple[str, str], Event], None]] = []

    def bucket(self, resource: tuple[str, str]) -> Bucket:
        """A resource's objects. Nothing from before its first use can be resumed from."""
        bucket = self._buckets.get(resource)
        if bucket is None:
            with self.lock:
                bucket = self._buckets.setdefault(
                    resource, Bucket(self.lock, self._ring, max(self.rv, self._floor))
                )
        return bucket

    def get(self, resource: tuple[str, str], key: Key) -> Stored | None:
        return self.bucket(resource).objects.get(key)

    def put(self, resource: tuple[str, str], key: Key, obj: Json) -> Stored:
        """Store `obj`, a dict the caller owns, under the next resourceVersion."""
        with self.lock:
            bucket = self.bucket(resource)
            before = bucket.objects.get(key)
            stored = self._stamp(obj)
            change: Change = "MODIFIED" if before is not None else "ADDED"
            event = Event(change, key, stored, before)
            self.by_uid[stored.obj["metadata"]["uid"]] = (resource, key)
            bucket.record(event)
            self._tell(resource, event)
            return stored

    def remove(self, resource: tuple[str, str], key: Key, obj: Json | None = None) -> Stored:
        """Remove an object; `obj` is its last state where that differs from the stored one."""
        with self.lock:
            bucket = self.bucket(resource)
            before = bucket.objects[key]
            stored = self._stamp(before.obj if obj is None else obj)
            event = Event("DELETED", key, stored, before)
            self.by_uid.pop(before.obj["metadata"]["uid"], None)
            bucket.record(event)
            self._tell(resource, event)
            return stored

    def _stamp(self, obj: Json) -> Stored:
        self.rv += 1
        metadata = obj["metadata"] | {"resourceVersion": str(self.rv)}
        return Stored(obj | {"metadata": metadata}, self.rv)

    def _tell(self, resource: tuple[str, str], event: Event) -> None:
        for listener in self.listeners:
            listener(resource, event)

    def each(self, resource: tuple[str, str], namespace: str = "") -> Iterator[Stored]:
        """A stable iteration over one resource, in order; all namespaces when empty."""
        with self.lock:
            bucket = self.bucket(resource)
            items = [
                bucket.objects[k] for k in bucket.order() if not namespace or k[0] == namespace
            ]
        return iter(items)

    def buckets(self) -> list[tuple[tuple[str, str], Bucket]]:
        with self.lock:
            return list(self._buckets.items())

    def compact(self) -> None:
        """Forget all history: every older resourceVersion is answered with 410 from now on."""
        with self.lock:
            for _, bucket in self.buckets():
                bucket.compact()
                bucket.compacted = self.rv
            self._floor = self.rv

    def wake(self) -> None:
        """Wake every watcher (a shutdown, a fault)."""
        with self.lock:
            for bucket in self._buckets.values():
                bucket.changed.notify_all()
