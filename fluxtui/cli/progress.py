"""A progress bar for long transfers, on a terminal's stderr only.

It appears when a transfer is not over at once and goes away when it is; nothing of it stays among
what a program would read.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from types import TracebackType
from typing import TextIO

SHOWN_AFTER = 0.5
WIDTH = 30
_LEAST = 0.1


class Bar:
    """A context around transfers; `moved` is told of (bytes so far, bytes in all or -1).

    May be told from any thread, by one transfer after the other.
    """

    def __init__(self, stream: TextIO, clock: Callable[[], float] = time.monotonic) -> None:
        self._stream = stream
        self._clock = clock
        self._shows = stream.isatty()
        self._began = self._said = clock()
        self._drawn = False

    def moved(self, size: int, total: int) -> None:
        """Draw the bar when it is time to."""
        now = self._clock()
        if not self._shows or now - self._began < SHOWN_AFTER:
            return
        if now - self._said < _LEAST and size != total:
            return
        self._said, self._drawn = now, True
        self._stream.write(f"\r\x1b[K{bar(size, total)}")
        self._stream.flush()

    def __enter__(self) -> Bar:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.clear()

    def clear(self) -> None:
        """Take the bar away, so that what is printed next starts on a clean line."""
        if self._drawn:
            self._stream.write("\r\x1b[K")
            self._stream.flush()
            self._drawn = False


def bar(size: int, total: int) -> str:
    """`[#####.....]  50%  1.0 of 2.0 MiB`; without a total only what has come."""
    if total <= 0:
        return f"{size / (1 << 20):.1f} MiB"
    full = WIDTH * min(size, total) // total
    share = 100 * min(size, total) // total
    sizes = f"{size / (1 << 20):.1f} of {total / (1 << 20):.1f} MiB"
    return f"[{'#' * full}{'.' * (WIDTH - full)}] {share:3d}%  {sizes}"
