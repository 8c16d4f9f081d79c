"""The Engine: one thread with one asyncio loop, which does all I/O and writes all Snapshots.

Thread-safe from outside (see `port.EnginePort`); everything inside runs on the loop. Heavy
libraries are first imported here, inside the thread, after it has started, so that first paint does
not wait for them. It must not know the screen.
"""

from __future__ import annotations

import asyncio
import contextlib
import gc
import threading
import time
from collections.abc import Awaitable, Callable, Coroutine
from concurrent.futures import Future
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any, TypeVar

from fluxtui.cluster.port import Cluster
from fluxtui.domain.config import Config
from fluxtui.domain.errors import FluxtuiError, RefusedError, Unreachable
from fluxtui.domain.resource import Key
from fluxtui.domain.snapshot import Snapshot
from fluxtui.engine.acts.journal import Journal
from fluxtui.engine.acts.recall import Recall
from fluxtui.engine.beginning import BRIEFLY, HEAVY, SOON, imported, load, looked_at
from fluxtui.engine.collecting import held_off
from fluxtui.engine.ending import ended, hung_up
from fluxtui.engine.feeds.api import Api, Connect, by_context
from fluxtui.engine.feeds.targets import namespaces_of, of_interest
from fluxtui.engine.pace import Pace
from fluxtui.engine.publication.gate import AT_ONCE, FAST, SLOW, Gate
from fluxtui.engine.publication.publisher import HASTY, PATIENT, Publisher
from fluxtui.engine.publication.stages import Judge, Stage, Stages, changes
from fluxtui.engine.publication.store import Batch, Store
from fluxtui.engine.registries import Connect as ConnectRegistry
from fluxtui.engine.registries import RegistryDoor
from fluxtui.engine.tags.picks import Picks
from fluxtui.kit.clock import Clock

if TYPE_CHECKING:
    from fluxtui.domain.ask import Question, ReadLogs
    from fluxtui.domain.board import Finding
    from fluxtui.domain.plan import Plan, Receipt
    from fluxtui.domain.protection import Confirmed
    from fluxtui.engine.acts.jobs import Jobs
    from fluxtui.engine.answers import Answers
    from fluxtui.engine.logtail import LogTail
    from fluxtui.engine.publication.changes import Timeline
    from fluxtui.engine.tags.indexes import ChartIndexes
    from fluxtui.engine.tags.watch import TagWatch

T = TypeVar("T")


