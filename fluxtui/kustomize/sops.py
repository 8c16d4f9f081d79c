"""Objects encrypted with SOPS: which values nobody here can read, and what Flux leaves of the rest.

fluxtui has no keys and asks for none: an encrypted value is called encrypted, and is compared with
nothing. Where a Kustomization decrypts, the `sops` field goes, as it does when Flux has decrypted.
Pure; must never decrypt.
Rule source: kustomize-controller's decryptor (DecryptResource, detectFormatFromMarkerBytes).
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

Path = tuple[str | int, ...]
ENCRYPTED: Final = "encrypted"
DECRYPT: Final = "kustomize.toolkit.fluxcd.io/decrypt"
_VALUE: Final = re.compile(r"ENC\[AES256_GCM,data:")
_FILE: Final = ('"mac": "ENC[', "sops_mac=ENC[", "[sops]", "mac: ENC[")
_NOTES: Final = "sops_"
_MOST_SHOWN: Final = 3


def decrypts(kustomization: Mapping[str, Any]) -> bool:
    """Whether Flux decrypts what this Flux Kustomization builds."""
    decryption = (kustomization.get("spec") or {}).get("decryption") or {}
    return decryption.get("provider") == "sops"


def is_encrypted(obj: Mapping[str, Any]) -> bool:
    """Whether SOPS encrypted the object itself: it carries the notes and the seal of that."""
    notes = obj.get("sops")
    return isinstance(notes, Mapping) and bool(notes.get("mac"))


def sealed_paths(obj: Mapping[str, Any]) -> tuple[Path, ...]:
    """The scalars that only a key can read: encrypted values, and encrypted files of a Secret."""
    fields = {key: value for key, value in obj.items() if key != "sops"}
    paths = [path for path, text in _texts(fields, ()) if _VALUE.match(text)]
    data = obj.get("data")
    if obj.get("kind") == "Secret" and isinstance(data, Mapping):
        paths += [("data", key) for key, value in data.items() if _is_encrypted_file(str(value))]
    return tuple(paths)


def decrypted_shape(obj: dict[str, Any]) -> dict[str, Any]:
    """The object without what Flux takes off when it decrypts; its values stay as they are.

    The same object when there is nothing to decrypt, or a mark on it says not to.
    """
    if stays_encrypted(obj):
        return obj
    if is_encrypted(obj):
        return {key: value for key, value in obj.items() if key != "sops"}
    data = obj.get("data")
    if obj.get("kind") == "Secret" and isinstance(data, Mapping) and f"{_NOTES}mac" in data:
        values = {key: value for key, value in data.items() if not key.startswith(_NOTES)}
        return {**obj, "data": values}
    return obj


def stays_encrypted(obj: Mapping[str, Any]) -> bool:
    """Whether a mark on the object keeps Flux from decrypting it."""
    annotations = (obj.get("metadata") or {}).get("annotations") or {}
    return str(annotations.get(DECRYPT, "")).lower() == "disabled"


def encrypted_remark(obj: Mapping[str, Any], paths: tuple[Path, ...], then: str) -> str:
    """One sentence on an object with encrypted values; `then` says what becomes of them."""
    metadata = obj.get("metadata") or {}
    space = f"{metadata['namespace']}/" if metadata.get("namespace") else ""
    fields = ", ".join(".".join(map(str, path)) for path in paths[:_MOST_SHOWN])
    if len(paths) > _MOST_SHOWN:
        fields += f" and {len(paths) - _MOST_SHOWN} more"
    return f"{obj.get('kind')} {space}{metadata.get('name')} is encrypted, {then}: {fields}"


def _is_encrypted_file(value: str) -> bool:
    try:
        text = base64.b64decode(value.replace("\n", "")).decode("utf-8", "replace")
    except (binascii.Error, ValueError):
        return False
    return bool(_VALUE.match(text)) or any(mark in text for mark in _FILE)


def _texts(value: Any, path: Path) -> Iterator[tuple[Path, str]]:
    if isinstance(value, Mapping):
        for key, item in value.items():
            yield from _texts(item, (*path, key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _texts(item, (*path, index))
    elif isinstance(value, str):
        yield path, value
