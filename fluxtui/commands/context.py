"""What a Command is about and may look at: a Target in a Snapshot, at a moment, by somebody.

Values only; they know nothing of the Commands that read them.
"""

from __future__ import annotations

from dataclasses import dataclass

from fluxtui.domain.config import Config
from fluxtui.domain.kinds import appliers, sources
from fluxtui.domain.resource import Key
from fluxtui.domain.snapshot import Snapshot


@dataclass(frozen=True, slots=True)
class Target:
    """What the cursor (or the command line) is on. Empty fields mean "not said".

    `object`: the one object that is meant, of whatever kind; what it is fed by is asked of it.
    `marked`: several that are meant together, of any Environment; then no other field means one.
    """

    environment: str = ""
    service: str = ""
    object: Key | None = None
    tag: str = ""
    marked: tuple[Key, ...] = ()

    @property
    def source(self) -> Key | None:
        """The object, when revisions come from it."""
        return self.object if self.object is not None and sources.is_source(self.object) else None

    @property
    def applier(self) -> Key | None:
        """The object, when it makes objects of revisions."""
        is_one = self.object is not None and appliers.is_applier(self.object)
        return self.object if is_one else None


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
