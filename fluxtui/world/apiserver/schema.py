"""Values against structure: defaults, pruning, unknown fields and wrong types.

CRD schemas give defaults; Shapes give structure for built-in kinds as well. What a schema says of
values is constraints.py's. Pure; nothing here reads the store.
Needed by `kubectl apply` (strict validation) and by Flux's CRDs (defaults).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from fluxtui.kit import quantities
from fluxtui.world.apiserver.decoding import type_name
from fluxtui.world.apiserver.shape import Shape

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
            props = schema.get("properties") or {}
            for name, child in out.items():
                filled = child if name in props else with_defaults(child, extra)
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
_WANTED = {"i": "int32", "n": "float64", "b": "bool", "list": "list", "map": "map"}


def decode_error(value: Any, shape: Shape, path: str = "") -> str:
    """Why a typed decoder could not read a built-in object; "" if it could."""
    if value is None or shape.form == "any":
        return ""
    if shape.form == "scalar":
        fits = isinstance(value, _ACCEPTS[shape.type])
        if isinstance(value, bool) and shape.type != "b":
            fits = False
        if isinstance(value, float) and shape.type == "i" and value.is_integer():
            fits = True
        if fits and shape.type == "q":
            return quantities.fault(value)
        return "" if fits else _unmarshal(value, _WANTED.get(shape.type, "string"), path)
    if not isinstance(value, list if shape.form == "list" else dict):
        return _unmarshal(value, shape.name or _WANTED.get(shape.form, ""), path)
    if isinstance(value, list):
        errors = (decode_error(child, shape.item(), path) for child in value)
    else:
        errors = (decode_error(v, shape.child(k), f"{path}.{k}") for k, v in value.items())
    return next((x for x in errors if x), "")


def _unmarshal(value: Any, type_: str, path: str) -> str:
    where = f"field {path.lstrip('.')}"
    return f"json: cannot unmarshal {type_name(value)} into Go struct {where} of type {type_}"
