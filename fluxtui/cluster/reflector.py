"""Keeps one (kind, namespace) of one API in view: paged list, then watch, for ever.

Rules (docs/architecture.md#feeds): bookmarks advance the resourceVersion; a healthy watch that ends
is resumed; 410 lists again and diffs; 403 and 404 are parked and tried again slowly; everything
else backs off with jitter, so that no answer of a server can make a hot loop. What an object means
is the Sink's business.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Protocol

from fluxtui.cluster.port import ApiResource, Cluster, Json, Reader, TakePart
from fluxtui.domain.errors import Expired, FluxtuiError, Forbidden, NotFound, Unreachable
from fluxtui.domain.knowledge import FeedState, Trouble, trouble_of
from fluxtui.kit.backoff import Backoff, chance
from fluxtui.kit.clock import Clock
from fluxtui.kit.values import frozen


@frozen
class FeedTarget:
    """What to watch. `kind`: group and kind; `version` is the one to prefer; `labels` and `fields`
    are selectors. `plural`: its name in addresses, where that is known without asking the API."""

    kind: tuple[str, str]
    version: str
    namespace: str = ""
    labels: str = ""
    fields: str = ""
    plural: str = ""

    @property
    def api_version(self) -> str:
        """`group/version`, or `v1` in the core group."""
        return f"{self.kind[0]}/{self.version}" if self.kind[0] else self.version


@frozen
class FeedPace:
    """Seconds. `first`..`most`: after failures; `healthy`: life after which failures are forgotten;
    `parked`: between two tries of what is forbidden or absent."""

    first: float = 0.8
    most: float = 30.0
    healthy: float = 10.0
    parked: float = 30.0


class Sink(Protocol):
    """Takes what a Reflector sees. Must not raise for a malformed object."""

    async def replace(self, objects: list[Json]) -> None:
        """The whole content: what is not among `objects` is gone, but for what a `part` took before
        (see Reflector). The list is the Sink's to empty: what is taken is let go at once."""

    def put(self, obj: Json) -> None:
        """One object is new or changed."""

    def drop(self, obj: Json) -> None:
        """One object is gone."""

    def state(
        self, state: FeedState, message: str = "", *, next: str = "", trouble: str = ""
    ) -> None:
        """How the feed is doing; `message`, `next` and `trouble` as in `Feed`."""


Resolve = Callable[[Cluster, FeedTarget], Awaitable[ApiResource]]


