"""/openapi/v2: the same documents as /openapi/v3, in the older form and all in one.

For clients that know no other; made from openapi.py's documents, so the two cannot disagree.
"""

from __future__ import annotations

from typing import Any

from fluxtui.world.apiserver import openapi
from fluxtui.world.apiserver.discovery import OPENAPI_INFO
from fluxtui.world.apiserver.kinds import Catalog
from fluxtui.world.apiserver.status import Json

PROTOBUF = "application/com.github.proto-openapi.spec.v2@v1.0+protobuf"
"""The one form in which kubectl asks for this document; see `header`."""
SENT_AS = PROTOBUF.replace("@", ".")
"""What a server calls it: no media type may hold an @."""

_OLD, _NEW = "#/components/schemas/", "#/definitions/"
_DROPPED = ("default", "oneOf", "anyOf", "not", "nullable")
_NESTED = ("items", "additionalProperties", "allOf")
_SENDS = ("post", "put", "patch")


def document(catalog: Catalog) -> Json:
    """The whole document of all groups and versions."""
    definitions: Json = {}
    paths: Json = {}
    for group, version in catalog.versions():
        made = openapi.document(catalog, group, version) or {}
        schemas = (made.get("components") or {}).get("schemas") or {}
        definitions |= {name: _schema(schema) for name, schema in schemas.items()}
        paths |= {path: _path(item) for path, item in (made.get("paths") or {}).items()}
    return {"swagger": "2.0", "info": OPENAPI_INFO, "paths": paths, "definitions": definitions}


def header() -> bytes:
    """The document without types, as kubectl's protobuf (gnostic's openapi.v2.Document).

    kubectl asks for it before it sends a List or a kind that it does not find, and checks nothing
    that the document does not name: the server validates, as for every other object.
    """
    title, version = (str(OPENAPI_INFO[name]).encode() for name in ("title", "version"))
    info = _field(1, title) + _field(2, version)
    return _field(1, b"2.0") + _field(2, info)


def _field(number: int, value: bytes) -> bytes:
    """A field of bytes: short ones only, their length takes one byte."""
    return bytes((number << 3 | 2, len(value))) + value


def _schema(schema: Any) -> Any:
    """A schema without what version 2 does not know."""
    if isinstance(schema, list):
        return [_schema(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    if set(schema) <= {"allOf", "default", "description"} and len(schema.get("allOf") or ()) == 1:
        reference = schema["allOf"][0]
        told = {k: v for k, v in schema.items() if k == "description"}
        return told | {"$ref": str(reference.get("$ref", "")).replace(_OLD, _NEW)}
    if "$ref" in schema:
        return schema | {"$ref": str(schema["$ref"]).replace(_OLD, _NEW)}
    out: Json = {}
    for key, value in schema.items():
        if key == "properties" and isinstance(value, dict):
            out[key] = {name: _schema(each) for name, each in value.items()}
        elif key not in _DROPPED:
            out[key] = (
                _schema(value) if key in ("items", "additionalProperties", "allOf") else value
            )
    if "oneOf" in schema and "type" not in schema:
        out["type"] = "string"
    return out


def _path(item: Json) -> Json:
    return {method: _operation(method, operation) for method, operation in item.items()}


def _operation(method: str, operation: Json) -> Json:
    out = {k: v for k, v in operation.items() if k not in ("parameters", "responses")}
    parameters = [
        {"name": p["name"], "in": p["in"], **_schema(p.get("schema") or {})}
        for p in operation.get("parameters") or ()
    ]
    responses: Json = {}
    reference: Json = {}
    for code, response in (operation.get("responses") or {}).items():
        content = (response.get("content") or {}).get("application/json") or {}
        reference = _schema(content.get("schema") or {})
        responses[code] = {"description": response.get("description", ""), "schema": reference}
    if method in _SENDS:
        parameters.append({"name": "body", "in": "body", "required": True, "schema": reference})
    media = ["application/json", "application/yaml"]
    return out | {"produces": media, "parameters": parameters, "responses": responses}
