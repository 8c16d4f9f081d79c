"""A live object cut down to what a build speaks of, so that the two can be compared.

An API adds defaults, other managers add fields: neither is a change. Kept are the fields that the
build sets, and those that the applying manager owns though the build sets them no more. Pure; must
not decide what an API would make of a value.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

from fluxtui.domain.objectdiff import merge_keys
from fluxtui.kit import quantities

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
# Below these an API writes every amount in one way.
_AMOUNTS = frozenset(
    {
        *("limits", "requests", "capacity", "hard", "min", "max", "default", "defaultRequest"),
        *("maxLimitRequestRatio", "sizeLimit", "storage", "divisor", "overhead", "allocatable"),
    }
)
_TEXTS = frozenset({"ConfigMap", "Secret"})
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


def as_kept(desired: dict[str, Any], live: Mapping[str, Any]) -> dict[str, Any]:
    """A desired object as an API keeps it: without empty values that it drops, amounts as it writes
    them. Both are taken from `live` alone, and what is a text stays one."""
    if desired.get("kind") in _TEXTS:
        return desired
    kept: dict[str, Any] = _kept(desired, live, False)
    return kept


def _kept(desired: Any, live: Any, amount: bool) -> Any:
    if isinstance(desired, Mapping) and isinstance(live, Mapping):
        return {
            key: _kept(value, live.get(key), amount or key in _AMOUNTS)
            for key, value in desired.items()
            if key in live or not _is_empty(value)
        }
    if isinstance(desired, list) and isinstance(live, list):
        keys = merge_keys(live, desired)
        if not keys:
            same = len(desired) == len(live)
            return [_kept(d, live[n] if same else None, amount) for n, d in enumerate(desired)]
        there = {_item_key(item, keys): item for item in live}
        return [_kept(item, there.get(_item_key(item, keys)), amount) for item in desired]
    if amount and desired != live and _amount(desired) is not None:
        return live if _amount(desired) == _amount(live) else desired
    return desired


def _is_empty(value: Any) -> bool:
    """What Go leaves out when it writes JSON: the zero of each type."""
    if isinstance(value, Mapping):
        return all(map(_is_empty, value.values()))
    return value is None or value is False or value in ("", 0) or value == []


def _amount(value: Any) -> Fraction | None:
    try:
        return quantities.amount(value)
    except ValueError:  # also of what is neither number nor text
        return None


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
    by_key = {_item_key(item, keys): item for item in desired}
    own_items = [
        (json.loads(name[2:]), fields) for name, fields in owned.items() if name.startswith("k:")
    ]
    result = []
    for item in live:
        fields = next(
            (f for k, f in own_items if all(item.get(n) == v for n, v in k.items())), None
        )
        below = fields if isinstance(fields, Mapping) else _NOTHING
        if _item_key(item, keys) in by_key:
            result.append(projected(item, by_key[_item_key(item, keys)], below))
        elif fields is not None:
            result.append(_owned_part(item, below))
    return result


def _item_key(item: Mapping[str, Any], keys: tuple[str, ...]) -> tuple[Any, ...]:
    return tuple(item.get(k, "TCP" if k == "protocol" else None) for k in keys)
