"""Sets of field paths in the `fieldsV1` form, and the set operations field ownership needs.

A set is the JSON that managedFields hold: `f:name` a field, `k:{...}` a keyed list item, `v:...` a
set value; a node is a member when it is empty or holds ".". Pure; callers must not change a set
they were given: every operation makes a new one.
Needed by every apply: the Reconciler applies the demo, `fluxtui apply` its roots.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from fluxtui.world.apiserver.shape import Shape
from fluxtui.world.apiserver.status import Json

FieldSet = dict[str, Any]

_dump = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode


@lru_cache(maxsize=20_000)
def field(name: str) -> str:
    """The path element of a field; one string for all objects."""
    return f"f:{name}"


def is_member(node: FieldSet) -> bool:
    return not node or "." in node


def key_element(shape: Shape, item: Any) -> str | None:
    """The path element of an item of a set or keyed list; None where it has no key."""
    key = shape.key_of(item)
    if key is None:
        return None
    if shape.merge == "set":
        return "v:" + _dump(item)
    return "k:" + _dump({k: v for k, v in zip(shape.keys, key, strict=True) if v is not None})


def leaf(value: Any, shape: Shape) -> bool:
    """Whether a value is owned as a whole: scalars, atomic lists and maps, empty maps, null."""
    if isinstance(value, dict):
        return not value or shape.merge == "atomic"
    if isinstance(value, list):
        return shape.merge not in ("set", "keyed")
    return True


def of(value: Any, shape: Shape) -> FieldSet:
    """The set of every field in an applied value."""
    out: FieldSet = {}
    if isinstance(value, dict):
        for name, child in value.items():
            sub = shape.child(name)
            if leaf(child, sub):
                out[field(name)] = {}
                continue
            inside = of(child, sub)
            fixed = shape.form == "struct" and name in shape.fields
            if inside and not fixed:
                inside = {".": {}} | inside
            if inside or not fixed:
                out[field(name)] = inside
    elif isinstance(value, list):
        for item in value:
            element = key_element(shape, item)
            if element is not None:
                inside = of(item, shape.item())
                out[element] = {".": {}} | inside if inside else {}
    return out


def union(first: FieldSet, second: FieldSet) -> FieldSet:
    if not first or not second:
        return first or second
    out = dict(first)
    for name, node in second.items():
        own = out.get(name)
        out[name] = node if own is None else _join(own, node)
    return out


def _join(first: FieldSet, second: FieldSet) -> FieldSet:
    joined = union(first, second)
    if joined and (is_member(first) or is_member(second)):
        return {".": {}} | joined
    return joined


def difference(first: FieldSet, second: FieldSet) -> FieldSet:
    """Members of `first` that are not members of `second`."""
    if not second:
        return first
    out: FieldSet = {}
    for name, node in first.items():
        if name == ".":
            continue
        match = second.get(name)
        if match is None:
            out[name] = node
            continue
        children = difference(_children(node), _children(match))
        alone = is_member(node) and not is_member(match)
        _place(out, name, alone, children)
    return out


def intersection(first: FieldSet, second: FieldSet) -> FieldSet:
    """Members of both."""
    out: FieldSet = {}
    for name, node in first.items():
        match = second.get(name)
        if name == "." or match is None:
            continue
        children = intersection(_children(node), _children(match))
        _place(out, name, is_member(node) and is_member(match), children)
    return out


def _children(node: FieldSet) -> FieldSet:
    return {k: v for k, v in node.items() if k != "."} if "." in node else node


def _place(out: FieldSet, name: str, member: bool, children: FieldSet) -> None:
    if member:
        out[name] = {".": {}} | children if children else {}
    elif children:
        out[name] = children


def paths(fields: FieldSet, prefix: str = "") -> Iterator[str]:
    """Every member as Kubernetes prints it: `.spec.containers[name="app"].image`; the members of
    a level come before what lies deeper."""
    names = [name for name in sorted(fields) if name != "."]
    for name in names:
        if is_member(fields[name]):
            yield prefix + _printed(name)
    for name in names:
        yield from paths(_children(fields[name]), prefix + _printed(name))


def _printed(element: str) -> str:
    kind, _, text = element.partition(":")
    if kind == "f":
        return f".{text}"
    if kind == "v":
        return f"[={text}]"
    if kind == "i":
        return f"[{text}]"
    keys = json.loads(text)
    return "[" + ",".join(f"{k}={_dump(v)}" for k, v in keys.items()) + "]"


def item_index(items: list[Any], shape: Shape) -> dict[str, Any]:
    """Items of a set or keyed list by path element."""
    out: dict[str, Any] = {}
    for item in items:
        element = key_element(shape, item)
        if element is not None:
            out[element] = item
    return out


# Structs that are there even when empty in the typed built-in kinds: a manager that fills one
# does not own the struct itself.
_ALWAYS_THERE = frozenset(
    [
        "metadata",
        "spec",
        "status",
        "strategy",
        "template",
        "updateStrategy",
        "jobTemplate",
        "source",
        "involvedObject",
        "containers",
        "podSelector",
        "scaleTargetRef",
        "names",
    ]
)


class FieldComparison:
    """What changed between two objects, as three sets."""

    def __init__(self, *, builtin: bool) -> None:
        self.added: FieldSet = {}
        self.modified: FieldSet = {}
        self.removed: FieldSet = {}
        self._builtin = builtin

    def compare(self, old: Json, new: Json, shape: Shape) -> FieldComparison:
        self.added, self.modified, self.removed = self._maps(old, new, shape)
        return self

    @property
    def same(self) -> bool:
        return not (self.added or self.modified or self.removed)

    def _stands(self, name: str, shape: Shape) -> bool:
        """Whether a struct is there whether or not anybody sets it."""
        return self._builtin and (
            name in _ALWAYS_THERE or shape.name == "VolumeResourceRequirements"
        )

    def _whole(self, value: Any, shape: Shape, name: str) -> FieldSet:
        """The set of a value that appears or goes away, the value itself included."""
        if leaf(value, shape):
            return {}
        inside: FieldSet = {}
        if isinstance(value, dict):
            for key, child in value.items():
                if child == {} and self._stands(key, shape.child(key)):
                    continue
                node = self._whole(child, shape.child(key), key)
                inside[field(key)] = node
        else:
            for element, item in item_index(value, shape).items():
                node = self._whole(item, shape.item(), "")
                inside[element] = {".": {}} | _children(node) if node else {}
        if self._stands(name, shape):
            return inside
        return {".": {}} | inside

    def _maps(self, old: Json, new: Json, shape: Shape) -> tuple[FieldSet, FieldSet, FieldSet]:
        added: FieldSet = {}
        modified: FieldSet = {}
        removed: FieldSet = {}
        for name, value in new.items():
            path = field(name)
            if name not in old:
                if value == {} and self._stands(name, shape.child(name)):
                    continue
                added[path] = self._whole(value, shape.child(name), name)
                continue
            before = old[name]
            if before is value or (type(before) is type(value) and before == value):
                continue
            self._both(path, before, value, shape.child(name), (added, modified, removed))
        for name, value in old.items():
            if name not in new:
                node = self._whole(value, shape.child(name), name)
                removed[field(name)] = {".": {}} | node if node else {}
        return added, modified, removed

    def _both(
        self, path: str, old: Any, new: Any, shape: Shape, out: tuple[FieldSet, FieldSet, FieldSet]
    ) -> None:
        if isinstance(old, dict) and isinstance(new, dict) and shape.merge != "atomic":
            parts = self._maps(old, new, shape)
        elif isinstance(old, list) and isinstance(new, list) and shape.merge in ("set", "keyed"):
            parts = self._lists(old, new, shape)
        else:
            out[1][path] = {}
            return
        for target, part in zip(out, parts, strict=True):
            if part:
                target[path] = part

    def _lists(
        self, old: list[Any], new: list[Any], shape: Shape
    ) -> tuple[FieldSet, FieldSet, FieldSet]:
        out: tuple[FieldSet, FieldSet, FieldSet] = ({}, {}, {})
        before, after = item_index(old, shape), item_index(new, shape)
        for element, item in after.items():
            if element not in before:
                node = self._whole(item, shape.item(), "")
                out[0][element] = {".": {}} | _children(node) if node else {}
            elif before[element] != item:
                self._both(element, before[element], item, shape.item(), out)
        for element, item in before.items():
            if element not in after:
                node = self._whole(item, shape.item(), "")
                out[2][element] = {".": {}} | _children(node) if node else {}
        return out
