"""Names, labels and annotations: what is allowed, and what generateName makes.

The rules and texts are apimachinery's; the checks are pure.
"""

from __future__ import annotations

import itertools
import json
import re
import secrets
from collections.abc import Iterator
from typing import Any

from fluxtui.world.apiserver.status import Cause, Json, invalid_value

_SUBDOMAIN = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*\Z")
_LABEL = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?\Z")
_QUALIFIED = re.compile(r"([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]\Z")
_ALPHABET = "bcdfghjklmnpqrstvwxz2456789"

SUBDOMAIN_TEXT = (
    "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or "
    "'.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used "
    "for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')"
)
LABEL_TEXT = (
    "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and "
    "must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used "
    "for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')"
)
_VALUE_TEXT = (
    "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or "
    "'.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  "
    "or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')"
)
_NAME_TEXT = (
    "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end "
    "with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for "
    "validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')"
)
# Kinds whose names may be any path segment (RBAC: `system:node`).
_PATH_SEGMENT = frozenset({"Role", "RoleBinding", "ClusterRole", "ClusterRoleBinding"})
_FINALIZERS = frozenset({"kubernetes", "orphan", "foregroundDeletion"})
_LABEL_KINDS = frozenset({"Namespace", "Service", "StatefulSet"})


def generated(prefix: str) -> str:
    """A name from a generateName prefix: at most 63 characters, five of them random."""
    return prefix[:58] + "".join(secrets.choice(_ALPHABET) for _ in range(5))


def subdomain_faults(name: str) -> list[str]:
    """What is wrong with a name that must be an RFC 1123 subdomain."""
    faults = ["must be no more than 253 characters"] if len(name) > 253 else []
    return faults if _SUBDOMAIN.match(name) else [*faults, SUBDOMAIN_TEXT]


def label_name_faults(name: str) -> list[str]:
    """What is wrong with a name that must be an RFC 1123 label."""
    faults = ["must be no more than 63 characters"] if len(name) > 63 else []
    return faults if _LABEL.match(name) else [*faults, LABEL_TEXT]


def _dotless_faults(name: str) -> list[str]:
    """A label as the names of namespaces and services are told of it."""
    if len(name) > 63:
        return ["must be no more than 63 characters"]
    if "." in name and _SUBDOMAIN.match(name):
        return ["must not contain dots"]
    return [] if _LABEL.match(name) else [LABEL_TEXT]


def _segment_faults(name: str) -> list[str]:
    """A segment of a path: almost anything."""
    if name in (".", ".."):
        return [f"may not be '{name}'"]
    return [f"may not contain '{char}'" for char in "/%" if char in name]


def _name_faults(kind: str, name: str) -> list[str]:
    if kind in _PATH_SEGMENT:
        return _segment_faults(name)
    if kind in _LABEL_KINDS:
        return _dotless_faults(name)
    faults = subdomain_faults(name)
    if kind == "CronJob" and len(name) > 52 and not faults:
        return ["must be no more than 52 characters"]
    return faults


def name_causes(kind: str, name: str, prefix: str = "") -> Iterator[Cause]:
    """What is wrong with an object's name and with the prefix it may have been made from."""
    masked = prefix[:-1] + "a" if prefix.endswith("-") else prefix
    for fault in _name_faults(kind, masked) if prefix else ():
        yield invalid_value("metadata.generateName", f'"{prefix}"', fault)
    for fault in _name_faults(kind, name):
        yield invalid_value("metadata.name", f'"{name}"', fault)


