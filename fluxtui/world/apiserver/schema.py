"""Values against structure: defaults, pruning, unknown fields and wrong types.

CRD schemas give defaults; Shapes give structure for built-in kinds as well. What a schema says of
values is constraints.py's. Pure; nothing here reads the store.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator, Mapping
from typing import Any

from fluxtui.world.apiserver import quantities
from fluxtui.world.apiserver.decoding import type_name
from fluxtui.world.apiserver.shape import Shape
from fluxtui.world.apiserver.status import Cause, required

Schema = Mapping[str, Any]


def with_defaults(value: Any, schema: Schema) -> Any:
    """`value` with the schema's defaults where a field is missing, and without senseless nulls."""
    if isinstance(value, dict):
        out = value
        for name, sub in (schema.get("properties") or {}).items():
            if name not in out or (out[name] is None and not sub.get("nullable")):
                if "default" in sub:
                    out = out | {name: with_defaults(sub["default"], sub)}
                elif name in out:
                    out = {k: v for k, v in out.items() if k != name}
                continue
            filled = with_defaults(out[name], sub)
            if filled is not out[name]:
                out = out | {name: filled}
        extra = schema.get("additionalProperties")
        if isinstance(extra, Mapping):
            known = schema.get("properties") or {}
            for name, child in out.items():
                filled = child if name in known else with_defaults(child, extra)
                if filled is not child:
                    out = out | {name: filled}
        return out
    if isinstance(value, list) and isinstance(schema.get("items"), Mapping):
        items = [with_defaults(x, schema["items"]) for x in value]
        return items if any(a is not b for a, b in zip(items, value, strict=True)) else value
    return value


def prune(value: Any, shape: Shape) -> Any:
    """`value` without the fields its structure does not know."""
    if isinstance(value, dict):
        if shape.form == "any" or (shape.form == "map" and shape.element is None):
            return value
        closed = shape.form == "struct" and not shape.open
        out = {}
        changed = False
        for name, child in value.items():
            if closed and name not in shape.fields:
                changed = True
                continue
            out[name] = prune(child, shape.child(name))
            changed = changed or out[name] is not child
        return out if changed else value
    if isinstance(value, list) and shape.form == "list":
        items = [prune(x, shape.item()) for x in value]
        return items if any(a is not b for a, b in zip(items, value, strict=True)) else value
    return value


def unknown_fields(value: Any, shape: Shape, path: str = "") -> Iterator[str]:
    """Paths of fields the structure does not know, as strict decoding prints them."""
    if isinstance(value, dict) and shape.form != "any":
        closed = shape.form == "struct" and not shape.open
        for name, child in value.items():
            where = f"{path}.{name}" if path else name
            if closed and name not in shape.fields:
                yield where
            else:
                yield from unknown_fields(child, shape.child(name), where)
    elif isinstance(value, list) and shape.form == "list":
        for i, item in enumerate(value):
            yield from unknown_fields(item, shape.item(), f"{path}[{i}]")


_ACCEPTS: Mapping[str, tuple[type, ...]] = {
    "s": (str,),
    "t": (str,),
    "y": (str,),
    "i": (int,),
    "n": (int, float),
    "b": (bool,),
    "o": (int, str),
    "q": (int, float, str),
}
_GO_NAMES = {
    "s": "string",
    "t": "string",
    "y": "[]uint8",
    "i": "int32",
    "n": "float64",
    "b": "bool",
}


def _base64_error(value: str) -> str:
    """Go's words; it stops at the first byte that cannot be, padding inside included."""
    try:
        base64.b64decode(value.replace("\n", "").replace("\r", ""), validate=True)
    except ValueError:
        pass
    else:
        if not re.search("=[^=\r\n]", value):
            return ""
    found = re.search(r"[^A-Za-z0-9+/=\r\n]|(?<==)[^=\r\n]", value)
    return f"illegal base64 data at input byte {found.start() if found else len(value)}"


def _quantity_error(value: Any) -> str:
    try:
        quantities.canonical(quantities.plain(value))
    except ValueError as error:
        return str(error)
    return ""


def _go_name(shape: Shape) -> str:
    """The Go type a value was wanted to be."""
    if shape.form == "scalar":
        return _GO_NAMES.get(shape.type, "string")
    if shape.form == "list":
        return "[]" + (_go_name(shape.item()) if shape.item().form != "any" else "interface {}")
    if shape.form == "map":
        return "map[string]" + _go_name(shape.element or shape)
    return f"v1.{shape.name}"


def decode_error(value: Any, shape: Shape, path: str = "", struct: str = "") -> str:
    """What a typed decoder would say about a built-in object of the wrong type; "" if fine.

    `struct` is the type that holds the field at `path`. Items and keys are no part of a path.
    """
    if value is None or shape.form == "any":
        return ""
    if shape.form == "scalar":
        fits = isinstance(value, _ACCEPTS[shape.type])
        if isinstance(value, bool) and shape.type != "b":
            fits = False
        if isinstance(value, float) and shape.type == "i" and value.is_integer():
            fits = True
        if fits and shape.type == "q":
            return _quantity_error(value)
        if fits:
            return "" if shape.type != "y" else _base64_error(value)
        return _unmarshal(value, shape, path, struct)
    wanted = list if shape.form == "list" else dict
    if not isinstance(value, wanted):
        return _unmarshal(value, shape, path, struct)
    if isinstance(value, list):
        found = (decode_error(child, shape.item(), path, struct) for child in value)
    elif shape.form == "map":
        found = (decode_error(v, shape.child(k), path, struct) for k, v in value.items())
    else:
        inner = shape.name or struct
        found = (
            decode_error(v, shape.child(k), f"{path}.{k}".lstrip("."), inner)
            for k, v in value.items()
        )
    return next((x for x in found if x), "")


def _unmarshal(value: Any, shape: Shape, path: str, struct: str) -> str:
    name = _go_name(shape)
    if name == "v1.ObjectMeta" and not path:
        return f"json: cannot unmarshal {type_name(value)} into Go value of type {name}"
    where = f"{struct}.{path}" if path else struct
    return f"json: cannot unmarshal {type_name(value)} into Go struct field {where} of type {name}"


def missing_required(value: Any, shape: Shape, path: str = "") -> Iterator[Cause]:
    """Required fields of built-in structs that are not there."""
    if isinstance(value, dict):
        for name in shape.required if shape.form == "struct" else ():
            if value.get(name) is None or value.get(name) == "":
                yield required(f"{path}.{name}".lstrip("."))
        for name, child in value.items():
            where = f"{path}[{name}]" if shape.form == "map" else f"{path}.{name}".lstrip(".")
            yield from missing_required(child, shape.child(name), where)
    elif isinstance(value, list):
        for i, item in enumerate(value):
            yield from missing_required(item, shape.item(), f"{path}[{i}]")
