"""What stands in the status line: the newest message, until it is old or something else is said.

The loudest finding stands there when nothing is said, and on a low screen nowhere else: what only
confirms or refuses gives way to it by itself. It must not look at a Snapshot or draw.
"""

from __future__ import annotations

from collections.abc import Callable

from fluxtui.ui.spans import Line

LASTS = 15.0  # seconds that a message stays which asks nothing and tells of no failure
_STAYS = frozenset({"bad", "busy"})  # until something else is said


class StatusLine:
    """`clock`: epoch seconds."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._since = 0.0
        self._role = ""
        self.text = ""
        self.asked = 0.0  # since when it asks for the same key again, monotonic seconds; 0: not

    @property
    def line(self) -> Line:
        """As it is drawn; empty when nothing is said."""
        return ((self.text, self._role),) if self.text else ()

    def say(self, text: str, role: str = "name", asked: float = 0.0) -> None:
        """Instead of what was said before; "" says nothing."""
        self.text, self._role, self.asked, self._since = text, role, asked, self._clock()

    def clear(self) -> None:
        """Nothing is said."""
        self.say("")

    def pass_time(self) -> None:
        """What is old and not to be minded goes."""
        if self._role not in _STAYS and self._clock() - self._since >= LASTS:
            self.clear()
