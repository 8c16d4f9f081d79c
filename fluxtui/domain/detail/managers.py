"""Who owns which field of an object, out of its managedFields (docs/flux.md#managers).

Names of fields alone: no value of an object is read here, and a Secret's are never asked for.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from fluxtui.domain.detail.values import OwnedFields, SharedField

_DEEP = ("spec", "metadata")  # what is said with the field below it


def owned_fields_of(obj: Mapping[str, Any]) -> tuple[OwnedFields, ...]:
    """One entry a manager, operation and subresource, as the API wrote them down."""
    return tuple(
        OwnedFields(
            str(entry.get("manager") or ""),
            str(entry.get("operation") or ""),
            str(entry.get("time") or ""),
            str(entry.get("subresource") or ""),
            tuple(dict.fromkeys(_top(path) for path in leaves)),
        )
        for entry, leaves in _entries(obj)
    )


def shared_fields_of(obj: Mapping[str, Any]) -> tuple[SharedField, ...]:
    """Fields that more than one manager owns, by path; those of the status left out."""
    by_path: dict[str, dict[str, None]] = {}
    for entry, leaves in _entries(obj):
        if entry.get("subresource"):
            continue
        manager = f"{entry.get('manager')} ({entry.get('operation')})"
        for path in leaves:
            by_path.setdefault(".".join(path), {})[manager] = None
    return tuple(
        SharedField(path, tuple(managers))
        for path, managers in sorted(by_path.items())
        if len(managers) > 1
    )


def _entries(obj: Mapping[str, Any]) -> Iterator[tuple[Mapping[str, Any], list[tuple[str, ...]]]]:
    metadata = obj.get("metadata")
    managed = metadata.get("managedFields") if isinstance(metadata, Mapping) else None
    for entry in managed if isinstance(managed, list) else ():
        fields = entry.get("fieldsV1") if isinstance(entry, Mapping) else None
        if isinstance(fields, Mapping):
            yield entry, list(_leaves(fields, ()))


def _leaves(fields: Mapping[str, Any], prefix: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """`f:spec: {f:ref: {f:semver: {}}}` as (spec, ref, semver)."""
    for name, child in fields.items():
        if name == ".":
            continue  # the object that holds the others: shared by all who set something in it
        path = (*prefix, _word(name))
        nested = child if isinstance(child, Mapping) else {}
        if any(inner != "." for inner in nested):
            yield from _leaves(nested, path)
        else:
            yield path


def _word(name: str) -> str:
    """`f:semver` is `semver`, `k:{"name":"app"}` is `[name=app]`, `v:"x"` is `["x"]`."""
    how, _colon, text = name.partition(":")
    if how == "f":
        return text
    if how != "k":
        return f"[{text}]"
    try:
        parts = json.loads(text)
    except ValueError:
        return f"[{text}]"
    if not isinstance(parts, Mapping):
        return f"[{text}]"
    return f"[{','.join(f'{key}={value}' for key, value in parts.items())}]"


def _top(path: tuple[str, ...]) -> str:
    return ".".join(path[: 2 if path[0] in _DEEP else 1])
