"""What Kubernetes refuses of ConfigMaps and Secrets: keys, sizes, types, and changes of immutable
ones. Texts are Kubernetes'; pure.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator

from fluxtui.world.apiserver.container_validation import shown
from fluxtui.world.apiserver.decoding import Undecodable, from_json
from fluxtui.world.apiserver.status import Cause, Json, forbidden_field, invalid_value, required

_KEY = re.compile(r"[-._a-zA-Z0-9]+\Z")
_KEY_TEXT = (
    "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. "
    "'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')"
)
_MOST = 1024 * 1024
_LONG = f"Too long: may not be more than {_MOST} bytes"
# The keys a Secret of a type must have.
_NEEDED = {
    "kubernetes.io/tls": ("tls.crt", "tls.key"),
    "kubernetes.io/ssh-auth": ("ssh-privatekey",),
    "kubernetes.io/dockerconfigjson": (".dockerconfigjson",),
    "kubernetes.io/dockercfg": (".dockercfg",),
}


def config_map(obj: Json, old: Json | None) -> Iterator[Cause]:
    yield from _keys(obj)
    for key in obj.get("binaryData") or {}:
        if key in (obj.get("data") or {}):
            yield invalid_value(
                f"data[{key}]", shown(key), "duplicate of key present in binaryData"
            )
    size = sum(len(v.encode()) for v in (obj.get("data") or {}).values())
    size += sum(_size(v) for v in (obj.get("binaryData") or {}).values())
    if size > _MOST:
        yield Cause("FieldValueTooLong", _LONG, "[]")
    yield from _fixed(obj, old)


def secret(obj: Json, old: Json | None) -> Iterator[Cause]:
    yield from _keys(obj)
    data: Json = obj.get("data") or {}
    if sum(map(_size, data.values())) > _MOST:
        yield Cause("FieldValueTooLong", _LONG, "data")
    kind = obj.get("type", "Opaque")
    for key in _NEEDED.get(kind, ()):
        if key not in data:
            yield required(f"data[{key}]")
        elif key.startswith("."):
            yield from _json(data[key], f"data[{key}]")
    if kind == "kubernetes.io/basic-auth" and not {"username", "password"} & set(data):
        yield required("data[username]")
        yield required("data[password]")
    if kind == "kubernetes.io/service-account-token":
        notes = obj["metadata"].get("annotations") or {}
        if not notes.get("kubernetes.io/service-account.name"):
            yield required("metadata.annotations[kubernetes.io/service-account.name]")
    if old is not None and old.get("type") != kind:
        yield invalid_value("type", shown(kind), "field is immutable")
    yield from _fixed(obj, old)


def _size(value: str) -> int:
    return len(base64.b64decode(value))


def _json(value: str, path: str) -> Iterator[Cause]:
    try:
        from_json(base64.b64decode(value))
    except Undecodable as error:
        yield invalid_value(path, '"<secret contents redacted>"', str(error))


def _keys(obj: Json) -> Iterator[Cause]:
    for word in ("data", "binaryData"):
        for key in obj.get(word) or {}:
            where = f"{word}[{key}]"
            if not _KEY.match(key):
                yield invalid_value(where, shown(key), _KEY_TEXT)
            elif key in (".", ".."):
                yield invalid_value(where, shown(key), f"must not be '{key}'")
            elif key.startswith(".."):
                yield invalid_value(where, shown(key), "must not start with '..'")


def _fixed(obj: Json, old: Json | None) -> Iterator[Cause]:
    if old is not None and old.get("immutable"):
        for word in ("immutable", "data", "binaryData"):
            if obj.get(word) != old.get(word):
                yield forbidden_field(word, "field is immutable when `immutable` is set")
