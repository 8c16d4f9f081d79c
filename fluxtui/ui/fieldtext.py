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
    match = _CONTAINER.match(path)
    if match:
        kind = "init container" if match[1] else "container"
        inside = path[match.end() :]
        inner = _NAMED.sub(r" \1", _ENV.sub(r"env \1", inside))
        return f"{kind} {match[2]} · {inner}" if inner else f"{kind} {match[2]}"
    match = _POD.match(path)
    return f"pod · {path[match.end() :]}" if match else path


def side_texts(before: Any, after: Any) -> tuple[str, str]:
    """Both sides of a field, each on one line; of texts with many lines what differs first."""
    if not (isinstance(before, str) and isinstance(after, str) and "\n" in before + after):
        return value_text(before), value_text(after)
    old, new = before.splitlines(), after.splitlines()
    return _differing(old, set(new)), _differing(new, set(old))


def _differing(lines: list[str], shared: set[str]) -> str:
    own = [line.strip() for line in lines if line not in shared]
    if not own:
        return "–"
    return f"{own[0]}  +{len(own) - 1} lines" if len(own) > 1 else own[0]


def value_text(side: Any) -> str:
    """One side of a field on one line; an env entry is its value."""
    if side is None:
        return "–"
    if isinstance(side, str):
        return side
    if isinstance(side, Mapping) and set(side) == {"name", "value"}:
        return value_text(side["value"])
    return json.dumps(side, default=str, ensure_ascii=False)