def metadata_causes(metadata: Json, *, custom: bool) -> Iterator[Cause]:
    """What is wrong with labels, annotations, finalizers and ownerReferences.

    Finalizers of custom kinds need no domain (`finalizers.fluxcd.io`).
    """
    yield from label_causes(metadata.get("labels"), "metadata.labels")
    for key in metadata.get("annotations") or {}:
        yield from _key(key, "metadata.annotations", lower=True)
    size = sum(len(k) + len(v or "") for k, v in (metadata.get("annotations") or {}).items())
    if size > 256 * 1024:
        text = "Too long: may not be more than 262144 bytes"
        yield Cause("FieldValueTooLong", text, "metadata.annotations")
    finalizers = [str(f) for f in metadata.get("finalizers") or ()]
    for name in finalizers:
        for fault in key_faults(name):
            yield invalid_value("metadata.finalizers", f'"{name}"', fault)
    for i, name in enumerate(finalizers):
        if not custom and "/" not in name and name not in _FINALIZERS:
            yield invalid_value(
                f"metadata.finalizers[{i}]",
                f'"{name}"',
                "name is neither a standard finalizer name nor is it fully qualified",
            )
    yield from _owner_causes(metadata.get("ownerReferences") or [])


def finalizer_warnings(metadata: Json, before: Json) -> list[str]:
    """Custom kinds may keep finalizers without a domain, and are told that they better had one."""
    out = []
    for name in metadata.get("finalizers") or ():
        if "/" not in name and name not in (*_FINALIZERS, *(before.get("finalizers") or ())):
            path = " including a path (/)" if "." in name else ""
            out.append(
                f'metadata.finalizers: "{name}": prefer a domain-qualified finalizer name{path} '
                "to avoid accidental conflicts with other finalizer writers"
            )
    return out


def _owner_causes(references: list[Json]) -> Iterator[Cause]:
    where = "metadata.ownerReferences"
    for reference in references:
        version = reference.get("apiVersion") or ""
        if not version or version.count("/") > 1:
            text = "version must not be empty"
            yield invalid_value(f"{where}.apiVersion", f'"{version}"', text)
        for field in ("kind", "name", "uid"):
            if not reference.get(field):
                yield invalid_value(f"{where}.{field}", '""', "must not be empty")
        if (version, reference.get("kind")) == ("v1", "Event"):
            text = "/v1, Kind=Event is disallowed from being an owner"
            yield invalid_value(where, _shown(reference), text)
    controllers = [r for r in references if r.get("controller")]
    for one, other in itertools.pairwise(controllers):
        names = " and ".join(f"{r.get('kind')}/{r.get('name')}" for r in (one, other))
        text = (
            "Only one reference can have Controller set to true. Found "
            f'"true" in references for {names}'
        )
        yield invalid_value(where, _shown(references), text)


def _shown(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def label_causes(labels: Any, where: str) -> Iterator[Cause]:
    for key, value in (labels or {}).items():
        yield from _key(key, where)
        for text in value_faults(value or ""):
            yield invalid_value(where, f'"{value}"', text)


def _key(key: str, where: str, *, lower: bool = False) -> Iterator[Cause]:
    prefix, slash, name = key.rpartition("/")
    for text in key_faults(f"{prefix.lower()}/{name}" if slash and lower else key):
        yield invalid_value(where, f'"{key}"', text)


def value_faults(value: str) -> list[str]:
    """What is wrong with a label's value, in apimachinery's words and order."""
    faults = []
    if len(value.encode()) > 63:
        faults.append("must be no more than 63 bytes")
    if value and not _QUALIFIED.match(value):
        faults.append(_VALUE_TEXT)
    return faults


def key_faults(key: str) -> list[str]:
    """What is wrong with the key of a label or annotation, in apimachinery's words and order."""
    faults = []
    parts = key.split("/")
    if len(parts) > 2:
        text = _NAME_TEXT.replace("name part must", "a valid label key must")
        return [f"{text} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')"]
    if len(parts) == 2 and not parts[0]:
        faults.append("prefix part must be non-empty")
    elif len(parts) == 2:
        if len(parts[0]) > 253:
            faults.append("prefix part must be no more than 253 bytes")
        if not _SUBDOMAIN.match(parts[0]):
            faults.append(f"prefix part {SUBDOMAIN_TEXT}")
    name = parts[-1]
    if not name:
        faults.append("name part must be non-empty")
    elif len(name.encode()) > 63:
        faults.append("name part must be no more than 63 bytes")
    if not _QUALIFIED.match(name):
        faults.append(_NAME_TEXT)
    return faults
