"""The Engine's clock, taken from outside so that tests turn it by hand instead of sleeping.

Also the paces derived from it: how long to wait after which failure. Nothing else in this room may
call `time` or sleep on its own.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from fluxtui.kit.moments import rfc3339, seconds


@dataclass(frozen=True, slots=True)
class Clock:
    """`now`: epoch seconds; `monotonic`: seconds of a steady clock; `sleep`: waits on it.

    `busy`: seconds of CPU this thread has used.
    """

    now: Callable[[], float] = time.time
    monotonic: Callable[[], float] = time.monotonic
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    busy: Callable[[], float] = time.thread_time

    def stamp(self) -> str:
        """The present time as RFC 3339 in UTC with microseconds."""
        return rfc3339(self.now())


@dataclass(frozen=True, slots=True)
class Pace:
    """Seconds. `first`..`most`: after failures; `healthy`: life after which failures are forgotten;
    `parked`: between two tries of what is forbidden or absent; `listing`: between two tag lists."""

    first: float = 0.8
    most: float = 30.0
    healthy: float = 10.0
    parked: float = 30.0
    listing: float = 60.0


class Backoff:
    """Doubling delays with jitter: `first`, twice that, ... up to `most` seconds."""

    def __init__(self, pace: Pace, jitter: Callable[[], float] = random.random) -> None:
        self._pace = pace
        self._jitter = jitter
        self._failures = 0

    def reset(self) -> None:
        """Forget the failures: it was healthy long enough."""
        self._failures = 0

    def next(self) -> float:
        """Seconds to wait after one more failure."""
        # 2**16 x 0.8 s is far above any `most`; the exponent is bounded so that it cannot overflow.
        base = self._pace.first * float(2 ** min(self._failures, 16))
        self._failures += 1
        return min(self._pace.most, base * (1 + self._jitter() / 2))


def epoch(text: str) -> float | None:
    """Epoch seconds of an RFC 3339 text (Kubernetes writes `Z`); None when it is none."""
    return seconds(text)
