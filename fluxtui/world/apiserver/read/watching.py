"""Watches: a sequence of changes from a resourceVersion on, through a selector.

A `Watch` yields lines to send; what leaves the selector is DELETED to the watcher, what enters it
is ADDED. It waits on the bucket's condition and holds only a position. How lines become HTTP
chunks is the handler's concern.
Needed by every feed of the product and by `kubectl get -w`.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

from fluxtui.world.apiserver.read.list_options import ListOptions
from fluxtui.world.apiserver.status import Json, StatusError, expired
from fluxtui.world.apiserver.store import Bucket, Event, ObjectStore, Stored, dumps

# (change, object) -> the line to send
Render = Callable[[str, Stored], bytes]
BOOKMARK_EVERY = 60.0
BOOKMARK_BEFORE_END = 2.0


def error_line(error: StatusError) -> bytes:
    return dumps({"type": "ERROR", "object": error.body()}) + b"\n"


class Watch:
    """One watcher. `stopped` is polled whenever it wakes: a reason to end, or None to go on."""

    def __init__(
        self,
        store: ObjectStore,
        bucket: Bucket,
        options: ListOptions,
        seconds: float,
        sees: Callable[[Stored], bool],
        render: Render,
        bookmark: Callable[[int, bool], bytes] | None,
        stopped: Callable[[], StatusError | bool],
    ) -> None:
        self._store = store
        self._bucket = bucket
        self._since = options.version
        self._begins = options.initial
        self._seconds = seconds
        self._sees = sees
        self._render = render
        self._bookmark = bookmark
        self._stopped = stopped
        self._initial: list[Stored] = []
        self._version = 0
        self._position = 0
        self._failed: StatusError | None = None
        with store.lock:
            if self._begins:
                self._begin()
            else:
                self._resume()

    def _resume(self) -> None:
        """Go on after the version asked for."""
        bucket, since = self._bucket, self._since
        if since < bucket.compacted:
            self._failed = expired(f"too old resource version: {since} ({bucket.compacted})")
        self._version = since
        self._position = bucket.position(since)

    def _begin(self) -> None:
        """Begin with the present state."""
        bucket = self._bucket
        self._version = self._store.rv
        self._initial = [
            bucket.objects[key] for key in bucket.order() if self._sees(bucket.objects[key])
        ]
        self._position = bucket.first + len(bucket.events)

    def lines(self) -> Iterator[bytes]:
        """Batches of lines until the time is up, the watch is stopped or its position is lost."""
        start = time.monotonic()
        deadline = start + self._seconds
        mark_at = _next_mark(start, deadline)
        if self._failed is not None:
            yield error_line(self._failed)
            return
        if self._initial:
            yield b"".join(self._render("ADDED", stored) for stored in self._initial)
            self._initial = []
        if self._begins and self._bookmark is not None:
            yield self._bookmark(self._version, True)
        while True:
            events, error = self._next(min(deadline, mark_at))
            if events:
                batch = b"".join(line for e in events if (line := self._line(e)))
                self._version = events[-1].rv
                if batch:
                    yield batch
            if error is not None:
                if not isinstance(error, bool):
                    yield error_line(error)
                return
            now = time.monotonic()
            if now >= deadline:
                return
            if now >= mark_at:
                mark_at = _next_mark(now, deadline)
                if self._bookmark is not None:
                    yield self._bookmark(self._version, False)

    def _next(self, until: float) -> tuple[list[Event], StatusError | bool | None]:
        """The events since the last call; waits for one until the given monotonic time."""
        bucket = self._bucket
        with self._store.lock:
            while True:
                stop = self._stopped()
                if stop:
                    return [], stop
                if self._position < bucket.first:
                    return [], expired(
                        f"too old resource version: {self._version} ({bucket.compacted + 1})"
                    )
                events = bucket.events[self._position - bucket.first :]
                if events:
                    self._position += len(events)
                    return events, None
                pause = until - time.monotonic()
                if pause <= 0:
                    self._version = max(self._version, self._store.rv)
                    return [], None
                bucket.changed.wait(pause)

    def _line(self, event: Event) -> bytes:
        before = event.before is not None and self._sees(event.before)
        if event.change == "DELETED":
            return self._render("DELETED", event.stored) if before else b""
        after = self._sees(event.stored)
        if after:
            return self._render("MODIFIED" if before else "ADDED", event.stored)
        if before and event.before is not None:
            return self._render("DELETED", _left(event.before, event.rv))
        return b""


def _next_mark(now: float, deadline: float) -> float:
    """When the next bookmark is due: every minute, and shortly before the end."""
    last = deadline - BOOKMARK_BEFORE_END
    return min(now + BOOKMARK_EVERY, last) if now < last else deadline


def _left(before: Stored, rv: int) -> Stored:
    """The last state the watcher could see, under the version of its leaving."""
    metadata: Json = before.obj["metadata"] | {"resourceVersion": str(rv)}
    return Stored(before.obj | {"metadata": metadata}, rv)
