"""Field paths and values of a diff as people say them: `container app · env LOG_LEVEL`. Pure.

Only for display: the details strip and the unified text keep the exact path.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

_CONTAINER = re.compile(
    r"^spec\.(?:jobTemplate\.spec\.)?template\.spec\.(init)?[cC]ontainers\[name=([^\]]+)\]\.?"
)
_POD = re.compile(r"^spec\.(?:jobTemplate\.spec\.)?template\.spec\.")
_ENV = re.compile(r"env\[name=([^\]]+)\](?:\.value$)?")
_NAMED = re.compile(r"\[(?:name|key|type)=([^\]]+)\]")


def path_text(path: str) -> str:
    """A path without what every other line has too."""
    found = _CONTAINER.match(path)
    if found:
        kind = "init container" if found[1] else "container"
        rest = path[found.end() :]
        inner = _NAMED.sub(r" \1", _ENV.sub(r"env \1", rest))
        return f"{kind} {found[2]} · {inner}" if inner else f"{kind} {found[2]}"
    found = _POD.match(path)
    return f"pod · {path[found.end() :]}" if found else path


def value_text(side: Any) -> str:
    """One side of a field on one line; an env entry is its value."""
    if side is None:
        return "–"
    if isinstance(side, str):
        return side
    if isinstance(side, Mapping) and set(side) == {"name", "value"}:
        return value_text(side["value"])
    return json.dumps(side, default=str, ensure_ascii=False)
