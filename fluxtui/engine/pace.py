"""How long the Engine waits after which failure; waiting itself is the Clock's."""

from __future__ import annotations

from fluxtui.cluster import reflector
from fluxtui.kit.values import frozen


@frozen
class Pace(reflector.FeedPace):
    """A feed's, in seconds; `listing`: between two tag lists, `served`: between two questions which
    kinds are served."""

    listing: float = 60.0
    served: float = 60.0
