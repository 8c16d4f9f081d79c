"""Waits until applied objects have settled (docs/flux.md#health).

Every target is read once; the ones not yet Current are followed by watches of their kind and
namespace, so that the wait ends the moment the last object is ready, and read again every few
seconds in case a watch says nothing (a Pod failing under a StatefulSet). Nothing is written here.
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Sequence
from datetime import UTC, datetime

from fluxtui.cluster.port import ApiResource, Cluster, Json
from fluxtui.domain.errors import ClusterError, NotFound
from fluxtui.domain.health import Health, Status, group_kind, reader_status
from fluxtui.domain.inventory import InventoryEntry
from fluxtui.domain.objectid import ObjectId
from fluxtui.kit import labels
from fluxtui.kit.clock import Clock
from fluxtui.reconciler.expressions import HealthExpressions
from fluxtui.reconciler.objects import mapping, name_of, spec_of

_PODS = ApiResource("", "v1", "Pod", "pods")
_AT_ONCE = 8
_DONE = (Status.CURRENT, Status.FAILED)


class Unhealthy(Exception):
    """The wait ended badly; the text is Flux's."""


class Cancelled(Exception):
    """The wait was ended because something newer is to be done."""


class Overtaking(asyncio.Event):
    """Set to end a wait; `by` names what is newer, as kind/namespace/name."""

    by = ""


class Watches:
    """How many watches all waits together may hold open: a connection each, and those are few."""

    def __init__(self, most: int = 48) -> None:
        self._left = most

    def take(self) -> bool:
        """One watch, if there is one left; give it back when it ends."""
        if not self._left:
            return False
        self._left -= 1
        return True

    def give_back(self) -> None:
        self._left += 1


class HealthWait:
    """Waits in one cluster. Without a watch left, reading every few seconds has to do."""

    def __init__(self, cluster: Cluster, clock: Clock, watches: Watches) -> None:
        self._cluster = cluster
        self._clock = clock
        self._watches = watches

    async def wait(
        self,
        targets: Sequence[InventoryEntry],
        timeout: float,
        *,
        expressions: HealthExpressions,
        interval: float = 5.0,
        fail_fast: bool = True,
        may_vanish: Collection[ObjectId] = (),
        cancel: asyncio.Event | None = None,
    ) -> None:
        """Return when all targets are Current. Raises Unhealthy, Cancelled.

        `may_vanish`: Jobs that delete themselves when done; not found counts as Current.
        """
        run = _Run(self._cluster, self._clock, targets, expressions, may_vanish, self._watches)
        limit = self._clock.monotonic() + timeout
        try:
            await run.look(run.waiting())
            while not run.settled(fail_fast):
                if cancel is not None and cancel.is_set():
                    raise Cancelled
                remaining = limit - self._clock.monotonic()
                if remaining <= 0:
                    raise Unhealthy(f"timeout waiting for: [{run.describe(run.waiting())}]")
                run.follow()
                await self._pause(run, cancel, min(interval, remaining))
                poked, run.poked = run.poked, set()
                run.news.clear()
                await run.look([e for e in run.waiting() if not poked or e in poked])
            failed = [e for e in run.results if run.results[e].status is Status.FAILED]
            if failed:
                raise Unhealthy(f"failed early due to stalled resources: [{run.describe(failed)}]")
        finally:
            await run.stop()

    async def _pause(self, run: _Run, cancel: asyncio.Event | None, seconds: float) -> None:
        if cancel is None:
            await self._clock.wait(run.news, seconds)
            return

        async def also_on_cancel() -> None:
            await cancel.wait()
            run.news.set()

        task = asyncio.create_task(also_on_cancel())
        try:
            await self._clock.wait(run.news, seconds)
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)


