"""The feeds of one Kubernetes API, shared by the Environments on its context.

It connects (and keeps trying), runs one Reflector per Target, turns objects into Resources of every
Environment that sees them, and reports each feed's state as a row of the Snapshot. An API that does
not answer costs only its own tasks. Nothing here may raise out of a task.
"""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Awaitable, Callable, Hashable, Iterable, Mapping, Sequence

from fluxtui.cluster.port import WATCHES_AT_ONCE, Cluster, Json
from fluxtui.domain.board import Finding, Severity
from fluxtui.domain.config import Environment
from fluxtui.domain.errors import FluxtuiError, Unreachable
from fluxtui.domain.instants import order
from fluxtui.domain.kinds.kind import Kind
from fluxtui.domain.knowledge import trouble_of
from fluxtui.domain.resource import Key, Resource
from fluxtui.domain.snapshot import Feed, FeedState
from fluxtui.engine.clock import Backoff, Clock, Pace
from fluxtui.engine.reflector import Reflector, Target
from fluxtui.engine.scopes import Plan, everywhere, gathered, planned
from fluxtui.engine.shapes import misshapen
from fluxtui.engine.store import Store
from fluxtui.engine.targets import EVENT, of_kind, permanent

Connect = Callable[[Environment], Awaitable[Cluster]]
_CHUNK = 200
_MANY = 1000
EVENTS_KEPT = 1000


class Api:
    """One API and its feeds. `environments` share one kubeconfig context. `watching`: False when
    one list of each kind is all that is wanted; `events`: whether Flux's Events are."""

    def __init__(
        self,
        environments: Sequence[Environment],
        connect: Connect,
        store: Store,
        clock: Clock,
        pace: Pace,
        *,
        watching: bool = True,
        events: bool = True,
    ) -> None:
        self._follows = watching
        self.environments = tuple(environments)
        self._connect = connect
        self._store = store
        self._clock = clock
        self._pace = pace
        self._cluster: Cluster | None = None
        self._why = "not connected yet"
        self._tasks: dict[Target, asyncio.Task[None]] = {}
        self._leaving: set[asyncio.Task[None]] = set()
        self._watching: set[Target] = set()
        self._sinks: dict[Target, ApiSink] = {}
        everything = any(not e.namespaces for e in environments)
        scopes = () if everything else dict.fromkeys(n for e in environments for n in e.namespaces)
        self._scopes = tuple(scopes)
        self._always = permanent(scopes, events=events)
        self._also: dict[Target, None] = {}
        self._passing: tuple[Target, ...] = ()
        self._refused: set[Target] = set()
        self._permanent: frozenset[Target] = frozenset()
        self._plan = Plan((), frozenset())
        self._replan()

    def cluster(self) -> Cluster:
        """The connection. Raises Unreachable while there is none."""
        if self._cluster is None:
            raise Unreachable(self._why, where=self.environments[0].name)
        return self._cluster

    async def run(self) -> None:
        """Connect and keep the feeds running until cancelled."""
        for target in self._plan.targets:
            self._sink(target)
        try:
            self._cluster = await self._connected()
            self._reconcile()
            await asyncio.Event().wait()
        finally:
            # Watches first: each cuts its own connection, and `close` waits for their sockets.
            for target in list(self._tasks):
                self._end(target)
            await asyncio.gather(*self._leaving, return_exceptions=True)
            if self._cluster is not None:
                await self._cluster.close()

    def nudge(self) -> None:
        """Try at once again what is parked: a CRD may have come, or a right been granted."""
        self._refused.clear()
        self._replan()
        for target, sink in self._sinks.items():
            parked = sink.now in (FeedState.ABSENT, FeedState.FORBIDDEN)
            if parked and target in self._tasks:
                self._end(target)
        self._reconcile()

    def interest(self, targets: Iterable[Target]) -> None:
        """Keep these feeds open besides the permanent ones and `also`, and no others."""
        passing = tuple(targets)
        if passing != self._passing:
            self._passing = passing
            self._replan()
            self._reconcile()

    def also(self, kinds: Iterable[Kind]) -> None:
        """Watch these kinds as well, for good: something there names them."""
        more = [of_kind(kind, ns) for kind in kinds for ns in self._scopes or ("",)]
        if not self._also.keys() >= set(more):
            self._also.update(dict.fromkeys(more))
            self._replan()
            self._reconcile()

    def _replan(self) -> None:
        always = gathered(self._always, self._refused)
        also = gathered(self._also, self._refused)
        passing = gathered(self._passing, self._refused)
        self._permanent = frozenset(always)
        self._plan = planned((*always, *also), passing, WATCHES_AT_ONCE)
        for environment in self.environments:
            self._store.note(("watches", environment.name), _rationed(environment, self._plan))

    async def _connected(self) -> Cluster:
        backoff = Backoff(self._pace)
        while True:
            try:
                return await self._connect(self.environments[0])
            except FluxtuiError as error:
                fault = error
            except Exception as error:
                fault = FluxtuiError(f"unexpected {type(error).__name__}: {error}")
            self._why = str(fault)
            for target in self._permanent:
                self._sink(target).state(
                    FeedState.RETRYING, fault.sentence, next=fault.next, trouble=trouble_of(fault)
                )
            await self._clock.sleep(backoff.next())

    def _reconcile(self) -> None:
        if self._cluster is None:
            return
        for target in [t for t in self._sinks if t not in self._plan.targets]:
            self._end(target)
            self._sinks.pop(target).close()
        for target in [t for t in self._watching if t not in self._plan.watched]:
            self._end(target)  # it goes on asking; its objects stay
        for target in self._plan.targets:
            if target not in self._tasks:
                self._begin(self._cluster, target)

    def _begin(self, cluster: Cluster, target: Target) -> None:
        reflector = Reflector(
            cluster,
            target,
            self._sink(target),
            self._clock,
            self._pace,
            may_watch=lambda: self._may_watch(target),
        )
        self._tasks[target] = asyncio.create_task(reflector.run(), name=f"feed {target}")

    def _may_watch(self, target: Target) -> bool:
        if self._follows and target in self._plan.watched:
            self._watching.add(target)
            return True
        return False

    def _end(self, target: Target) -> None:
        self._watching.discard(target)
        task = self._tasks.pop(target, None)
        if task is None:
            return
        self._leaving.add(task)
        task.add_done_callback(self._leaving.discard)
        task.cancel()

    def _sink(self, target: Target) -> ApiSink:
        if target not in self._sinks:
            seeing = tuple(e for e in self.environments if _sees(e, target.namespace))
            self._sinks[target] = ApiSink(
                target,
                seeing,
                self._store,
                self._clock,
                self._judge,
                lambda: self._refuse(target),
            )
            # What has not been listed yet says so: nothing there is known to be well, or to be all.
            self._sinks[target].state(FeedState.STARTING)
        return self._sinks[target]

    def _refuse(self, target: Target) -> bool:
        """Whether the feed stood in for many namespaces: each of them is asked for instead."""
        wishes = (*self._always, *self._also, *self._passing)
        if not any(t.namespace and everywhere(t) == target for t in wishes):
            return False
        self._refused.add(target)
        self._replan()
        asyncio.get_running_loop().call_soon(self._reconcile)
        return True

    def _judge(self) -> None:
        """An Environment is unreachable when none of its permanent feeds got an answer."""
        for environment in self.environments:
            sinks = [s for t, s in self._sinks.items() if t in self._permanent]
            mine = [s for s in sinks if environment in s.environments]
            answered = any(s.now not in (FeedState.STARTING, FeedState.RETRYING) for s in mine)
            whys = [s.message for s in mine if s.now is FeedState.RETRYING]
            self._store.unreachable(environment.name, whys[0] if whys and not answered else "")


