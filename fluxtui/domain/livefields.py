"""A live object cut down to what a build speaks of, so that the two can be compared.

An API adds defaults, other managers add fields: neither is a change. Kept are the fields that the
build sets, and those that the applying manager owns though the build sets them no more. Pure; must
not decide what an API would make of a value.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from fluxtui.domain.objectdiff import merge_keys

_BOOKKEEPING = frozenset(
    {
        "creationTimestamp",
        "deletionGracePeriodSeconds",
        "generation",
        "managedFields",
        "resourceVersion",
        "selfLink",
        "uid",
    }
)
_NOTHING: Mapping[str, Any] = {}


def tidied(obj: Mapping[str, Any]) -> dict[str, Any]:
    """An object as an API sent it, without status and without what the API keeps its books with."""
    metadata = {k: v for k, v in (obj.get("metadata") or {}).items() if k not in _BOOKKEEPING}
    return {**{k: v for k, v in obj.items() if k not in ("status", "metadata")},
            "metadata": metadata}  # fmt: skip


def owned_fields(obj: Mapping[str, Any], manager: str) -> Mapping[str, Any]:
    """`fieldsV1` of what a manager has applied, {} when it has applied nothing."""
    for entry in (obj.get("metadata") or {}).get("managedFields") or ():
        if (
            entry.get("manager") == manager
            and entry.get("operation") == "Apply"
            and not entry.get("subresource")
        ):
            fields = entry.get("fieldsV1")
            return fields if isinstance(fields, Mapping) else _NOTHING
    return _NOTHING


def projected(live: Any, desired: Any, owned: Mapping[str, Any]) -> Any:
    """`live` with only the fields of `desired` and those in `owned` (fieldsV1 of this place)."""
    if isinstance(live, Mapping) and isinstance(desired, Mapping):
        return _mapping(live, desired, owned)
    if isinstance(live, list) and isinstance(desired, list):
        keys = merge_keys(live, desired)
        return _items(live, desired, owned, keys) if keys else live
    return live


def _mapping(
    live: Mapping[str, Any], desired: Mapping[str, Any], owned: Mapping[str, Any]
) -> dict[str, Any]:
    result: dict[str, Any] = {}
    for key, value in live.items():
        own = owned.get(f"f:{key}")
        below = own if isinstance(own, Mapping) else _NOTHING
        if key in desired:
            result[key] = projected(value, desired[key], below)
        elif own is not None:
            result[key] = _owned_part(value, below)
    return result


def _owned_part(value: Any, owned: Mapping[str, Any]) -> Any:
    """The part of a value that somebody owns; without a word about parts, all of it."""
    if isinstance(value, Mapping) and any(name.startswith("f:") for name in owned):
        return _mapping(value, _NOTHING, owned)
    return value


def _items(
    live: Sequence[Mapping[str, Any]],
    desired: Sequence[Mapping[str, Any]],
    owned: Mapping[str, Any],
    keys: tuple[str, ...],
) -> list[Any]:
    def key_of(item: Mapping[str, Any]) -> tuple[Any, ...]:
        return tuple(item.get(k, "TCP" if k == "protocol" else None) for k in keys)

    by_key = {key_of(item): item for item in desired}
    own_items = [
        (json.loads(name[2:]), fields) for name, fields in owned.items() if name.startswith("k:")
    ]
    result = []
    for item in live:
        fields = next(
            (f for k, f in own_items if all(item.get(n) == v for n, v in k.items())), None
        )
        below = fields if isinstance(fields, Mapping) else _NOTHING
        if key_of(item) in by_key:
            result.append(projected(item, by_key[key_of(item)], below))
        elif fields is not None:
            result.append(_owned_part(item, below))
    return result
