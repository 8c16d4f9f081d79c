"""OpenAPI v3 documents from Shapes and CRD schemas: enough for kubectl's apply, diff and explain.

One document per group and version, made when asked for. Descriptions of built-in fields are not
kept; those of CRDs are served as they were given.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from fluxtui.world.apiserver.discovery import OPENAPI_INFO
from fluxtui.world.apiserver.kinds import Catalog, Kind
from fluxtui.world.apiserver.shape import Shape, metadata
from fluxtui.world.apiserver.status import Json
from fluxtui.world.apiserver.store import dumps

_SCALARS: Mapping[str, Json] = {
    "s": {"type": "string"},
    "i": {"type": "integer", "format": "int32"},
    "b": {"type": "boolean"},
    "n": {"type": "number", "format": "double"},
    "t": {"type": "string", "format": "date-time"},
    "y": {"type": "string", "format": "byte"},
    "q": {"oneOf": [{"type": "string"}, {"type": "number"}]},
    "o": {"format": "int-or-string", "oneOf": [{"type": "integer"}, {"type": "string"}]},
}
_PREFIX = "io.k8s.api."


def index(catalog: Catalog) -> Json:
    """/openapi/v3: where the documents are; a document's hash changes with what it says."""
    paths: Json = {}
    for group, version in catalog.versions():
        path = f"apis/{group}/{version}" if group else f"api/{version}"
        address = f"/openapi/v3/{path}?hash={digest(catalog, group, version)}"
        paths[path] = {"serverRelativeURL": address}
    return {"paths": paths}


def digest(catalog: Catalog, group: str | None = None, version: str = "") -> str:
    """The hash of one document, or of all of them, without making it: what is built in is always
    the same, so only the kinds and the schemas of custom ones count."""
    out = hashlib.sha512()
    for kind in sorted(catalog.all(), key=lambda k: (k.group, k.version, k.plural)):
        if group is None or (kind.group, kind.version) == (group, version):
            out.update(f"{kind.api_version}/{kind.plural}/{','.join(kind.subresources)}".encode())
            if kind.schema is not None:
                out.update(dumps(kind.schema))
    return out.hexdigest().upper()


def document(catalog: Catalog, group: str, version: str) -> Json | None:
    """The document of one group and version; None where it is not served."""
    kinds = [k for k in catalog.all() if (k.group, k.version) == (group, version)]
    if not kinds:
        return None
    schemas: dict[str, Json] = {}
    paths: Json = {}
    base = f"/apis/{group}/{version}" if group else f"/api/{version}"
    for kind in kinds:
        name = _component(kind)
        schemas[name] = _schema(kind, schemas)
        middle = "/namespaces/{namespace}" if kind.namespaced else ""
        paths[f"{base}{middle}/{kind.plural}"] = _collection(kind, name)
        if "patch" in kind.verbs:
            paths[f"{base}{middle}/{kind.plural}/{{name}}"] = _object(kind, name)
    return {
        "openapi": "3.0.0",
        "info": OPENAPI_INFO,
        "paths": paths,
        "components": {"schemas": schemas},
    }


def _component(kind: Kind) -> str:
    if kind.custom:
        reverse = ".".join(reversed(kind.group.split(".")))
        return f"{reverse}.{kind.version}.{kind.kind}"
    return f"{_PREFIX}{kind.group.split('.')[0] or 'core'}.{kind.version}.{kind.kind}"


def _parameter(name: str) -> Json:
    return {"name": name, "in": "query", "schema": {"type": "string", "uniqueItems": True}}


def _gvk(kind: Kind) -> Json:
    return {"group": kind.group, "kind": kind.kind, "version": kind.version}


def _operation(kind: Kind, name: str, action: str, *, writes: bool) -> Json:
    parameters = [_parameter(p) for p in ("dryRun", "fieldManager", "fieldValidation")]
    content = {"application/json": {"schema": {"$ref": f"#/components/schemas/{name}"}}}
    return {
        "tags": [kind.group or "core"],
        "operationId": f"{action}{kind.kind}",
        "parameters": parameters if writes else [],
        "responses": {"200": {"description": "OK", "content": content}},
        "x-kubernetes-action": action,
        "x-kubernetes-group-version-kind": _gvk(kind),
    }


def _collection(kind: Kind, name: str) -> Json:
    out: Json = {"post": _operation(kind, name, "post", writes=True)}
    if "list" in kind.verbs:
        out["get"] = _operation(kind, name, "list", writes=False)
    return out


def _object(kind: Kind, name: str) -> Json:
    out: Json = {"get": _operation(kind, name, "get", writes=False)}
    for method in ("put", "patch", "delete"):
        out[method] = _operation(kind, name, method, writes=True)
    return out


def _schema(kind: Kind, schemas: dict[str, Json]) -> Json:
    out: Json
    if kind.custom and kind.schema is not None:
        out = dict(kind.schema)
        meta = {"allOf": [{"$ref": _reference(metadata(), schemas)}], "default": {}}
        head = {
            "apiVersion": {"type": "string"},
            "kind": {"type": "string"},
            "metadata": meta,
        }
        out["properties"] = dict(out.get("properties") or {}) | head
    else:
        out = _struct(kind.shape, schemas)
    out["x-kubernetes-group-version-kind"] = [_gvk(kind)]
    return out


def _reference(shape: Shape, schemas: dict[str, Json]) -> str:
    name = _PREFIX + "core.v1." + shape.name
    if shape.name == "ObjectMeta":
        name = "io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta"
    if name not in schemas:
        schemas[name] = {}
        schemas[name] = _struct(shape, schemas)
    return f"#/components/schemas/{name}"


def _struct(shape: Shape, schemas: dict[str, Json]) -> Json:
    out: Json = {
        "type": "object",
        "properties": {n: _of(s, schemas) for n, s in sorted(shape.fields.items())},
    }
    if shape.required:
        out["required"] = list(shape.required)
    if shape.merge == "atomic":
        out["x-kubernetes-map-type"] = "atomic"
    return out


def _of(shape: Shape, schemas: dict[str, Json]) -> Json:
    if shape.form == "scalar":
        return dict(_SCALARS[shape.type])
    if shape.form == "struct":
        reference: Json = {"$ref": _reference(shape, schemas)}
        return {"allOf": [reference], "default": {}}
    if shape.form == "map":
        out: Json = {"type": "object", "additionalProperties": _of(shape.item(), schemas)}
        if shape.merge == "atomic":
            out["x-kubernetes-map-type"] = "atomic"
        return out
    if shape.form == "list":
        return _list(shape, schemas)
    return {"type": "object"}


def _list(shape: Shape, schemas: dict[str, Json]) -> Json:
    out: Json = {"type": "array", "items": _of(shape.item(), schemas)}
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
