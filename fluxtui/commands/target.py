"""What the cursor or the command line is on. A value only; it knows nothing of Commands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fluxtui.domain.kinds import appliers, sources
from fluxtui.domain.resource import Key
from fluxtui.kit.values import frozen

if TYPE_CHECKING:
    from fluxtui.domain.snapshot import Act


@frozen
class Target:
    """What the cursor (or the command line) is on. Empty fields mean "not said".

    `object`: the one object that is meant, of whatever kind; what it is fed by is asked of it.
    `marked`: several that are meant together, of any Environment; then no other field means one.
    `hidden`: how many of those are in no row that is shown.
    `scope`: a whole that was named, as `stage/production`; then no object does.
    `beside`: of one of these, all that it is done together with.
    `act`: one of the Journal's.
    """

    environment: str = ""
    service: str = ""
    object: Key | None = None
    tag: str = ""
    marked: tuple[Key, ...] = ()
    hidden: int = 0
    scope: str = ""
    beside: frozenset[Key] = frozenset()
    act: Act | None = None

    @property
    def environments(self) -> tuple[str, ...]:
        """Where what is meant is, as far as that was said."""
        keys = self.marked or ((self.object,) if self.object is not None else ())
        names = [key.environment for key in keys] or [self.environment]
        return tuple(dict.fromkeys(name for name in names if name))

    @property
    def source(self) -> Key | None:
        """The object, when revisions come from it."""
        return self.object if self.object is not None and sources.is_source(self.object) else None

    @property
    def applier(self) -> Key | None:
        """The object, when it makes objects of revisions."""
        is_one = self.object is not None and appliers.is_applier(self.object)
        return self.object if is_one else None
