"""Values against schemas: defaults, pruning, unknown fields and validation.

CRD schemas give defaults and constraints; Shapes give structure for built-in kinds as well. Texts
follow apiextensions' validation. Pure; nothing here reads the store.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

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
    try:
        base64.b64decode(value.replace("\n", "").replace("\r", ""), validate=True)
    except ValueError:
        found = re.search(r"[^A-Za-z0-9+/=\r\n]", value)
        return f"illegal base64 data at input byte {found.start() if found else len(value)}"
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


@lru_cache(maxsize=512)
def _pattern(text: str) -> re.Pattern[str]:
    return re.compile(text)


_TYPES: Mapping[str, tuple[type, ...]] = {
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
    "array": (list,),
    "object": (dict,),
}


def _json_type(value: Any) -> str:
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int):
        return "integer"
    if isinstance(value, float):
        return "number"
    return {str: "string", list: "array", dict: "object", type(None): "null"}[type(value)]


def _shown(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _invalid(path: str, value: Any, detail: str) -> Cause:
    where = path.lstrip(".") or "<nil>"
    text = f"Invalid value: {_shown(value)}: {where} in body {detail}"
    return Cause("FieldValueInvalid", text, where)


def validate(value: Any, schema: Schema, path: str = "") -> Iterator[Cause]:
    """Causes for everything in `value` that a CRD schema refuses."""
    if value is None:
        if not schema.get("nullable"):
            kind = schema.get("type", "object")
            yield _wrong_type(path, value, kind)
        return
    if schema.get("x-kubernetes-int-or-string"):
        if not isinstance(value, (int, str)) or isinstance(value, bool):
            yield _wrong_type(path, value, "integer,string")
        return
    kind = schema.get("type")
    if kind:
        fits = isinstance(value, _TYPES[kind]) and (
            kind == "boolean" or not isinstance(value, bool)
        )
        if not fits:
            yield _wrong_type(path, value, kind)
            return
    yield from _constraints(value, schema, path)
    if isinstance(value, dict):
        yield from _object(value, schema, path)
    elif isinstance(value, list):
        yield from _array(value, schema, path)
    for sub in schema.get("allOf") or ():
        yield from validate(value, sub, path)
    for word in ("anyOf", "oneOf"):
        options = schema.get(word)
        if options and not any(not list(validate(value, o, path)) for o in options):
            some = "at least one" if word == "anyOf" else "one and only one"
            yield _invalid(path, value, f"must validate {some} schema ({word})")


def _wrong_type(path: str, value: Any, kind: str) -> Cause:
    where = path.lstrip(".") or "<nil>"
    text = (
        f"Invalid value: {_shown(_json_type(value))}: {where} in body must be of type {kind}: "
        f"{_shown(_json_type(value))}"
    )
    return Cause("FieldValueTypeInvalid", text, where)


def _constraints(value: Any, schema: Schema, path: str) -> Iterator[Cause]:
    if "enum" in schema and value not in schema["enum"]:
        options = ", ".join(_shown(x) for x in schema["enum"])
        text = f"Unsupported value: {_shown(value)}: supported values: {options}"
        yield Cause("FieldValueNotSupported", text, path.lstrip("."))
    if isinstance(value, str):
        pattern = schema.get("pattern")
        if pattern and not _pattern(pattern).search(value):
            yield _invalid(path, value, f"should match '{pattern}'")
        if len(value) > schema.get("maxLength", len(value)):
            text = f"Too long: may not be more than {schema['maxLength']} bytes"
            yield Cause("FieldValueTooLong", text, path.lstrip("."))
        if len(value) < schema.get("minLength", 0):
            yield _invalid(path, value, f"should be at least {schema['minLength']} chars long")
    elif isinstance(value, (int, float)) and not isinstance(value, bool):
        if value < schema.get("minimum", value):
            yield _invalid(path, value, f"should be greater than or equal to {schema['minimum']}")
        if value > schema.get("maximum", value):
            yield _invalid(path, value, f"should be less than or equal to {schema['maximum']}")


def _object(value: dict[str, Any], schema: Schema, path: str) -> Iterator[Cause]:
    for name in schema.get("required") or ():
        if name not in value:
            yield required(f"{path}.{name}".lstrip("."))
    properties: Schema = schema.get("properties") or {}
    extra = schema.get("additionalProperties")
    for name, child in value.items():
        if name in properties:
            yield from validate(child, properties[name], f"{path}.{name}")
        elif isinstance(extra, Mapping):
            yield from validate(child, extra, f"{path}.{name}")
    if len(value) > schema.get("maxProperties", len(value)):
        yield _invalid(path, len(value), f"must have at most {schema['maxProperties']} properties")


def _array(value: list[Any], schema: Schema, path: str) -> Iterator[Cause]:
    if len(value) > schema.get("maxItems", len(value)):
        text = f"Too many: {len(value)}: must have at most {schema['maxItems']} items"
        yield Cause("FieldValueTooMany", text, path.lstrip("."))
    if len(value) < schema.get("minItems", 0):
        yield _invalid(path, len(value), f"should have at least {schema['minItems']} items")
    items: Schema = schema.get("items") or {}
    for i, item in enumerate(value):
        yield from validate(item, items, f"{path}[{i}]")
    keys = schema.get("x-kubernetes-list-map-keys") or ()
    unique = schema.get("x-kubernetes-list-type")
    seen: set[str] = set()
    for i, item in enumerate(value):
        if unique == "map" and isinstance(item, dict):
            identity = {k: item.get(k) for k in keys}
        elif unique == "set":
            identity = item
        else:
            continue
        shown = _shown(identity)
        if shown in seen:
            yield Cause(
                "FieldValueDuplicate", f"Duplicate value: {shown}", f"{path}[{i}]".lstrip(".")
            )
        seen.add(shown)
