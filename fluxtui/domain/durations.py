"""Durations as Kubernetes objects and people write them. Pure: a clock is the caller's business.

Seconds are floats. Go's text (`1h`, `5m0s`, `1.5h`) for specs and statuses, a short age for people.
"""

from __future__ import annotations

import re

from fluxtui.domain.errors import UsageError

_UNITS = {
    "ns": 1e-9,
    "us": 1e-6,
    "µs": 1e-6,
    "μs": 1e-6,
    "ms": 1e-3,
    "s": 1.0,
    "m": 60.0,
    "h": 3600.0,
}
_PART = r"([0-9]+(?:\.[0-9]*)?|\.[0-9]+)(ns|us|µs|μs|ms|s|m|h)"
_MOST = 9_223_372_036.0  # Go counts nanoseconds in 63 bits


def parse_duration(text: str) -> float:
    """Seconds of a Go duration such as `1h30m`, `0`, `-1.5s`. Raises UsageError."""
    unsigned = text[1:] if text[:1] in ("-", "+") else text
    if unsigned == "0":
        return 0.0
    total, at = 0.0, 0
    while part := re.match(_PART, unsigned[at:]):
        total += float(part[1]) * _UNITS[part[2]]
        at += part.end()
    if not unsigned or at != len(unsigned):
        raise UsageError(f"{text!r} is not a duration", next="write it as 30s, 5m or 1h30m")
    if total > _MOST:
        raise UsageError(f"{text!r} is too long a duration", next="the most is about 292 years")
    return -total if text[0] == "-" else total


def format_duration(seconds: float) -> str:
    """As Go prints it: `1h0m0s`, `5m0s`, `1.5s`, `250ms`, `0s`."""
    nanos = round(abs(seconds) * 1e9)
    sign = "-" if seconds < 0 and nanos else ""
    if nanos == 0:
        return "0s"
    if nanos < 1000:
        return f"{sign}{nanos}ns"
    if nanos < 1_000_000:
        return f"{sign}{_decimal(nanos, 1000)}µs"
    if nanos < 1_000_000_000:
        return f"{sign}{_decimal(nanos, 1_000_000)}ms"
    minutes, over = divmod(nanos, 60 * 1_000_000_000)
    hours, minutes = divmod(minutes, 60)
    out = f"{_decimal(over, 1_000_000_000)}s"
    if hours:
        return f"{sign}{hours}h{minutes}m{out}"
    return f"{sign}{minutes}m{out}" if minutes else sign + out


def _decimal(value: int, unit: int) -> str:
    whole, below = divmod(value, unit)
    if not below:
        return str(whole)
    fraction = str(below).rjust(len(str(unit)) - 1, "0").rstrip("0")
    return f"{whole}.{fraction}"


def age(seconds: float) -> str:
    """For people, two units at most: `12s`, `3m`, `2h5m`, `4d`; nothing is ever negative."""
    whole = max(0, int(seconds))
    minutes, hours, days = whole // 60, whole // 3600, whole // 86400
    if whole < 60:
        return f"{whole}s"
    if minutes < 10 and whole % 60:
        return f"{minutes}m{whole % 60}s"
    if minutes < 60:
        return f"{minutes}m"
    if hours < 10 and minutes % 60:
        return f"{hours}h{minutes % 60}m"
    if hours < 48:
        return f"{hours}h"
    if days < 730:
        return f"{days}d"
    return f"{days // 365}y"
