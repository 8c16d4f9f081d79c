"""The garbage collector during a start: off, and on again however the start goes."""

from __future__ import annotations

import asyncio
import gc

import pytest

from fluxtui.engine.collecting import held_off
from fluxtui.kit.clock import Clock


class Hourglass(Clock):
    """A clock on which time passes when a test says so."""

    def __init__(self) -> None:
        super().__init__()
        self.over = asyncio.Event()

    async def sleep(self, seconds: float) -> None:
        await self.over.wait()


async def begun() -> tuple[asyncio.Task[None], asyncio.Event, Hourglass]:
    settled, clock = asyncio.Event(), Hourglass()
    task = asyncio.create_task(held_off(settled.wait(), clock))
    await asyncio.sleep(0)
    assert not gc.isenabled()
    return task, settled, clock


async def test_it_is_off_until_all_has_arrived() -> None:
    task, settled, _clock = await begun()
    settled.set()
    await task
    assert gc.isenabled()


async def test_an_api_that_does_not_answer_keeps_it_off_for_a_while_only() -> None:
    task, _settled, clock = await begun()
    clock.over.set()
    await task
    assert gc.isenabled()


async def test_who_leaves_at_once_leaves_it_on() -> None:
    task, _settled, _clock = await begun()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert gc.isenabled()
