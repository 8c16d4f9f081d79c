"""What a Command is about and may look at: a Target in a Snapshot, at a moment, by somebody.

Values only; they know nothing of the Commands that read them.
"""

from __future__ import annotations

from fluxtui.domain.config import Config
from fluxtui.domain.resource import Key
from fluxtui.domain.snapshot import Snapshot
from fluxtui.kit.frozen import frozen


@frozen
class Target:
    """What the cursor (or the command line) is on. Empty fields mean "not said"."""

    environment: str = ""
    service: str = ""
    source: Key | None = None
    kustomization: Key | None = None
    tag: str = ""


@frozen
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
