"""The clock of everything that waits on purpose: intervals, time limits, retries, roll-outs.

Reconciler and workload simulator take it from outside, so that a demo may run faster than life and
tests never sleep. Only waiting is sped up; `now` stays the wall clock, because time stamps in
objects are compared with those that an API server writes.
"""

from __future__ import annotations

import asyncio
import math
import time
from datetime import UTC, datetime, timedelta
from typing import Any


class Clock:
    """Waits `seconds / speed`. `monotonic` counts sped-up seconds, for measuring durations."""

    def __init__(self, speed: float = 1.0) -> None:
        if speed <= 0:
            raise ValueError("the speed of a clock must be positive")
        self.speed = speed

    def now(self) -> datetime:
        """The wall clock, in UTC."""
        return datetime.now(UTC)

    def monotonic(self) -> float:
        """Seconds that only grow, `speed` times as fast as real ones."""
        return time.monotonic() * self.speed

    async def sleep(self, seconds: float) -> None:
        """Wait that long on this clock."""
        await asyncio.sleep(seconds / self.speed)

    async def wait(self, event: asyncio.Event, seconds: float | None) -> bool:
        """Wait for the event, at most that long (None: for ever); whether it came."""
        if seconds is None:
            return await event.wait()
        # Not wait_for: in Python 3.11 it can swallow the cancellation of whoever waits.
        try:
            async with asyncio.timeout(max(0.0, seconds) / self.speed):
                return await event.wait()
        except TimeoutError:
            return event.is_set()


class SteppedClock(Clock):
    """A clock that stands still until `advance` moves it; wakes what has become due.

    Its `speed` is infinite: pauses of others that are divided by it take no time.
    """

    def __init__(self, start: datetime | None = None) -> None:
        super().__init__(math.inf)
        self._start = start or datetime(2026, 1, 1, tzinfo=UTC)
        self._passed = 0.0
        self._sleepers: dict[asyncio.Future[None], float] = {}
        self._news = asyncio.Event()

    async def until_awaited(self, within: float) -> None:
        """Return once somebody waits for a moment at most that many seconds away."""
        while not any(
            due <= self._passed + within and not sleeper.done()
            for sleeper, due in self._sleepers.items()
        ):
            self._news.clear()
            await self._news.wait()

    def now(self) -> datetime:
        return self._start + timedelta(seconds=self._passed)

    def monotonic(self) -> float:
        return self._passed

    def advance(self, seconds: float) -> None:
        """Let that much time pass at once."""
        self._passed += seconds
        for sleeper, due in list(self._sleepers.items()):
            if due <= self._passed and not sleeper.done():
                sleeper.set_result(None)

    async def sleep(self, seconds: float) -> None:
        sleeper = self._sleeper(seconds)
        try:
            await sleeper
        finally:
            del self._sleepers[sleeper]

    async def wait(self, event: asyncio.Event, seconds: float | None) -> bool:
        if seconds is None:
            return await event.wait()
        sleeper = self._sleeper(seconds)  # before anything else may run, and time may pass
        come = asyncio.ensure_future(event.wait())
        both: set[asyncio.Future[Any]] = {come, sleeper}
        try:
            await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
        finally:
            del self._sleepers[sleeper]
            come.cancel()
            await asyncio.gather(come, return_exceptions=True)
        return event.is_set()

    def _sleeper(self, seconds: float) -> asyncio.Future[None]:
        """A future that is done once that much time has passed."""
        sleeper = asyncio.get_running_loop().create_future()
        self._sleepers[sleeper] = self._passed + seconds
        if seconds <= 0:
            sleeper.set_result(None)
        self._news.set()
        return sleeper
