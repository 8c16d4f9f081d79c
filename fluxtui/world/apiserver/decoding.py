"""Bodies as values: JSON, or YAML as the API reads it; and values as errors show them.

kubectl sends JSON, `kubectl apply --server-side` and the Reconciler YAML or JSON. What a wrong body
is answered with is decided by who asked for it; nothing here knows kinds.
"""

from __future__ import annotations

import json
import sys
from typing import Any

import yaml

from fluxtui.world.apiserver.status import bad_request


class _ManifestLoader(yaml.CSafeLoader):
    """YAML as the API reads it: times stay text."""


_ManifestLoader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in pairs if tag != "tag:yaml.org,2002:timestamp"]
    for first, pairs in yaml.CSafeLoader.yaml_implicit_resolvers.items()
}


def _interned(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Words kept once for all objects: ten thousand Deployments have the same hundred."""
    return {
        sys.intern(key): sys.intern(value) if type(value) is str and len(value) < 100 else value
        for key, value in pairs
    }


def decoded(data: bytes, media: str = "") -> Any:
    """The first document of a body; None for an empty one. Raises 400."""
    if not data.strip():
        return None
    if "yaml" in media and not data.lstrip().startswith((b"{", b"[")):
        try:
            return yaml.load(data, Loader=_ManifestLoader)
        except yaml.YAMLError as error:
            raise bad_request(f"error decoding YAML: {error}") from error
    try:
        return json.loads(data, object_pairs_hook=_interned)
    except ValueError as error:
        raise bad_request(f"the body of the request is no valid JSON: {error}") from error


def decoded_object(data: bytes, media: str = "") -> dict[str, Any]:
    """The same where only an object will do; {} for an empty body. Raises 400."""
    value = decoded(data, media)
    if value is None:
        return {}
    if not isinstance(value, dict):
        kind = type_name(value)
        raise bad_request(f"json: cannot unmarshal {kind} into Go value of type map")
    return value


def quoted(value: Any) -> str:
    """A value as an error shows it."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def type_name(value: Any) -> str:
    """What encoding/json calls a value."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "bool"
    if isinstance(value, (int, float)):
        return "number"
    if isinstance(value, str):
        return "string"
    return "array" if isinstance(value, list) else "object"
