"""What happened, as data: `events`. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from fluxtui.cli.forms.envelope import Document, listing
from fluxtui.domain.snapshot import Change


def events(changes: Iterable[Change], problems: Iterable[str] = ()) -> Document:
    """The time line, newest first."""
    return listing("Events", map(event, changes), problems)


def event(change: Change) -> Document:
    """One line of it."""
    return {
        "at": change.at,
        "last": change.last or change.at,
        "count": change.count,
        "environments": [name for name in change.environment.split(", ") if name],
        "subject": change.subject,
        "what": change.what,
        "severity": change.severity,
        "plan": change.plan,
    }
