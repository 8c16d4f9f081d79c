"""What a Command is about and may look at: a Target in a Snapshot, at a moment, by somebody.

Values only; they know nothing of the Commands that read them.
"""

from __future__ import annotations

from dataclasses import dataclass

from fluxtui.commands.target import Target
from fluxtui.domain.config import Config
from fluxtui.domain.snapshot import Snapshot


@dataclass(frozen=True, slots=True)
class Context:
    """What a Command may look at. `now` is RFC 3339 with nanoseconds, `user` who acts."""

    snapshot: Snapshot
    target: Target
    now: str
    user: str

    @property
    def config(self) -> Config:
        """The configuration inside the Snapshot."""
        return self.snapshot.config
