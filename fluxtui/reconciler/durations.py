"""Go durations as Flux reads and writes them: `1h30m`, `750ms`, `5m0s`. Pure."""

from __future__ import annotations

import re

_PART = re.compile(r"([0-9]+(?:\.[0-9]+)?)(ms|s|m|h)")
_WHOLE = re.compile(r"([0-9]+(\.[0-9]+)?(ms|s|m|h))+")
_SECONDS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0}


def parse_duration(text: object) -> float | None:
    """Seconds; None when the text is no duration by Flux's pattern."""
    if not isinstance(text, str) or not _WHOLE.fullmatch(text):
        return None
    return sum(float(number) * _SECONDS[unit] for number, unit in _PART.findall(text))


def format_duration(seconds: float) -> str:
    """As Go's Duration.String, to the millisecond: `0s`, `12.5ms`, `1.25s`, `1h0m0s`."""
    if seconds <= 0:
        return "0s"
    if seconds < 1:
        return f"{_plain(seconds * 1000)}ms"
    whole = int(seconds)
    rest = round(seconds - whole, 3)
    if rest >= 1:
        whole, rest = whole + 1, 0.0
    hours, minutes = whole // 3600, whole % 3600 // 60
    last = f"{_plain(whole % 60 + rest)}s"
    if hours:
        return f"{hours}h{minutes}m{last}"
    return f"{minutes}m{last}" if minutes else last


def _plain(number: float) -> str:
    return f"{number:.3f}".rstrip("0").rstrip(".")
