"""What changes between two lists of Kubernetes objects, field by field.

Objects are matched by identity, generated ConfigMaps and Secrets by their name without the content
hash; list items by their name-like keys, in any order where the API does not care. Secret values
are compared by a keyed mark and never appear. Pure; must not render or read anything.
"""

from __future__ import annotations

import difflib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from fluxtui.domain.blocktext import block_text
from fluxtui.domain.inventory import ObjectId, sort_key
from fluxtui.domain.masking import Masked, Masker, base_name

Kind = Literal["added", "changed", "removed"]
Object = Mapping[str, Any]

# What tells the items of a list apart, tried in this order; the first that fits both lists.
_KEYS: tuple[tuple[str, ...], ...] = (
    ("name",),
    ("containerPort", "protocol"),
    ("port", "protocol"),
    ("mountPath",),
    ("devicePath",),
    ("topologyKey", "whenUnsatisfiable"),
    ("ip",),
    ("uid",),
    ("type",),
    ("key",),
    ("id",),
)
_ORDERED = frozenset({"env", "initContainers", "rules", "steps", "args", "command"})
_SETS = frozenset(
    {
        "accessModes",
        "apiGroups",
        "finalizers",
        "nonResourceURLs",
        "resourceNames",
        "resources",
        "shortNames",
        "verbs",
    }
)


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field. `path` as `spec.containers[name=app].image`; the absent side is None.

    Values are JSON-like; a secret one is the text `secret ns/name#key` (after: `.., changed`).
    """

    path: str
    before: Any
    after: Any
    kind: Kind = "changed"


@dataclass(frozen=True, slots=True)
class ObjectChange:
    """One object. `id` is the new one's (the old one's when removed); `was` its former name when a
    content hash changed. `before` and `after` are masked; `fields` is empty unless `changed`.
    """

    kind: Kind
    id: ObjectId
    fields: tuple[FieldChange, ...] = ()
    was: str = ""
    before: Object | None = None
    after: Object | None = None


def diff_objects(
    before: Iterable[Object], after: Iterable[Object], masker: Masker
) -> tuple[ObjectChange, ...]:
    """Every object that differs, in Flux's apply order. Equal objects are left out."""
    old = {ObjectId.of(o): o for o in before}
    new = {ObjectId.of(o): o for o in after}
    pairs = [(i, i) for i in new if i in old]
    gone, fresh = [i for i in old if i not in new], [i for i in new if i not in old]
    renamed = dict(_renamed(gone, fresh))
    pairs += renamed.items()
    changes: list[ObjectChange] = []
    for was, now in pairs:
        # Also by text, because 1 == True == 1.0 in Python and not in Kubernetes.
        if was == now and old[was] == new[now] and repr(old[was]) == repr(new[now]):
            continue
        left, right = masker.mask(old[was]), masker.mask(new[now])
        fields = tuple(_objects(left, right))
        if fields:
            name = was.name if was != now else ""
            changes.append(ObjectChange("changed", now, fields, name, left, right))
    taken = set(renamed.values())
    for i in fresh:
        if i not in taken:
            changes.append(ObjectChange("added", i, after=masker.mask(new[i])))
    for i in gone:
        if i not in renamed:
            changes.append(ObjectChange("removed", i, before=masker.mask(old[i])))
    return tuple(sorted(changes, key=lambda c: sort_key(c.id)))


def _renamed(
    gone: Sequence[ObjectId], fresh: Sequence[ObjectId]
) -> Iterator[tuple[ObjectId, ObjectId]]:
    """Pairs that differ only in the content hash, where exactly one of each is left."""

    def by_base(ids: Sequence[ObjectId]) -> dict[ObjectId, list[ObjectId]]:
        found: dict[ObjectId, list[ObjectId]] = {}
        for i in ids:
            if i.group == "" and i.kind in ("ConfigMap", "Secret"):
                found.setdefault(replace(i, name=base_name(i.name)), []).append(i)
        return found

    new = by_base(fresh)
    for base, olds in by_base(gone).items():
        news = new.get(base, [])
        if len(olds) == len(news) == 1:
            yield olds[0], news[0]


