"""What one Reflector sees, as Resources in the Store: for every Environment that sees it.

Objects that cannot be read become findings, Events are kept to a number. It decides nothing about
which feeds there are.
"""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Callable, Iterable, Mapping, Sequence

from fluxtui.cluster.port import Json
from fluxtui.cluster.reflector import FeedTarget
from fluxtui.domain.board import EVENT, Finding, Severity
from fluxtui.domain.config import Environment
from fluxtui.domain.knowledge import FeedState
from fluxtui.domain.resource import Key, Resource
from fluxtui.domain.snapshot import Feed
from fluxtui.engine.feeds.shapes import misshapen
from fluxtui.engine.publication.store import Store
from fluxtui.kit.clock import Clock
from fluxtui.kit.moments import order

_CHUNK = 200
_MANY = 1000
EVENTS_KEPT = 1000


class ApiSink:
    """Takes what one Reflector sees into the Store, for every Environment that sees it."""

    def __init__(
        self,
        target: FeedTarget,
        environments: Sequence[Environment],
        store: Store,
        clock: Clock,
        judged: Callable[[], None],
        refused: Callable[[], bool] = lambda: False,
    ) -> None:
        """`refused` is asked when the kind may not be read: True when others take its place."""
        self.environments = tuple(environments)
        self.now = FeedState.STARTING
        self.message = ""
        self._target = target
        self._store = store
        self._clock = clock
        self._judged = judged
        self._refused = refused
        self._since = 0.0
        self._have: dict[tuple[str, str], tuple[str, str]] = {}
        self._taken: set[tuple[str, str]] = set()  # of a list whose last page has not come
        self._closed = False
        # Memory is bounded by objects, not by Events: Flux writes one per reconciliation.
        self._bounded = target.kind == EVENT
        self._page: list[Json] = []

    @property
    def empty(self) -> bool:
        """Whether it has no object."""
        return not self._have

    async def part(self, objects: list[Json], begins: bool) -> None:
        """A page of what `replace` has the last of. `begins`: what came before it was of another
        list."""
        if begins:
            self._taken.clear()
            self._page.clear()
        if self._bounded:  # which of them are the last to be seen, the last page tells
            self._page += objects
        else:
            self._taken.update(map(_place, objects))
            await self._take(objects)

    async def replace(self, objects: list[Json]) -> None:
        if self._bounded:
            whole, self._page = [*self._page, *objects], []
            objects[:] = sorted(whole, key=_last_seen)[-EVENTS_KEPT:]
        gone = self._have.keys() - self._taken - set(map(_place, objects))
        many = len(objects) + len(self._taken)
        self._taken.clear()
        await self._take(objects)
        for place in gone:
            self._remove(place)
        if many >= _MANY:
            # They live long: without this every full collection would walk them all with the
            # interpreter stopped (docs/architecture.md#costs).
            gc.freeze()

    async def _take(self, objects: list[Json]) -> None:
        objects.reverse()
        while objects:
            if len(objects) % _CHUNK == 0:
                # Thousands of objects must not hold up the other feeds of the loop.
                await asyncio.sleep(0)
            # Let go of one by one: the next Resource lives where the last raw object was.
            obj = objects.pop()
            place, version = _place(obj), _version(obj)
            if self._have.get(place) != version or not version[1]:
                self.put(obj)

    def put(self, obj: Json) -> None:
        if self._closed:
            return
        place = _place(obj)
        self._have.pop(place, None)
        self._have[place] = _version(obj)
        if self._bounded and len(self._have) > EVENTS_KEPT:
            self._remove(next(iter(self._have)))
        for environment in self._seeing(place[0]):
            key = self._key(environment, place)
            try:
                resource = Resource.from_object(environment.name, obj)
                problem = misshapen(self._target.kind, obj)
            except (ValueError, TypeError, AttributeError) as error:
                self._store.note(("malformed", key), _finding(key, str(error)))
                continue
            self._store.put(resource)
            self._store.note(("malformed", key), _finding(key, problem) if problem else None)

    def drop(self, obj: Json) -> None:
        self._remove(_place(obj))

    def state(
        self, state: FeedState, message: str = "", *, next: str = "", trouble: str = ""
    ) -> None:
        if self._closed or (state is FeedState.FORBIDDEN and self._refused()):
            return
        if state is not self.now or not self._since:
            self._since = self._clock.now()
        self.now, self.message = state, message
        for environment in self.environments:
            row = Feed(
                environment.name,
                self._target.kind,
                self._target.namespace,
                state,
                message,
                self._since,
                next,
                trouble,
            )
            self._store.feed((environment.name, self._target), row)
        self._judged()

    def close(self, heirs: Iterable[ApiSink] = ()) -> None:
        """The feed is not wanted any more: its objects and its row go, but for what `heirs`, feeds
        of the same kind, have as well."""
        for place in list(self._have):
            if any(place in heir._have for heir in heirs):
                del self._have[place]
            self._remove(place)
        for environment in self.environments:
            self._store.feed((environment.name, self._target), None)
        self._closed = True

    def _remove(self, place: tuple[str, str]) -> None:
        if self._have.pop(place, None) is None:
            return
        for environment in self._seeing(place[0]):
            key = self._key(environment, place)
            self._store.drop(key)
            self._store.note(("malformed", key), None)

    def _seeing(self, namespace: str) -> list[Environment]:
        return [e for e in self.environments if not namespace or sees(e, namespace)]

    def _key(self, environment: Environment, place: tuple[str, str]) -> Key:
        return Key(environment.name, *self._target.kind, *place)


def sees(environment: Environment, namespace: str) -> bool:
    """Whether the Environment looks into that namespace ("": all of them)."""
    return not environment.namespaces or not namespace or namespace in environment.namespaces


def _place(obj: Json) -> tuple[str, str]:
    meta = obj.get("metadata")
    meta = meta if isinstance(meta, Mapping) else {}
    return str(meta.get("namespace") or ""), str(meta.get("name") or "")


def _last_seen(event: Json) -> int:
    """When an Event was last seen, for sorting."""
    meta = event.get("metadata") or {}
    times = (event.get("lastTimestamp"), event.get("eventTime"), meta.get("creationTimestamp"))
    return order(str(next((time for time in times if time), "")))


def _version(obj: Json) -> tuple[str, str]:
    meta = obj.get("metadata")
    meta = meta if isinstance(meta, Mapping) else {}
    return str(meta.get("uid") or ""), str(meta.get("resourceVersion") or "")


def _finding(key: Key, problem: str) -> Finding:
    return Finding(
        Severity.ERROR,
        "malformed",
        key.environment,
        f"{key.label} is malformed: {problem}",
        "look at it with kubectl get -o yaml",
        key,
    )
