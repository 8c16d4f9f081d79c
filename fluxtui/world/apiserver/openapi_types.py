"""Built-in types as OpenAPI v3 schemas, under the names they have in Kubernetes.

One `Structures` collects the schemas of one document. What fields are for comes from described.py;
how lists and maps merge from their Shapes. Never reads objects.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from fluxtui.world.apiserver.described import described, enums, plain_name
from fluxtui.world.apiserver.kinds import builtin_kinds
from fluxtui.world.apiserver.shape import Shape
from fluxtui.world.apiserver.status import Json

_PREFIX = "io.k8s.api."
_META = "io.k8s.apimachinery.pkg.apis.meta.v1."
_MACHINERY = frozenset(
    (
        *("Condition", "FieldSelectorRequirement", "LabelSelector", "LabelSelectorRequirement"),
        *("ManagedFieldsEntry", "ObjectMeta", "OwnerReference", "DeleteOptions", "Preconditions"),
    )
)
_ELSEWHERE = {
    "apiextensions.k8s.io": "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.",
    "apiregistration.k8s.io": "io.k8s.kube-aggregator.pkg.apis.apiregistration.",
}
_SCALARS: Mapping[str, Json] = {
    "s": {"type": "string"},
    "i": {"type": "integer", "format": "int32"},
    "b": {"type": "boolean"},
    "n": {"type": "number", "format": "double"},
    "y": {"type": "string", "format": "byte"},
}
# Scalars that are types of their own: the name, and what it is.
_NAMED: Mapping[str, tuple[str, Json]] = {
    "t": (_META + "Time", {"type": "string", "format": "date-time"}),
    "q": (
        "io.k8s.apimachinery.pkg.api.resource.Quantity",
        {"oneOf": [{"type": "string"}, {"type": "number"}]},
    ),
    "o": (
        "io.k8s.apimachinery.pkg.util.intstr.IntOrString",
        {"format": "int-or-string", "oneOf": [{"type": "integer"}, {"type": "string"}]},
    ),
}
_JSON = _ELSEWHERE["apiextensions.k8s.io"] + "v1.JSON"
_RAW = "io.k8s.apimachinery.pkg.runtime.RawExtension"
_MICRO = _META + "MicroTime"
# Fields whose type data/types.txt does not tell.
_FIELDS: Mapping[str, tuple[str, Json]] = {
    "ManagedFieldsEntry.fieldsV1": (_META + "FieldsV1", {"type": "object"}),
    "ControllerRevision.data": (_RAW, {"type": "object"}),
    "JSONSchemaProps.default": (_JSON, {}),
    "JSONSchemaProps.example": (_JSON, {}),
    "JSONSchemaProps.additionalItems": (f"{_JSON}SchemaPropsOrBool", {}),
    "JSONSchemaProps.additionalProperties": (f"{_JSON}SchemaPropsOrBool", {}),
    "JSONSchemaProps.items": (f"{_JSON}SchemaPropsOrArray", {}),
    "CustomResourceSubresources.status": (
        _JSON.removesuffix("JSON") + "CustomResourceSubresourceStatus",
        {"type": "object"},
    ),
    **{
        f"{name}Time": (_MICRO, {"type": "string", "format": "date-time"})
        for name in (
            *("Event.event", "EventsEvent.event", "EventSeries.lastObserved"),
            *("EventsV1EventSeries.lastObserved", "LeaseSpec.acquire", "LeaseSpec.renew"),
        )
    },
}


# Lists and maps of such values.
_ELEMENTS: Mapping[str, tuple[str, Json]] = {
    "JSONSchemaProps.enum": (_JSON, {}),
    "JSONSchemaProps.dependencies": (f"{_JSON}SchemaPropsOrStringArray", {}),
}
_CORE_TOO = frozenset(("TopologySelectorTerm", "TopologySelectorLabelRequirement"))


@cache
def _core() -> frozenset[str]:
    """The types that core kinds are made of: other groups use them under their core names."""
    found: set[str] = set()
    todo = [kind.shape for kind in builtin_kinds() if not kind.group]
    while todo:
        shape = todo.pop()
        if shape.form == "struct" and shape.name not in found:
            found.add(shape.name)
            todo.extend(shape.fields.values())
        elif shape.element is not None:
            todo.append(shape.element)
    return frozenset(found) | _CORE_TOO


@cache
def _kinds() -> Mapping[str, Json]:
    """The kinds among the types: they say so wherever they are referred to."""
    return {
        kind.shape.name: {"group": kind.group, "kind": kind.kind, "version": kind.version}
        for kind in builtin_kinds()
    }


def component(name: str, group: str, version: str) -> str:
    """What the type `name` of data/types.txt is called in the documents of a group's version."""
    if name in _MACHINERY:
        return _META + plain_name(name)
    if name in _core():
        return f"{_PREFIX}core.v1.{plain_name(name)}"
    prefix = _ELSEWHERE.get(group, f"{_PREFIX}{group.split('.')[0] or 'core'}.")
    return f"{prefix}{version}.{plain_name(name)}"


