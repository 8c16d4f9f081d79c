"""OpenAPI, as far as `kubectl apply` asks for it before it sends anything.

kubectl looks for `fieldValidation` among the parameters of a kind's PATCH. Schemas, which `kubectl
explain` would print, are not written: the server validates, and the CRDs say the rest.
"""

from __future__ import annotations

import hashlib

from fluxtui.world.apiserver.kinds import ApiKind, Catalog
from fluxtui.world.apiserver.status import Json

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


def index(catalog: Catalog) -> Json:
    """/openapi/v3: where the documents are; a document's hash changes with what it says."""
    paths: Json = {}
    for group, version in catalog.versions():
        path = f"apis/{group}/{version}" if group else f"api/{version}"
        address = f"/openapi/v3/{path}?hash={_digest(catalog, group, version)}"
        paths[path] = {"serverRelativeURL": address}
    return {"paths": paths}


def _digest(catalog: Catalog, group: str, version: str) -> str:
    plurals = " ".join(kind.plural for kind in _kinds(catalog, group, version))
    return hashlib.sha256(plurals.encode()).hexdigest().upper()


def _kinds(catalog: Catalog, group: str, version: str) -> list[ApiKind]:
    return [k for k in catalog.all() if (k.group, k.version) == (group, version)]


def document(catalog: Catalog, group: str, version: str) -> Json:
    """The document of one group and version."""
    paths: Json = {}
    base = f"/apis/{group}/{version}" if group else f"/api/{version}"
    for kind in _kinds(catalog, group, version):
        about = {"group": kind.group, "kind": kind.kind, "version": kind.version}
        place = f"{base}{'/namespaces/{namespace}' if kind.namespaced else ''}/{kind.plural}"
        paths[place] = {"post": _operation(about, "post")}
        paths[f"{place}/{{name}}"] = {"patch": _operation(about, "patch")}
    info = {"title": "Kubernetes", "version": _VERSION}
    return {"openapi": "3.0.0", "info": info, "paths": paths, "components": {"schemas": {}}}


def _operation(about: Json, action: str) -> Json:
    names = ("dryRun", "fieldManager", "fieldValidation")
    return {
        "parameters": [{"name": n, "in": "query", "schema": {"type": "string"}} for n in names],
        "responses": {"200": {"description": "OK"}},
        "x-kubernetes-action": action,
        "x-kubernetes-group-version-kind": about,
    }
