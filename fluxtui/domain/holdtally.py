"""How much of an Environment is held back, since when and until when: counted as time goes by.

A value of the Snapshot: what makes it anew is whatever is suspended, pinned, resumed or unpinned;
who draws it counts for the present moment, so that nothing has to change for a hold to grow old.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable

from fluxtui.domain.board import Mark
from fluxtui.domain.config import AGEING
from fluxtui.kit.moments import seconds
from fluxtui.kit.values import frozen


@frozen
class HoldTally:
    """`held`: how many holds, `suspended`: how many objects of these are suspended, sources and
    what applies them alike; `since`, `until`: epoch seconds of those that say them, ascending.
    `freezes`: the ids of the freezes that hold something; `loose`: how much moves beside them."""

    held: int = 0
    suspended: int = 0
    since: tuple[float, ...] = ()
    until: tuple[float, ...] = ()
    freezes: tuple[str, ...] = ()
    loose: int = 0

    def ageing(self, now: float, least: float = AGEING) -> int:
        """How many are at least so old (seconds) at that moment (epoch seconds)."""
        return bisect_right(self.since, now - least)

    def overdue(self, now: float) -> int:
        """How many should be over at that moment."""
        return bisect_right(self.until, now)


def tally_of(marks: Iterable[Mark], suspended: int = 0) -> HoldTally:
    """The tally of these, of which so many objects are suspended."""
    every = tuple(marks)
    return HoldTally(
        len(every),
        suspended,
        _moments(mark.since for mark in every),
        _moments(mark.until for mark in every),
        tuple(sorted({mark.freeze for mark in every if mark.freeze})),
    )


def _moments(texts: Iterable[str]) -> tuple[float, ...]:
    return tuple(sorted(at for text in texts if (at := seconds(text)) is not None))
