"""However the program is ended, the terminal is as it was and the exit code says why."""

from __future__ import annotations

import os
import signal
import sys
import termios
from pathlib import Path

import pytest

from tests.end_to_end.terminal import Terminal

pytestmark = [pytest.mark.pty, pytest.mark.timeout(300)]
KUBECONFIG = """apiVersion: v1
kind: Config
current-context: a
clusters: [{name: a, cluster: {server: "http://127.0.0.1:9"}}]
users: [{name: a, user: {}}]
contexts: [{name: a, context: {cluster: a, user: a}}]
"""
# Alternate screen, bracketed paste, mouse, hidden cursor: what a shell must not be left with.
OFF = (b"\x1b[?1049l", b"\x1b[?2004l", b"\x1b[?1000l", b"\x1b[?25h")


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

        self._stream.feed = kept  # type: ignore[method-assign]

    def ends(self, within: float = 60.0) -> int:
        fd = os.dup(self.fd)
        code = super().ends(within)
        assert termios.tcgetattr(fd) == self.before
        os.close(fd)
        return code


@pytest.mark.parametrize(
    ("how", "code"),
    [
        (signal.SIGTERM, 143),
        (signal.SIGHUP, 129),
        (signal.SIGINT, 130),
        (signal.SIGQUIT, 131),
        ("Q", 0),
        ("\x03", 0),
    ],
)
def test_the_terminal_is_given_back(how: signal.Signals | str, code: int, tmp_path: Path) -> None:
    (tmp_path / "kubeconfig").write_text(KUBECONFIG)
    words = [sys.executable, "-m", "fluxtui", "--kubeconfig", str(tmp_path / "kubeconfig")]
    terminal = Recorded(words)
    try:
        terminal.sees("Versions", "Journal")
        if isinstance(how, str):
            terminal.types(how)
        else:
            os.kill(terminal.pid, how)
        assert terminal.ends() == code
        assert all(mode in terminal.bytes for mode in OFF)
    finally:
        terminal.kill()
