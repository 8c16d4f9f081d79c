"""Until or since when, as people say it: `2h`, `3d`, `1w`, or a moment. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from math import inf

from fluxtui.domain.durations import parse_duration
from fluxtui.domain.errors import UsageError
from fluxtui.kit.moments import rfc3339, seconds

_DAYS = re.compile(r"([0-9]+(?:\.[0-9]+)?)(d|w)\Z")
_LENGTH = {"d": 86_400.0, "w": 7 * 86_400.0}
_HOW = "write it as 90m, 2h, 3d or 1w, or as a moment: 2026-11-23T18:00:00Z"


def deadline(text: str, now: str) -> str:
    """The moment (RFC 3339, whole seconds) that `text` means at `now`; "" for no text.

    Raises UsageError for what is neither, and for a moment that has passed.
    """
    wanted = text.strip()
    if not wanted:
        return ""
    present = seconds(now)
    if present is None:
        raise UsageError(f"{now!r} is no moment to count from")
    moment = seconds(wanted)
    if moment is None:
        moment = present + length(wanted)
    if moment <= present:
        raise UsageError(f"{wanted} has passed already", next=_HOW)
    return rfc3339(moment, 0)


def earlier(text: str, now: float) -> float:
    """The moment (epoch seconds) that `text` means, a moment or so long before `now`.

    Raises UsageError for what is neither.
    """
    moment = seconds(text.strip())
    return moment if moment is not None else now - length(text.strip())


def length(text: str) -> float:
    """Seconds of `90m`, `24h`, `3d` or `1w`. Raises UsageError for what is no duration."""
    days = _DAYS.match(text)
    if days:
        return float(days[1]) * _LENGTH[days[2]]
    try:
        return parse_duration(text)
    except UsageError as error:
        raise UsageError(f"{text!r} is neither a time nor a duration", next=_HOW) from error


def next_of(moments: Iterable[float | None], now: float) -> float:
    """The first of these moments (epoch seconds; None: not known) that is still to come; infinity
    when there is none."""
    return min((at for at in moments if at is not None and at > now), default=inf)


def has_passed(moment: str, now: float) -> bool:
    """Whether that moment is behind `now` (epoch seconds); a text that is none never is."""
    at = seconds(moment)
    return at is not None and now >= at
