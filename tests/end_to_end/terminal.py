"""The installed program in a pseudo-terminal, with a real terminal emulator reading its screen.

Nothing of fluxtui is imported here: bytes go in and out as over SSH.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import pty
import select
import signal
import struct
import termios
import time
from collections.abc import Callable, Sequence

import pyte

PATIENCE = 240.0
# A program draws a frame between these, when the terminal says that it waits for whole frames.
ASKED, WAITS = b"\x1b[?2026$p", b"\x1b[?2026;2$y"
FRAME, FRAME_ENDS = b"\x1b[?2026h", b"\x1b[?2026l"
# Alternate screen, bracketed paste, mouse, hidden cursor: what a shell must not be left with.
MODES = (
    (b"\x1b[?1049h", b"\x1b[?1049l"),
    (b"\x1b[?2004h", b"\x1b[?2004l"),
    (b"\x1b[?1000h", b"\x1b[?1000l"),
    (b"\x1b[?25l", b"\x1b[?25h"),
)


def whole_frames(data: bytes) -> tuple[bytes, bytes]:
    """What may be shown, and what is kept until its frame ends: nobody sees half a frame, and a
    test that did would judge a row whose end was still on its way."""
    begins, ends = data.rfind(FRAME), data.rfind(FRAME_ENDS)
    if begins > ends:
        return data[:begins], data[begins:]
    for kept in range(min(len(ASKED) - 1, len(data)), 0, -1):
        if data[-kept:] in (FRAME[:kept], ASKED[:kept]):
            return data[:-kept], data[-kept:]
    return data, b""


class Terminal:
    """One program on one terminal of `columns` x `rows`."""

    def __init__(self, words: Sequence[str], columns: int, rows: int) -> None:
        self._screen = pyte.Screen(columns, rows)
        self._stream = pyte.ByteStream(self._screen)
        self._held = b""  # of a frame that has not ended
        self.received = 0  # bytes so far
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
            os.environ.update(TERM="xterm-256color", COLORTERM="truecolor")
            for name in ("SSH_CONNECTION", "SSH_TTY", "NO_COLOR", "COLUMNS", "LINES"):
                os.environ.pop(name, None)
            # Not what readline may have put into the process's own environment: 80 columns.
            os.execve(words[0], list(words), dict(os.environ))

    @property
    def text(self) -> str:
        """What stands on the screen."""
        # The emulator's own text trips over half a wide character that was overwritten.
        screen = self._screen
        rows = (screen.buffer[number] for number in range(screen.lines))
        return "\n".join(
            "".join(row[at].data for at in range(screen.columns)).rstrip() for row in rows
        )

    def read(self, seconds: float) -> bool:
        """Take what arrives within that time; False when the program has ended."""
        ready, _w, _x = select.select([self.fd], [], [], seconds)
        if not ready:
            return True
        try:
            data = os.read(self.fd, 65536)
        except OSError:
            return False
        self.received += len(data)
        whole, self._held = whole_frames(self._held + data)
        if ASKED in whole:
            os.write(self.fd, WAITS)
        if whole:
            self._stream.feed(whole)
        return bool(data)

    def sees(self, *texts: str, within: float = PATIENCE) -> None:
        """Until all texts stand on the screen."""
        self._waits(f"no {texts}", lambda: all(text in self.text for text in texts), within)

    def loses(self, text: str, within: float = PATIENCE) -> None:
        """Until the text stands on the screen no more."""
        self._waits(f"still {text!r}", lambda: text not in self.text, within)

    def _looks(self) -> None:
        """Take what still comes, until nothing does for a blink; news may come for ever."""
        for _ in range(20):
            before = self.received
            if not self.read(0.05) or self.received == before:
                return

    def _waits(self, problem: str, condition: Callable[[], bool], within: float) -> None:
        deadline = time.monotonic() + within
        while not condition():
            alive = self.read(0.2)
            assert alive, f"the program ended\n{self.text}"
            assert time.monotonic() < deadline, f"{problem} within {within:.0f} s\n{self.text}"

    def types(self, text: str) -> None:
        """Keys, as a terminal sends them, from somebody who has looked: the program counts a screen
        as seen a moment after its bytes went out, long before a hand moves."""
        self._looks()
        os.write(self.fd, text.encode())

    def ends(self, within: float = PATIENCE) -> int:
        """Wait for its end; the exit code."""
        deadline = time.monotonic() + within
        while self.read(0.2):
            assert time.monotonic() < deadline, f"still running\n{self.text}"
        _pid, status = os.waitpid(self.pid, 0)
        os.close(self.fd)
        return os.waitstatus_to_exitcode(status)

    def kill(self) -> None:
        """For a test that failed: end it now."""
        with contextlib.suppress(ProcessLookupError, ChildProcessError, OSError):
            os.kill(self.pid, signal.SIGKILL)
            os.waitpid(self.pid, 0)


class Recorded(Terminal):
    """Keeps the bytes, and how the terminal was set before."""

    def __init__(self, words: list[str]) -> None:
        super().__init__(words, 80, 24)
        self.before = termios.tcgetattr(self.fd)
        self.bytes = b""
        feed = self._stream.feed

        def kept(data: bytes) -> None:
            self.bytes += data
            feed(data)

        self._stream.feed = kept

    def ends(self, within: float = 60.0) -> int:
        fd = os.dup(self.fd)
        code = super().ends(within)
        assert termios.tcgetattr(fd) == self.before
        os.close(fd)
        return code

    @property
    def given_back(self) -> bool:
        """Whether every mode is off again."""
        return all(self.bytes.rfind(off) > self.bytes.rfind(on) >= 0 for on, off in MODES)
