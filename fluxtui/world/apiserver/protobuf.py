"""Request bodies of built-in kinds in Kubernetes' protobuf form, as JSON objects.

kubectl's typed commands (`kubectl create deployment`, `kubectl auth can-i`) send nothing else. Only
decoding: every such client takes JSON for an answer. Field numbers come with the Shapes.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from fluxtui.world.apiserver.shape import Shape, builtin
from fluxtui.world.apiserver.status import Json, bad_request

MEDIA = "application/vnd.kubernetes.protobuf"
_MAGIC = b"k8s\x00"

# The wire always holds fields that are no pointers in Go; JSON leaves their zero values out. These
# are the ones whose zero says something.
_ZERO_COUNTS = frozenset(
    """
    replicas backoffLimit parallelism completions terminationGracePeriodSeconds partition
    revisionHistoryLimit ttlSecondsAfterFinished activeDeadlineSeconds gracePeriodSeconds
    successfulJobsHistoryLimit failedJobsHistoryLimit runAsUser runAsGroup fsGroup
    defaultMode mode progressDeadlineSeconds minReplicas automountServiceAccountToken
    enableServiceLinks allowPrivilegeEscalation runAsNonRoot readOnlyRootFilesystem suspend
    controller optional blockOwnerDeletion immutable privileged storageClassName
    """.split()  # noqa: SIM905 - a list this long is read as words
)
_EMPTY_MEANS_NOTHING = frozenset(
    """
    metadata spec status strategy template resources updateStrategy source involvedObject
    loadBalancer jobTemplate names roleRef
    """.split()  # noqa: SIM905 - a list this long is read as words
)


def decode(data: bytes) -> Json:
    """The object in a protobuf body, apiVersion and kind included. Raises 400."""
    if not data.startswith(_MAGIC):
        raise bad_request("provided data does not appear to be a protobuf message")
    try:
        api_version, kind, raw = _envelope(data[len(_MAGIC) :])
        body = _struct(raw, builtin(kind))
    except (IndexError, ValueError, UnicodeDecodeError) as error:
        raise bad_request(f"the protobuf body does not parse: {error}") from error
    return {"apiVersion": api_version, "kind": kind} | body


def _envelope(data: bytes) -> tuple[str, str, bytes]:
    api_version = kind = ""
    raw = b""
    for number, value in _fields(data):
        if number == 1 and isinstance(value, bytes):
            names = {n: v for n, v in _fields(value) if isinstance(v, bytes)}
            api_version, kind = names.get(1, b"").decode(), names.get(2, b"").decode()
        elif number == 2 and isinstance(value, bytes):
            raw = value
    return api_version, kind, raw


def _varint(data: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, at
        shift += 7


def _fields(data: bytes) -> Iterator[tuple[int, int | bytes]]:
    """(number, value) of every field on the wire; fixed-width ones as bytes."""
    at = 0
    while at < len(data):
        tag, at = _varint(data, at)
        number, wire = tag >> 3, tag & 7
        if wire == 0:
            value, at = _varint(data, at)
            yield number, value
            continue
        if wire == 2:
            size, at = _varint(data, at)
        elif wire in (1, 5):
            size = 8 if wire == 1 else 4
        else:
            raise ValueError(f"unknown wire type {wire}")
        if at + size > len(data):
            raise ValueError("unexpected end of data")
        yield number, data[at : at + size]
        at += size


def _by_number(shape: Shape) -> dict[tuple[int, ...], str]:
    return {numbers: name for name, numbers in shape.numbers.items()}


def _struct(data: bytes, shape: Shape) -> Json:
    out: Json = {}
    _fill(out, data, shape, _by_number(shape), ())
    return {k: v for k, v in out.items() if not _says_nothing(k, v)}


def _fill(
    out: Json, data: bytes, shape: Shape, names: dict[tuple[int, ...], str], prefix: tuple[int, ...]
) -> None:
    inlined = {n[: len(prefix) + 1] for n in names if len(n) > len(prefix) + 1}
    for number, value in _fields(data):
        path = (*prefix, number)
        name = names.get(path)
        if name is None:
            if path in inlined and isinstance(value, bytes):
                _fill(out, value, shape, names, path)
            continue
        sub = shape.child(name)
        if sub.form == "list":
            out.setdefault(name, []).append(_value(value, sub.item()))
        elif sub.form == "map" and isinstance(value, bytes):
            key, item = _entry(value, sub.item())
            out.setdefault(name, {})[key] = item
        else:
            out[name] = _value(value, sub)


def _entry(data: bytes, element: Shape) -> tuple[str, Any]:
    key, item = "", _value(b"", element)
    for number, value in _fields(data):
        if number == 1 and isinstance(value, bytes):
            key = value.decode()
        elif number == 2:
            item = _value(value, element)
    return key, item


def _value(value: int | bytes, shape: Shape) -> Any:
    if isinstance(value, int):
        if shape.form == "scalar" and shape.type == "b":
            return bool(value)
        return value - (1 << 64) if value >= 1 << 63 else value
    if shape.form == "struct":
        return _struct(value, shape)
    if shape.form == "scalar":
        return _scalar(value, shape.type)
    if shape.form == "any":
        return _raw(value)
    return None


def _scalar(value: bytes, code: str) -> Any:
    if code == "y":
        return base64.b64encode(value).decode()
    if code == "t":
        parts = {n: v for n, v in _fields(value) if isinstance(v, int)}
        if not parts:
            return None
        return datetime.fromtimestamp(parts.get(1, 0), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    if code == "q":
        texts = [v for n, v in _fields(value) if n == 1 and isinstance(v, bytes)]
        return texts[0].decode() if texts else "0"
    if code == "o":
        parts_or_text = dict(_fields(value))
        if parts_or_text.get(1, 0) == 1:
            text = parts_or_text.get(3, b"")
            return text.decode() if isinstance(text, bytes) else ""
        return parts_or_text.get(2, 0)
    return value.decode()


def _raw(value: bytes) -> Any:
    """A RawExtension or FieldsV1: JSON in its first field."""
    for number, inner in _fields(value):
        if number == 1 and isinstance(inner, bytes):
            return json.loads(inner)
    return None


def _says_nothing(name: str, value: Any) -> bool:
    if value is None:
        return True
    if name in _ZERO_COUNTS:
        return False
    if isinstance(value, (str, int)) and not value:
        return True
    return value == {} and name in _EMPTY_MEANS_NOTHING
