"""Who a body says it is: apiVersion, kind, name and namespace, checked against the URL.

Also the types of its metadata, which every kind shares. Raises StatusError; changes nothing.
"""

from __future__ import annotations

from typing import Any

from fluxtui.world.apiserver import schema
from fluxtui.world.apiserver import shape as shapes
from fluxtui.world.apiserver.decoding import type_name
from fluxtui.world.apiserver.kinds import Kind, builtin_names
from fluxtui.world.apiserver.status import (
    Json,
    Resource,
    StatusError,
    bad_request,
    invalid,
    invalid_value,
)


def identified(kind: Kind, namespace: str, name: str, body: Any) -> Json:
    """The body with its apiVersion, kind, name and namespace checked against the URL."""
    if not isinstance(body, dict):
        raise bad_request("the body of the request is not an object")
    sent = (body.get("apiVersion") or "", body.get("kind") or "")
    if sent != (kind.api_version, kind.kind):
        body = body | _type_of(kind, *sent, (body.get("metadata") or {}))
    metadata = check_metadata(kind, body)
    metadata = dict(metadata)
    if name:
        if not metadata.get("name"):
            raise bad_request(
                f"the name of the object ({name} based on URL) was undeterminable: name must be "
                "provided"
            )
        if metadata["name"] != name:
            raise bad_request(
                f"the name of the object ({metadata['name']}) does not match the name on the URL "
                f"({name})"
            )
    if kind.namespaced:
        if metadata.get("namespace") not in (None, "", namespace):
            raise bad_request(
                "the namespace of the provided object does not match the namespace sent on the "
                "request"
            )
        metadata["namespace"] = namespace
    else:
        metadata.pop("namespace", None)
    out: Json = body | {"metadata": metadata}
    return out


def check_metadata(kind: Kind, body: Json) -> Json:
    """The metadata of a body, {} where there is none. Raises 400 for wrong types."""
    metadata = body.get("metadata")
    if metadata is None:
        metadata = {}
    if not isinstance(metadata, dict):
        where = "value" if kind.custom else f"struct field {kind.kind}.metadata"
        raise _undecodable(
            kind,
            f"json: cannot unmarshal {type_name(metadata)} into Go {where} of type v1.ObjectMeta",
        )
    wrong = schema.decode_error(metadata, shapes.metadata(), *_meta_path(kind))
    if wrong:
        raise _undecodable(kind, wrong)
    return metadata


def _meta_path(kind: Kind) -> tuple[str, str]:
    return ("", "ObjectMeta") if kind.custom else ("metadata", "ObjectMeta")


def _undecodable(kind: Kind, why: str) -> StatusError:
    version, name = kind.version, kind.kind
    return bad_request(f'{name} in version "{version}" cannot be handled as a {name}: {why}')


def _type_of(kind: Kind, api_version: str, sent: str, metadata: Any) -> Json:
    """apiVersion and kind for a body that leaves them out. Raises 400 or 422 for other ones."""
    if kind.custom:
        if api_version != kind.api_version:
            raise bad_request(
                f"the API version in the data ({api_version}) does not match the expected API "
                f"version ({kind.api_version})"
            )
        name = str(metadata.get("name") or "") if isinstance(metadata, dict) else ""
        cause = invalid_value("kind", f'"{sent}"', f"must be {kind.kind}")
        raise invalid(Resource(kind.plural, kind.group, sent, name), [cause])
    found = (api_version or kind.api_version, sent or kind.kind)
    if found != (kind.api_version, kind.kind):
        version = found[0].rpartition("/")[2]
        why = f"converting (v1.{sent}) to ({kind.group or 'core'}.{kind.kind}): unknown conversion"
        if found not in builtin_names():
            why = unregistered(*found)
        raise bad_request(
            f'{found[1]} in version "{version}" cannot be handled as a {kind.kind}: {why}'
        )
    return {"apiVersion": found[0], "kind": found[1]}


def unregistered(api_version: str, kind: str) -> str:
    scheme = 'in scheme "pkg/runtime/scheme.go:111"'
    return f'no kind "{kind}" is registered for version "{api_version}" {scheme}'
