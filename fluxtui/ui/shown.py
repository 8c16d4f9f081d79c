"""What keys would act on, as it stood on the screen at a moment: a key acts on that or not at all.

Rows come and go while a hand is on its way to a key. A key is refused when what it would name now
is not what was drawn when it was pressed, and for no other reason: a screen that was drawn again
meanwhile, however often, refuses nothing. It must not know what a key does.
"""

from __future__ import annotations

from collections import deque
from typing import Generic, TypeVar

T = TypeVar("T")

KEPT = 64  # frames that differ; a key that waited longer than those is refused


class Shown(Generic[T]):
    """The last different things that were drawn, each with the moment since when (monotonic s)."""

    def __init__(self) -> None:
        self._frames: deque[tuple[float, T]] = deque(maxlen=KEPT)

    @property
    def newest(self) -> T | None:
        """What was drawn last; None before anything was."""
        return self._frames[-1][1] if self._frames else None

    def drawn(self, subject: T, moment: float) -> None:
        """It is being painted now."""
        if not self._frames or self._frames[-1][1] != subject:
            self._frames.append((moment, subject))

    def stepped(self, before: T, after: T, pressed: float) -> None:
        """A key that moves the cursor went from `before` to `after`: who presses it knows what the
        next key is about, provided that `before` is what stood there."""
        if self.at(pressed) != before:
            return
        while self._frames[-1][0] > pressed and self._frames[-1][1] == after:
            self._frames.pop()  # it was quicker on the screen than here
        if self._frames[-1][0] <= pressed:
            self.drawn(after, pressed)

    def at(self, pressed: float) -> T | None:
        """What stood there at that moment; None when that is not known."""
        return next((what for since, what in reversed(self._frames) if since <= pressed), None)
