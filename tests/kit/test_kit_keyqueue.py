"""The one queue of keys: each looked at by one at a time, again when due, and none lost."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from fluxtui.kit.keyqueue import KeyQueue
from tests.stepped import SteppedClock

Key = tuple[str, str]
ONE, OTHER = ("ns", "a"), ("ns", "b")


def never(_key: Key, error: Exception, _times: int) -> float | None:
    raise error


@asynccontextmanager
async def working(
    queue: KeyQueue[Key],
    process: Callable[[Key], Awaitable[float | None]],
    workers: int = 2,
    failed: Callable[[Key, Exception, int], float | None] = never,
) -> AsyncIterator[None]:
    task = asyncio.create_task(queue.run(process, workers, failed))
    yield
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def test_a_queue_never_runs_a_key_twice_at_once_and_loses_nothing() -> None:
    queue: KeyQueue[Key] = KeyQueue(SteppedClock())
    running: set[Key] = set()
    runs: list[Key] = []
    gate = asyncio.Event()

    async def process(key: Key) -> float | None:
        assert key not in running
        running.add(key)
        runs.append(key)
        await gate.wait()
        running.discard(key)
        return None

    async with working(queue, process):
        queue.add(ONE, OTHER, ONE)
        while len(runs) < 2:
            await asyncio.sleep(0)
        for _ in range(5):
            queue.add(ONE)
        gate.set()
        await queue.settled.wait()
        assert runs == [ONE, OTHER, ONE]


async def test_a_queue_works_on_no_more_keys_at_once_than_it_may() -> None:
    queue: KeyQueue[Key] = KeyQueue(SteppedClock())
    busy, most = 0, 0

    async def process(key: Key) -> float | None:
        nonlocal busy, most
        busy += 1
        most = max(most, busy)
        await asyncio.sleep(0)
        busy -= 1
        return None

    async with working(queue, process, workers=3):
        queue.add(*(("ns", str(number)) for number in range(10)))
        await queue.settled.wait()
    assert most == 3


async def test_a_queue_is_settled_when_the_last_run_is_over_and_not_before() -> None:
    queue: KeyQueue[Key] = KeyQueue(SteppedClock())
    gates = {ONE: asyncio.Event(), OTHER: asyncio.Event()}
    over: list[Key] = []

    async def process(key: Key) -> float | None:
        await gates[key].wait()
        over.append(key)
        return None

    async with working(queue, process):
        assert queue.settled.is_set()
        queue.add(ONE, OTHER)
        assert not queue.settled.is_set()
        gates[ONE].set()
        while not over:
            await asyncio.sleep(0)
        await asyncio.sleep(0)
        assert not queue.settled.is_set(), "the other one still runs"
        queue.forget(ONE)
        assert not queue.settled.is_set()
        gates[OTHER].set()
        await queue.settled.wait()
        assert over == [ONE, OTHER]


async def test_a_queue_runs_again_when_it_is_due() -> None:
    clock = SteppedClock()
    queue: KeyQueue[Key] = KeyQueue(clock)
    runs: list[float] = []

    async def process(key: Key) -> float | None:
        runs.append(clock.monotonic())
        return 10.0

    async with working(queue, process):
        queue.add(ONE)
        await queue.settled.wait()
        for _ in range(2):
            await clock.until_awaited(10.0)
            clock.advance(10.0)
            queue.settled.clear()
            await queue.settled.wait()
        assert runs == [0.0, 10.0, 20.0]
        queue.forget(ONE)
        clock.advance(10.0)
        queue.add(OTHER)
        await queue.settled.wait()
        assert runs == [0.0, 10.0, 20.0, 30.0], "what is gone is not looked at when it was due"


async def test_what_fails_costs_only_its_own_key_and_comes_round_as_it_is_told_to() -> None:
    clock = SteppedClock()
    queue: KeyQueue[Key] = KeyQueue(clock)
    heard: list[tuple[Key, int]] = []
    tries: list[Key] = []

    async def process(key: Key) -> float | None:
        tries.append(key)
        if key == ONE and tries.count(ONE) != 3:
            raise KeyError("spec")
        return None

    def failed(key: Key, error: Exception, times: int) -> float | None:
        heard.append((key, times))
        return 2.0

    async with working(queue, process, failed=failed):
        queue.add(ONE, OTHER)
        await queue.settled.wait()
        assert tries == [ONE, OTHER]
        for _ in range(2):
            await clock.until_awaited(2.0)
            clock.advance(2.0)
            queue.settled.clear()
            await queue.settled.wait()
        queue.add(ONE)
        await queue.settled.wait()
    assert heard == [(ONE, 1), (ONE, 2), (ONE, 1)], "a success forgets the failures before it"
