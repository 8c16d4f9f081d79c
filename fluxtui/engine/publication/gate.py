"""The gate between the Engine and its reader: "look again", never more often than useful.

At most one wake is outstanding until the reader says `seen`; the first goes out at once, later ones
at a bounded rate (docs/architecture.md#costs), so that the screen is smooth at any rate of events.
It carries no data and must never block the Engine.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

AT_ONCE = 0.002
"""For whoever waits for one answer; what arrives together still comes in one Snapshot."""
FAST = 0.1
SLOW = 0.25


class Gate:
    """Lives on the Engine's loop: every method is called there. `interval` in seconds."""

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        interval: float,
        monotonic: Callable[[], float] | None = None,
    ) -> None:
        self._loop = loop
        self._interval = interval
        self._monotonic = monotonic or loop.time
        self._wake: Callable[[], None] | None = None
        self._outstanding = False
        self._news = False
        self._last = float("-inf")
        self._timer: asyncio.TimerHandle | None = None

    @property
    def is_read(self) -> bool:
        """Whether somebody looks at Snapshots as they come."""
        return self._wake is not None

    def reader(self, wake: Callable[[], None]) -> None:
        """Register the one reader; it is woken at once when there was news before it came."""
        self._wake = wake
        self._outstanding = False
        self._open()

    def knock(self) -> None:
        """There is a newer Snapshot."""
        self._news = True
        self._open()

    def seen(self) -> None:
        """The reader took the newest Snapshot (or what was newest when it looked)."""
        self._outstanding = False
        self._open()

    def close(self) -> None:
        """No wake from now on."""
        self._wake = None
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _open(self) -> None:
        if not self._news or self._outstanding or self._wake is None or self._timer is not None:
            return
        wait = self._last + self._interval - self._monotonic()
        if wait > 0:
            self._timer = self._loop.call_later(wait, self._due)
            return
        self._news = False
        self._outstanding = True
        self._last = self._monotonic()
        try:
            self._wake()
        except Exception:
            # The reader has gone (a screen that was closed); whoever comes next registers anew.
            self._wake = None
            self._outstanding = False

    def _due(self) -> None:
        self._timer = None
        self._open()
