"""How long to wait after one more failure: doubling delays with jitter, up to a limit."""

from __future__ import annotations

import os
from collections.abc import Callable


def chance() -> float:
    """A number below 1, without the library's module for good ones: that takes 4 ms to import."""
    return int.from_bytes(os.urandom(4), "big") / 2**32


class Backoff:
    """`first` seconds, twice that, ... up to `most`; `jitter` adds up to half of each."""

    def __init__(self, first: float, most: float, jitter: Callable[[], float] = chance) -> None:
        self._first = first
        self._most = most
        self._jitter = jitter
        self._failures = 0

    def reset(self) -> None:
        """Forget the failures: it was healthy long enough."""
        self._failures = 0

    def next(self) -> float:
        """Seconds to wait after one more failure."""
        # The exponent is bounded so that it cannot overflow.
        base = self._first * float(2 ** min(self._failures, 16))
        self._failures += 1
        return min(self._most, base * (1 + self._jitter() / 2))
