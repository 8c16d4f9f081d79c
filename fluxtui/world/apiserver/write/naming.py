"""Names, labels and annotations: what is allowed, and what generateName makes.

Whoever creates an object by hand in the demo is told what is wrong with its name, as a real server
would; the product's tests send labels that are none. Texts are apimachinery's. Pure.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterator

from fluxtui.world.apiserver.status import Cause, Json, invalid_value

_SUBDOMAIN = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*\Z")
_LABEL = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?\Z")
_QUALIFIED = re.compile(r"([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]\Z")
_ALPHABET = "bcdfghjklmnpqrstvwxz2456789"

_SUBDOMAIN_TEXT = (
    "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or "
    "'.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used "
    "for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')"
)
_LABEL_TEXT = (
    "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and "
    "must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used "
    "for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')"
)
_VALUE_TEXT = (
    "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or "
    "'.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  "
    "or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')"
)
_KEY_TEXT = (
    "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end "
    "with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for "
    "validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')"
)
# Kinds whose names may be any path segment (RBAC: `system:node`).
_PATH_SEGMENT = frozenset({"Role", "RoleBinding", "ClusterRole", "ClusterRoleBinding"})
_LABEL_KINDS = frozenset({"Namespace", "Service", "StatefulSet"})


def generated(prefix: str) -> str:
    """A name from a generateName prefix: at most 63 characters, five of them random."""
    return prefix[:58] + "".join(secrets.choice(_ALPHABET) for _ in range(5))


def _name_faults(kind: str, name: str) -> list[str]:
    if kind in _PATH_SEGMENT:
        return [f"may not contain '{char}'" for char in "/%" if char in name]
    if kind in _LABEL_KINDS:
        if len(name) > 63:
            return ["must be no more than 63 characters"]
        return [] if _LABEL.match(name) else [_LABEL_TEXT]
    if len(name) > 253:
        return ["must be no more than 253 characters"]
    return [] if _SUBDOMAIN.match(name) else [_SUBDOMAIN_TEXT]


def name_causes(kind: str, name: str) -> Iterator[Cause]:
    """What is wrong with an object's name."""
    for fault in _name_faults(kind, name):
        yield invalid_value("metadata.name", f'"{name}"', fault)


def metadata_causes(metadata: Json) -> Iterator[Cause]:
    """What is wrong with labels, annotations and ownerReferences."""
    for key, value in (metadata.get("labels") or {}).items():
        yield from _key_causes(key, "metadata.labels")
        if len((value or "").encode()) > 63:
            text = "must be no more than 63 bytes"
            yield invalid_value("metadata.labels", f'"{value}"', text)
        if value and not _QUALIFIED.match(value):
            yield invalid_value("metadata.labels", f'"{value}"', _VALUE_TEXT)
    annotations = metadata.get("annotations") or {}
    for key in annotations:
        yield from _key_causes(key.lower(), "metadata.annotations")
    if sum(len(k) + len(v or "") for k, v in annotations.items()) > 256 * 1024:
        text = "Too long: may not be more than 262144 bytes"
        yield Cause("FieldValueTooLong", text, "metadata.annotations")
    for reference in metadata.get("ownerReferences") or ():
        for field in ("apiVersion", "kind", "name", "uid"):
            if not reference.get(field):
                where = f"metadata.ownerReferences.{field}"
                yield invalid_value(where, '""', "must not be empty")


def _key_causes(key: str, where: str) -> Iterator[Cause]:
    prefix, slash, name = key.rpartition("/")
    if slash and not _SUBDOMAIN.match(prefix):
        yield invalid_value(where, f'"{key}"', f"prefix part {_SUBDOMAIN_TEXT}")
    if len(name.encode()) > 63:
        yield invalid_value(where, f'"{key}"', "name part must be no more than 63 bytes")
    if not _QUALIFIED.match(name):
        yield invalid_value(where, f'"{key}"', _KEY_TEXT)
