"""Keep the paths of webhooks out of what is shown: who knows a Receiver's path may call it.

notification-controller writes it into the object's status, its Ready condition and the Event of it.
What an object is read into has no path any more; nothing here knows where a text is shown.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

_PATH = re.compile(r"/hook/[0-9a-f]{16,}")
HIDDEN = "/hook/(hidden)"
_SPEAKERS = frozenset({"Receiver", "Event"})


def speaks_of_paths(kind: str) -> bool:
    """Whether objects of this kind may have such a path in them."""
    return kind in _SPEAKERS


def without_paths(value: Any) -> Any:
    """The same JSON, each path hidden."""
    if isinstance(value, str):
        return _PATH.sub(HIDDEN, value) if "/hook/" in value else value
    if isinstance(value, Mapping):
        return {name: without_paths(part) for name, part in value.items()}
    if isinstance(value, list):
        return [without_paths(part) for part in value]
    return value
