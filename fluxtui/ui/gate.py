"""One key at a time, each to the screen that its person saw.

Textual hands a key on before it knows what the key before it does: the second of two keys that
arrive in one read meets a screen that is half gone or half there. Here a key waits until all of
the one before it is done, and a key that was typed for something that is gone, or before a dialog
was drawn, goes nowhere. It must not know what a key does.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from time import monotonic
from typing import Any, Protocol

from textual import events
from textual.app import App
from textual.message import Message
from textual.timer import Timer
from textual.widgets import Input

# A key's action posts a message, its reader may post another, and that one opens a view: each
# round follows the path that the key took, behind whatever was posted there.
ROUNDS = 4
OVERDUE = 2.0  # seconds after which a key's way is given up as lost, whether or not another comes

Typed = events.Key | events.Paste


class KeyTaker(Protocol):
    """Says of each key whether it is taken: True, False (it goes nowhere), None (not yet)."""

    def takes(self, event: Typed) -> bool | None:
        """The same key is asked for again after None."""


class Gated(Protocol):
    """The app, for whoever stands on it."""

    @property
    def gate(self) -> KeyGate:
        """Where its keys come from."""


@dataclass
class Passed(Message):
    """Follows a key through the same queues: where it arrives, the key has been."""

    number: int
    round: int


class KeyGate:
    """Lives on Textual's loop. `hand_on` dispatches one event as Textual would."""

    def __init__(
        self, app: App[Any], taker: KeyTaker, hand_on: Callable[[Typed], Awaitable[None]]
    ) -> None:
        self._app = app
        self._taker = taker
        self._hand_on = hand_on
        self._waiting: deque[Typed] = deque()
        self._number = 0
        self._since = 0.0
        self._cut = 0.0
        self._alarm: Timer | None = None  # for a key that waits behind one whose way may be lost
        self.current: Typed | None = None

    @property
    def pressed(self) -> float:
        """When the key that acts now was pressed (monotonic seconds); now, without one."""
        return self.current.time if self.current is not None else monotonic()

    @property
    def typing(self) -> bool:
        """Whether text goes into a field now."""
        return isinstance(self._app.focused, Input)

    def take(self, event: Typed) -> None:
        """A key from the terminal."""
        self._waiting.append(event)
        self.go()

    def cut(self) -> None:
        """Whatever is typed so far was meant for what is gone now."""
        self._cut = monotonic()
        if self.current is not None:
            # Its way back may lead through a screen that is closing.
            self._app.call_next(self.passed, Passed(self._number, ROUNDS))

    def clear(self) -> None:
        """Forget what waits."""
        self._waiting.clear()

    def go(self) -> None:
        """Hand on the next key, if it may be; call it when that may have changed."""
        if self.current is not None:
            rest = self._since + OVERDUE - monotonic()
            if rest > 0:
                if self._waiting and self._alarm is None:
                    self._alarm = self._app.set_timer(rest, self._overdue)
                return
        self.current = None
        while self._waiting:
            event = self._waiting[0]
            takes = event.time >= self._cut and self._taker.takes(event)
            if takes is None:
                return
            self._waiting.popleft()
            if takes:
                self.current, self._since = event, monotonic()
                self._number += 1
                self._app.call_next(self._deliver, event, self._number)
                return

    def _overdue(self) -> None:
        self._alarm = None
        self.go()

    async def _deliver(self, event: Typed, number: int) -> None:
        await self._hand_on(event)
        self._round(Passed(number, 1))

    def _round(self, passed: Passed) -> None:
        reader = self._app.focused or self._app.screen
        if not reader.post_message(passed):
            self._app.call_next(self.passed, Passed(passed.number, ROUNDS))

    def passed(self, passed: Passed) -> None:
        """A round is over."""
        if passed.number != self._number or self.current is None:
            return
        if passed.round < ROUNDS:
            self._round(Passed(passed.number, passed.round + 1))
        else:
            self.current = None
            self.go()


def is_text(event: Typed) -> bool:
    """Whether it writes something into a field."""
    return isinstance(event, events.Paste) or event.is_printable
