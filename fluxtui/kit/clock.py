"""The clock of everything that waits on purpose: intervals, time limits, retries, roll-outs.

It is taken from outside, so that a demo may run faster than life and tests never sleep. Only
waiting is sped up; `now` stays the wall clock, because time stamps in objects are compared with
those that an API server writes.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

from fluxtui.kit.moments import rfc3339


class Clock:
    """Waits `seconds / speed`. Raises ValueError for a speed that is not positive."""

    def __init__(self, speed: float = 1.0, now: Callable[[], float] = time.time) -> None:
        if speed <= 0:
            raise ValueError("the speed of a clock must be positive")
        self.speed = speed
        self._now = now

    def now(self) -> float:
        """The wall clock: seconds since 1970."""
        return self._now()

    def stamp(self, digits: int = 6) -> str:
        """The wall clock as RFC 3339 in UTC; `digits` of a second: 0 (as Kubernetes), 3 or 6."""
        return rfc3339(self.now(), digits)

    def monotonic(self) -> float:
        """Seconds that only grow, `speed` times as fast as real ones: for limits and intervals."""
        return time.monotonic() * self.speed

    def took(self, began: float) -> float:
        """Real seconds since that `monotonic`: what is told beside stamps of the wall clock."""
        return (self.monotonic() - began) / self.speed

    def busy(self) -> float:
        """Seconds of CPU that this thread has used."""
        return time.thread_time()

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