class ApiSink:
    """Takes what one Reflector sees into the Store, for every Environment that sees it."""

    def __init__(
        self,
        target: Target,
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
        self._closed = False
        # Memory is bounded by objects, not by Events: Flux writes one per reconciliation.
        self._bounded = target.kind == EVENT

    async def replace(self, objects: list[Json]) -> None:
        gone = set(self._have)
        if self._bounded:
            objects[:] = sorted(objects, key=_last_seen)[-EVENTS_KEPT:]
        many = len(objects)
        objects.reverse()
        while objects:
            if len(objects) % _CHUNK == 0:
                # Thousands of objects must not hold up the other feeds of the loop.
                await asyncio.sleep(0)
            # Let go of one by one: the next Resource lives where the last raw object was.
            obj = objects.pop()
            place, version = _place(obj), _version(obj)
            gone.discard(place)
            if self._have.get(place) != version or not version[1]:
                self.put(obj)
        for place in gone:
            self._remove(place)
        if many >= _MANY:
            # They live long: without this every full collection would walk them all with the
            # interpreter stopped (docs/architecture.md#costs).
            gc.freeze()

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

    def close(self) -> None:
        """The feed is not wanted any more: its objects and its row go."""
        for place in list(self._have):
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
        return [e for e in self.environments if not namespace or _sees(e, namespace)]

    def _key(self, environment: Environment, place: tuple[str, str]) -> Key:
        return Key(environment.name, *self._target.kind, *place)


def _rationed(environment: Environment, plan: Plan) -> Finding | None:
    """Why what is shown may be half a minute old, when there are more feeds than watches."""
    if not plan.asked:
        return None
    return Finding(
        Severity.WARNING,
        "watches",
        environment.name,
        f"{plan.asked} of {len(plan.targets)} feeds are asked now and then instead of watched: "
        f"{environment.name} may have {len(plan.watched)} watches open",
        "name fewer namespaces, or allow list and watch in all of them at once",
    )


def by_context(environments: Iterable[Environment]) -> list[tuple[Environment, ...]]:
    """Environments that share an API, together."""
    groups: dict[Hashable, list[Environment]] = {}
    for environment in environments:
        groups.setdefault((environment.kubeconfig, environment.context), []).append(environment)
    return [tuple(group) for group in groups.values()]


def _sees(environment: Environment, namespace: str) -> bool:
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
