"""What can wait until the first whole picture is there, and that it does not wait for ever."""

from __future__ import annotations

import asyncio
from typing import Any, cast

import pytest

from fluxtui.domain.config import Config
from fluxtui.domain.knowledge import FeedState
from fluxtui.domain.snapshot import Feed
from fluxtui.engine import beginning
from fluxtui.engine.beginning import looked_at
from fluxtui.engine.pace import Pace
from fluxtui.engine.publication.gate import AT_ONCE, Gate
from fluxtui.engine.publication.publisher import Publisher
from fluxtui.engine.publication.store import Store
from fluxtui.engine.tags.watch import TagWatch
from fluxtui.kit.clock import Clock
from tests import builders


def a_feed(kind: str, state: FeedState) -> Feed:
    return Feed("prod", ("apps", kind), "", state)


class Door:
    """Registries: what was asked of them."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    async def list_tags(self, repository: str) -> tuple[str, ...]:
        self.asked.append(repository)
        return ("1.0.0",)


class Hourglass(Clock):
    """A clock on which time passes when a test says so."""

    def __init__(self) -> None:
        super().__init__()
        self.over = asyncio.Event()

    async def sleep(self, seconds: float) -> None:
        await self.over.wait()


async def turns() -> None:
    for _turn in range(20):
        await asyncio.sleep(0)


async def test_the_picture_is_whole_once_every_first_list_is_in_it() -> None:
    store = Store(Config())
    gate = Gate(asyncio.get_running_loop(), AT_ONCE)
    publisher = Publisher(store, gate, Clock(), AT_ONCE, lambda batch: batch.half)
    for kind in ("Deployment", "Job"):
        store.feed(kind, a_feed(kind, FeedState.STARTING))
    publisher.publish()
    store.feed("Job", a_feed("Job", FeedState.LIVE))
    publisher.publish()
    assert not publisher.whole.is_set()
    store.feed("Deployment", a_feed("Deployment", FeedState.RETRYING))
    assert not publisher.whole.is_set(), "it has arrived, and nobody has seen it yet"
    publisher.publish()
    assert publisher.whole.is_set()


async def test_no_registry_is_asked_before_the_first_whole_picture() -> None:
    store, door, whole, clock = Store(Config()), Door(), asyncio.Event(), Hourglass()

    async def first() -> None:
        await looked_at(whole, clock)

    watch = TagWatch(cast(Any, door), store, Clock(), Pace(), cast(Any, None), first=first)
    store.put(builders.source("prod"))
    batch = store.take(0.0)
    watch.follow(batch, batch.half)
    await turns()
    assert door.asked == []
    whole.set()
    await turns()
    assert door.asked == [], "the screen draws it first"
    clock.over.set()
    await turns()
    assert door.asked == [builders.URL]
    gone = batch._replace(half=store.snapshot)  # nobody uses it any more: its tasks end
    watch.follow(gone, gone.half)
    await turns()


async def test_an_api_that_does_not_answer_is_not_waited_for_for_ever(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(beginning, "LONGEST", 0.0)
    clock = Hourglass()
    clock.over.set()
    await asyncio.wait_for(looked_at(asyncio.Event(), clock), 10)


async def test_a_picture_that_is_still_on_its_way_is_waited_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(beginning, "LONGEST", 0.0)
    looks = iter((1, 2, 2, 2, 3, 3))
    clock = Hourglass()
    await asyncio.wait_for(looked_at(asyncio.Event(), clock, lambda: next(looks), drawn=False), 10)
    assert list(looks) == [3, 3], "no longer than something comes"

    always = iter(range(100))
    await asyncio.wait_for(looked_at(asyncio.Event(), clock, lambda: next(always), drawn=False), 10)
    assert next(always) == 2 * beginning.OFTEN, "and not for ever"


async def test_where_nobody_looks_nothing_is_left_for_drawing() -> None:
    whole, clock = asyncio.Event(), Hourglass()
    whole.set()
    await asyncio.wait_for(looked_at(whole, clock, drawn=False), 10)
    looking = asyncio.create_task(looked_at(whole, clock))
    await turns()
    assert not looking.done()
    clock.over.set()
    await looking