class Structures:
    """The schemas of one document; `schemas` grows with every type that is referred to."""

    def __init__(self, group: str, version: str) -> None:
        self.schemas: dict[str, Json] = {}
        self._group, self._version = group, version

    def reference(self, shape: Shape) -> Json:
        name = component(shape.name, self._group, self._version)
        if name not in self.schemas:
            self.schemas[name] = {}
            self.schemas[name].update(self.struct(shape))
            if shape.name in _kinds():
                self.schemas[name]["x-kubernetes-group-version-kind"] = [_kinds()[shape.name]]
        return {"$ref": f"#/components/schemas/{name}"}

    def struct(self, shape: Shape) -> Json:
        told = described(shape.name, self._version)
        out: Json = {"description": told.text} if told.text else {}
        out["type"] = "object"
        out["properties"] = {
            name: self._field(f"{shape.name}.{name}", field, told.fields.get(name, ""))
            for name, field in sorted(shape.fields.items())
        }
        if shape.required:
            out["required"] = sorted(shape.required)
        if shape.merge == "atomic":
            out["x-kubernetes-map-type"] = "atomic"
        return out

    def _field(self, path: str, shape: Shape, text: str) -> Json:
        found = self._own(*_FIELDS[path]) if path in _FIELDS else self.of(shape)
        if "$ref" in found:
            found = {"allOf": [found]}
        if path in _ELEMENTS:
            inside = "items" if shape.form == "list" else "additionalProperties"
            found[inside] = self._own(*_ELEMENTS[path])
        if path in enums():
            limited = found.get("items") or found.get("additionalProperties") or found
            limited["enum"] = list(enums()[path])
            lines = "".join(f'\n - `"{value}"`' for value in enums()[path])
            text = f"{text}\n\nPossible enum values:{lines}".strip()
        return {"description": text} | found if text else found

    def _own(self, name: str, schema: Json) -> Json:
        """A reference to a type that is no struct."""
        if name not in self.schemas:
            told = described(name.rpartition(".")[2], self._version).text
            self.schemas[name] = ({"description": told} if told else {}) | schema
        return {"$ref": f"#/components/schemas/{name}"}

    def of(self, shape: Shape) -> Json:
        if shape.form == "scalar":
            if shape.type in _NAMED:
                return self._own(*_NAMED[shape.type])
            return dict(_SCALARS[shape.type])
        if shape.form == "struct":
            return {"allOf": [self.reference(shape)], "default": {}}
        if shape.form == "map":
            out: Json = {"type": "object", "additionalProperties": self.of(shape.item())}
            if shape.merge == "atomic":
                out["x-kubernetes-map-type"] = "atomic"
            return out
        if shape.form == "list":
            return self._list(shape)
        return {"type": "object"}

    def _list(self, shape: Shape) -> Json:
        out: Json = {"type": "array", "items": self.of(shape.item())}
        if shape.merge == "keyed":
            out["x-kubernetes-list-type"] = "map"
            out["x-kubernetes-list-map-keys"] = list(shape.keys)
        else:
            out["x-kubernetes-list-type"] = "set" if shape.merge == "set" else "atomic"
        if shape.patch_key:
            extra: dict[str, Any] = {
                "x-kubernetes-patch-merge-key": shape.patch_key,
                "x-kubernetes-patch-strategy": "merge",
            }
            out |= extra
        return out
