"""Custom objects against their CRD's schema: every constraint a schema can state but CEL rules.

Texts, reasons and the fields they name are those of go-openapi's validators as apiextensions
passes them on; some of them name no field. Pure; rules are in rules.py.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

from fluxtui.world.apiserver import formats
from fluxtui.world.apiserver.decoding import go_value, quoted
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
_RANGES = {"int32": 2**31, "int64": 2**63}


@lru_cache(maxsize=512)
def _pattern(text: str) -> re.Pattern[str]:
    return re.compile(text)


def json_type(value: Any) -> str:
    """A value's type as JSON schemas name it."""
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int):
        return "integer"
    if isinstance(value, float):
        return "number"
    return {str: "string", list: "array", dict: "object", type(None): "null"}[type(value)]


def shown(value: Any) -> str:
    """A value as causes show it: compact JSON with sorted keys."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True)


def _at(path: str) -> str:
    return path.lstrip(".") or "<nil>"


def _invalid(path: str, value: Any, detail: str) -> Cause:
    return invalid_value(_at(path), shown(value), f"{_at(path)} in body {detail}")


def _pathless(detail: str) -> Cause:
    """What go-openapi says without saying where: the text names the field, the cause does not."""
    return invalid_value("<nil>", '""', detail)


def _wrong_type(path: str, value: Any, wanted: str) -> Cause:
    found = shown(value) if wanted not in _TYPES and "," not in wanted else shown(json_type(value))
    text = f"{_at(path)} in body must be of type {wanted}: {found}"
    return Cause("FieldValueTypeInvalid", f"Invalid value: {found}: {text}", _at(path))


NOTHING: Any = object()
"""The old value of what was not there before."""


def counterpart(item: Any, old: Any, schema: Schema) -> Any:
    """The old item of a keyed list that an item stands for; others have none."""
    keys = schema.get("x-kubernetes-list-map-keys")
    if not keys or not isinstance(old, list) or not isinstance(item, dict):
        return NOTHING
    wanted = [item.get(k) for k in keys]
    found = (x for x in old if isinstance(x, dict) and [x.get(k) for k in keys] == wanted)
    return next(found, NOTHING)


def check(value: Any, schema: Schema, path: str = "", old: Any = NOTHING) -> Iterator[Cause]:
    """Causes for everything in `value` that the schema refuses; what is as it was in `old` is not
    judged again, so that a stricter schema does not lock the objects that are there."""
    if old is not NOTHING and old == value:
        return
    if value is None:
        if not schema.get("nullable") and schema.get("type"):
            yield _wrong_type(path, value, schema["type"])
        return
    yield from _type(value, schema, path)
    yield from _alternatives(value, schema, path)
    if isinstance(value, str):
        yield from _string(value, schema, path)
    elif isinstance(value, list):
        yield from _array(value, schema, path, old)
    elif isinstance(value, (int, float)) and not isinstance(value, bool):
        yield from _number(value, schema, path)
    if "enum" in schema and value not in schema["enum"]:
        options = ", ".join(quoted(go_value(x)) for x in schema["enum"])
        text = f"Unsupported value: {shown(value)}: supported values: {options}"
        yield Cause("FieldValueNotSupported", text, _at(path))
    if isinstance(value, dict):
        yield from _object(value, schema, path, old)


def _type(value: Any, schema: Schema, path: str) -> Iterator[Cause]:
    if schema.get("x-kubernetes-int-or-string"):
        if not isinstance(value, (int, str)) or isinstance(value, bool):
            yield _wrong_type(path, value, "integer,string")
        return
    kind = schema.get("type")
    if kind and not (
        isinstance(value, _TYPES[kind]) and (kind == "boolean" or not isinstance(value, bool))
    ):
        yield _wrong_type(path, value, kind)


def _alternatives(value: Any, schema: Schema, path: str) -> Iterator[Cause]:
    where = quoted(_at(path))
    if schema.get("anyOf"):
        failed = [list(check(value, option, path)) for option in schema["anyOf"]]
        if all(failed):
            yield _pathless(f"{where} must validate at least one schema (anyOf)")
            yield from failed[0]
    if schema.get("oneOf"):
        failed = [list(check(value, option, path)) for option in schema["oneOf"]]
        valid = sum(1 for f in failed if not f)
        if valid != 1:
            found = f"Found {valid} valid alternatives" if valid else "Found none valid"
            yield _pathless(f"{where} must validate one and only one schema (oneOf). {found}")
            yield from () if valid else failed[0]
    if schema.get("allOf"):
        failed = [list(check(value, option, path)) for option in schema["allOf"]]
        for causes in failed:
            yield from causes
        if any(failed):
            none = ". None validated" if all(failed) else ""
            yield _pathless(f"{where} must validate all the schemas (allOf){none}")
    if schema.get("not") and not list(check(value, schema["not"], path)):
        yield _pathless(f"{where} must not validate the schema (not)")


def _string(value: str, schema: Schema, path: str) -> Iterator[Cause]:
    """The first of the three that fails, then the format."""
    if len(value) > schema.get("maxLength", len(value)):
        text = f"Too long: may not be more than {schema['maxLength']} bytes"
        yield Cause("FieldValueTooLong", text, _at(path))
    elif len(value) < schema.get("minLength", 0):
        yield _invalid(path, value, f"should be at least {schema['minLength']} chars long")
    elif schema.get("pattern") and not _pattern(schema["pattern"]).search(value):
        yield _invalid(path, value, f"should match '{schema['pattern']}'")
    name = schema.get("format")
    if name and schema.get("type") == "string" and not formats.fits(name, value):
        yield _wrong_type(path, value, name)


def _number(value: int | float, schema: Schema, path: str) -> Iterator[Cause]:
    whole, name = schema.get("type") == "integer", schema.get("format", "")
    limit = _RANGES.get(name if whole else "", 2**63)
    if whole and isinstance(value, float):
        yield _pathless(f"Checked value must be of type integer (default format) in {_at(path)}")
    elif whole and not -limit <= value < limit:
        text = f"with format {name}" if name else "(default format)"
        yield _pathless(f"Checked value must be of type integer {text} in {_at(path)}")
    step = schema.get("multipleOf")
    if step and value % step:
        yield _invalid(path, value, f"should be a multiple of {step}")
    most, least = schema.get("maximum"), schema.get("minimum")
    if most is not None and schema.get("exclusiveMaximum") and value >= most:
        yield _invalid(path, value, f"should be less than {most}")
    elif most is not None and value > most:
        yield _invalid(path, value, f"should be less than or equal to {most}")
    if least is not None and schema.get("exclusiveMinimum") and value <= least:
        yield _invalid(path, value, f"should be greater than {least}")
    elif least is not None and value < least:
        yield _invalid(path, value, f"should be greater than or equal to {least}")


def _object(value: dict[str, Any], schema: Schema, path: str, old: Any) -> Iterator[Cause]:
    properties: Schema = schema.get("properties") or {}
    extra = schema.get("additionalProperties")
    if len(value) > schema.get("maxProperties", len(value)):
        text = f"Too many: {len(value)}: must have at most {schema['maxProperties']} items"
        yield Cause("FieldValueTooMany", text, _at(path))
    if len(value) < schema.get("minProperties", 0):
        least = schema["minProperties"]
        yield _invalid(path, len(value), f"should have at least {least} properties")
    for name in schema.get("required") or ():
        if name not in value:
            yield required(f"{path}.{name}".lstrip("."))
    if schema.get("x-kubernetes-embedded-resource"):
        yield from _embedded(value, path)
    for name, child in value.items():
        before = old.get(name, NOTHING) if isinstance(old, dict) else NOTHING
        if name in properties:
            yield from check(child, properties[name], f"{path}.{name}", before)
        elif isinstance(extra, Mapping):
            yield from check(child, extra, f"{path}.{name}", before)


def _embedded(value: dict[str, Any], path: str) -> Iterator[Cause]:
    """A whole object inside another has the type fields of one."""
    for name in ("apiVersion", "kind"):
        if not value.get(name):
            yield required(f"{path}.{name}".lstrip("."))
    version = value.get("apiVersion")
    if isinstance(version, str) and version.count("/") > 1:
        text = f"unexpected GroupVersion string: {version}"
        yield invalid_value(f"{path}.apiVersion".lstrip("."), quoted(version), text)


def _array(value: list[Any], schema: Schema, path: str, old: Any) -> Iterator[Cause]:
    if len(value) > schema.get("maxItems", len(value)):
        text = f"Too many: {len(value)}: must have at most {schema['maxItems']} items"
        yield Cause("FieldValueTooMany", text, _at(path))
    if len(value) < schema.get("minItems", 0):
        yield _invalid(path, len(value), f"should have at least {schema['minItems']} items")
    items: Schema = schema.get("items") or {}
    for i, item in enumerate(value):
        yield from check(item, items, f"{path}[{i}]", counterpart(item, old, schema))
    yield from _unique(value, schema, path)


def _unique(value: list[Any], schema: Schema, path: str) -> Iterator[Cause]:
    keys = schema.get("x-kubernetes-list-map-keys") or ()
    form = schema.get("x-kubernetes-list-type")
    seen: set[str] = set()
    for i, item in enumerate(value):
        identity = item
        if form == "map":
            if not isinstance(item, dict):
                text = "must be an object for an array of list-type map"
                yield invalid_value(f"{_at(path)}[{i}]", shown(item), text)
                continue
            identity = {k: item.get(k) for k in keys}
        elif form != "set":
            return
        text = shown(identity)
        if text in seen:
            yield Cause("FieldValueDuplicate", f"Duplicate value: {text}", f"{_at(path)}[{i}]")
        seen.add(text)
