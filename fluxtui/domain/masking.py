"""Keep Secret values out of everything that is shown, stored or sent: only a keyed mark remains.

A Masked leaf says where the value stands and whether two are equal; the key lives one session, so
that marks of two sessions cannot be compared. Must not hold a value, and prints none.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

# kustomize's content hash: ten characters out of its own alphabet behind a dash.
_HASHED = re.compile(r"-[2456789bcdfghkmt]{10}$")
_LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration"


def base_name(name: str) -> str:
    """The name of a generated ConfigMap or Secret without its content hash."""
    return _HASHED.sub("", name)


@dataclass(frozen=True, slots=True)
class Masked:
    """Stands for a secret value: `secret ns/name#key`. Equal marks: equal values."""

    label: str
    mark: str = field(repr=False)

    def __str__(self) -> str:
        return self.label


class Masker:
    """Masks with one session's key (any random bytes, 16 or more)."""

    __slots__ = ("_key",)

    def __init__(self, key: bytes) -> None:
        if len(key) < 16:
            raise ValueError("a masking key has at least 16 bytes")
        self._key = key

    def __repr__(self) -> str:
        return "Masker(...)"

    def scalar(self, value: object, label: str) -> Masked:
        """Mask one value, of a Secret or of a field into which one was substituted."""
        raw = value if isinstance(value, bytes) else str(value).encode()
        return Masked(label, hmac.new(self._key, raw, hashlib.sha256).hexdigest())

    def mask(self, obj: Mapping[str, Any]) -> Mapping[str, Any]:
        """The object with every Secret value Masked; other kinds are returned as they are.

        `stringData` is folded into `data`, as the API does; the annotation in which kubectl keeps
        a copy of the whole object is dropped.
        """
        if obj.get("kind") != "Secret" or "/" in str(obj.get("apiVersion")):
            return obj
        metadata = dict(obj.get("metadata") or {})
        if metadata.get("annotations"):
            annotations = {k: v for k, v in metadata["annotations"].items() if k != _LAST_APPLIED}
            metadata["annotations"] = annotations
        namespace = metadata.get("namespace") or ""
        where = f"secret {namespace}/{base_name(str(metadata.get('name') or ''))}"
        values: dict[str, bytes] = {}
        for key, value in _items(obj.get("data")):
            values[key] = _decoded(value)
        for key, value in _items(obj.get("stringData")):
            values[key] = str(value).encode()
        masked = {key: self.scalar(value, f"{where}#{key}") for key, value in values.items()}
        plain = {k: v for k, v in obj.items() if k not in ("data", "stringData", "metadata")}
        return {**plain, "metadata": metadata, "data": masked}


def _items(values: object) -> list[tuple[str, Any]]:
    return list(values.items()) if isinstance(values, Mapping) else []


def _decoded(value: object) -> bytes:
    text = str(value)
    try:
        return base64.b64decode(text, validate=True)
    except ValueError:
        return text.encode()  # not base64: the API will refuse it, but a diff still compares it