class Reflector:
    """One list+watch. `run` ends only by cancellation."""

    def __init__(
        self,
        cluster: Cluster,
        target: FeedTarget,
        sink: Sink,
        clock: Clock,
        pace: FeedPace,
        jitter: Callable[[], float] = chance,
        may_watch: Callable[[], bool] = lambda: True,
        kept: Callable[[Json], Json] | None = None,
        read: Reader | None = None,
        resolve: Resolve | None = None,
        first: Callable[[], Awaitable[object]] | None = None,
        part: TakePart | None = None,
    ) -> None:
        """`may_watch` is asked before each watch; without one the list is made again and again.
        `first`: what a watch that follows a list lets go before it.
        `kept`, `read`, `part`: as `Cluster.list` takes them; `resolve` tells the served type of the
        FeedTarget (as `served` does)."""
        self._cluster = cluster
        self._target = target
        self._sink = sink
        self._clock = clock
        self._pace = pace
        self._jitter = jitter
        self._may_watch = may_watch
        self._kept, self._read, self._part = kept, read, part
        self._resolve = resolve or served
        self._first = first
        self._backoff = Backoff(pace.first, pace.most, jitter)
        self._version = ""
        self._type: ApiResource | None = None
        self._healthy_since = float("inf")

    async def run(self) -> None:
        """List, watch and recover, for ever."""
        while True:
            try:
                await self._look()
            except Expired as error:
                await self._expired(error)
            except Forbidden as error:
                await self._park(FeedState.FORBIDDEN, error)
            except NotFound as error:
                self._type = None
                self._cluster.forget_discovery()
                await self._park(FeedState.ABSENT, error)
            except FluxtuiError as error:
                await self._failed(error)
            except Exception as error:
                # A fault of ours or of a library in one feed must not end the others, nor stay
                # hidden.
                await self._failed(FluxtuiError(f"unexpected {type(error).__name__}: {error}"))

    async def _look(self) -> None:
        if not self._version:
            self._version = await self._list()
            self._sink.state(FeedState.LIVE)
            if self._first is not None:
                await self._first()
        self._healthy_since = self._clock.monotonic()
        if not self._may_watch():
            await self._clock.sleep(self._pace.parked * (1 + self._jitter() / 2))
            self._version = ""
            return
        events = await self._watch(self._type or await self._resolve(self._cluster, self._target))
        if not events and self._life() < self._pace.first:
            await self._failed(Unreachable("the API ends the watch at once", reason=Trouble.CUT))

    async def _list(self) -> str:
        """Hand the whole content over; the version of it."""
        expected = _expected(self._target)
        if self._type is None and expected is not None:
            try:
                version = await self._whole(expected)
            except NotFound:
                pass  # the kind, or this version of it: discovery says
            else:
                self._type = expected
                return version
        if self._type is None:
            self._type = await self._resolve(self._cluster, self._target)
        return await self._whole(self._type)

    async def _whole(self, type_: ApiResource) -> str:
        """Nothing here may hold on to the list: a watch lasts for minutes, and thousands of raw
        objects would outlive their Resources."""
        target = self._target
        listing = await self._cluster.list(
            type_,
            target.namespace,
            label_selector=target.labels,
            field_selector=target.fields,
            kept=self._kept,
            read=self._read,
            part=self._part,
        )
        objects, version = list(listing.items), listing.resource_version
        del listing
        await self._sink.replace(objects)
        return version

    async def _watch(self, type_: ApiResource) -> int:
        """Follow one watch to its end; the number of events seen."""
        events = 0
        target = self._target
        # Spread: many watches that began together must not end together.
        lasting = 240 + 240 * self._jitter()
        async for event in self._cluster.watch(
            type_,
            target.namespace,
            resource_version=self._version,
            label_selector=target.labels,
            field_selector=target.fields,
            timeout=lasting,
        ):
            events += 1
            if event.type == "DELETED":
                self._sink.drop(event.object)
            elif event.type != "BOOKMARK":
                self._sink.put(event.object)
            version = (event.object.get("metadata") or {}).get("resourceVersion")
            if version:
                self._version = str(version)
        return events

    def _life(self) -> float:
        return self._clock.monotonic() - self._healthy_since

    async def _expired(self, error: Expired) -> None:
        """410: list again and diff; a server that expires every list is backed off from."""
        self._version = ""
        if self._life() < self._pace.first:
            await self._failed(error)

    async def _failed(self, error: FluxtuiError) -> None:
        life = self._life()
        self._healthy_since = float("inf")
        if life >= self._pace.healthy:
            # A line cut after a healthy life is daily business: resume where it was, once.
            self._backoff.reset()
            return
        self._version = ""
        self._sink.state(
            FeedState.RETRYING, error.sentence, next=error.next, trouble=trouble_of(error)
        )
        await self._clock.sleep(self._backoff.next())

    async def _park(self, state: FeedState, error: FluxtuiError) -> None:
        self._version = ""
        self._healthy_since = float("inf")
        self._sink.state(state, error.sentence, next=error.next, trouble=trouble_of(error))
        await self._clock.sleep(self._pace.parked * (1 + self._jitter() / 2))


def _expected(target: FeedTarget) -> ApiResource | None:
    """The type as almost every API serves it: asking first would cost a turn before the first
    list."""
    group, kind = target.kind
    return ApiResource(group, target.version, kind, target.plural) if target.plural else None


async def served(cluster: Cluster, target: FeedTarget) -> ApiResource:
    """The served type of a FeedTarget: its version, else the version that the API prefers.

    Raises NotFound when the kind is not served at all.
    """
    try:
        return await cluster.find(target.api_version, target.kind[1])
    except NotFound:
        preferred = (await cluster.discover()).get(target.kind)
        if preferred is None:
            raise
        return preferred
