"""The feeds of one Kubernetes API, shared by the Environments on its context.

It connects (and keeps trying) and runs one Reflector per FeedTarget into a sink of its own. An API
that does not answer costs only its own tasks. Nothing here may raise out of a task.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Hashable, Iterable, Sequence

from fluxtui.cluster.port import WATCHES_AT_ONCE, ApiResource, Cluster
from fluxtui.cluster.reflector import FeedTarget, Reflector
from fluxtui.domain.board import Finding, Severity
from fluxtui.domain.config import Environment
from fluxtui.domain.counts import agreed, counted
from fluxtui.domain.errors import FluxtuiError, Unreachable
from fluxtui.domain.knowledge import FeedState, trouble_of
from fluxtui.domain.resource import Page, slim, trimmed
from fluxtui.engine.ending import ended
from fluxtui.engine.feeds.optional import Optional
from fluxtui.engine.feeds.scopes import FeedPlan, everywhere, gathered, planned
from fluxtui.engine.feeds.sink import ApiSink, sees
from fluxtui.engine.feeds.targets import permanent
from fluxtui.engine.pace import Pace
from fluxtui.engine.publication.store import Store
from fluxtui.kit.backoff import Backoff
from fluxtui.kit.clock import Clock

Connect = Callable[[Environment], Awaitable[Cluster]]
LONG = 1 << 16  # bytes


class Api:
    """One API and its feeds. `environments` share one kubeconfig context. `watching`: False when
    one list of each kind is all that is wanted; `events`: whether Flux's Events are; `first`: what
    watches let go before them."""

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
        first: Callable[[], Awaitable[object]] | None = None,
    ) -> None:
        self._follows, self._first = watching, first
        self.environments = tuple(environments)
        self._connect = connect
        self._store = store
        self._clock = clock
        self._pace = pace
        self._cluster: Cluster | None = None
        self._why = "not connected yet"
        self._tasks: dict[FeedTarget, asyncio.Task[None]] = {}
        self._leaving: set[asyncio.Task[None]] = set()
        self._watching: set[FeedTarget] = set()
        self._sinks: dict[FeedTarget, ApiSink] = {}
        everything = any(not e.namespaces for e in environments)
        scopes = () if everything else dict.fromkeys(n for e in environments for n in e.namespaces)
        self._scopes = tuple(scopes)
        self._events = events
        self._optional = Optional(environments, store, clock, pace, self._served_anew)
        self._always: tuple[FeedTarget, ...] = ()
        self._passing: tuple[FeedTarget, ...] = ()
        self._refused: set[FeedTarget] = set()
        self._permanent: frozenset[FeedTarget] = frozenset()
        self._plan = FeedPlan((), frozenset())
        self._asking: asyncio.Task[None] | None = None
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
            self._ask()
            await asyncio.Event().wait()
        finally:
            if self._asking is not None:
                self._leaving.add(self._asking)
                self._asking.cancel()
            # Watches first: each cuts its own connection, and `close` waits for their sockets.
            for target in list(self._tasks):
                self._end(target)
            await ended(self._leaving)
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
        self._ask()

    def interest(self, targets: Iterable[FeedTarget]) -> None:
        """Keep these feeds open besides the permanent ones, and no others."""
        passing = tuple(targets)
        if passing != self._passing:
            self._passing = passing
            self._replan()
            self._reconcile()

    def _ask(self) -> None:
        """Ask now which kinds are served, and now and then from now on."""
        if self._cluster is None:
            return
        if self._asking is not None:
            self._asking.cancel()
            self._cluster.forget_discovery()
        asking = asyncio.create_task(self._optional.run(self._cluster), name="which kinds")
        self._asking = asking

    def _served_anew(self) -> None:
        """Other kinds are served than were."""
        self._replan()
        self._reconcile()

    def _replan(self) -> None:
        asked = self._optional
        self._always = permanent(
            self._scopes, events=self._events, served=asked.served, found=asked.found
        )
        always = gathered(self._always, self._refused)
        passing = gathered(self._passing, self._refused)
        self._permanent = frozenset(always)
        self._plan = planned(always, passing, WATCHES_AT_ONCE)
        for environment in self.environments:
            self._store.note(("watches", environment.name), _rationed(environment, self._plan))

    async def _connected(self) -> Cluster:
        backoff = Backoff(self._pace.first, self._pace.most)
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
            self._optional.state(
                FeedState.RETRYING, fault.sentence, next=fault.next, trouble=trouble_of(fault)
            )
            await self._clock.sleep(backoff.next())

    def _reconcile(self) -> None:
        if self._cluster is None:
            return
        unwanted = [t for t in self._sinks if t not in self._plan.targets]
        for target in unwanted:
            heirs = [
                self._sink(t) for t in self._plan.targets if everywhere(t) == everywhere(target)
            ]
            # What was seen stays in sight until what takes its place has listed it too.
            listed = all(heir.now is not FeedState.STARTING for heir in heirs)
            if listed or self._sinks[target].empty:
                self._end(target)
                self._sinks.pop(target).close(heirs)
        for target in [t for t in self._watching if t not in self._plan.watched]:
            self._end(target)  # it goes on asking; its objects stay
        for target in self._plan.targets:
            if target not in self._tasks:
                self._begin(self._cluster, target)

    def _begin(self, cluster: Cluster, target: FeedTarget) -> None:
        reflector = Reflector(
            cluster,
            target,
            self._sink(target),
            self._clock,
            self._pace,
            may_watch=lambda: self._may_watch(target),
            kept=slim if self._follows else trimmed,
            read=long_page,
            first=self._first,
            part=self._sink(target).part,
        )
        self._tasks[target] = asyncio.create_task(reflector.run(), name=f"feed {target}")

    def _may_watch(self, target: FeedTarget) -> bool:
        if self._follows and target in self._plan.watched:
            self._watching.add(target)
            return True
        return False

    def _end(self, target: FeedTarget) -> None:
        self._watching.discard(target)
        task = self._tasks.pop(target, None)
        if task is None:
            return
        self._leaving.add(task)
        task.add_done_callback(self._leaving.discard)
        task.cancel()

    def _sink(self, target: FeedTarget) -> ApiSink:
        if target not in self._sinks:
            seeing = tuple(e for e in self.environments if sees(e, target.namespace))
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

    def _refuse(self, target: FeedTarget) -> bool:
        """Whether the feed stood in for many namespaces: each of them is asked for instead."""
        wishes = (*self._always, *self._passing)
        if not any(t.namespace and everywhere(t) == target for t in wishes):
            return False
        self._refused.add(target)
        self._replan()
        asyncio.get_running_loop().call_soon(self._reconcile)
        return True

    def _judge(self) -> None:
        """An Environment is unreachable when none of its permanent feeds got an answer."""
        if len(self._sinks) > len(self._plan.targets):
            asyncio.get_running_loop().call_soon(self._reconcile)
        for environment in self.environments:
            sinks = [s for t, s in self._sinks.items() if t in self._permanent]
            mine = [s for s in sinks if environment in s.environments]
            answered = any(s.now not in (FeedState.STARTING, FeedState.RETRYING) for s in mine)
            whys = [s.message for s in mine if s.now is FeedState.RETRYING]
            self._store.unreachable(environment.name, whys[0] if whys and not answered else "")


def _rationed(environment: Environment, plan: FeedPlan) -> Finding | None:
    """Why what is shown may be half a minute old, when there are more feeds than watches."""
    if not plan.asked:
        return None
    return Finding(
        Severity.WARNING,
        "watches",
        environment.name,
        f"{plan.asked} of {counted(len(plan.targets), 'feed')} {agreed(plan.asked, 'is')} asked now"
        f" and then instead of watched: {environment.name} may have"
        f" {counted(len(plan.watched), 'watch', things='watches')} open",
        "name fewer namespaces, or allow list and watch in all of them at once",
        names_environment=True,
    )


def long_page(data: bytes, type_: ApiResource) -> Page | None:
    """A page that is so long that reading it otherwise costs more than importing what reads it."""
    if len(data) < LONG:
        return None
    try:
        from fluxtui.domain.pages import read
    except ImportError:  # where the library was not built for a Python that is newer than it
        return None
    return read(data, type_.api_version, type_.kind)


def by_context(environments: Iterable[Environment]) -> list[tuple[Environment, ...]]:
    """Environments that share an API, together."""
    groups: dict[Hashable, list[Environment]] = {}
    for environment in environments:
        groups.setdefault((environment.kubeconfig, environment.context), []).append(environment)
    return [tuple(group) for group in groups.values()]
