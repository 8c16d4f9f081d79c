"""How times, spans and selectors look in a printed column.

The texts are apimachinery's (`HumanDuration`, `FormatLabelSelector`). Pure.
"""

from __future__ import annotations

from typing import Any

from fluxtui.kit import moments


def seconds(text: Any) -> float | None:
    """An RFC 3339 time as seconds since the epoch; None where it is none."""
    return moments.seconds(text) if isinstance(text, str) else None


def duration(span: float) -> str:
    """A time span as apimachinery's HumanDuration prints it."""
    total = int(span)
    if total < -1:
        return "<invalid>"
    total = max(total, 0)
    if total < 120:
        return f"{total}s"
    minutes = total // 60
    if minutes < 10:
        return f"{minutes}m{total % 60}s" if total % 60 else f"{minutes}m"
    if minutes < 180:
        return f"{minutes}m"
    hours = total // 3600
    if hours < 8:
        return f"{hours}h{minutes % 60}m" if minutes % 60 else f"{hours}h"
    if hours < 48:
        return f"{hours}h"
    days = hours // 24
    if hours < 192:
        return f"{days}d{hours % 24}h" if hours % 24 else f"{days}d"
    if days < 730:
        return f"{days}d"
    years = days // 365
    extra = days % 365
    return f"{years}y{extra}d" if years < 8 and extra else f"{years}y"


def age(text: Any, now: float) -> str:
    """How long ago a time was; `<unknown>` where there is none."""
    at = seconds(text)
    return "<unknown>" if at is None else duration(now - at)


def selector(value: Any) -> str:
    """A selector (a LabelSelector or a plain map) as text, ordered by key."""
    if not value:
        return "<none>"
    labels = value.get("matchLabels", value if "matchExpressions" not in value else {})
    parts = [(key, f"{key}={val}") for key, val in (labels or {}).items()]
    for term in value.get("matchExpressions") or ():
        key, operator = str(term.get("key")), str(term.get("operator"))
        text = ("!" if operator == "DoesNotExist" else "") + key
        if operator in ("In", "NotIn"):
            text = f"{key} {operator.lower()} ({','.join(sorted(term.get('values') or ()))})"
        parts.append((key, text))
    return ",".join(text for _, text in sorted(parts, key=lambda part: part[0])) or "<none>"
