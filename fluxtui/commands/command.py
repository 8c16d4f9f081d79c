"""What a Command is about and may look at: Target and Context; `declaration` says what it is.

Values only; `registry` declares every Command, the families beside it plan them.
"""

from __future__ import annotations

from dataclasses import dataclass

from fluxtui.commands.declaration import Argument, Command, Values
from fluxtui.domain.config import Config
from fluxtui.domain.resource import Key
from fluxtui.domain.snapshot import Snapshot

__all__ = ["Argument", "Command", "Context", "Target", "Values"]


@dataclass(frozen=True, slots=True)
class Target:
    """What the cursor (or the command line) is on. Empty fields mean "not said"."""

    environment: str = ""
    service: str = ""
    source: Key | None = None
    kustomization: Key | None = None
    tag: str = ""


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
