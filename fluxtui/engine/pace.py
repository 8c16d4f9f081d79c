"""How long the Engine waits after which failure; waiting itself is the Clock's."""

from __future__ import annotations

from dataclasses import dataclass

from fluxtui.cluster import reflector


@dataclass(frozen=True, slots=True)
class Pace(reflector.FeedPace):
    """A feed's, in seconds; `listing`: between two tag lists, `served`: between two questions which
    kinds are served."""

    listing: float = 60.0
    served: float = 60.0
