"""A followed log: its reader sees the last lines, is woken no more than useful, and can stop."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable

from fluxtui.domain.errors import Forbidden
from fluxtui.engine.logtail import LogTail

Lines = Callable[[], AsyncIterator[str]]


class Reader:
    def __init__(self) -> None:
        self.wakes = 0
        self.woken = asyncio.Event()

    def wake(self) -> None:
        self.wakes += 1
        self.woken.set()

    async def until(self, tail: LogTail, state: str) -> None:
        """Look again and again, as a screen does, until the log is in that state."""
        while tail.view.state != state:
            await self.woken.wait()
            self.woken.clear()
            tail.seen()


def writes(*lines: str, error: Exception | None = None) -> Lines:
    async def stream() -> AsyncIterator[str]:
        for line in lines:
            yield line
        if error is not None:
            raise error

    return stream


def tail_of(reader: Reader, kept: int = 5_000) -> LogTail:
    return LogTail(asyncio.get_running_loop(), reader.wake, interval=0.0, most=kept)


async def test_lines_come_in_order_and_the_end_is_said() -> None:
    reader = Reader()
    tail = tail_of(reader)
    tail.begin(writes("one", "two"))
    await reader.until(tail, "ended")
    assert tail.view.lines == ("one", "two")
    assert tail.view.before == 0


async def test_only_the_last_lines_are_kept_and_the_others_counted() -> None:
    reader = Reader()
    tail = tail_of(reader, kept=10)
    tail.begin(writes(*map(str, range(1_000))))
    await reader.until(tail, "ended")
    assert tail.view.lines == tuple(map(str, range(990, 1_000)))
    assert tail.view.before == 990


async def test_a_refusal_is_a_state_with_its_sentence() -> None:
    reader = Reader()
    tail = tail_of(reader)
    tail.begin(writes("one", error=Forbidden("pods/log may not be read", where="staging")))
    await reader.until(tail, "failed")
    assert tail.view.lines == ("one",)
    assert "pods/log may not be read" in tail.view.error


async def test_a_reader_that_does_not_look_is_not_woken_again() -> None:
    reader = Reader()
    tail = tail_of(reader)
    tail.begin(writes(*map(str, range(500))))
    await reader.woken.wait()
    for _ in range(50):
        await asyncio.sleep(0)
    assert reader.wakes == 1


async def test_closing_ends_the_request() -> None:
    ended = asyncio.Event()

    async def endless() -> AsyncIterator[str]:
        try:
            yield "one"
            await asyncio.Event().wait()
        finally:
            ended.set()

    reader = Reader()
    tail = tail_of(reader)
    tail.begin(endless)
    await reader.woken.wait()
    tail.close()
    await asyncio.wait_for(ended.wait(), 10)
