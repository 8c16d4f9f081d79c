"""`fluxtui demo`, installed, in a terminal: typed at and read as over SSH, at both sizes."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.end_to_end.terminal import Terminal

pytestmark = [
    pytest.mark.pty,
    pytest.mark.world,
    pytest.mark.timeout(600),
    # pty.fork in a process with threads: the child only calls exec.
    pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning"),
]

PROGRAM = str(Path(sys.executable).parent / "fluxtui")


@pytest.mark.parametrize(("columns", "rows"), [(120, 40), (80, 24)])
def test_a_person_walks_through_the_demo(columns: int, rows: int, tmp_path: Path) -> None:
    words = [PROGRAM, "demo", "--speed", "20", "--folder", str(tmp_path / "demo")]
    terminal = Terminal(words, columns, rows)
    try:
        terminal.sees("Versions", "activity-ui", "status-page")
        terminal.types("3")
        terminal.sees("clickhouse-keeper", "activity-processor")
        terminal.types("2")
        terminal.sees("Tags", "filter")
        terminal.types("1")
        terminal.sees("SERVICE")
        terminal.types("s")
        terminal.sees("Why?")
        terminal.types("only looking\r")
        terminal.sees("leave", "because only looking")
        terminal.types("\x1b")
        terminal.sees("left, nothing was")
        terminal.types("?")
        terminal.sees("VIEWS", "esc q close")
        terminal.types("\x1b")
        # A key right behind an escape would be read as one with Alt.
        terminal.loses("VIEWS")
        terminal.types("Q")
        assert terminal.ends() == 0
    finally:
        terminal.kill()
