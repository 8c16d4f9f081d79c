"""Server-side apply's two object operations: merge a configuration into an object, prune what went.

Pure functions over JSON and Shapes, after structured-merge-diff's rules; who owns what is decided
in managers.py.
Needed by every step of the demo that applies a version over another.
"""

from __future__ import annotations

from collections import deque
from typing import Any

from fluxtui.world.apiserver.apply.fieldsets import FieldSet, field, is_member, key_element
from fluxtui.world.apiserver.shape import Shape


def merge(live: Any, applied: Any, shape: Shape) -> Any:
    """`applied` laid over `live`: maps and keyed lists merge, everything else is replaced."""
    granular = isinstance(live, dict) and shape.merge != "atomic"
    if applied is None and (granular or (isinstance(live, list) and _merges(shape))):
        return live  # null says nothing about what is merged piece by piece
    if isinstance(live, dict) and isinstance(applied, dict) and granular:
        out = dict(live)
        for name, value in applied.items():
            before = out.get(name)
            out[name] = value if before is None else merge(before, value, shape.child(name))
        return out
    if isinstance(live, list) and isinstance(applied, list) and _merges(shape):
        return _merge_lists(live, applied, shape)
    return applied


def _merges(shape: Shape) -> bool:
    return shape.merge in ("set", "keyed")


def _merge_lists(live: list[Any], applied: list[Any], shape: Shape) -> list[Any]:
    """Items of both lists, each once: shared ones in the order applied, others where they were.

    The order is structured-merge-diff's, which controllers and `kubectl diff` let people see.
    """
    before = [(key_element(shape, item), item) for item in live]
    after = [(key_element(shape, item), item) for item in applied]
    by_key, applied_keys = dict(before), dict(after)
    shared = deque(key for key, _ in after if key in by_key)
    out: list[Any] = []
    keys: set[str | None] = set()
    i = j = 0
    while i < len(before) or j < len(after):
        if i < len(before):
            key, item = before[i]
            if key not in applied_keys:
                out.append(item)
                i += 1
                continue
            awaited = not shared or shared[0] == key
            if key in keys or (j < len(after) and not awaited):
                i += 1  # it stands, or will stand, where the applied order puts it
                continue
            if j < len(after) and after[j][0] == key:
                i += 1
        if j < len(after):
            key, item = after[j]
            out.append(merge(by_key[key], item, shape.item()) if key in by_key else item)
            keys.add(key)
            if shared and shared[0] == key:
                shared.popleft()
            j += 1
    return out


def prune(value: Any, shape: Shape, last: FieldSet, owned: FieldSet) -> Any:
    """Remove from `value` what `last` holds and nobody in `owned` holds any more."""
    if isinstance(value, dict):
        return _prune_map(value, shape, last, owned)
    if isinstance(value, list) and shape.merge in ("set", "keyed"):
        out = []
        for item in value:
            element = key_element(shape, item)
            node = None if element is None else last.get(element)
            if node is None or element is None:
                out.append(item)
                continue
            owner = owned.get(element)
            if owner is None or (is_member(node) and not is_member(owner)):
                continue
            out.append(prune(item, shape.item(), node, owner))
        return out
    return value


def _prune_map(value: dict[str, Any], shape: Shape, last: FieldSet, owned: FieldSet) -> Any:
    out: dict[str, Any] = {}
    for name, child in value.items():
        node = last.get(field(name))
        if node is None:
            out[name] = child
            continue
        owner = owned.get(field(name))
        if owner is None:
            continue
        pruned = prune(child, shape.child(name), node, owner)
        emptied = not pruned and bool(child) and isinstance(pruned, (dict, list))
        if not emptied:
            out[name] = pruned
        elif is_member(owner) and isinstance(child, dict):
            out[name] = {}  # somebody else applied it empty
    return out
