"""Signals that ask for the end, as news in the queue that the main thread waits on.

A handler runs in the middle of whatever the main thread does: raising there, or setting an Event,
meets locks that are half taken. So it puts one word into a queue that is made for that and no
more. The second signal ends the program as if nobody had listened: a pipe may be stuck.
"""

from __future__ import annotations

import contextlib
import signal
import time
from collections.abc import Sequence
from queue import Empty, SimpleQueue
from types import FrameType
from typing import Any, Self

ENDS = (signal.SIGINT, signal.SIGTERM)
_GLANCE = 1.0
"""Seconds. A signal that comes just before a wait begins is heard by Python when the wait is over,
and not before: without news it was a minute."""


class Ending:
    """A context, in the main thread, in which `numbers` end `wait`; ignored ones stay ignored."""

    def __init__(self, numbers: Sequence[signal.Signals] = ENDS) -> None:
        self._numbers = numbers
        self._news: SimpleQueue[None] = SimpleQueue()
        self._before: dict[signal.Signals, Any] = {}
        self._asked = False
        self.number: signal.Signals | None = None  # the one that came

    def __enter__(self) -> Self:
        for number in self._numbers:
            before = signal.getsignal(number)
            if before is not signal.SIG_IGN:  # nohup
                self._before[number] = before
                signal.signal(number, self._came)
        return self

    def __exit__(self, *_error: object) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler if handler is not None else signal.SIG_DFL)

    def _came(self, number: int, _frame: FrameType | None) -> None:
        self._asked, self.number = True, signal.Signals(number)
        signal.signal(number, signal.SIG_DFL)
        self._news.put(None)

    def tell(self, *_whatever: object) -> None:
        """Something is new: `wait` returns once more. From any thread."""
        self._news.put(None)

    def wait(self, seconds: float | None = None) -> bool:
        """Wait for news, so long at most; False when a signal asked for the end."""
        end = None if seconds is None else time.monotonic() + seconds
        while not self._asked:
            rest = _GLANCE if end is None else min(_GLANCE, end - time.monotonic())
            if rest <= 0:
                break
            with contextlib.suppress(Empty):
                self._news.get(timeout=rest)
                break
        return not self._asked
