"""How long the Engine waits after which failure; waiting itself is the Clock's."""

from __future__ import annotations

from dataclasses import dataclass

from fluxtui.cluster import reflector


@dataclass(frozen=True, slots=True)
class Pace(reflector.FeedPace):
    """A feed's, in seconds; `listing`: between two tag lists."""

    listing: float = 60.0
