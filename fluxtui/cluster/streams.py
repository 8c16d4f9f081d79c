"""What an API streams, as values: a line of a watch, and which log is asked for.

Beside the port, for a command that asks once and follows nothing needs neither.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal


@dataclass(frozen=True, slots=True)
class WatchEvent:
    """One line of a watch. BOOKMARK carries only a resourceVersion; ERROR is raised instead."""

    type: Literal["ADDED", "MODIFIED", "DELETED", "BOOKMARK"]
    object: dict[str, Any]


@dataclass(frozen=True, slots=True)
class LogOptions:
    """Which log: `container` "" where there is but one, `tail` lines, `since` seconds (0: all)."""

    container: str = ""
    tail: int = 200
    previous: bool = False
    timestamps: bool = False
    since: int = 0
