"""Replacement targets inside text: a ConfigMap value that is itself JSON or YAML.

Must leave a path alone that does not lead into text that parses.
Rule source: kustomize's replacement filter (structured data).
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from fluxtui.domain.errors import BuildError
from fluxtui.kustomize.fieldpath import NOTHING, Spot, get, spots
from fluxtui.kustomize.reader import load_values
from fluxtui.kustomize.scalars import Quoted, is_scalar, plain, text_of
from fluxtui.kustomize.writer import dump_value

Setter = Callable[[Spot, Any], None]


def write_inside(
    obj: dict[str, Any],
    parts: list[str],
    value: Any,
    create: str,
    setter: Setter,
) -> bool:
    """Writes the value inside of a text on the path. False when there is none that takes it."""
    for length in range(1, len(parts)):
        try:
            holder = get(obj, parts[:length])
        except BuildError:
            continue
        if holder is NOTHING or not is_scalar(holder):
            continue
        text = text_of(holder)
        changed = _changed(text, parts[length:], value, create, setter)
        if changed is None:
            return False
        parent = get(obj, parts[: length - 1]) if length > 1 else obj
        if not isinstance(parent, dict):
            return False
        parent[parts[length - 1]] = Quoted(changed) if "\n" in changed else changed
        return True
    return False


def _changed(text: str, parts: list[str], value: Any, create: str, setter: Setter) -> str | None:
    try:
        documents = load_values(text)
        box = {"": documents[0] if documents else None}
        if is_scalar(box[""]) or box[""] is None:
            return None
        places = spots(box, "", parts, create)
        if not places:
            return None
        for spot in places:
            setter(spot, value)
    except BuildError:
        return None
    return _rewritten(box[""], text)


def _rewritten(value: Any, text: str) -> str:
    """JSON stays JSON (pretty or compact as it was), YAML stays YAML."""
    if text.strip()[:1] not in ("{", "["):
        return dump_value(plain(value)).strip()
    if "\n" in text and "  " in text:
        return json.dumps(plain(value), indent=2, sort_keys=True, ensure_ascii=False)
    return json.dumps(plain(value), separators=(",", ":"), sort_keys=True, ensure_ascii=False)