class Engine:
    """Implements `port.EnginePort`.

    `connect` makes the Cluster of an Environment; `registry` makes the registry client. Both are
    called inside the thread and may import what they like. `now`: the wall clock, epoch seconds.
    `follow_tags`: False when nobody will look at tags: no registry is asked then. `times`: False
    when nobody is told that the tag published last is not the highest. `brief`: whoever
    asks wants one answer and ends: nothing is watched, and Snapshots are made as soon as they can.
    `events`: False when nobody will look at what happened: no Event is read then.
    """

    def __init__(
        self,
        config: Config,
        *,
        connect: Connect,
        registry: ConnectRegistry,
        journal: Journal | None = None,
        now: Callable[[], float] = time.time,
        pace: Pace | None = None,
        follow_tags: bool = True,
        times: bool = True,
        brief: bool = False,
        events: bool = True,
    ) -> None:
        self._brief = brief
        self._events = events
        self._follow_tags, self._times = follow_tags, times
        self._config = config
        self._connect = connect
        self._clock = Clock(now=now)
        self._pace = pace or Pace()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._main, name="fluxtui-engine", daemon=True)
        self._stopping = asyncio.Event()
        self._stopped = False
        self._why = ""
        self._interest: frozenset[Key] = frozenset()
        self._asked: set[asyncio.Future[None]] = set()
        self._interval = interval = AT_ONCE if brief else SLOW if config.slow else FAST
        self._gate = Gate(self._loop, interval)
        self._store = Store(config)
        self._registries = RegistryDoor(registry, config.cache)
        stages = self._stages()
        publisher = partial(Publisher, self._store, self._gate, self._clock, interval, stages)
        self._publisher = (
            publisher(HASTY, self._under_way, stages.ahead)
            if brief
            else publisher(PATIENT, ahead=stages.reading)
        )
        opened = partial(
            Api, connect=connect, store=self._store, clock=self._clock, pace=self._pace
        )
        self._apis = [
            opened(group, watching=not brief, events=events, first=self._whole)
            for group in by_context(config.environments)
        ]
        self._journal = journal if journal is not None else Journal(config.journal)
        self._recall = Recall(self._journal, self._store, self._clock)
        self._jobs: Jobs | None = None
        self._answers: Answers | None = None

    @cached_property
    def _tags(self) -> TagWatch:
        """Imported where registries are asked at all."""
        from fluxtui.engine.tags.watch import TagWatch

        lend = None
        if self._config.registries.use_pull_secrets:
            from fluxtui.engine.tags.pullsecrets import PullSecrets

            lend = PullSecrets(self._store, self._registries, self._cluster).lend
        of_engine = (self._registries, self._store, self._clock, self._pace)
        first = None if self._brief else self._looked_at
        return TagWatch(*of_engine, self._indexes, lend, times=self._times, first=first)

    async def _looked_at(self) -> None:
        progress, seen = self._store.progress, self._gate.is_read
        await looked_at(self._publisher.whole, self._clock, progress, drawn=seen)

    async def _whole(self) -> None:
        """Watches begin after what the first picture is made of: it waits for none of them."""
        if not self._publisher.whole.is_set():
            await self._looked_at()

    async def _prepared(self) -> None:
        await self._looked_at()
        await imported(SOON)

    def _indexes(self) -> ChartIndexes:
        from fluxtui.engine.tags.indexes import ChartIndexes

        return ChartIndexes(self._registries, self._computed)

    # -- from any thread

    @property
    def snapshot(self) -> Snapshot:
        return self._store.snapshot

    def start(self) -> None:
        if self._brief:
            # Two threads that import at once take the interpreter from each other at every file:
            # dearer than what one answer could gain by asking sooner.
            load((*BRIEFLY, *self._heavy()))
        self._thread.start()

    def stop(self, why: str = "fluxtui was left") -> None:
        if self._stopped:
            return
        self._stopped, self._why = True, why
        if self._thread.ident is None:
            self._loop.close()
            return
        self._post(self._stopping.set)
        if threading.current_thread() is not self._thread:
            self._thread.join()

    def on_change(self, wake: Callable[[], None]) -> None:
        self._post(self._gate.reader, wake)

    def seen(self) -> None:
        self._post(self._gate.seen)

    def ask(self, question: Question) -> Future[Any]:
        return self._submit(self._published(self._answered(question)))

    def follow(self, question: ReadLogs, wake: Callable[[], None]) -> LogTail:
        from fluxtui.engine.logtail import LogTail

        tail = LogTail(self._loop, wake, interval=self._interval)
        self._post(tail.begin, lambda: self._answering().followed(question))
        return tail

    def run(self, plan: Plan, *, confirmed: Confirmed) -> Future[tuple[Receipt, ...]]:
        return self._submit(self._published(self._ran(plan, confirmed)))

    def interest(self, keys: frozenset[Key]) -> None:
        self._post(self._set_interest, keys)

    def wait_for(self, condition: Callable[[Snapshot], bool], timeout: float) -> Future[Snapshot]:
        return self._submit(self._publisher.until(condition, timeout))

    def _post(self, call: Callable[..., Any], *arguments: Any) -> None:
        with contextlib.suppress(RuntimeError):  # the loop is closed: nobody is left to tell
            self._loop.call_soon_threadsafe(call, *arguments)

    def _submit(self, work: Coroutine[Any, Any, T]) -> Future[T]:
        future: Future[T] = Future()

        async def answer() -> None:
            try:
                result = await work
            except asyncio.CancelledError:
                _fail(future, RefusedError("the Engine was stopped"))
            except (FluxtuiError, TimeoutError) as error:
                _fail(future, error)
            except Exception as error:
                _fail(future, _wrapped(error))
            else:
                if future.set_running_or_notify_cancel():
                    future.set_result(result)

        def begin() -> None:
            task = asyncio.ensure_future(answer())
            self._asked.add(task)
            task.add_done_callback(self._asked.discard)

        try:
            self._loop.call_soon_threadsafe(begin)
        except RuntimeError:
            work.close()
            _fail(future, RefusedError("the Engine was stopped"))
        return future

    def _heavy(self) -> tuple[str, ...]:
        return HEAVY if self._follow_tags else HEAVY[:1]

    # -- in the thread

    def _main(self) -> None:
        asyncio.set_event_loop(self._loop)
        try:
            self._loop.run_until_complete(self._live())
        finally:
            self._registries.close()
            self._loop.run_until_complete(self._loop.shutdown_asyncgens())
            self._loop.run_until_complete(self._loop.shutdown_default_executor())
            asyncio.set_event_loop(None)
            self._loop.close()

    async def _live(self) -> None:
        # Thousands of long-lived values: fewer, cheaper collections (docs/architecture.md#costs).
        gc.set_threshold(50_000, 20, 50)
        apis = [asyncio.create_task(api.run()) for api in self._apis]
        apis.append(asyncio.create_task(held_off(self._publisher.whole.wait(), self._clock)))
        await asyncio.sleep(0)
        await imported(self._heavy())
        publishing = asyncio.create_task(self._publisher.run())
        recalling = preparing = None
        try:
            # Unreadable, the Journal says so at the next act; looking on needs none.
            with contextlib.suppress(OSError):
                self._recall.look(acts=self._events or not self._brief)
            recalling = asyncio.create_task(self._recall.run())
            if not self._brief:  # beside: whoever leaves now does not wait for it
                preparing = asyncio.create_task(self._prepared())
            await self._stopping.wait()
        finally:
            self._gate.close()
            if self._jobs is not None:
                await self._jobs.stop(self._why)
            if self._answers is not None:
                await self._answers.close()
            await ended({*apis, publishing, recalling, preparing})
            await ended(asyncio.all_tasks() - {asyncio.current_task()})
            await hung_up(self._loop)

    async def _published(self, work: Awaitable[T]) -> T:
        """The result of `work`, once a Snapshot has what it brought (tags, facts, Receipts)."""
        result = await work
        self._publisher.publish_if_new()
        return result

    async def _answered(self, question: Question) -> Any:
        return await self._answering().answer(question)

    async def _computed(self, function: str, *arguments: Any) -> Any:
        return await self._answering().compute(function, *arguments)

    def _answering(self) -> Answers:
        if self._answers is None:
            from fluxtui.engine.answers import Answers

            about = (self._store, self._registries, self._tags, self._cluster)
            self._answers = Answers(*about, self._config, self._clock)
        return self._answers

    async def _ran(self, plan: Plan, confirmed: Confirmed) -> tuple[Receipt, ...]:
        if self._jobs is None:
            from fluxtui.engine.acts.jobs import Jobs

            self._jobs = Jobs(
                self._config,
                self._store,
                self._publisher,
                self._registries,
                self._tags,
                self._journal,
                self._clock,
                self._cluster,
                self._new_kinds,
            )
        return await self._jobs.run(plan, confirmed)

    def _under_way(self) -> bool:
        behind = self._follow_tags and self._tags.is_behind
        return behind or self._store.is_starting or self._registries.is_asking

    def _stages(self) -> Stages:
        """How what has arrived becomes a Snapshot."""
        judge = Judge(self._store, _reminders)
        lists = [Stage("lists of tags", self._tags.follow, asks=True)] if self._follow_tags else []
        if lists and self._config.ask_remotes:
            from fluxtui.engine.tags.remotes import RemoteReader, RemoteWatch

            reader = RemoteReader(self._config, self._store, self._clock)
            watch = RemoteWatch(reader, self._store, self._clock, self._pace)
            lists.append(Stage("Git remotes", watch.follow, asks=True))
        manifests = (Stage("manifests", self._tags.read, asks=True),) if self._follow_tags else ()
        changes_stage: tuple[Stage, ...] = ()
        if self._events:  # who looks at none does not even load them
            later = None if self._brief else self._store.again
            told = changes(_timeline(), later, lambda: self._store.is_starting)
            changes_stage = (Stage("changes", told),)
        return Stages(
            self._store,
            (
                *lists,
                Stage("Selections", Picks(self._store).stage, asks=True),
                Stage("overview", judge.board, reads=judge.read),
                *changes_stage,
                Stage("findings", judge.findings),
                Stage("feeds", self._watch_more),
                *manifests,
            ),
        )

    def _watch_more(self, batch: Batch, snapshot: Snapshot) -> Snapshot:
        """What is in sight may want other feeds."""
        if self._interest and any(touch.key in self._interest for touch in batch.touched):
            self._follow_interest(snapshot)
        return snapshot

    def _set_interest(self, keys: frozenset[Key]) -> None:
        self._interest = keys
        self._follow_interest(self._store.snapshot)

    def _follow_interest(self, snapshot: Snapshot) -> None:
        for api in self._apis:
            names = {environment.name for environment in api.environments}
            resources = (snapshot.get(key) for key in self._interest if key.environment in names)
            namespaces = {
                ns for resource in resources if resource for ns in namespaces_of(resource)
            }
            api.interest(of_interest(namespaces))

    def _new_kinds(self, environment: str) -> None:
        for api in self._apis:
            if any(e.name == environment for e in api.environments):
                api.nudge()

    def _cluster(self, environment: str) -> Cluster:
        """The connection of an Environment. Raises Unreachable when there is none."""
        for api in self._apis:
            if any(e.name == environment for e in api.environments):
                return api.cluster()
        raise Unreachable("there is no such environment", where=environment)


def _timeline() -> Timeline:
    from fluxtui.engine.publication.changes import Timeline

    return Timeline()


def _reminders(snapshot: Snapshot) -> tuple[Finding, ...]:
    from fluxtui.engine.acts.past import reminders

    return reminders(snapshot.acts, snapshot, snapshot.taken_at)


def _fail(future: Future[Any], error: BaseException) -> None:
    if future.set_running_or_notify_cancel():
        future.set_exception(error)


def _wrapped(error: Exception) -> FluxtuiError:
    wrapped = FluxtuiError(f"unexpected {type(error).__name__}: {error}", next="please report this")
    wrapped.__cause__ = error
    return wrapped