def _objects(before: Object, after: Object) -> Iterator[FieldChange]:
    """Fields of two masked objects; a `creationTimestamp: null` is nothing."""
    yield from _maps(_tidy(before), _tidy(after), "")


def _tidy(obj: Object) -> Object:
    metadata = obj.get("metadata")
    if isinstance(metadata, Mapping) and metadata.get("creationTimestamp", "") is None:
        kept = {k: v for k, v in metadata.items() if k != "creationTimestamp"}
        return {**obj, "metadata": kept}
    return obj


def diff_values(before: Any, after: Any, path: str = "") -> Iterator[FieldChange]:
    """The FieldChanges between two JSON-like values under `path`."""
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        yield from _maps(before, after, path)
    elif isinstance(before, list | tuple) and isinstance(after, list | tuple):
        yield from _lists(before, after, path)
    elif before != after or isinstance(before, bool) != isinstance(after, bool):
        yield FieldChange(path, _shown(before), _shown(after, isinstance(before, Masked)))


def _shown(value: Any, changed: bool = False) -> Any:
    """A value without marks: secrets become their label."""
    if isinstance(value, Masked):
        return f"{value.label}, changed" if changed else value.label
    if isinstance(value, Mapping):
        return {k: _shown(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [_shown(v) for v in value]
    return value


def _maps(before: Object, after: Object, path: str) -> Iterator[FieldChange]:
    for key in dict.fromkeys((*before, *after)):
        at = _join(path, str(key))
        if key not in after:
            yield FieldChange(at, _shown(before[key]), None, "removed")
        elif key not in before:
            yield FieldChange(at, None, _shown(after[key]), "added")
        else:
            yield from diff_values(before[key], after[key], at)


def _join(path: str, key: str) -> str:
    if not key.replace("_", "").replace("-", "").isalnum():
        return f'{path}["{key}"]'
    return f"{path}.{key}" if path else key


def _lists(before: Sequence[Any], after: Sequence[Any], path: str) -> Iterator[FieldChange]:
    last = path.rpartition(".")[2]
    keys = _merge_keys(before, after)
    if keys:
        yield from _keyed(before, after, keys, path, last in _ORDERED)
    elif last in _SETS and _scalars(before) and _scalars(after):
        for item in before:
            if item not in after:
                yield FieldChange(f"{path}[{item}]", _shown(item), None, "removed")
        for item in after:
            if item not in before:
                yield FieldChange(f"{path}[{item}]", None, _shown(item), "added")
    else:
        yield from _sequence(before, after, path)


def _scalars(items: Sequence[Any]) -> bool:
    return not any(isinstance(i, Mapping | list | tuple) for i in items)


def _merge_keys(before: Sequence[Any], after: Sequence[Any]) -> tuple[str, ...]:
    """The keys that tell the items of both lists apart; () when none do."""
    items = [*before, *after]
    if not items or not all(isinstance(i, Mapping) for i in items):
        return ()
    for keys in _KEYS:
        if all(keys[0] in i and _scalars([i[keys[0]]]) for i in items) and all(
            len({_key(i, keys) for i in part}) == len(part) for part in (before, after)
        ):
            return keys
    return ()


def _key(item: Object, keys: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(str(item.get(k, "TCP" if k == "protocol" else "")) for k in keys)


def _keyed(
    before: Sequence[Object],
    after: Sequence[Object],
    keys: tuple[str, ...],
    path: str,
    ordered: bool,
) -> Iterator[FieldChange]:
    old, new = {_key(i, keys): i for i in before}, {_key(i, keys): i for i in after}
    for key in dict.fromkeys((*old, *new)):
        at = f"{path}[{keys[0]}={key[0]}]"
        if key not in new:
            yield FieldChange(at, _shown(old[key]), None, "removed")
        elif key not in old:
            yield FieldChange(at, None, _shown(new[key]), "added")
        else:
            yield from diff_values(old[key], new[key], at)
    if ordered:
        was, now = [k[0] for k in old if k in new], [k[0] for k in new if k in old]
        if was != now:
            yield FieldChange(f"{path} (order)", ", ".join(was), ", ".join(now))


def _sequence(before: Sequence[Any], after: Sequence[Any], path: str) -> Iterator[FieldChange]:
    """Lists in which the place counts: insertions do not make everything behind them differ."""
    old, new = [_canonical(i) for i in before], [_canonical(i) for i in after]
    matcher = difflib.SequenceMatcher(None, old, new, autojunk=False)
    for tag, i, i_end, j, j_end in matcher.get_opcodes():
        if tag == "equal":
            continue
        both = min(i_end - i, j_end - j)
        for n in range(both):
            yield from diff_values(before[i + n], after[j + n], f"{path}[{j + n}]")
        for n in range(i + both, i_end):
            yield FieldChange(f"{path}[{n}]", _shown(before[n]), None, "removed")
        for n in range(j + both, j_end):
            yield FieldChange(f"{path}[{n}]", None, _shown(after[n]), "added")


def _canonical(item: Any) -> str:
    return json.dumps(item, sort_keys=True, default=_mark)


def _mark(value: object) -> str:
    """For comparing only: tells Masked leaves apart."""
    return f"{value.label}\0{value.mark}" if isinstance(value, Masked) else repr(value)


def unified(
    change: ObjectChange, *, context: int = 3, dump: Callable[[object], str] = block_text
) -> list[str]:
    """The lines of a unified diff of one object: `@@ ..`, ` ..`, `-..`, `+..`, no line ends.

    A changed secret value shows as two lines with its label. Lists are put in the old order where
    the order does not matter.
    """
    left, right = _marked(change.before, change.after)
    old = dump(left).splitlines() if left is not None else []
    new = dump(right).splitlines() if right is not None else []
    head = 0
    while head < min(len(old), len(new)) and old[head] == new[head]:
        head += 1
    # Only what differs is compared: line matching is quadratic and most of an object is equal.
    head = max(0, head - context)
    matcher = difflib.SequenceMatcher(None, old[head:], new[head:])
    lines: list[str] = []
    for group in matcher.get_grouped_opcodes(context):
        i, i_end, j, j_end = group[0][1], group[-1][2], group[0][3], group[-1][4]
        lines.append(f"@@ -{head + i + 1},{i_end - i} +{head + j + 1},{j_end - j} @@")
        for tag, a, a_end, b, b_end in group:
            if tag == "equal":
                lines += [" " + line for line in old[head + a : head + a_end]]
                continue
            lines += ["-" + line for line in old[head + a : head + a_end]]
            lines += ["+" + line for line in new[head + b : head + b_end]]
    return lines


def _marked(before: Any, after: Any, name: str = "") -> tuple[Any, Any]:
    """Both sides ready to print: secrets as labels, `after` in the order of `before`."""
    if isinstance(before, Masked) and isinstance(after, Masked):
        return before.label, _shown(after, before != after)
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        both = {k: _marked(before[k], after[k], str(k)) for k in before if k in after}
        left = {k: both[k][0] if k in both else _shown(v) for k, v in before.items()}
        right = {k: both[k][1] if k in both else _shown(v) for k, v in after.items()}
        return left, right
    if isinstance(before, list | tuple) and isinstance(after, list | tuple):
        keys = _merge_keys(before, after)
        if keys:
            return _marked_items(before, after, keys, name in _ORDERED)
    return _shown(before), _shown(after)


def _marked_items(
    before: Sequence[Object], after: Sequence[Object], keys: tuple[str, ...], ordered: bool
) -> tuple[list[Any], list[Any]]:
    new = {_key(i, keys): i for i in after}
    old = {_key(i, keys): i for i in before}
    both = {k: _marked(old[k], new[k]) for k in old if k in new}
    left = [both[k][0] if k in both else _shown(old[k]) for k in old]
    order = new if ordered else [*both, *(k for k in new if k not in both)]
    right = [both[k][1] if k in both else _shown(new[k]) for k in order]
    return left, right
