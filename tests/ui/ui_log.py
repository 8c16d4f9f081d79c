"""A container's log that a test writes, in place of the Engine's."""

from __future__ import annotations

from collections.abc import Callable

from fluxtui.domain.ask import LogView, ReadLogs


class ScriptedLog:
    """A log that a test writes."""

    def __init__(self, question: ReadLogs, wake: Callable[[], None]) -> None:
        self.question = question
        self.view = LogView()
        self.closed = False
        self._wake = wake

    def write(self, *lines: str, state: str = "following", error: str = "") -> None:
        self.view = LogView((*self.view.lines, *lines), 0, state, error)
        self._wake()

    def seen(self) -> None:
        pass

    def close(self) -> None:
        self.closed = True
