"""Server-side apply's two object operations: merge a configuration into an object, prune what went.

Pure functions over JSON and Shapes, after structured-merge-diff's rules; who owns what is decided
in managers.py.
"""

from __future__ import annotations

from typing import Any

from fluxtui.world.apiserver.fieldsets import FieldSet, is_member, key_element
from fluxtui.world.apiserver.shape import Shape


def merge(live: Any, applied: Any, shape: Shape) -> Any:
    """`applied` laid over `live`: maps and keyed lists merge, everything else is replaced."""
    if isinstance(live, dict) and isinstance(applied, dict) and shape.merge != "atomic":
        out = dict(live)
        for name, value in applied.items():
            before = out.get(name)
            out[name] = value if before is None else merge(before, value, shape.child(name))
        return out
    if isinstance(live, list) and isinstance(applied, list) and shape.merge in ("set", "keyed"):
        return _merge_lists(live, applied, shape)
    return applied


def _merge_lists(live: list[Any], applied: list[Any], shape: Shape) -> list[Any]:
    """Shared items in the order applied; items only in `live` stay behind their predecessor."""
    ours = {key_element(shape, item): item for item in applied}
    theirs = {key_element(shape, item): item for item in live}
    item_shape = shape.item()
    out: list[Any] = []
    done: set[str | None] = set()
    i = 0
    for item in applied:
        key = key_element(shape, item)
        if key in theirs:
            while i < len(live) and key_element(shape, live[i]) not in ours:
                out.append(live[i])
                i += 1
            if i < len(live) and key_element(shape, live[i]) == key:
                i += 1
            out.append(merge(theirs[key], item, item_shape))
        else:
            out.append(item)
        done.add(key)
    out.extend(x for x in live[i:] if key_element(shape, x) not in done | set(ours))
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
        node = last.get(f"f:{name}")
        if node is None:
            out[name] = child
            continue
        held = owned.get(f"f:{name}")
        if held is None:
            continue
        kept = prune(child, shape.child(name), node, held)
        emptied = not kept and bool(child) and isinstance(kept, (dict, list))
        if not emptied:
            out[name] = kept
    return out
