"""Moments as the API writes and reads them. Pure."""

from __future__ import annotations

from datetime import UTC, datetime


def stamp(at: datetime) -> str:
    """RFC 3339 in UTC, whole seconds."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
