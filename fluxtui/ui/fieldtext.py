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


def side_texts(before: Any, after: Any) -> tuple[str, str]:
    """Both sides of a field, each on one line; of texts with many lines what differs first."""
    if not (isinstance(before, str) and isinstance(after, str) and "\n" in before + after):
        return value_text(before), value_text(after)
    old, new = before.splitlines(), after.splitlines()
    return _differing(old, set(new)), _differing(new, set(old))


def _differing(mine: list[str], others: set[str]) -> str:
    found = [line.strip() for line in mine if line not in others]
    if not found:
        return "–"
    return f"{found[0]}  +{len(found) - 1} lines" if len(found) > 1 else found[0]


def value_text(side: Any) -> str:
    """One side of a field on one line; an env entry is its value."""
    if side is None:
        return "–"
    if isinstance(side, str):
        return side
    if isinstance(side, Mapping) and set(side) == {"name", "value"}:
        return value_text(side["value"])
    return json.dumps(side, default=str, ensure_ascii=False)
