"""Moments as numbers and as text: the one reading and the one writing of RFC 3339.

As text `...:10Z` sorts after `...:10.9Z`, and `+02:00` beside `Z` means nothing; so nobody compares
the texts themselves. Pure: the present is the caller's.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

NANOSECONDS = 1_000_000_000
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_FRACTION = re.compile(r"[.,]([0-9]+)")


def instant(text: str, *, zone: bool = True) -> int | None:
    """Nanoseconds since 1970 of an RFC 3339 text, exactly; None when it is none.

    A time without a zone says no moment: None, or with `zone` False it is read as UTC.
    """
    plain = text.strip()
    fraction = _FRACTION.search(plain)
    if fraction:
        plain = plain[: fraction.start()] + plain[fraction.end() :]
    try:
        moment = datetime.fromisoformat(plain.upper())
    except ValueError:
        return None
    if moment.tzinfo is None:
        if zone:
            return None
        moment = moment.replace(tzinfo=UTC)
    whole = (moment - _EPOCH) // timedelta(seconds=1)
    return whole * NANOSECONDS + int(fraction[1][:9].ljust(9, "0") if fraction else 0)


def order(text: str) -> int:
    """A key to sort by: the instant; what is no time comes before all times."""
    at = instant(text)
    return -1 if at is None else at


def seconds(text: str, *, zone: bool = True) -> float | None:
    """Seconds since 1970; None when it is no RFC 3339 text (`zone`: see `instant`)."""
    at = instant(text, zone=zone)
    return None if at is None else at / NANOSECONDS


def rfc3339(epoch: float, digits: int = 6) -> str:
    """`2026-11-23T18:00:00.000000Z` of seconds since 1970; `digits` of a second: 0, 3 or 6."""
    spec = {0: "seconds", 3: "milliseconds", 6: "microseconds"}[digits]
    moment = datetime.fromtimestamp(epoch, UTC)
    return moment.isoformat(timespec=spec).replace("+00:00", "Z")
