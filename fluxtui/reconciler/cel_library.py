"""What Flux and Kubernetes add to CEL beyond its standard: strings, lists, sets, optionals, base64.

Called by cel-python with its own types. An argument of the wrong kind raises TypeError, which it
reports as a missing overload. Knows neither Flux nor schemas.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Iterable
from typing import Any

from celpy import celtypes as ct


class Opaque:
    """A value CEL can only pass to functions."""

    def __init__(self, value: Any) -> None:
        self.value = value

    def __eq__(self, other: object) -> Any:
        return ct.BoolType(isinstance(other, Opaque) and self.value == other.value)

    def __hash__(self) -> int:
        return hash(self.value)


class Maybe(Opaque):
    """An optional: `value` is a list of one or none."""


def text_of(value: Any) -> str:
    if not isinstance(value, ct.StringType):
        raise TypeError("no such overload")
    return str(value)


def as_text(value: str) -> Any:
    return ct.StringType(value)


def as_bool(value: object) -> Any:
    return ct.BoolType(bool(value))


def as_int(value: int) -> Any:
    return ct.IntType(value)


def as_list(values: Iterable[Any]) -> Any:
    return ct.ListType(list(values))


def _index_of(value: Any, element: Any, start: Any = 0) -> Any:
    if isinstance(value, ct.ListType):
        return as_int(next((i for i, x in enumerate(value) if bool(x == element)), -1))
    return as_int(text_of(value).find(text_of(element), int(start)))


def _last_index_of(value: Any, element: Any) -> Any:
    if isinstance(value, ct.ListType):
        places = [i for i, x in enumerate(value) if bool(x == element)]
        return as_int(places[-1] if places else -1)
    return as_int(text_of(value).rfind(text_of(element)))


def _replace(value: Any, old: Any, new: Any, times: Any = -1) -> Any:
    return as_text(text_of(value).replace(text_of(old), text_of(new), int(times)))


def _split(value: Any, by: Any, most: Any = -1) -> Any:
    text, at, limit = text_of(value), text_of(by), int(most)
    if limit == 0:
        return as_list([])
    parts = list(text) if not at else text.split(at, limit - 1 if limit > 0 else -1)
    return as_list(as_text(p) for p in parts)


def _substring(value: Any, start: Any, end: Any = None) -> Any:
    text = text_of(value)
    last = len(text) if end is None else int(end)
    if not 0 <= int(start) <= last <= len(text):
        raise IndexError(f"index out of range: {start}")
    return as_text(text[int(start) : last])


def _join(value: Any, by: Any = "") -> Any:
    return as_text(str(by).join(text_of(x) for x in value))


def _find_all(value: Any, pattern: Any, most: Any = -1) -> Any:
    texts = [m.group(0) for m in re.finditer(text_of(pattern), text_of(value))]
    return as_list(as_text(x) for x in (texts if int(most) < 0 else texts[: int(most)]))


def _find(value: Any, pattern: Any) -> Any:
    match = re.search(text_of(pattern), text_of(value))
    return as_text(match.group(0) if match else "")


def _extreme(of: Callable[[Any], Any]) -> Callable[[Any], Any]:
    def extreme(value: Any) -> Any:
        if not value:
            raise ValueError("min/max called on empty list")
        return of(value)

    return extreme


def _sum(value: Any) -> Any:
    total = value[0] if value else as_int(0)
    for item in list(value)[1:]:
        total = total + item
    return total


def _sorted(value: Any) -> Any:
    return as_bool(all(bool(a <= b) for a, b in zip(value, list(value)[1:], strict=False)))


def _distinct(value: Any) -> Any:
    out: list[Any] = []
    for item in value:
        if not any(bool(item == x) for x in out):
            out.append(item)
    return as_list(out)


def _covers(container: Any, elements: Any) -> bool:
    return all(any(bool(x == y) for x in container) for y in elements)


def _decoded(value: Any) -> Any:
    try:
        return ct.BytesType(base64.b64decode(text_of(value), validate=True))
    except ValueError as error:
        raise TypeError(str(error)) from error


def _opt_field(value: Any, name: Any) -> Any:
    inner = value.value[0] if isinstance(value, Maybe) and value.value else value
    if isinstance(inner, ct.MapType) and name in inner:
        return Maybe([inner[name]])
    if isinstance(inner, ct.ListType) and isinstance(name, int) and 0 <= name < len(inner):
        return Maybe([inner[name]])
    return Maybe([])


def _or_value(value: Maybe, fallback: Any) -> Any:
    return value.value[0] if value.value else fallback


def _some(value: Maybe) -> Any:
    if not value.value:
        raise ValueError("optional.none() dereference")
    return value.value[0]


def _value_of(value: Any) -> Any:
    return _some(value)


def _functions() -> dict[str, Callable[..., Any]]:
    strings: dict[str, Callable[..., Any]] = {
        "base64_decode": _decoded,
        "base64_encode": lambda b: as_text(base64.b64encode(bytes(b)).decode()),
        "charAt": lambda s, i: as_text(text_of(s)[int(i) : int(i) + 1]),
        "find": _find,
        "findAll": _find_all,
        "indexOf": _index_of,
        "join": _join,
        "lastIndexOf": _last_index_of,
        "lowerAscii": lambda s: as_text(text_of(s).lower()),
        "replace": _replace,
        "reverse": lambda s: as_list(s[::-1]) if isinstance(s, list) else as_text(text_of(s)[::-1]),
        "split": _split,
        "substring": _substring,
        "trim": lambda s: as_text(text_of(s).strip()),
        "upperAscii": lambda s: as_text(text_of(s).upper()),
    }
    lists: dict[str, Callable[..., Any]] = {
        "distinct": _distinct,
        "isSorted": _sorted,
        "max": _extreme(max),
        "minOf": _extreme(min),
        "slice": lambda x, a, b: as_list(list(x)[int(a) : int(b)]),
        "sort": lambda x: as_list(sorted(x)),
        "sum": _sum,
        "sets_contains": lambda a, b: as_bool(_covers(a, b)),
        "sets_equivalent": lambda a, b: as_bool(_covers(a, b) and _covers(b, a)),
        "sets_intersects": lambda a, b: as_bool(any(bool(x == y) for x in a for y in b)),
    }
    optionals: dict[str, Callable[..., Any]] = {
        "hasValue": lambda m: as_bool(m.value),
        "optField": _opt_field,
        "optIndex": _opt_field,
        "optional_none": lambda: Maybe([]),
        "optional_of": lambda x: Maybe([x]),
        "optional_ofNonZeroValue": lambda x: Maybe([x] if x else []),
        "or": lambda a, b: a if a.value else b,
        "orValue": _or_value,
        "value": _value_of,
    }
    return strings | lists | optionals


FUNCTIONS = _functions()
