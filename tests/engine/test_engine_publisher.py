"""When a Snapshot is made: one for what comes together, and never none."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from math import inf

import pytest

from fluxtui.domain.config import Config
from fluxtui.domain.kinds import kustomization
from fluxtui.domain.knowledge import FeedState
from fluxtui.domain.snapshot import Feed, Snapshot, TagList
from fluxtui.engine.publication import publisher
from fluxtui.engine.publication.gate import AT_ONCE, Gate
from fluxtui.engine.publication.publisher import HASTY, Publisher
from fluxtui.engine.publication.store import Batch, Store
from fluxtui.kit.clock import Clock
from tests import builders
from tests.scripted import HandClock

PATIENCE = 10.0


class Desk:
    """A Store, its Publisher, and what was published: how many lists of tags each time."""

    def __init__(self, under_way: Callable[[], bool]) -> None:
        self.published: list[int] = []
        self.store = Store(Config())
        gate = Gate(asyncio.get_running_loop(), AT_ONCE)
        self.publisher = Publisher(
            self.store, gate, Clock(), AT_ONCE, self._complete, HASTY, under_way
        )

    def _complete(self, batch: Batch) -> Snapshot:
        self.published.append(len(batch.half.tags))
        return batch.half

    async def all_of(self, lists: int) -> None:
        await self.publisher.until(lambda snapshot: len(snapshot.tags) == lists, PATIENCE)


@asynccontextmanager
async def at_work(under_way: Callable[[], bool]) -> AsyncIterator[Desk]:
    desk = Desk(under_way)
    running = asyncio.create_task(desk.publisher.run())
    try:
        yield desk
    finally:
        running.cancel()


async def test_what_is_under_way_comes_in_the_same_snapshot(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(publisher, "TOGETHER", PATIENCE)
    left = 5
    async with at_work(lambda: left > 0) as desk:
        for number in range(5):
            left -= 1
            desk.store.tag_list(TagList(f"oci://r/{number}"))
            for _turn in range(5):
                await asyncio.sleep(0)
        await desk.all_of(5)
        assert desk.published == [5]


async def test_what_is_under_way_is_asked_about_at_once_and_judged_with_the_rest() -> None:
    """A list that names a registry need not wait for the others before the registry is asked."""
    store, seen, judged = Store(Config()), list[int](), list[tuple[int, int]]()

    def ahead(batch: Batch) -> Snapshot:
        seen.append(len(batch.touched))
        return batch.half

    def whole(batch: Batch) -> Snapshot:
        judged.append((len(batch.touched), batch.half.serial))
        return batch.half

    under_way = True
    gate = Gate(asyncio.get_running_loop(), AT_ONCE)
    own = Publisher(store, gate, Clock(), AT_ONCE, whole, HASTY, lambda: under_way, ahead)
    running = asyncio.create_task(own.run())
    try:
        for number in (1, 2, 3):
            store.put(builders.ks("prod", f"app-{number}"))
            while not seen or seen[-1] < number:
                await asyncio.sleep(0)
            assert store.snapshot.serial == 0, "nobody is shown what is not judged"
        under_way = False
        store.tag_list(TagList("oci://r/1"))
        await own.until(lambda snapshot: snapshot.serial == 1, PATIENCE)
        assert seen[-1] == 3 and judged == [(3, 1)]
        store.put(builders.ks("prod", "four"))
        await own.until(lambda snapshot: snapshot.serial == 2, PATIENCE)
        assert judged[-1] == (1, 2), "what was judged is not new again"
    finally:
        running.cancel()


async def test_an_answer_that_does_not_come_holds_nothing_up(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(publisher, "TOGETHER", 0.01)
    async with at_work(lambda: True) as desk:
        desk.store.tag_list(TagList("oci://r/1"))
        await desk.all_of(1)
        assert desk.published == [1]


def feed(kind: str, state: FeedState) -> Feed:
    return Feed("prod", ("apps", kind), "", state)


class Still(Clock):
    """A clock on which no time passes."""

    def __init__(self) -> None:
        super().__init__()
        self.paused: list[float] = []

    async def sleep(self, seconds: float) -> None:
        self.paused.append(seconds)
        await asyncio.Event().wait()


async def test_a_first_picture_is_whole_as_soon_as_the_last_list_is_there() -> None:
    """The pause after half of it is as long as it cost; nobody waits that out for the rest."""
    store, clock = Store(Config()), Still()
    gate = Gate(asyncio.get_running_loop(), AT_ONCE)
    publisher_ = Publisher(store, gate, clock, 2.0, lambda batch: batch.half)
    for kind in ("Deployment", "Job"):
        store.feed(kind, feed(kind, FeedState.STARTING))
    running = asyncio.create_task(publisher_.run())
    try:
        store.feed("Job", feed("Job", FeedState.LIVE))
        await publisher_.until(lambda snapshot: snapshot.serial == 1, PATIENCE)
        store.feed("Deployment", feed("Deployment", FeedState.FORBIDDEN))
        whole = await publisher_.until(lambda snapshot: snapshot.serial == 2, PATIENCE)
        assert {f.state for f in whole.feeds} == {FeedState.LIVE, FeedState.FORBIDDEN}
        store.feed("Job", feed("Job", FeedState.RETRYING))
        for _turn in range(10):
            await asyncio.sleep(0)
        assert store.snapshot.serial == 2 and clock.paused == [2.0, 2.0]
    finally:
        running.cancel()


async def test_parts_of_a_first_picture_come_seldom_and_news_of_a_whole_one_at_once() -> None:
    store, clock = Store(Config()), Still()
    gate = Gate(asyncio.get_running_loop(), AT_ONCE)
    publisher_ = Publisher(store, gate, clock, AT_ONCE, lambda batch: batch.half, share=0)
    store.feed("Job", feed("Job", FeedState.STARTING))
    running = asyncio.create_task(publisher_.run())
    try:
        while not clock.paused:
            await asyncio.sleep(0)
        store.feed("Job", feed("Job", FeedState.LIVE))
        while len(clock.paused) < 2:
            await asyncio.sleep(0)
        assert clock.paused == [publisher.STARTING, AT_ONCE]
    finally:
        running.cancel()


@pytest.mark.parametrize(("more", "waits"), [(0, 1), (1, 2), (9, publisher.LONG)])
async def test_a_large_half_waits_as_long_as_more_of_it_comes(
    monkeypatch: pytest.MonkeyPatch, more: int, waits: int
) -> None:
    """Made twice it would take as long as that; and nobody looks at nothing for ever."""
    monkeypatch.setattr(publisher, "MANY", 1)
    store = Store(Config())

    class Slow(HandClock):
        """Every second another object comes, `more` times."""

        async def sleep(self, seconds: float) -> None:
            if len(self.slept) < more:
                store.put(builders.ks("prod", f"more-{len(self.slept)}"))
            await super().sleep(seconds)

    clock, made = Slow(), list[list[float]]()

    def stages(batch: Batch) -> Snapshot:
        made.append(list(clock.slept))
        return batch.half

    gate = Gate(asyncio.get_running_loop(), AT_ONCE)
    publisher_ = Publisher(store, gate, clock, 2.0, stages)
    store.feed("Job", feed("Job", FeedState.STARTING))
    for name in ("one", "two"):
        store.put(builders.ks("prod", name))
    running = asyncio.create_task(publisher_.run())
    try:
        await publisher_.until(lambda snapshot: snapshot.serial == 1, PATIENCE)
    finally:
        running.cancel()
    assert made == [[publisher.WHOLE] * waits]


async def test_what_has_arrived_is_read_while_the_rest_is_waited_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(publisher, "MANY", 1)
    store, read, judged = Store(Config()), list[int](), list[int]()

    def reading(batch: Batch) -> Snapshot:
        read.append(len(batch.touched))
        return batch.half

    def stages(batch: Batch) -> Snapshot:
        judged.append(len(batch.touched))
        return batch.half

    gate = Gate(asyncio.get_running_loop(), AT_ONCE)
    own = Publisher(store, gate, Still(), AT_ONCE, stages, ahead=reading)
    store.feed("Job", feed("Job", FeedState.STARTING))
    store.put(builders.ks("prod", "zero"))
    running = asyncio.create_task(own.run())
    try:
        await own.until(lambda snapshot: snapshot.serial == 1, PATIENCE)
        for number in (1, 2, 3):
            store.put(builders.ks("prod", f"app-{number}"))
            while len(read) < number:
                await asyncio.sleep(0)
        assert read == [1, 2, 3] and store.pending == 3 and store.snapshot.serial == 1
        store.feed("Job", feed("Job", FeedState.LIVE))
        await own.until(lambda snapshot: snapshot.serial == 2, PATIENCE)
        assert judged == [1, 3], "all of it is judged, and once"
        assert store.pending == 0
    finally:
        running.cancel()


async def test_what_cannot_be_read_ahead_is_a_finding_and_the_rest_goes_on() -> None:
    store = Store(Config())

    def reading(_batch: Batch) -> Snapshot:
        raise ValueError("a strange object")

    gate = Gate(asyncio.get_running_loop(), AT_ONCE)
    own = Publisher(store, gate, Still(), AT_ONCE, lambda batch: batch.half, ahead=reading)
    store.feed("Job", feed("Job", FeedState.STARTING))
    running = asyncio.create_task(own.run())
    try:
        await own.until(lambda snapshot: snapshot.serial == 1, PATIENCE)
        store.put(builders.ks("prod", "web"))
        while not store.notes():
            await asyncio.sleep(0)
        store.feed("Job", feed("Job", FeedState.LIVE))
        whole = await own.until(lambda snapshot: snapshot.serial == 2, PATIENCE)
        assert builders.ks("prod", "web").key in whole.table("prod", kustomization.KIND)
    finally:
        running.cancel()


async def test_half_of_a_large_first_picture_waits_for_the_rest(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(publisher, "MANY", 1)
    store, clock = Store(Config()), Still()
    gate = Gate(asyncio.get_running_loop(), AT_ONCE)
    publisher_ = Publisher(store, gate, clock, 2.0, lambda batch: batch.half)
    store.feed("Job", feed("Job", FeedState.STARTING))
    for name in ("one", "two"):
        store.put(builders.ks("prod", name))
    running = asyncio.create_task(publisher_.run())
    try:
        while not clock.paused:
            await asyncio.sleep(0)
        assert store.snapshot.serial == 0 and clock.paused == [publisher.WHOLE]
        store.put(builders.ks("prod", "three"))
        store.feed("Job", feed("Job", FeedState.LIVE))
        whole = await publisher_.until(lambda snapshot: snapshot.serial == 1, PATIENCE)
        (table,) = whole.resources["prod"].values()
        assert len(table) == 3
    finally:
        running.cancel()


async def test_a_moment_at_which_time_says_more_makes_a_snapshot_by_itself() -> None:
    """Nothing arrives: a deadline passes. It is waited for, not looked for now and then."""
    store, clock, made = Store(Config()), HandClock(), list[float]()

    def stages(batch: Batch) -> Snapshot:
        made.append(batch.half.taken_at)
        store.due_at({0.0: 90.0, 90.0: 100.0}.get(batch.half.taken_at, inf))
        return batch.half

    gate = Gate(asyncio.get_running_loop(), AT_ONCE)
    own = Publisher(store, gate, clock, 0.0, stages, share=0.0)
    store.settled.set()
    running = asyncio.create_task(own.run())
    try:
        store.again()
        await own.until(lambda snapshot: snapshot.serial == 3, PATIENCE)
        assert made == [0.0, 90.0, 100.0]
        assert [nap for nap in clock.slept if nap] == [60.0, 30.0, 10.0], "a clock may be set"
        for _turn in range(20):
            await asyncio.sleep(0)
        assert len(made) == 3, "nothing is due any more"
        store.again()
        await own.until(lambda snapshot: snapshot.serial == 4, PATIENCE)
    finally:
        running.cancel()


async def test_a_sooner_moment_is_heard_of_while_a_later_one_is_waited_for() -> None:
    store, clock = Store(Config()), Still()
    gate = Gate(asyncio.get_running_loop(), AT_ONCE)
    own = Publisher(store, gate, clock, AT_ONCE, lambda batch: batch.half)
    for moment in (2e12, 1e12):
        waiting = asyncio.create_task(own._more())
        await asyncio.sleep(0)
        store.due_at(moment)
        await asyncio.wait_for(waiting, PATIENCE)
        assert not store.is_new, "nothing has happened yet: it is waited for anew"
