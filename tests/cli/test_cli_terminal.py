"""A screen that does not end in time is left all the same, and nothing is drawn after it."""

from __future__ import annotations

import os
import subprocess
import sys
import termios
from collections.abc import Iterator
from contextlib import contextmanager

from fluxtui.cli.terminal import MODES_OFF

STUCK = """
import os, signal, threading
from fluxtui.cli import terminal

class Stuck:  # draws for ever, and hears nothing
    def when_running(self, _then): pass
    def from_signal(self, _wish): pass

def draw():
    while True:
        os.write(1, b"FRAME")

terminal.PATIENCE = 0.2
with terminal.Terminal(Stuck()):
    threading.Thread(target=draw, daemon=True).start()
    os.kill(os.getpid(), signal.SIGTERM)
    threading.Event().wait(60)
"""


@contextmanager
def teletype() -> Iterator[tuple[int, int]]:
    """Both ends of a pseudo-terminal: ours, and the program's."""
    ours, theirs = os.openpty()
    try:
        yield ours, theirs
    finally:
        os.close(ours)


def drawn_on(ours: int) -> bytes:
    """All that comes until the other end is closed."""
    parts = []
    try:
        while part := os.read(ours, 65536):
            parts.append(part)
    except OSError:  # how Linux says that the other end is closed
        pass
    return b"".join(parts)


def test_nothing_is_drawn_on_a_terminal_that_was_given_back() -> None:
    with teletype() as (ours, theirs):
        before = termios.tcgetattr(theirs)
        program = subprocess.Popen(
            [sys.executable, "-c", STUCK], stdin=theirs, stdout=theirs, stderr=theirs
        )
        os.close(theirs)
        drawn = drawn_on(ours)
        assert program.wait(60) == 128 + 15
        frames, off, after = drawn.partition(MODES_OFF.encode())
        assert b"FRAME" in frames and off and after == b""
        assert termios.tcgetattr(ours)[3] == before[3]
