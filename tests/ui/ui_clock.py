"""A clock for the screen that stands still until a test moves it."""

from __future__ import annotations

from tests.ui.ui_delivery import NOW_SECONDS


class Clock:
    """Epoch seconds that a test moves."""

    def __init__(self) -> None:
        self.now = NOW_SECONDS

    def __call__(self) -> float:
        return self.now
