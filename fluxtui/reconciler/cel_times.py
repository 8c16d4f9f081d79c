"""Timestamps and durations of CEL: reading, printing, and their parts (cel-go's rules)."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from typing import Any
from zoneinfo import ZoneInfo

from fluxtui.reconciler.cel_values import (
    CelError,
    Duration,
    Timestamp,
    duration,
    no_overload,
    timestamp,
    type_of,
)

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_RFC3339 = re.compile(
    r"(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d)(?:[.,](\d+))?(Z|[+-]\d\d:\d\d)", re.ASCII
)
_UNITS = {
    **{"ns": 1, "us": 10**3, "µs": 10**3, "μs": 10**3, "ms": 10**6},
    **{"s": 10**9, "m": 60 * 10**9, "h": 3600 * 10**9},
}
_PART = re.compile(r"([0-9]*)(?:\.([0-9]*))?(ns|us|µs|μs|ms|s|m|h)", re.ASCII)


def to_timestamp(value: Any) -> Timestamp:
    """timestamp(x). Raises CelError."""
    if isinstance(value, Timestamp):
        return value
    if type_of(value) == "int":
        return timestamp(value * 10**9)
    if not isinstance(value, str):
        raise no_overload("timestamp", value)
    match = _RFC3339.fullmatch(value)
    if match is None:
        raise CelError(f'parsing time "{value}" failed')
    day, clock, fraction, zone = match.groups()
    try:
        found = datetime.fromisoformat(f"{day}T{clock}{'+00:00' if zone == 'Z' else zone}")
    except ValueError as error:
        raise CelError(f'parsing time "{value}": {error}') from error
    seconds = (found - _EPOCH) // timedelta(seconds=1)
    return timestamp(seconds * 10**9 + int(f"{fraction or 0:0<9}"[:9]))


def to_duration(value: Any) -> Duration:
    """duration(x). Raises CelError."""
    if isinstance(value, Duration):
        return value
    if not isinstance(value, str):
        raise no_overload("duration", value)
    body = value[1:] if value[:1] in "+-" else value
    if body == "0":
        return Duration(0)
    total, at = 0, 0
    while at < len(body) or not body:
        match = _PART.match(body, at)
        if match is None or not (match.group(1) or match.group(2)):
            raise CelError(f'time: invalid duration "{value}"')
        unit = _UNITS[match.group(3)]
        fraction = match.group(2) or ""
        total += int(match.group(1) or 0) * unit
        total += int(fraction or 0) * unit // 10 ** len(fraction)
        at = match.end()
    return duration(-total if value.startswith("-") else total)


def show_timestamp(value: Timestamp) -> str:
    """As string(x) prints it."""
    seconds, ns = divmod(value.ns, 10**9)
    moment = (_EPOCH + timedelta(seconds=seconds)).strftime("%m-%dT%H:%M:%S")
    year = (_EPOCH + timedelta(seconds=seconds)).year
    fraction = f".{ns:09d}".rstrip("0") if ns else ""
    return f"{year:04d}-{moment}{fraction}Z"


def show_duration(value: Duration) -> str:
    """As string(x) prints it: seconds."""
    sign = "-" if value.ns < 0 else ""
    seconds, ns = divmod(abs(value.ns), 10**9)
    return f"{sign}{seconds}{f'.{ns:09d}'.rstrip('0') if ns else ''}s"


def _zone(name: str) -> tzinfo:
    if ":" in name:
        hours, _, minutes = name.partition(":")
        try:
            sign = -1 if hours.startswith("-") else 1
            offset = timedelta(hours=int(hours), minutes=sign * int(minutes))
            return timezone(offset)
        except ValueError as error:
            raise CelError(f"unknown time zone {name}") from error
    try:
        return UTC if name in ("", "UTC") else ZoneInfo(name)
    except (ValueError, OSError, KeyError) as error:
        raise CelError(f"unknown time zone {name}") from error


_PARTS: dict[str, Callable[[datetime], int]] = {
    "getFullYear": lambda t: t.year,
    "getMonth": lambda t: t.month - 1,
    "getDate": lambda t: t.day,
    "getDayOfMonth": lambda t: t.day - 1,
    "getDayOfWeek": lambda t: t.isoweekday() % 7,
    "getDayOfYear": lambda t: t.timetuple().tm_yday - 1,
    "getHours": lambda t: t.hour,
    "getMinutes": lambda t: t.minute,
    "getSeconds": lambda t: t.second,
    "getMilliseconds": lambda t: t.microsecond // 1000,
}
_SPANS = {
    "getHours": 3600 * 10**9,
    "getMinutes": 60 * 10**9,
    "getSeconds": 10**9,
    "getMilliseconds": 10**6,
}


def _part(name: str) -> Callable[..., int]:
    def part(*values: Any) -> int:
        value = values[0] if values else None
        zoned = len(values) == 2 and isinstance(values[1], str)
        if isinstance(value, Timestamp) and (len(values) == 1 or zoned):
            moment = _EPOCH + timedelta(microseconds=value.ns // 1000)
            try:
                return _PARTS[name](moment.astimezone(_zone(values[1]) if zoned else UTC))
            except OverflowError as error:
                raise CelError("timestamp out of range") from error
        if isinstance(value, Duration) and len(values) == 1 and name in _SPANS:
            span = abs(value.ns) // _SPANS[name]
            if name == "getMilliseconds":
                span = abs(value.ns) // 10**6
            return span if value.ns >= 0 else -span
        raise no_overload(name, *values)

    return part


TIME_FUNCTIONS: dict[str, Callable[..., Any]] = {name: _part(name) for name in _PARTS}
