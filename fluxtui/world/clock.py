"""How moments are written, and the clock of the simulated workloads: it may run faster than life.

Only waiting is sped up; `now` stays the wall clock, because time stamps in objects are compared
with those that an API server writes. Tests hand in one that stands still until they move it.
"""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime
from typing import Protocol

from fluxtui.kit.moments import rfc3339


def stamp(at: datetime) -> str:
    """A moment as the API and the registry's artifacts have it: RFC 3339 in UTC, whole seconds."""
    return rfc3339(at.timestamp(), 0)


class Clock(Protocol):
    """What the simulator asks of a clock; `speed` is how much faster than life it runs."""

    speed: float

    def now(self) -> datetime:
        """The wall clock, in UTC."""

    def monotonic(self) -> float:
        """Seconds that only grow, `speed` times as fast as real ones."""

    async def sleep(self, seconds: float) -> None:
        """Wait that long on this clock."""


class SpedClock:
    """A Clock that waits `seconds / speed`."""

    def __init__(self, speed: float) -> None:
        self.speed = speed

    def now(self) -> datetime:
        return datetime.now(UTC)

    def monotonic(self) -> float:
        return time.monotonic() * self.speed

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds / self.speed)
