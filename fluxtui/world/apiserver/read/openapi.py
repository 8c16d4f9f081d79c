"""OpenAPI v3: what `kubectl apply` asks before it sends anything, and a shallow `kubectl explain`.

kubectl looks for `fieldValidation` among the parameters of a kind's PATCH, and prints the fields'
names and types. Built-in types are written from their Shapes, without descriptions; those of CRDs
are served as they were given.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

from fluxtui.world.apiserver.kinds import Catalog, Kind
from fluxtui.world.apiserver.shape import Shape, metadata
from fluxtui.world.apiserver.status import Json
from fluxtui.world.apiserver.store import dumps

_VERSION = "1.36"
V2 = "application/com.github.proto-openapi.spec.v2.v1.0+protobuf"


def header() -> bytes:
    """/openapi/v2 without types, in the one form kubectl reads (gnostic's openapi.v2.Document).

    kubectl asks for it before it sends a List or a kind that it does not find, and checks nothing
    that the document does not name: the server validates, as for every other object.
    """
    info = _bytes(1, b"Kubernetes") + _bytes(2, _VERSION.encode())
    return _bytes(1, b"2.0") + _bytes(2, info)


def _bytes(number: int, value: bytes) -> bytes:
    """A field of bytes: short ones only, their length takes one byte."""
    return bytes((number << 3 | 2, len(value))) + value


_SCALARS: Mapping[str, Json] = {
    "i": {"type": "integer"},
    "b": {"type": "boolean"},
    "n": {"type": "number"},
}


def index(catalog: Catalog) -> Json:
    """/openapi/v3: where the documents are; a document's hash changes with what it says."""
    paths: Json = {}
    for group, version in catalog.versions():
        path = f"apis/{group}/{version}" if group else f"api/{version}"
        address = f"/openapi/v3/{path}?hash={_digest(catalog, group, version)}"
        paths[path] = {"serverRelativeURL": address}
    return {"paths": paths}


def _digest(catalog: Catalog, group: str, version: str) -> str:
    """What is built in is always the same: only the kinds and the schemas of custom ones count."""
    out = hashlib.sha256()
    for kind in _kinds(catalog, group, version):
        out.update(f"{kind.plural} {','.join(kind.subresources)} ".encode())
        out.update(dumps(kind.schema or {}))
    return out.hexdigest().upper()


def _kinds(catalog: Catalog, group: str, version: str) -> list[Kind]:
    return [k for k in catalog.all() if (k.group, k.version) == (group, version)]


def document(catalog: Catalog, group: str, version: str) -> Json:
    """The document of one group and version."""
    schemas: dict[str, Json] = {}
    paths: Json = {}
    base = f"/apis/{group}/{version}" if group else f"/api/{version}"
    for kind in _kinds(catalog, group, version):
        about = {"group": kind.group, "kind": kind.kind, "version": kind.version}
        name = f"{kind.group or 'core'}.{kind.version}.{kind.kind}"
        schemas[name] = _schema(kind, schemas) | {"x-kubernetes-group-version-kind": [about]}
        place = f"{base}{'/namespaces/{namespace}' if kind.namespaced else ''}/{kind.plural}"
        paths[place] = {"post": _operation(about, "post")}
        paths[f"{place}/{{name}}"] = {"patch": _operation(about, "patch")}
    info = {"title": "Kubernetes", "version": _VERSION}
    return {
        "openapi": "3.0.0",
        "info": info,
        "paths": paths,
        "components": {"schemas": schemas},
    }


def _operation(about: Json, action: str) -> Json:
    names = ("dryRun", "fieldManager", "fieldValidation")
    return {
        "parameters": [{"name": n, "in": "query", "schema": {"type": "string"}} for n in names],
        "responses": {"200": {"description": "OK"}},
        "x-kubernetes-action": action,
        "x-kubernetes-group-version-kind": about,
    }


def _schema(kind: Kind, schemas: dict[str, Json]) -> Json:
    if kind.schema is None:
        return _struct(kind.shape, schemas)
    head = {
        "apiVersion": {"type": "string"},
        "kind": {"type": "string"},
        "metadata": _of(metadata(), schemas),
    }
    return {**kind.schema, "properties": {**(kind.schema.get("properties") or {}), **head}}


def _struct(shape: Shape, schemas: dict[str, Json]) -> Json:
    properties = {name: _of(field, schemas) for name, field in sorted(shape.fields.items())}
    return {"type": "object", "properties": properties}


def _of(shape: Shape, schemas: dict[str, Json]) -> Json:
    """A field's schema; structs are referred to, as some hold themselves."""
    if shape.form == "scalar":
        return dict(_SCALARS.get(shape.type, {"type": "string"}))
    if shape.form == "list":
        return {"type": "array", "items": _of(shape.item(), schemas)}
    if shape.form == "map":
        return {"type": "object", "additionalProperties": _of(shape.item(), schemas)}
    if shape.form == "any":
        return {"type": "object"}
    if shape.name not in schemas:
        schemas[shape.name] = {}
        schemas[shape.name] = _struct(shape, schemas)
    return {"allOf": [{"$ref": f"#/components/schemas/{shape.name}"}], "default": {}}
