"""First paint: from the start of a process to its first text on a real terminal."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator

from tests.bench.measure import Row, against, median
from tests.end_to_end.terminal import Terminal

EMPTY_APP = """
from textual.app import App
from textual.widgets import Static
class Empty(App):
    def compose(self): yield Static("fluxtui")
Empty().run()
"""
OUR_APP = """
from fluxtui.ui.app import FluxtuiApp
from fluxtui.domain.config import Config
NOW = "2026-01-01T00:00:00Z"
FluxtuiApp(lambda: None, config=Config(), user="bench", now=lambda: NOW).run()
"""


def painted(code: str) -> Callable[[], object]:
    """From the start of a process to its first text on a real terminal; then it is ended."""

    def run() -> None:
        terminal = Terminal([sys.executable, "-c", code], 120, 40)
        try:
            terminal.sees("fluxtui", within=20)
        finally:
            terminal.kill()

    return run


def rows() -> Iterator[Row]:
    """Beside an empty Textual app."""
    yield against(
        "first paint", median(painted(OUR_APP)), "empty app", median(painted(EMPTY_APP)), 1.3
    )
