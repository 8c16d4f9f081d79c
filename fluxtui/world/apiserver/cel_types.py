"""Custom objects as CEL sees them: typed by their schema, with escaped field names.

`celpy` is imported when the first value is made. Knows schemas, no rules.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

Schema = Mapping[str, Any]

_RESERVED = frozenset(
    (
        *("true", "false", "null", "in", "as", "break", "const", "continue", "else", "for"),
        *("function", "if", "import", "let", "loop", "package", "namespace", "return", "var"),
        *("void", "while"),
    )
)
_META: Schema = {
    "type": "object",
    "properties": {"name": {"type": "string"}, "generateName": {"type": "string"}},
}
_OBJECT: Mapping[str, Schema] = {
    "apiVersion": {"type": "string"},
    "kind": {"type": "string"},
    "metadata": _META,
}


def escaped(name: str) -> str:
    """A field's name as rules spell it; "" where they cannot."""
    if name in _RESERVED:
        return f"__{name}__"
    out = name.replace("__", "__underscores__").replace(".", "__dot__")
    out = out.replace("-", "__dash__").replace("/", "__slash__")
    return out if re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", out) else ""


def properties_of(schema: Schema) -> dict[str, Schema]:
    """The fields rules may name: those of a whole object include its type and its name."""
    found = dict(schema.get("properties") or {})
    if schema.get("x-kubernetes-embedded-resource"):
        found |= _OBJECT
    return found


def root(schema: Schema) -> Schema:
    """The schema of a whole custom object, with the fields every object has."""
    return {**schema, "x-kubernetes-embedded-resource": True}


def cel(value: Any, schema: Schema) -> Any:
    """`value` as a CEL value. Raises ValueError where it does not fit its format."""
    from celpy import celtypes as ct

    if value is None:
        return None
    if isinstance(value, bool):
        return ct.BoolType(value)
    if isinstance(value, str):
        return _text(value, schema)
    if isinstance(value, (int, float)):
        whole = schema.get("type") != "number" and not isinstance(value, float)
        return ct.IntType(int(value)) if whole else ct.DoubleType(value)
    if isinstance(value, list):
        items: Schema = schema.get("items") or {}
        found = [cel(x, items) for x in value]
        return (
            _unordered()(found)
            if schema.get("x-kubernetes-list-type") in _LOOSE
            else (ct.ListType(found))
        )
    return _object(value, schema)


_LOOSE = ("set", "map")


def _unordered() -> Any:
    """The class of lists that are equal whatever their order."""
    from celpy import celtypes as ct

    class Unordered(ct.ListType):  # type: ignore[misc]  # celpy has no types
        def __eq__(self, other: Any) -> Any:
            if not isinstance(other, list) or len(self) != len(other):
                return ct.BoolType(False)
            return ct.BoolType(all(any(bool(x == y) for y in other) for x in self))

        def __ne__(self, other: Any) -> Any:
            return ct.BoolType(not self == other)

        def __hash__(self) -> int:
            return len(self)

    return Unordered


def _text(value: str, schema: Schema) -> Any:
    from celpy import celtypes as ct

    name = schema.get("format")
    if name in ("date-time", "date"):
        return ct.TimestampType(value if name == "date-time" else f"{value}T00:00:00Z")
    if name == "duration":
        return ct.DurationType(value)
    return ct.StringType(value)


def _object(value: dict[str, Any], schema: Schema) -> Any:
    from celpy import celtypes as ct

    properties = properties_of(schema)
    extra = schema.get("additionalProperties")
    out: list[tuple[Any, Any]] = []
    for name, child in value.items():
        if name in properties:
            known = escaped(name)
            if known and child is not None:
                out.append((ct.StringType(known), cel(child, properties[name])))
        elif isinstance(extra, Mapping):
            out.append((ct.StringType(name), cel(child, extra)))
        elif extra is True or (not properties and not schema.get("type")):
            out.append((ct.StringType(name), cel(child, {})))
    return ct.MapType(out)
