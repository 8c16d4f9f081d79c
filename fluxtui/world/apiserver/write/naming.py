"""Names and labels: what is allowed, and what generateName makes.

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
        return [] if _LABEL.match(name) else [_LABEL_TEXT]
    return [] if _SUBDOMAIN.match(name) else [_SUBDOMAIN_TEXT]


def name_causes(kind: str, name: str) -> Iterator[Cause]:
    """What is wrong with an object's name."""
    for fault in _name_faults(kind, name):
        yield invalid_value("metadata.name", f'"{name}"', fault)


def metadata_causes(metadata: Json) -> Iterator[Cause]:
    """What is wrong with the values of labels."""
    for value in (metadata.get("labels") or {}).values():
        if value and not _QUALIFIED.match(value):
            yield invalid_value("metadata.labels", f'"{value}"', _VALUE_TEXT)
