"""The structure of objects: which fields there are and how their lists and maps merge.

One `Shape` per type serves unknown-field checks, server-side apply, strategic merge patches and
OpenAPI. Built-in types come from `data/types.txt`, custom ones from their CRD's schema. A Shape
says nothing about values (see schema.py) and never touches an object.
Needed by apply, strategic patches and `kubectl explain`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Literal

Form = Literal["scalar", "struct", "map", "list", "any"]
Merge = Literal["atomic", "granular", "set", "keyed"]


@dataclass(slots=True, eq=False)
class Shape:
    """One type. `fields` are a struct's, `element` a map's or list's.

    `merge`: atomic (replaced as a whole), granular (struct and map), set or keyed (list).
    `open` structs keep fields they do not know. `key_defaults` fill keys that items leave out.
    `patch_key` is the strategic-merge key.
    """

    form: Form
    name: str = ""
    type: str = ""
    merge: Merge = "granular"
    fields: dict[str, Shape] = field(default_factory=dict)
    element: Shape | None = None
    keys: tuple[str, ...] = ()
    key_defaults: Mapping[str, Any] = field(default_factory=dict)
    patch_key: str = ""
    open: bool = False

    def child(self, key: str) -> Shape:
        """The shape of a field or map value; ANY where it is not known."""
        if self.form == "struct":
            return self.fields.get(key, ANY)
        if self.form in ("map", "list") and self.element is not None:
            return self.element
        return ANY

    def item(self) -> Shape:
        """The shape of a list's items."""
        return self.element if self.element is not None else ANY

    def key_of(self, item: Any) -> tuple[Any, ...] | None:
        """The identity of an item of a set or keyed list; None where it has none."""
        if self.merge == "set":
            return (item,) if not isinstance(item, (dict, list)) else None
        if not isinstance(item, dict):
            return None
        values = tuple(item.get(k, self.key_defaults.get(k)) for k in self.keys)
        return None if all(v is None for v in values) else values


ANY = Shape("any")

_KEY_DEFAULTS: Mapping[str, Mapping[str, Any]] = {
    "ContainerPort": {"protocol": "TCP"},
    "ServicePort": {"protocol": "TCP"},
}
_SCALARS = {code: Shape("scalar", type=code, merge="atomic") for code in "sibnqoty"}


class _Types:
    """The parsed table; recursion is fine because a type is registered before its fields."""

    def __init__(self, text: str) -> None:
        self.lines: dict[str, tuple[str, ...]] = {}
        self.atomic: set[str] = set()
        for line in text.splitlines():
            if not line or line.startswith("#"):
                continue
            name, *fields = line.split(" ")
            if name.endswith("~"):
                name = name[:-1]
                self.atomic.add(name)
            self.lines[name] = tuple(f for f in fields if f)
        self.made: dict[str, Shape] = {}

    def named(self, name: str) -> Shape:
        shape = self.made.get(name)
        if shape is None:
            merge: Merge = "atomic" if name in self.atomic else "granular"
            shape = self.made[name] = Shape("struct", name=name, merge=merge)
            for entry in self.lines[name]:
                field_, _, spec = entry.partition(":")
                shape.fields[field_] = self._parse(spec)
        return shape

    def _parse(self, spec: str) -> Shape:
        if spec.startswith("[]"):
            inner, _, keys = spec[2:].partition("@")
            return self._list(self._parse(inner), keys)
        if spec.startswith("{}"):
            atomic = spec.endswith("~")
            inner = spec[2:-1] if atomic else spec[2:]
            return Shape(
                "map", element=self._parse(inner), merge="atomic" if atomic else "granular"
            )
        if spec == "x":
            return ANY
        return _SCALARS[spec] if spec in _SCALARS else self.named(spec)

    def _list(self, element: Shape, keys: str) -> Shape:
        if keys == "*":
            return Shape("list", element=element, merge="set")
        if keys.startswith("~"):
            return Shape("list", element=element, merge="atomic", patch_key=keys[1:])
        if keys:
            return Shape(
                "list",
                element=element,
                merge="keyed",
                keys=tuple(keys.rstrip("=").split(",")),
                key_defaults=_KEY_DEFAULTS.get(element.name, {}),
                patch_key="" if keys.endswith("=") else keys.partition(",")[0],
            )
        return Shape("list", element=element, merge="atomic")


@cache
def _types() -> _Types:
    path = Path(__file__).parent / "data" / "types.txt"
    return _Types(path.read_text(encoding="utf-8"))


def builtin(name: str) -> Shape:
    """The shape of a built-in type; an open object where the table has no such type."""
    types = _types()
    if name in types.lines:
        return types.named(name)
    return Shape(
        "struct",
        name=name,
        fields={"apiVersion": _SCALARS["s"], "kind": _SCALARS["s"], "metadata": metadata()},
        open=True,
    )


def metadata() -> Shape:
    return _types().named("ObjectMeta")


def from_schema(schema: Mapping[str, Any], *, root: bool = False) -> Shape:
    """The shape a CRD schema describes (structural schema; x-kubernetes-* list and map types)."""
    if root:
        shape = _object(schema)
        for name in ("apiVersion", "kind"):
            shape.fields[name] = _SCALARS["s"]
        shape.fields["metadata"] = metadata()
        shape.form = "struct"
        return shape
    if schema.get("x-kubernetes-int-or-string"):
        return _SCALARS["o"]
    kind = schema.get("type")
    if kind == "object":
        return _object(schema)
    if kind == "array":
        return _array(schema)
    codes = {"string": "s", "integer": "i", "boolean": "b", "number": "n"}
    if kind in codes:
        return _SCALARS[codes[str(kind)]]
    return ANY


def _object(schema: Mapping[str, Any]) -> Shape:
    merge: Merge = "atomic" if schema.get("x-kubernetes-map-type") == "atomic" else "granular"
    properties: Mapping[str, Any] = schema.get("properties") or {}
    extra = schema.get("additionalProperties")
    keep = bool(schema.get("x-kubernetes-preserve-unknown-fields"))
    if not properties and extra not in (None, False):
        element = from_schema(extra) if isinstance(extra, Mapping) else ANY
        return Shape("map", element=element, merge=merge)
    fields = {name: from_schema(sub) for name, sub in properties.items()}
    if schema.get("x-kubernetes-embedded-resource"):
        fields |= {"apiVersion": _SCALARS["s"], "kind": _SCALARS["s"], "metadata": metadata()}
    return Shape("struct", fields=fields, merge=merge, open=keep)


def _array(schema: Mapping[str, Any]) -> Shape:
    items: Mapping[str, Any] = schema.get("items") or {}
    element = from_schema(items)
    form = schema.get("x-kubernetes-list-type", "atomic")
    if form == "set":
        return Shape("list", element=element, merge="set")
    if form == "map":
        keys = tuple(schema.get("x-kubernetes-list-map-keys") or ())
        properties: Mapping[str, Any] = items.get("properties") or {}
        defaults = {k: properties[k]["default"] for k in keys if "default" in properties.get(k, {})}
        return Shape("list", element=element, merge="keyed", keys=keys, key_defaults=defaults)
    return Shape("list", element=element, merge="atomic")
