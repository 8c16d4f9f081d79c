"""A text that tells of what is live: made anew of each Snapshot, and as time passes.

What the text says is its maker's; here it is only asked for again.
"""

from __future__ import annotations

from collections.abc import Callable

from fluxtui.domain.snapshot import Snapshot
from fluxtui.ui.screens.reading import Reading
from fluxtui.ui.spans import Line

TICK = 5.0  # seconds between two looks at the ages in it


class LiveReading(Reading):
    """`lines` makes the text of a Snapshot and the time, which `clock` gives in epoch seconds."""

    def __init__(
        self,
        title: str,
        lines: Callable[[Snapshot, float], tuple[Line, ...]],
        snapshot: Snapshot,
        clock: Callable[[], float],
    ) -> None:
        super().__init__(title, lines(snapshot, clock()))
        self._lines, self._newest, self._clock = lines, snapshot, clock

    def on_mount(self) -> None:
        """Ages grow though nothing arrives."""
        self.set_interval(TICK, self.pass_time)

    def show(self, snapshot: Snapshot) -> None:
        """What it tells of may have changed."""
        self._newest = snapshot
        self.pass_time()

    def pass_time(self) -> None:
        """As it is now."""
        self.tell(self._lines(self._newest, self._clock()))
