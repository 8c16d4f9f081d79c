"""How long the Engine waits after which failure; waiting itself is the Clock's."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass


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
