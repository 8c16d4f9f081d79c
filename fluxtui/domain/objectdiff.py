"""What changes between two lists of Kubernetes objects, field by field.

Objects are matched by identity, generated ConfigMaps and Secrets by their name without the content
hash; list items by their name-like keys, in any order where the API does not care. Secret values
are compared by a keyed mark and never appear. Pure; must not render or read anything.
"""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from fluxtui.domain.inventory import sort_key
from fluxtui.domain.masking import Masked, Masker, base_name
from fluxtui.domain.objectid import ObjectId

Kind = Literal["added", "changed", "removed", "pruned"]
Object = Mapping[str, Any]
At = tuple[str | int, ...]

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
ORDERED = frozenset({"env", "initContainers", "rules", "steps", "args", "command"})
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

    Values are JSON-like; a secret one is the text `secret ns/name#key` (after: `.., changed`). `by`
    says who set or removed it, where that is known. `at` is the place in the new object as keys and
    indexes; of something removed, the place it would be in.
    """

    path: str
    before: Any
    after: Any
    kind: Kind = "changed"
    by: str = ""
    at: At = field(default=(), compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class ObjectChange:
    """One object. `id` is the new one's (the old one's when removed); `was` its former name when a
    content hash changed. `before` and `after` are masked; `fields` is empty unless `changed`. A
    `pruned` one will be deleted from the cluster; `by` says who made or removed a whole object.
    """

    kind: Kind
    id: ObjectId
    fields: tuple[FieldChange, ...] = ()
    was: str = ""
    before: Object | None = None
    after: Object | None = None
    by: str = ""


def diff_objects(
    before: Iterable[Object], after: Iterable[Object], masker: Masker
) -> tuple[ObjectChange, ...]:
    """Every object that differs, in Flux's apply order. Equal objects are left out."""
    old = {ObjectId.of(o): o for o in before}
    new = {ObjectId.of(o): o for o in after}
    pairs = [(i, i) for i in new if i in old]
    removed, fresh = [i for i in old if i not in new], [i for i in new if i not in old]
    renamed = dict(_renamed(removed, fresh))
    pairs += renamed.items()
    changes: list[ObjectChange] = []
    for was, now in pairs:
        # Also by text, because 1 == True == 1.0 in Python and not in Kubernetes.
        if was == now and old[was] == new[now] and repr(old[was]) == repr(new[now]):
            continue
        old_masked, new_masked = masker.mask(old[was]), masker.mask(new[now])
        fields = tuple(_objects(old_masked, new_masked))
        if fields:
            name = was.name if was != now else ""
            changes.append(ObjectChange("changed", now, fields, name, old_masked, new_masked))
    renamed_to = set(renamed.values())
    for i in fresh:
        if i not in renamed_to:
            changes.append(ObjectChange("added", i, after=masker.mask(new[i])))
    for i in removed:
        if i not in renamed:
            changes.append(ObjectChange("removed", i, before=masker.mask(old[i])))
    return tuple(sorted(changes, key=lambda c: sort_key(c.id)))


def _renamed(
    removed: Sequence[ObjectId], fresh: Sequence[ObjectId]
) -> Iterator[tuple[ObjectId, ObjectId]]:
    """Pairs that differ only in the content hash, where exactly one of each is left."""

    def by_base(ids: Sequence[ObjectId]) -> dict[ObjectId, list[ObjectId]]:
        groups: dict[ObjectId, list[ObjectId]] = {}
        for i in ids:
            if i.group == "" and i.kind in ("ConfigMap", "Secret"):
                groups.setdefault(replace(i, name=base_name(i.name)), []).append(i)
        return groups

    new = by_base(fresh)
    for base, olds in by_base(removed).items():
        news = new.get(base, [])
        if len(olds) == len(news) == 1:
            yield olds[0], news[0]


def _objects(before: Object, after: Object) -> Iterator[FieldChange]:
    """Fields of two masked objects; a `creationTimestamp: null` is nothing."""
    yield from _maps(_tidy(before), _tidy(after), "", ())


def _tidy(obj: Object) -> Object:
    metadata = obj.get("metadata")
    if isinstance(metadata, Mapping) and metadata.get("creationTimestamp", "") is None:
        fields = {k: v for k, v in metadata.items() if k != "creationTimestamp"}
        return {**obj, "metadata": fields}
    return obj


def diff_values(before: Any, after: Any, path: str = "", at: At = ()) -> Iterator[FieldChange]:
    """The FieldChanges between two JSON-like values under `path`, which is `at` as keys."""
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        yield from _maps(before, after, path, at)
    elif isinstance(before, list | tuple) and isinstance(after, list | tuple):
        yield from _lists(before, after, path, at)
    elif before != after or isinstance(before, bool) != isinstance(after, bool):
        old_text, new_text = shown(before), shown(after, isinstance(before, Masked))
        # Of another shape: secrets in both have the same label and need not be the same.
        yield FieldChange(
            path, old_text, shown(after, True) if old_text == new_text else new_text, at=at
        )


