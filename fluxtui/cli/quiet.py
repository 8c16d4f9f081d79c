"""The terminal until the screen is on it: nothing that is typed shows, and nothing of it is lost.

Starting takes a moment, with a World of its own several seconds. What is typed meanwhile waits in
the terminal for the screen, which takes it or lets it go; whatever ends us before that, the
terminal is as it was. Signals go on working. It must touch no terminal that is not ours to set.
"""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import termios
from collections.abc import Iterator
from types import FrameType
from typing import Any

ENDS = (signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT)
_LOCAL, _CHARS = 3, 6  # places in what tcgetattr gives
_own: list[list[Any]] = []  # how the terminal was before it was made quiet, if it was


def own_settings() -> list[Any] | None:
    """The terminal's settings as its person has them; None without a terminal."""
    if _own:
        return _own[0]
    try:
        return termios.tcgetattr(sys.stdin.fileno())
    except (termios.error, ValueError, OSError):
        return None


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """From here on nothing typed is echoed; at the end the terminal is given back."""
    before = own_settings()
    if before is None or _own or not _is_ours():
        yield
        return
    _own.append(before)
    handlers = {number: signal.getsignal(number) for number in (*ENDS, signal.SIGTSTP)}
    for number in ENDS:
        if handlers[number] is not signal.SIG_IGN:  # nohup
            signal.signal(number, _ended)
    signal.signal(signal.SIGTSTP, _stopped)
    try:
        _hush(before)
        yield
    finally:
        for number, handler in handlers.items():
            signal.signal(number, handler if handler is not None else signal.SIG_DFL)
        _set(before)
        _own.clear()


def _is_ours() -> bool:
    """Whether we are in the foreground: setting it from behind stops the whole job."""
    try:
        return os.tcgetpgrp(sys.stdin.fileno()) == os.getpgrp()
    except (ValueError, OSError):
        return False


def _hush(before: list[Any]) -> None:
    settings = [*before]
    settings[_LOCAL] &= ~(termios.ECHO | termios.ICANON)
    settings[_CHARS] = [*before[_CHARS]]
    settings[_CHARS][termios.VMIN], settings[_CHARS][termios.VTIME] = 1, 0
    _set(settings)


def _set(settings: list[Any]) -> None:
    with contextlib.suppress(termios.error, ValueError, OSError):  # the terminal is gone
        termios.tcsetattr(sys.stdin.fileno(), termios.TCSANOW, settings)


def _ended(number: int, _frame: FrameType | None) -> None:
    sys.exit(128 + number)


def _stopped(_number: int, _frame: FrameType | None) -> None:
    """Ctrl-Z before the screen is there: the shell gets its terminal as it was, until `fg`."""
    _set(_own[0])
    signal.signal(signal.SIGTSTP, signal.SIG_DFL)
    os.kill(os.getpid(), signal.SIGTSTP)
    signal.signal(signal.SIGTSTP, _stopped)
    _hush(_own[0])
