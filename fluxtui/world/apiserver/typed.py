"""What structured-merge-diff says about a configuration that does not fit its schema.

Only its texts: unknown fields are found in schema.py, values are validated later. Pure.
"""

from __future__ import annotations

import json
from typing import Any

from fluxtui.world.apiserver.decoding import go_value
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
        wanted_name = "list" if wanted is list else "map"
        return f"{path}: expected {wanted_name}, got &{{{go_value(value)}}}"
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
    if code == "b":
        return f"{path}: expected boolean, got &{{{go_value(value)}}}"
    if isinstance(value, (dict, list)):
        return f"{path}: expected {_EXPECTED.get(code, 'string')}, got {_shown(value)}"
    kind = "string" if isinstance(value, str) else f"&value.valueUnstructured{{Value:{value}}}"
    return f"{path}: expected {_EXPECTED.get(code, 'string')}, got {kind}"


def _shown(value: Any) -> str:
    if isinstance(value, dict):
        return "map"
    return "list" if isinstance(value, list) else f"&value.valueUnstructured{{Value:{value}}}"


def _element(shape: Shape, key: tuple[Any, ...]) -> str:
    """An item of a keyed list or set in a path: `[name="app"]`, `[="a"]`."""
    if shape.merge == "set":
        return f"[={json.dumps(key[0])}]"
    named = zip(shape.keys, key, strict=True)
    return "[" + ",".join(f"{k}={json.dumps(v)}" for k, v in named if v is not None) + "]"


def key_error(value: Any, shape: Shape, path: str = "") -> str:
    """Items of keyed lists that come twice, or lack every key."""
    if shape.form == "any":
        return ""
    if isinstance(value, dict):
        found = (key_error(v, shape.child(k), f"{path}.{k}") for k, v in value.items())
        return next((x for x in found if x), "")
    if not isinstance(value, list) or shape.merge not in ("keyed", "set"):
        return ""
    seen: set[Any] = set()
    for i, item in enumerate(value):
        key = shape.key_of(item)
        if shape.merge == "keyed" and isinstance(item, dict):
            known = [k for k in shape.keys if k in item or k in shape.key_defaults]
            if not known:
                return (
                    f"{path}: element {i}: associative list with keys has an element that omits "
                    f'key field "{shape.keys[0]}" (and doesn\'t have default value)'
                )
        if key is not None and key in seen:
            return f"{path}: duplicate entries for key {_element(shape, key)}"
        seen.add(key)
        where = f"{path}{_element(shape, key)}" if key is not None else f"{path}[{i}]"
        inner = key_error(item, shape.item(), where)
        if inner:
            return inner
    return ""