class _Run:
    """One wait: what is known of each target, and the watches that bring news."""

    def __init__(
        self,
        cluster: Cluster,
        clock: Clock,
        targets: Sequence[InventoryEntry],
        expressions: HealthExpressions,
        may_vanish: Collection[ObjectId],
        budget: Watches,
    ) -> None:
        self.results: dict[InventoryEntry, Health] = {}
        self.poked: set[InventoryEntry] = set()
        self.news = asyncio.Event()
        self._cluster = cluster
        self._clock = clock
        self._targets = list(dict.fromkeys(targets))
        self._expressions = expressions
        self._may_vanish = may_vanish
        self._budget = budget
        self._watches: dict[tuple[ApiResource, str], asyncio.Task[None]] = {}
        self._types: dict[InventoryEntry, ApiResource] = {}

    def waiting(self) -> list[InventoryEntry]:
        """Targets not yet Current, in their order."""
        return [
            entry
            for entry in self._targets
            if entry not in self.results or self.results[entry].status is not Status.CURRENT
        ]

    def settled(self, fail_fast: bool) -> bool:
        """Whether waiting on makes no sense."""
        statuses = [self.results[entry].status for entry in self._targets]
        if fail_fast and Status.FAILED in statuses:
            return True
        return all(status in _DONE for status in statuses)

    def describe(self, entries: Sequence[InventoryEntry]) -> str:
        """What each is, and why that cannot be told where it cannot."""

        def one(entry: InventoryEntry) -> str:
            health = self.results[entry]
            why = (
                f": {health.message}" if health.status is Status.UNKNOWN and health.message else ""
            )
            return f"{entry.id} status: '{health.status.value}'{why}"

        return ", ".join(map(one, entries))

    async def look(self, entries: Sequence[InventoryEntry]) -> None:
        """Read and judge these now."""
        gate = asyncio.Semaphore(_AT_ONCE)

        async def one(entry: InventoryEntry) -> None:
            async with gate:
                self.results[entry] = await self._judge(entry)

        await asyncio.gather(*(one(entry) for entry in entries))

    def follow(self) -> None:
        """Watch the kinds and namespaces of the targets still waited for."""
        for entry in self.waiting():
            type_ = self._types.get(entry)
            if type_ is None:
                continue
            place = (type_, entry.id.namespace if type_.namespaced else "")
            if place not in self._watches and self._budget.take():
                names = {e.id.name: e for e in self.waiting() if self._types.get(e) == type_}
                only = f"metadata.name={entry.id.name}" if len(names) == 1 else ""
                self._watches[place] = asyncio.create_task(self._watch(*place, only))

    async def stop(self) -> None:
        tasks = list(self._watches.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for _ in tasks:
            self._budget.give_back()

    async def _watch(self, type_: ApiResource, namespace: str, only: str) -> None:
        watched = {
            entry.id.name: entry
            for entry in self._targets
            if self._types.get(entry) == type_ and entry.id.namespace in (namespace, "")
        }
        while True:
            try:
                listing = await self._cluster.list(type_, namespace, field_selector=only)
                self._poke(watched.values())
                async for event in self._cluster.watch(
                    type_,
                    namespace,
                    resource_version=listing.resource_version,
                    field_selector=only,
                ):
                    entry = watched.get(name_of(event.object).name)
                    if entry is not None and event.type != "BOOKMARK":
                        self._poke([entry])
            except ClusterError:
                # Reading every few seconds goes on without the watch; errors show up there.
                await self._clock.sleep(2.0)

    def _poke(self, entries: Collection[InventoryEntry]) -> None:
        self.poked.update(entries)
        self.news.set()

    async def _judge(self, entry: InventoryEntry) -> Health:
        id = entry.id
        version = f"{id.group}/{entry.version}" if id.group else entry.version
        try:
            type_ = self._types[entry] = await self._cluster.find(version, id.kind)
            obj = await self._cluster.get(type_, id.namespace, id.name)
        except NotFound as error:
            if error.reason == "NoKindMatch":
                return Health(Status.UNKNOWN, error.what, "NoKindMatch")
            if id in self._may_vanish:
                return Health(Status.CURRENT, "the finished Job has deleted itself")
            return reader_status(None)
        except ClusterError as error:
            return Health(Status.UNKNOWN, str(error), error.reason)
        if group_kind(obj) == ("batch", "Job"):
            return reader_status(obj)
        judged = self._expressions.status(obj)
        if judged is not None:
            return judged
        now = datetime.fromtimestamp(self._clock.now(), UTC)
        health = reader_status(obj, (), now)
        if health.status is Status.IN_PROGRESS and id.kind in ("StatefulSet", "ReplicaSet"):
            return reader_status(obj, await self._pods(obj), now)
        return health

    async def _pods(self, obj: Json) -> list[Json]:
        selector = labels.as_text(labels.of_selector(mapping(spec_of(obj).get("selector"))))
        if not selector:
            return []
        namespace = name_of(obj).namespace
        try:
            listing = await self._cluster.list(_PODS, namespace, label_selector=selector)
        except ClusterError:
            return []  # the object's own status decides then
        return list(listing.items)
