"""Custom objects against their CRD's schema: types, what is required, enums, patterns, ranges.

The demo's Kustomizations and OCIRepositories are refused by it as Flux's CRDs would refuse them,
and the Reconciler's tests read its causes. Formats, alternatives and CEL rules are asked of a real
API server. Texts and reasons are go-openapi's as apiextensions passes them on. Pure.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

from fluxtui.world.apiserver.status import Cause, invalid_value, required

Schema = Mapping[str, Any]
_TYPES: Mapping[str, tuple[type, ...]] = {
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
    "array": (list,),
    "object": (dict,),
}
_NAMES = {bool: "boolean", int: "integer", float: "number", str: "string", list: "array"}


@lru_cache(maxsize=512)
def _pattern(text: str) -> re.Pattern[str]:
    return re.compile(text)


def shown(value: Any) -> str:
    """A value as causes show it: compact JSON with sorted keys."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True)


def _at(path: str) -> str:
    return path.lstrip(".") or "<nil>"


def _invalid(path: str, value: Any, detail: str) -> Cause:
    return invalid_value(_at(path), shown(value), f"{_at(path)} in body {detail}")


def _wrong_type(path: str, value: Any, type_: str) -> Cause:
    actual = shown("null" if value is None else _NAMES.get(type(value), "object"))
    text = f"{_at(path)} in body must be of type {type_}: {actual}"
    return Cause("FieldValueTypeInvalid", f"Invalid value: {actual}: {text}", _at(path))


def check(value: Any, schema: Schema, path: str = "", old: Any = None) -> Iterator[Cause]:
    """Causes for what the schema refuses; what is as it was in `old` is not judged again, so that
    a stricter schema does not lock the objects that are there."""
    if old is not None and old == value:
        return
    if value is None:
        if not schema.get("nullable") and schema.get("type"):
            yield _wrong_type(path, value, schema["type"])
        return
    if schema.get("x-kubernetes-int-or-string"):
        if not isinstance(value, (int, str)) or isinstance(value, bool):
            yield _wrong_type(path, value, "integer,string")
        return
    kind = schema.get("type")
    if kind and not (
        isinstance(value, _TYPES[kind]) and (kind == "boolean" or not isinstance(value, bool))
    ):
        yield _wrong_type(path, value, kind)
        return
    if "enum" in schema and value not in schema["enum"]:
        options = ", ".join(f'"{x}"' for x in schema["enum"])
        text = f"Unsupported value: {shown(value)}: supported values: {options}"
        yield Cause("FieldValueNotSupported", text, _at(path))
    if isinstance(value, str):
        yield from _string(value, schema, path)
    elif isinstance(value, list):
        for i, item in enumerate(value):
            yield from check(item, schema.get("items") or {}, f"{path}[{i}]")
    elif isinstance(value, dict):
        yield from _object(value, schema, path, old)
    elif not isinstance(value, bool):
        yield from _number(value, schema, path)


def _string(value: str, schema: Schema, path: str) -> Iterator[Cause]:
    if len(value) > schema.get("maxLength", len(value)):
        text = f"Too long: may not be more than {schema['maxLength']} bytes"
        yield Cause("FieldValueTooLong", text, _at(path))
    elif len(value) < schema.get("minLength", 0):
        yield _invalid(path, value, f"should be at least {schema['minLength']} chars long")
    elif schema.get("pattern") and not _pattern(schema["pattern"]).search(value):
        yield _invalid(path, value, f"should match '{schema['pattern']}'")


def _number(value: int | float, schema: Schema, path: str) -> Iterator[Cause]:
    most, least = schema.get("maximum"), schema.get("minimum")
    if most is not None and value > most:
        yield _invalid(path, value, f"should be less than or equal to {most}")
    if least is not None and value < least:
        yield _invalid(path, value, f"should be greater than or equal to {least}")


def _object(value: dict[str, Any], schema: Schema, path: str, old: Any) -> Iterator[Cause]:
    properties: Schema = schema.get("properties") or {}
    extra = schema.get("additionalProperties")
    for name in schema.get("required") or ():
        if name not in value:
            yield required(f"{path}.{name}".lstrip("."))
    for name, child in value.items():
        sub = properties.get(name, extra)
        if isinstance(sub, Mapping):
            before = old.get(name) if isinstance(old, dict) else None
            yield from check(child, sub, f"{path}.{name}", before)
