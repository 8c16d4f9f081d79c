"""How long one run may wait for answers, all its waits together: what `--request-timeout` says.

A verb waits for feeds, then tags, then manifests, each with a bound of its own; whoever allows
three seconds means the verb and not each of its questions. What an act awaits after it was carried
out is not a question, and not bounded here.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from contextvars import ContextVar

from fluxtui.kit.records import NamedTuple

FEEDS = 30.0
"""Seconds for the environments to answer."""


class _Bound(NamedTuple):
    """`seconds` as they were asked for, counted from `began` on `clock`."""

    seconds: float
    began: float
    clock: Callable[[], float]


_bound: ContextVar[_Bound | None] = ContextVar("patience", default=None)


def begin(seconds: float | None, clock: Callable[[], float] = time.monotonic) -> None:
    """A run begins. None or 0: every wait has its own bound and no other."""
    _bound.set(_Bound(seconds, clock(), clock) if seconds else None)


def at_most(seconds: float) -> float:
    """Seconds that a wait may take which takes `seconds` by itself; 0 when no time is left."""
    bound = _bound.get()
    if bound is None:
        return seconds
    return max(0.0, min(seconds, bound.began + bound.seconds - bound.clock()))


def within(seconds: float) -> str:
    """How long was waited, in words: `within 30 s`."""
    bound = _bound.get()
    if bound is None or bound.seconds > seconds:
        return f"within {seconds:.0f} s"
    return f"within {bound.seconds:g} s (--request-timeout)"
