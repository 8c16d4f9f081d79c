"""A clock that stands still until a test moves it: nobody sleeps, and nothing depends on luck."""

from __future__ import annotations

import asyncio
import math
from typing import Any

from fluxtui.kit.clock import Clock

NEW_YEAR = 1_767_225_600.0
"""2026-01-01T00:00:00Z."""


class SteppedClock(Clock):
    """Stands still until `advance` moves it; wakes what has become due.

    Its `speed` is infinite: pauses of others that are divided by it take no time.
    """

    def __init__(self, start: float = NEW_YEAR) -> None:
        super().__init__(math.inf)
        self._start = start
        self._passed = 0.0
        self.hurry = 1.0  # how often faster than the wall its seconds pass
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

    def now(self) -> float:
        return self._start + self._passed

    def monotonic(self) -> float:
        return self._passed

    def took(self, began: float) -> float:
        return (self._passed - began) / self.hurry

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
