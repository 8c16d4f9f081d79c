"""A log that is followed: lines come in on the Engine's loop, the reader takes the newest view.

As with Snapshots, the reader gets an immutable value and a "look again", never more often than
useful, and memory is bounded by lines kept, not by lines written. It must not parse what it reads.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque
from collections.abc import AsyncIterator, Callable

from fluxtui.domain.ask import LogView
from fluxtui.domain.errors import FluxtuiError
from fluxtui.engine.publication.gate import FAST, Gate

KEPT = 5_000


class LogTail:
    """One log. `view`, `seen` and `close` may be called from any thread."""

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        wake: Callable[[], None],
        *,
        interval: float = FAST,
        most: int = KEPT,
    ) -> None:
        self._loop = loop
        self._gate = Gate(loop, interval)
        self._wake = wake
        self._lines: deque[str] = deque(maxlen=most)
        self._count = 0
        self._state, self._error = "reading", ""
        self._view = LogView()
        self._made = (0, "reading")
        self._task: asyncio.Task[None] | None = None
        self._closed = False

    @property
    def view(self) -> LogView:
        """The lines kept so far."""
        return self._view

    def seen(self) -> None:
        """The reader has taken the view: the next wake may come."""
        self._post(self._again)

    def close(self) -> None:
        """Nobody reads on: end the request."""
        self._post(self._end)

    # -- on the loop

    def begin(self, lines: Callable[[], AsyncIterator[str]]) -> None:
        """Read from now on; `lines` may raise when it is called, as when it is iterated."""
        if not self._closed:
            self._gate.reader(self._look)
            self._task = asyncio.ensure_future(self._read(lines))

    async def _read(self, lines: Callable[[], AsyncIterator[str]]) -> None:
        try:
            async for line in lines():
                self._lines.append(line)
                self._count += 1
                self._state = "following"
                self._gate.knock()
            self._state = "ended"
        except FluxtuiError as error:
            self._state, self._error = "failed", str(error)
        self._gate.knock()

    def _look(self) -> None:
        self._refresh()
        self._wake()

    def _again(self) -> None:
        self._gate.seen()

    def _refresh(self) -> None:
        state = (self._count, self._state)
        if state != self._made:
            self._made = state
            lines = tuple(self._lines)
            self._view = LogView(lines, self._count - len(lines), self._state, self._error)

    def _end(self) -> None:
        self._closed = True
        self._gate.close()
        if self._task is not None:
            self._task.cancel()

    def _post(self, call: Callable[[], None]) -> None:
        with contextlib.suppress(RuntimeError):  # the loop is closed: nothing is left to end
            self._loop.call_soon_threadsafe(call)
