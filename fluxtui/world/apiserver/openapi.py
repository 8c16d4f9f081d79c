"""OpenAPI v3 documents from Shapes and CRD schemas: enough for kubectl's apply, diff and explain.

One document per group and version, made when asked for. Built-in types are written by
openapi_types.py, those of CRDs are served as they were given.
"""

from __future__ import annotations

import hashlib

from fluxtui.world.apiserver.discovery import OPENAPI_INFO
from fluxtui.world.apiserver.kinds import Catalog, Kind
from fluxtui.world.apiserver.openapi_types import Structures, component
from fluxtui.world.apiserver.shape import metadata
from fluxtui.world.apiserver.status import Json
from fluxtui.world.apiserver.store import dumps


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
    made = Structures(group, version)
    paths: Json = {}
    base = f"/apis/{group}/{version}" if group else f"/api/{version}"
    for kind in kinds:
        name = _component(kind)
        _describe(kind, name, made)
        middle = "/namespaces/{namespace}" if kind.namespaced else ""
        paths[f"{base}{middle}/{kind.plural}"] = _collection(kind, name)
        if "patch" in kind.verbs:
            paths[f"{base}{middle}/{kind.plural}/{{name}}"] = _object(kind, name)
    return {
        "openapi": "3.0.0",
        "info": OPENAPI_INFO,
        "paths": paths,
        "components": {"schemas": made.schemas},
    }


def _component(kind: Kind) -> str:
    if kind.custom:
        reverse = ".".join(reversed(kind.group.split(".")))
        return f"{reverse}.{kind.version}.{kind.kind}"
    return component(kind.shape.name, kind.group, kind.version)


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


def _describe(kind: Kind, name: str, made: Structures) -> None:
    """Add the schema of a kind; another may have referred to it before."""
    if kind.custom and kind.schema is not None:
        out: Json = dict(kind.schema)
        meta = {"allOf": [made.reference(metadata())], "default": {}}
        head = {
            "apiVersion": {"type": "string"},
            "kind": {"type": "string"},
            "metadata": meta,
        }
        out["properties"] = dict(out.get("properties") or {}) | head
        out["x-kubernetes-group-version-kind"] = [_gvk(kind)]
        made.schemas[name] = out
    else:
        made.reference(kind.shape)
