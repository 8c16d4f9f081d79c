"""Moments as the API writes and reads them. Pure."""

from __future__ import annotations

from datetime import UTC, datetime


def stamp(at: datetime) -> str:
    """RFC 3339 in UTC, whole seconds."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def moment(text: str | None) -> datetime | None:
    """A moment from the API, None when there is none."""
    return datetime.fromisoformat(text.replace("Z", "+00:00")) if text else None


def seconds_since(text: str | None, now: datetime) -> float:
    """Seconds from a moment of the API until `now`; 0 when there is none."""
    at = moment(text)
    return (now - at).total_seconds() if at else 0.0
