"""Ages as people say them: `12s`, `4m`, `3h`, `12d`. Pure; the caller brings the present."""

from __future__ import annotations

from functools import lru_cache

from fluxtui.kit.moments import seconds as seconds_of


@lru_cache(maxsize=4096)
def epoch(stamp: str) -> float:
    """Seconds since 1970 of an RFC 3339 text (nanoseconds allowed); 0 when it is none."""
    return seconds_of(stamp) or 0.0


def age(then: float, now: float) -> str:
    """How long ago, in one unit; empty when `then` is not known."""
    if then <= 0:
        return ""
    seconds = max(0, int(now - then))
    for size, unit in ((86400, "d"), (3600, "h"), (60, "m")):
        if seconds >= size:
            return f"{seconds // size}{unit}"
    return f"{seconds}s"


def since(stamp: str, now: float) -> str:
    """Age of an RFC 3339 text."""
    return age(epoch(stamp), now)


def clock_time(stamp: str) -> str:
    """`12:03:44` of an RFC 3339 text (its own zone), the text itself when it is none."""
    return stamp[11:19] if len(stamp) >= 19 and stamp[10] in "Tt " else stamp
