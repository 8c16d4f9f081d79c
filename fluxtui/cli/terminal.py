"""The terminal while the screen is on it: whatever ends us, it is given back as it was.

A signal, or a terminal that is gone, leaves as `Q` does but asks nothing: the screen ends, then the
Engine, which cuts off what runs and writes that down. It must not wait for ever on either.
"""

from __future__ import annotations

import contextlib
import os
import select
import signal
import sys
import termios
import threading
from types import FrameType, TracebackType
from typing import TYPE_CHECKING, Any

from fluxtui.cli.quiet import own_settings

if TYPE_CHECKING:
    from fluxtui.ui.app import FluxtuiApp

ENDS = (signal.SIGTERM, signal.SIGHUP, signal.SIGINT, signal.SIGQUIT)
PATIENCE = 10.0  # seconds for the screen and the Engine to end
# Every mode that the screen turns on: paste, line wrap, size reports, mouse, keyboard protocol,
# focus reports, the alternate screen, the cursor.
MODES_OFF = (
    "\x1b[?2004l\x1b[?7h\x1b[?2048l\x1b[?1000l\x1b[?1003l\x1b[?1015l\x1b[?1006l\x1b[?1016l"
    "\x1b[<u\x1b[?1004l\x1b[?1049l\x1b[?25h"
)


class Terminal:
    """A context around `app.run` and the end of the Engine. `code` is 128+n after signal n."""

    def __init__(self, app: FluxtuiApp) -> None:
        self._app = app
        self._before: list[Any] | None = None
        self._handlers: dict[signal.Signals, Any] = {}
        self.code = 0
        self.why = "fluxtui was left"  # for the Journal

    def __enter__(self) -> Terminal:
        self._before = own_settings()
        for number in (*ENDS, signal.SIGTSTP, signal.SIGCONT):
            self._handlers[number] = signal.getsignal(number)
        for number in ENDS:
            signal.signal(number, self._ended)
        # The driver takes these two for itself when it is made; ours are put back over them then.
        self._app.when_running(self._follow_jobs)
        if self._before is not None:
            threading.Thread(target=self._watch, name="terminal", daemon=True).start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for number in ENDS:
            signal.signal(number, signal.SIG_IGN)  # the rest is quick
        self._give_back()
        for number, handler in self._handlers.items():
            signal.signal(number, handler if handler is not None else signal.SIG_DFL)

    def _follow_jobs(self) -> None:
        signal.signal(signal.SIGTSTP, lambda _number, _frame: self._app.from_signal("suspend"))
        signal.signal(signal.SIGCONT, lambda _number, _frame: self._app.from_signal("continue"))

    def _watch(self) -> None:
        """Wait until the terminal hangs up; it says so even where nobody sends a signal."""
        poll = select.poll()
        with contextlib.suppress(OSError, ValueError):
            poll.register(sys.stdin.fileno(), 0)
            poll.poll()
            self._end(signal.SIGHUP, "the terminal was closed")

    def _ended(self, number: int, _frame: FrameType | None) -> None:
        end = signal.Signals(number)
        self._end(end, f"fluxtui was ended by {end.name}")

    def _end(self, number: signal.Signals, why: str) -> None:
        if self.code:
            return
        self.code, self.why = 128 + number, why
        late = threading.Timer(PATIENCE, self._give_up)
        late.daemon = True
        late.start()
        self._app.from_signal("end")

    def _give_up(self) -> None:
        """Children end with the pipes that lead to them. Whatever is still drawn goes nowhere: on a
        screen that was given back it would stay."""
        with contextlib.suppress(OSError, ValueError):
            streams = [stream.fileno() for stream in (sys.__stdout__, sys.__stderr__) if stream]
            screen, nowhere = os.dup(streams[-1]), os.open(os.devnull, os.O_WRONLY)
            for stream in streams:
                os.dup2(nowhere, stream)
            os.write(screen, MODES_OFF.encode())
        self._give_back()
        os._exit(self.code)

    def _give_back(self) -> None:
        if self._before is not None:
            with contextlib.suppress(termios.error, ValueError, OSError):
                termios.tcsetattr(sys.stdin.fileno(), termios.TCSANOW, self._before)
