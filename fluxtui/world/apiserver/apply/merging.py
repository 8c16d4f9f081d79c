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
    left = [(key_element(shape, item), item) for item in live]
    right = [(key_element(shape, item), item) for item in applied]
    ours, theirs = dict(left), dict(right)
    shared = deque(key for key, _ in right if key in ours)
    out: list[Any] = []
    done: set[str | None] = set()
    i = j = 0
    while i < len(left) or j < len(right):
        if i < len(left):
            key, item = left[i]
            if key not in theirs:
                out.append(item)
                i += 1
                continue
            awaited = not shared or shared[0] == key
            if key in done or (j < len(right) and not awaited):
                i += 1  # it stands, or will stand, where the applied order puts it
                continue
            if j < len(right) and right[j][0] == key:
                i += 1
        if j < len(right):
            key, item = right[j]
            out.append(merge(ours[key], item, shape.item()) if key in ours else item)
            done.add(key)
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
            held = owned.get(element)
            if held is None or (is_member(node) and not is_member(held)):
                continue
            out.append(prune(item, shape.item(), node, held))
        return out
    return value


def _prune_map(value: dict[str, Any], shape: Shape, last: FieldSet, owned: FieldSet) -> Any:
    out: dict[str, Any] = {}
    for name, child in value.items():
        node = last.get(field(name))
        if node is None:
            out[name] = child
            continue
        held = owned.get(field(name))
        if held is None:
            continue
        kept = prune(child, shape.child(name), node, held)
        emptied = not kept and bool(child) and isinstance(kept, (dict, list))
        if not emptied:
            out[name] = kept
        elif is_member(held) and isinstance(child, dict):
            out[name] = {}  # somebody else applied it empty
    return out
