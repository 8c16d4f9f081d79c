"""Whether an object would be taken by the schema of a CustomResourceDefinition, and where not.

The fields that say so (apiextensions.k8s.io/v1) without `format` and rules in CEL: what those
refuse is not seen here. A fault names the field and what is asked of it, never the value: objects
of others may hold anything. Pure.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

from fluxtui.domain.errors import VersionError
from fluxtui.domain.review.pods import Object, mapping
from fluxtui.domain.versions.patterns import Search, compiled

_DEEP = 24
_OWN = frozenset({"apiVersion", "kind", "metadata"})
_OPEN = "x-kubernetes-preserve-unknown-fields"


def faults(schema: Object, obj: Any, path: str = "", depth: int = 0) -> Iterator[str]:
    """What the schema would refuse of an object, or drop, as `spec.size: more than 9`."""
    where = path or "the object"
    if depth > _DEEP or (obj is None and schema.get("nullable") is True):
        return
    kind = schema.get("type")
    if schema.get("x-kubernetes-int-or-string") is True:
        if isinstance(obj, bool) or not isinstance(obj, int | str):
            yield f"{where}: neither a number nor a text"
    elif not _is(obj, str(kind)):
        yield f"{where}: is no {kind}"
        return
    values = schema.get("enum")
    if isinstance(values, list | tuple) and obj not in values:
        yield f"{where}: none of {', '.join(map(str, values))}"
    yield from _sized(schema, obj, where)
    yield from _logic(schema, obj, where, depth)
    if isinstance(obj, Mapping):
        yield from _fields(schema, obj, path, depth)
    elif isinstance(obj, list | tuple):
        inner = mapping(schema, "items")
        for number, item in enumerate(obj):
            yield from faults(inner, item, f"{path}[{number}]", depth + 1)


def _is(value: Any, kind: str) -> bool:
    if kind == "integer":
        whole = isinstance(value, float) and value.is_integer()
        return (isinstance(value, int) or whole) and not isinstance(value, bool)
    if kind == "number":
        return isinstance(value, int | float) and not isinstance(value, bool)
    types = {"string": str, "boolean": bool, "object": Mapping, "array": (list, tuple)}
    return kind not in types or isinstance(value, types[kind])  # type: ignore[arg-type]


def _sized(schema: Object, obj: Any, where: str) -> Iterator[str]:
    if isinstance(obj, str):
        yield from _between(schema, len(obj), "Length", where)
        search = _search(str(schema.get("pattern") or ""))
        if search is not None and not search(obj):
            yield f"{where}: does not match {schema['pattern']}"
    elif isinstance(obj, list | tuple):
        yield from _between(schema, len(obj), "Items", where)
        texts = [repr(item) for item in obj]
        unique = schema.get("uniqueItems") or schema.get("x-kubernetes-list-type") == "set"
        if unique and len(set(texts)) < len(texts):
            yield f"{where}: an item twice"
    elif isinstance(obj, Mapping):
        yield from _between(schema, len(obj), "Properties", where)
    elif isinstance(obj, int | float) and not isinstance(obj, bool):
        least, most = schema.get("minimum"), schema.get("maximum")
        if isinstance(most, int | float):
            beyond = obj >= most if schema.get("exclusiveMaximum") is True else obj > most
            if beyond:
                yield f"{where}: more than {most}"
        if isinstance(least, int | float):
            beyond = obj <= least if schema.get("exclusiveMinimum") is True else obj < least
            if beyond:
                yield f"{where}: less than {least}"
        step = schema.get("multipleOf")
        if isinstance(step, int) and step and obj % step:
            yield f"{where}: no multiple of {step}"


def _between(schema: Object, number: int, what: str, where: str) -> Iterator[str]:
    least, most = schema.get(f"min{what}"), schema.get(f"max{what}")
    if isinstance(most, int) and number > most:
        yield f"{where}: more than {most} {what.lower()}"
    if isinstance(least, int) and number < least:
        yield f"{where}: less than {least} {what.lower()}"


def _logic(schema: Object, obj: Any, where: str, depth: int) -> Iterator[str]:
    def fits(one: Any) -> bool:
        # Branches say values alone: what they do not name is named beside them.
        open_ = {**one, _OPEN: True} if isinstance(one, Mapping) else {}
        return next(faults(open_, obj, "", depth + 1), None) is None

    branches = {name: schema.get(name) or () for name in ("allOf", "anyOf", "oneOf")}
    if not all(map(fits, branches["allOf"])):
        yield f"{where}: not all that it has to be (allOf)"
    if branches["anyOf"] and not any(map(fits, branches["anyOf"])):
        yield f"{where}: none of what it may be (anyOf)"
    if branches["oneOf"] and sum(map(fits, branches["oneOf"])) != 1:
        yield f"{where}: not one of what it may be (oneOf)"
    if isinstance(schema.get("not"), Mapping) and fits(schema["not"]):
        yield f"{where}: what it must not be (not)"


def _fields(schema: Object, obj: Object, path: str, depth: int) -> Iterator[str]:
    known, more = mapping(schema, "properties"), schema.get("additionalProperties")
    is_root = not path or schema.get("x-kubernetes-embedded-resource") is True
    # The API takes a null for nothing at all, where it is not a value.
    present = {
        name: value
        for name, value in obj.items()
        if value is not None or mapping(known, str(name)).get("nullable") is True
    }
    for name in schema.get("required") or ():
        if name not in present and "default" not in mapping(known, str(name)):
            yield f"{_joined(path, name)}: is not there, and required"
    for name, value in present.items():
        place = _joined(path, name)
        if name in known:
            if not (is_root and name in _OWN):
                yield from faults(mapping(known, str(name)), value, place, depth + 1)
        elif isinstance(more, Mapping):
            yield from faults(more, value, place, depth + 1)
        elif not (more is True or schema.get(_OPEN) is True or (is_root and name in _OWN)) and (
            known or schema.get("type") == "object"
        ):
            yield f"{place}: is dropped"


def _joined(path: str, name: object) -> str:
    return f"{path}.{name}" if path else str(name)


@lru_cache(maxsize=256)
def _search(pattern: str) -> Search | None:
    """A pattern that does not compile says nothing: the API takes no such definition."""
    try:
        return compiled(pattern, "pattern")
    except VersionError:
        return None
