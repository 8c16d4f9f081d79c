"""The one clock: faster than life where it is asked to be, standing still in tests."""

from __future__ import annotations

import asyncio

import pytest

from fluxtui.kit.clock import Clock
from tests.stepped import NEW_YEAR, SteppedClock


async def test_a_fast_clock_waits_less_and_tells_sped_up_seconds() -> None:
    clock = Clock(1000.0)
    began = clock.monotonic()
    assert await clock.wait(asyncio.Event(), 5.0) is False
    assert clock.monotonic() - began >= 4.9
    assert 0.0 < clock.took(began) <= (clock.monotonic() - began) / 1000.0
    with pytest.raises(ValueError, match="positive"):
        Clock(0)


@pytest.mark.parametrize("clock", [Clock(), SteppedClock()])
async def test_a_wait_never_swallows_a_cancellation(clock: Clock) -> None:
    event = asyncio.Event()
    task = asyncio.create_task(clock.wait(event, 10.0))
    await asyncio.sleep(0)
    event.set()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


def test_the_wall_clock_is_written_as_fine_as_is_asked() -> None:
    clock = Clock(speed=60, now=lambda: NEW_YEAR + 0.25)
    assert clock.now() == NEW_YEAR + 0.25, "only waiting is sped up"
    assert clock.stamp() == "2026-01-01T00:00:00.250000Z"
    assert clock.stamp(0) == "2026-01-01T00:00:00Z"


async def test_a_standing_clock_wakes_nobody_before_its_time() -> None:
    clock = SteppedClock()
    woken = asyncio.create_task(clock.sleep(90))
    await clock.until_awaited(90)
    clock.advance(89)
    await asyncio.sleep(0)
    assert not woken.done()
    clock.advance(1)
    await woken
    assert (clock.now(), clock.monotonic()) == (NEW_YEAR + 90, 90)