def _gone(path: str, before: Any, at: At) -> FieldChange:
    return FieldChange(path, shown(before), None, "removed", at=at)


def _new(path: str, after: Any, at: At) -> FieldChange:
    return FieldChange(path, None, shown(after), "added", at=at)


def shown(value: Any, changed: bool = False) -> Any:
    """A JSON-like value without marks: secrets become their label, `.., changed` if they did."""
    if isinstance(value, Masked):
        return f"{value.label}, changed" if changed else value.label
    if isinstance(value, Mapping):
        return {k: shown(v, changed) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [shown(v, changed) for v in value]
    return value


def _maps(before: Object, after: Object, path: str, at: At) -> Iterator[FieldChange]:
    for key in dict.fromkeys((*before, *after)):
        name, place = _join(path, str(key)), (*at, key)
        if key not in after:
            yield _gone(name, before[key], place)
        elif key not in before:
            yield _new(name, after[key], place)
        else:
            yield from diff_values(before[key], after[key], name, place)


def _join(path: str, key: str) -> str:
    if not key.replace("_", "").replace("-", "").isalnum():
        return f'{path}["{key}"]'
    return f"{path}.{key}" if path else key


def _lists(before: Sequence[Any], after: Sequence[Any], path: str, at: At) -> Iterator[FieldChange]:
    last = path.rpartition(".")[2]
    keys = merge_keys(before, after)
    if keys:
        yield from _keyed(before, after, keys, path, at)
        if last in ORDERED:
            yield from _order(before, after, keys, path, at)
    elif last in _SETS and _scalars(before) and _scalars(after):
        for item in before:
            if item not in after:
                yield _gone(f"{path}[{item}]", item, at)
        for index, item in enumerate(after):
            if item not in before:
                yield _new(f"{path}[{item}]", item, (*at, index))
    else:
        yield from _sequence(before, after, path, at)


def _scalars(items: Sequence[Any]) -> bool:
    return not any(isinstance(i, Mapping | list | tuple) for i in items)


def merge_keys(before: Sequence[Any], after: Sequence[Any]) -> tuple[str, ...]:
    """The keys that tell the items of both lists apart; () when none do."""
    items = [*before, *after]
    if not items or not all(isinstance(i, Mapping) for i in items):
        return ()
    for keys in _KEYS:
        if all(keys[0] in i and _scalars([i[keys[0]]]) for i in items) and all(
            len({item_key(i, keys) for i in part}) == len(part) for part in (before, after)
        ):
            return keys
    return ()


def item_key(item: Object, keys: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(str(item.get(k, "TCP" if k == "protocol" else "")) for k in keys)


def _keyed(
    before: Sequence[Object],
    after: Sequence[Object],
    keys: tuple[str, ...],
    path: str,
    at: At,
) -> Iterator[FieldChange]:
    old = {item_key(i, keys): i for i in before}
    new = {item_key(item, keys): (index, item) for index, item in enumerate(after)}
    for key in dict.fromkeys((*old, *new)):
        name = f"{path}[{keys[0]}={key[0]}]"
        if key not in new:
            yield _gone(name, old[key], at)
            continue
        index, item = new[key]
        if key not in old:
            yield _new(name, item, (*at, index))
        else:
            yield from diff_values(old[key], item, name, (*at, index))


def _order(
    before: Sequence[Object],
    after: Sequence[Object],
    keys: tuple[str, ...],
    path: str,
    at: At,
) -> Iterator[FieldChange]:
    old, new = [item_key(i, keys) for i in before], [item_key(i, keys) for i in after]
    was, now = [k[0] for k in old if k in new], [k[0] for k in new if k in old]
    if was != now:
        yield FieldChange(f"{path} (order)", ", ".join(was), ", ".join(now), at=at)


def _sequence(
    before: Sequence[Any], after: Sequence[Any], path: str, at: At
) -> Iterator[FieldChange]:
    """Lists in which the place counts: insertions do not make everything behind them differ."""
    old, new = [canonical(i) for i in before], [canonical(i) for i in after]
    matcher = difflib.SequenceMatcher(None, old, new, autojunk=False)
    for tag, i, i_end, j, j_end in matcher.get_opcodes():
        if tag == "equal":
            continue
        both = min(i_end - i, j_end - j)
        for n in range(both):
            yield from diff_values(before[i + n], after[j + n], f"{path}[{j + n}]", (*at, j + n))
        for n in range(i + both, i_end):
            yield _gone(f"{path}[{n}]", before[n], at)
        for n in range(j + both, j_end):
            yield _new(f"{path}[{n}]", after[n], (*at, n))


def canonical(item: Any) -> str:
    return json.dumps(item, sort_keys=True, default=_mark)


def _mark(value: object) -> str:
    """For comparing only: tells Masked leaves apart."""
    return f"{value.label}\0{value.mark}" if isinstance(value, Masked) else repr(value)
