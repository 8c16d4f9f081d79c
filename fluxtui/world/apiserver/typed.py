"""What structured-merge-diff says about a configuration that does not fit its schema.

Only its texts: unknown fields are found in schema.py, values are validated later. Pure.
"""

from __future__ import annotations

import json
from typing import Any

from fluxtui.world.apiserver.shape import Shape

_EXPECTED = {"i": "numeric (int or float)", "n": "numeric (int or float)", "b": "boolean"}


def type_error(value: Any, shape: Shape, path: str = "") -> str:
    """The first value of a wrong type; empty where all fit."""
    if value is None or shape.form == "any":
        return ""
    if shape.form == "scalar":
        return _scalar(value, shape.type, path)
    wanted = list if shape.form == "list" else dict
    if not isinstance(value, wanted):
        return f"{path}: expected {'list' if wanted is list else 'map'}, got {_shown(value)}"
    if isinstance(value, dict):
        found = (type_error(v, shape.child(k), f"{path}.{k}") for k, v in value.items())
    else:
        found = (type_error(v, shape.item(), f"{path}[{i}]") for i, v in enumerate(value))
    return next((x for x in found if x), "")


def _scalar(value: Any, code: str, path: str) -> str:
    number = isinstance(value, (int, float)) and not isinstance(value, bool)
    fits = {
        "i": number,
        "n": number,
        "b": isinstance(value, bool),
        "o": number or isinstance(value, str),
        "q": number or isinstance(value, str),
    }.get(code, isinstance(value, str))
    if fits:
        return ""
    if isinstance(value, (dict, list)):
        return f"{path}: expected {_EXPECTED.get(code, 'string')}, got {_shown(value)}"
    kind = "string" if isinstance(value, str) else f"&value.valueUnstructured{{Value:{value}}}"
    return f"{path}: expected {_EXPECTED.get(code, 'string')}, got {kind}"


def _shown(value: Any) -> str:
    if isinstance(value, dict):
        return "map"
    return "list" if isinstance(value, list) else f"&value.valueUnstructured{{Value:{value}}}"


def key_error(value: Any, shape: Shape, path: str = "", *, strict: bool) -> str:
    """Items of keyed lists that come twice, or (strictly) lack a key."""
    if shape.form == "any":
        return ""
    if isinstance(value, dict):
        found = (
            key_error(v, shape.child(k), f"{path}.{k}", strict=strict) for k, v in value.items()
        )
        return next((x for x in found if x), "")
    if not isinstance(value, list) or shape.merge not in ("keyed", "set"):
        return ""
    seen: set[Any] = set()
    for i, item in enumerate(value):
        key = shape.key_of(item)
        if shape.merge == "keyed" and isinstance(item, dict) and strict:
            lacking = [k for k in shape.keys if k not in item and k not in shape.key_defaults]
            if lacking:
                return (
                    f"{path}: element {i}: associative list with keys has an element that omits "
                    f'key field "{lacking[0]}" (and doesn\'t have default value)'
                )
        if key is not None and key in seen:
            if shape.merge == "set":
                return f"{path}: duplicate entries for key [={json.dumps(key[0])}]"
            shown = ",".join(f"{k}={json.dumps(v)}" for k, v in zip(shape.keys, key, strict=True))
            return f"{path}: duplicate entries for key [{shown}]"
        seen.add(key)
        inner = key_error(item, shape.item(), f"{path}[{i}]", strict=strict)
        if inner:
            return inner
    return ""
