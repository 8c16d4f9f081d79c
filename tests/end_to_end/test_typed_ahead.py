"""What is typed before the screen is up: never echoed, and taken by the screen or dropped."""

from __future__ import annotations

import os
import signal
import sys
import termios
from pathlib import Path

import pytest

from tests.end_to_end.terminal import Recorded

pytestmark = [
    pytest.mark.pty,
    pytest.mark.world,
    pytest.mark.timeout(300),
    pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning"),
]
PROGRAM = str(Path(sys.executable).parent / "fluxtui")


def starting(tmp_path: Path) -> Recorded:
    """A demo whose World is not up yet."""
    terminal = Recorded([PROGRAM, "demo", "--speed", "20", "--folder", str(tmp_path / "demo")])
    terminal.sees("starting the World")
    return terminal


def test_keys_typed_while_the_world_starts_are_not_echoed_and_not_lost(tmp_path: Path) -> None:
    terminal = starting(tmp_path)
    try:
        for _ in range(3):
            terminal.types("zz#")  # keys of nothing
        terminal.types("3")
        terminal.sees("WHY")  # the screen took it: that is the Chain
        before = terminal.bytes[: terminal.bytes.index(b"\x1b[?1049h")]
        assert b"zz" not in before and b"#" not in before
        terminal.types("Q")
        assert terminal.ends() == 0
        assert terminal.given_back
    finally:
        terminal.kill()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_who_is_ended_before_the_screen_is_up_gives_the_terminal_back(
    number: signal.Signals, tmp_path: Path
) -> None:
    terminal = starting(tmp_path)
    try:
        assert not termios.tcgetattr(terminal.fd)[3] & termios.ECHO
        os.kill(terminal.pid, number)
        assert terminal.ends() in (1, 128 + number)  # and the settings are as they were
    finally:
        terminal.kill()
