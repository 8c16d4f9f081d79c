"""A CustomResourceDefinition takes something away from objects that there may be. Pure.

A version that is not served any more, a property, an enumerated value; or it asks for more: a type,
a required property, a tighter bound (the fields are those of apiextensions.k8s.io/v1).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from fluxtui.domain.danger import Danger, Gravity
from fluxtui.domain.objectdiff import ObjectChange
from fluxtui.domain.review.delivered import DangerRule, Delivered
from fluxtui.domain.review.pods import Object, at, listed, mapping

SHOWN = 12
DEEP = 24
"""Schemas refer to nothing, but are made by programs: no deeper than anybody nests."""
_UPPER = ("maximum", "maxLength", "maxItems", "maxProperties")
_LOWER = ("minimum", "minLength", "minItems", "minProperties")


def _judge(delivered: Delivered) -> Iterator[Danger]:
    for change in delivered.changed("CustomResourceDefinition"):
        yield from _versions(change)
        yield from _schemas(change)


def _versions(change: ObjectChange) -> Iterator[Danger]:
    old, new = _by_name(change.before), _by_name(change.after)
    for name, version in old.items():
        if version.get("served") is not True:
            continue
        if name not in new or new[name].get("served") is not True:
            stored = " and was what is stored" if version.get("storage") is True else ""
            says = f"{change.id} serves {name} no more{stored}"
            level = Gravity.LOSS if stored and name not in new else Gravity.STOP
            yield Danger(RULE.id, level, says, change.id)


def _schemas(change: ObjectChange) -> Iterator[Danger]:
    old, new = _by_name(change.before), _by_name(change.after)
    for name in old.keys() & new.keys():
        before, after = (mapping(side[name], "schema", "openAPIV3Schema") for side in (old, new))
        narrowings = tuple(dict.fromkeys(_narrowed(before, after, "")))
        if narrowings:
            more = (f"... {len(narrowings) - SHOWN} more",) if len(narrowings) > SHOWN else ()
            says = f"{change.id} {name} takes less than before: objects there are may break it"
            yield Danger(RULE.id, Gravity.STOP, says, change.id, look=(*narrowings[:SHOWN], *more))


def _by_name(obj: Object | None) -> Mapping[str, Object]:
    return {str(v.get("name")): v for v in listed(obj, "spec", "versions")}


def _narrowed(before: Object, after: Object, path: str, depth: int = 0) -> Iterator[str]:
    """Where the schema after takes less than the one before, as `spec.size: ...`."""
    if depth > DEEP:
        return
    where = path or "the whole object"
    types = (before.get("type"), after.get("type"))
    if types[0] != types[1] and types[1] and types != ("integer", "number"):
        yield f"{where}: type {after.get('type')} instead of {before.get('type') or 'any'}"
    for name in _listed(after.get("required")):
        # What has a default is filled in, also in what is stored.
        if (
            name not in _listed(before.get("required"))
            and at(after, "properties", str(name), "default") is None
        ):
            yield f"{_joined(path, name)}: required"
    yield from _closed(before, after, where)
    gone = [
        value for value in _listed(before.get("enum")) if value not in _listed(after.get("enum"))
    ]
    if gone and after.get("enum"):
        yield f"{where}: no longer {', '.join(map(str, gone))}"
    elif after.get("enum") and not before.get("enum"):
        yield f"{where}: only {', '.join(map(str, _listed(after.get('enum'))))}"
    yield from _bounds(before, after, where)
    yield from _below(before, after, path, depth)


def _closed(before: Object, after: Object, where: str) -> Iterator[str]:
    """What was left open, or was no condition."""
    if before.get("nullable") is True and after.get("nullable") is not True:
        yield f"{where}: null no longer"
    if _others(before) is not None and _others(after) is None:
        yield f"{where}: fields that are not named are dropped"
    for name in ("oneOf", "anyOf", "allOf", "not", "format", "multipleOf"):
        if after.get(name) and after.get(name) != before.get(name):
            value = (
                after[name] if isinstance(after[name], str | int | float) else "other conditions"
            )
            yield f"{where}: {name} {value}"
    had = {str(one.get("rule")) for one in listed(before, "x-kubernetes-validations")}
    for one in listed(after, "x-kubernetes-validations"):
        if str(one.get("rule")) not in had:
            yield f"{where}: rule {one.get('rule')}"
    kinds = ("set", "map")
    if (
        after.get("x-kubernetes-list-type") in kinds
        and before.get("x-kubernetes-list-type") not in kinds
    ):
        yield f"{where}: no item twice"


def _others(schema: Object) -> Object | None:
    """What fields that are not named must be; None where they are dropped."""
    rest = schema.get("additionalProperties")
    if isinstance(rest, Mapping):
        return rest
    return {} if rest is True or schema.get("x-kubernetes-preserve-unknown-fields") else None


def _below(before: Object, after: Object, path: str, depth: int) -> Iterator[str]:
    old, new = mapping(before, "properties"), mapping(after, "properties")
    for name, schema in old.items():
        if name not in new:
            if _others(after) is None:
                yield f"{_joined(path, name)}: gone, its value is dropped"
        elif isinstance(schema, Mapping) and isinstance(new[name], Mapping):
            yield from _narrowed(schema, new[name], _joined(path, name), depth + 1)
    for mark, inner, outer in (
        ("[]", before.get("items"), after.get("items")),
        ("{}", _others(before), _others(after)),
    ):
        if isinstance(inner, Mapping) and isinstance(outer, Mapping):
            yield from _narrowed(inner, outer, path + mark, depth + 1)


def _bounds(before: Object, after: Object, where: str) -> Iterator[str]:
    if after.get("pattern") and after.get("pattern") != before.get("pattern"):
        yield f"{where}: pattern {after.get('pattern')}"
    for names, tighter in ((_UPPER, min), (_LOWER, max)):
        for name in names:
            old, new = before.get(name), after.get(name)
            if isinstance(new, int | float) and (
                not isinstance(old, int | float) or (new != old and tighter(old, new) == new)
            ):
                yield f"{where}: {name} {new}"


def _listed(value: Any) -> Sequence[Any]:
    return value if isinstance(value, list | tuple) else ()


def _joined(path: str, name: object) -> str:
    return f"{path}.{name}" if path else str(name)


RULE = DangerRule(
    "crd-narrowed",
    "a definition takes less than before",
    "Objects of that kind which are in the cluster stay as they are, and cannot be written any more"
    " where they break the new schema; a field that is gone is dropped at the next write; a version"
    " that is not served answers 404 to programs that ask for it. Move the objects first.",
    _judge,
)
