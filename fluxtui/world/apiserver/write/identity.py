"""Who a body says it is: apiVersion, kind, name and namespace, checked against the URL.

Also the types of its metadata, which every kind shares. Raises StatusError; changes nothing.
Needed by all writes: a wrong body must not become a wrong object.
"""

from __future__ import annotations

from typing import Any

from fluxtui.world.apiserver import schema
from fluxtui.world.apiserver import shape as shapes
from fluxtui.world.apiserver.decoding import type_name
from fluxtui.world.apiserver.kinds import ApiKind
from fluxtui.world.apiserver.status import Json, StatusError, bad_request


def identified(kind: ApiKind, namespace: str, name: str, body: Any) -> Json:
    """The body with its apiVersion, kind, name and namespace checked against the URL."""
    if not isinstance(body, dict):
        raise bad_request("the body of the request is not an object")
    pair = (body.get("apiVersion") or kind.api_version, body.get("kind") or kind.kind)
    if pair != (kind.api_version, kind.kind):
        raise bad_request(
            f"{pair[1]} of {pair[0]} is not what the path takes: {kind.kind} of {kind.api_version}"
        )
    metadata = dict(check_metadata(kind, body))
    if name and metadata.setdefault("name", name) != name:
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
    return body | {"apiVersion": kind.api_version, "kind": kind.kind, "metadata": metadata}


def check_metadata(kind: ApiKind, body: Json) -> Json:
    """The metadata of a body, {} where there is none. Raises 400 for wrong types."""
    metadata = {} if body.get("metadata") is None else body["metadata"]
    if not isinstance(metadata, dict):
        raise undecodable(kind, f"metadata: cannot unmarshal {type_name(metadata)} into ObjectMeta")
    wrong = schema.decode_error(metadata, shapes.metadata(), "metadata")
    if wrong:
        raise undecodable(kind, wrong)
    return metadata


def undecodable(kind: ApiKind, why: str) -> StatusError:
    version, name = kind.version, kind.kind
    return bad_request(f'{name} in version "{version}" cannot be handled as a {name}: {why}')
