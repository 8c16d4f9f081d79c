"""The functions Flux's CEL environment has: the standard ones, strings, sets, base64, optionals.

Each takes values and gives a value, or raises CelError; a wrong count or kind of argument is "no
such overload". Knows no syntax.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable
from typing import Any

import re2

from fluxtui.reconciler.cel_format import formatted
from fluxtui.reconciler.cel_times import TIME_FUNCTIONS
from fluxtui.reconciler.cel_types import CONVERSIONS
from fluxtui.reconciler.cel_values import (
    CelError,
    Maybe,
    equal,
    no_overload,
    type_of,
)

Function = Callable[..., Any]
_ANY = "any"


def _typed(name: str, *overloads: tuple[tuple[str, ...], Function]) -> Function:
    """A function of several argument lists, chosen by the kinds of the values."""

    def call(*values: Any) -> Any:
        kinds = [type_of(value) for value in values]
        for wanted, work in overloads:
            if len(wanted) == len(kinds) and all(
                w in (_ANY, k) for w, k in zip(wanted, kinds, strict=True)
            ):
                return work(*values)
        raise no_overload(name, *values)

    return call


def _inside(at: int, last: int) -> int:
    if not 0 <= at <= last:
        raise CelError(f"index out of range: {at}")
    return at


def _char_at(value: str, at: int) -> str:
    return value[_inside(at, len(value)) :][:1]


def _index_of(value: str, wanted: str, at: int = 0) -> int:
    if not wanted:
        return at
    if at < 0:
        raise CelError(f"index out of range: {at}")
    return value.find(wanted, at)


def _last_index_of(value: str, wanted: str) -> int:
    return value.rfind(wanted)


def _last_index_before(value: str, wanted: str, at: int) -> int:
    if not wanted:
        return at
    if at < 0:
        raise CelError(f"index out of range: {at}")
    return -1 if at >= len(value) else value.rfind(wanted, 0, at + len(wanted))


def _substring(value: str, start: int, end: int | None = None) -> str:
    if end is None:
        return value[_inside(start, len(value)) :]
    if start > end:
        raise CelError(f"invalid substring range. start: {start}, end: {end}")
    return value[_inside(start, len(value)) : _inside(end, len(value))]


def _split(value: str, by: str, most: int = -1) -> list[Any]:
    if most == 0:
        return []
    if by:
        return list(value.split(by, most - 1 if most > 0 else -1))
    if most < 0 or most >= len(value):
        return list(value)
    return [*value[: most - 1], value[most - 1 :]]


def _join(values: list[Any], by: str = "") -> str:
    for value in values:
        if not isinstance(value, str):
            raise CelError(f"join: invalid input: {value}")
    return by.join(values)


def _ascii(up: bool) -> Function:
    def change(value: str) -> str:
        return "".join((c.upper() if up else c.lower()) if c.isascii() else c for c in value)

    return change


_QUOTED = str.maketrans(
    dict(zip('\a\b\f\n\r\t\v\\"', (f"\\{c}" for c in 'abfnrtv\\"'), strict=True))
)


def _quote(value: str) -> str:
    return f'"{value.translate(_QUOTED)}"'


def _matches(value: str, pattern: str) -> bool:
    return regex(pattern).search(value) is not None


def regex(pattern: str) -> Any:
    """A compiled RE2 pattern. Raises CelError."""
    options = re2.Options()
    options.log_errors = False
    try:
        return re2.compile(pattern, options)
    except re2.error as error:
        raise CelError(f"error parsing regexp: {error}") from error


def _decoded(value: str) -> bytes:
    for text in (value, value + "=" * (-len(value) % 4)):
        try:
            return base64.b64decode(text, validate=True)
        except binascii.Error:
            continue
    raise CelError("illegal base64 data")


def _contains_all(of: list[Any], wanted: list[Any]) -> bool:
    return all(any(equal(x, y) for x in of) for y in wanted)


def _equivalent(one: list[Any], other: list[Any]) -> bool:
    return _contains_all(one, other) and _contains_all(other, one)


def _intersects(one: list[Any], other: list[Any]) -> bool:
    return any(equal(x, y) for x in one for y in other)


def _value(of: Maybe) -> Any:
    if not of.held:
        raise CelError("optional.none() dereference")
    return of.held[0]


def _non_zero(value: Any) -> Maybe:
    zero = value is None or value is False or value in ("", b"", 0, [], {})
    if type_of(value).startswith("google"):
        zero = value.ns == 0 and type_of(value).endswith("Duration")
    return Maybe(() if zero else (value,))


def _ends(last: bool) -> Function:
    def end(values: list[Any]) -> Maybe:
        return Maybe((values[-1 if last else 0],) if values else ())

    return end


_S, _I, _L, _M = "string", "int", "list", "optional_type"
_STRINGS: dict[str, Function] = {
    "contains": _typed("contains", ((_S, _S), lambda s, t: t in s)),
    "startsWith": _typed("startsWith", ((_S, _S), str.startswith)),
    "endsWith": _typed("endsWith", ((_S, _S), str.endswith)),
    "matches": _typed("matches", ((_S, _S), _matches)),
    "charAt": _typed("charAt", ((_S, _I), _char_at)),
    "indexOf": _typed("indexOf", ((_S, _S), _index_of), ((_S, _S, _I), _index_of)),
    "lastIndexOf": _typed(
        "lastIndexOf", ((_S, _S), _last_index_of), ((_S, _S, _I), _last_index_before)
    ),
    "lowerAscii": _typed("lowerAscii", ((_S,), _ascii(False))),
    "upperAscii": _typed("upperAscii", ((_S,), _ascii(True))),
    "replace": _typed(
        "replace",
        ((_S, _S, _S), str.replace),
        ((_S, _S, _S, _I), lambda s, a, b, n: s.replace(a, b, n if n >= 0 else -1)),
    ),
    "reverse": _typed("reverse", ((_S,), lambda s: s[::-1])),
    "split": _typed("split", ((_S, _S), _split), ((_S, _S, _I), _split)),
    "substring": _typed("substring", ((_S, _I), _substring), ((_S, _I, _I), _substring)),
    "trim": _typed("trim", ((_S,), str.strip)),
    "format": _typed("format", ((_S, _L), formatted)),
    "join": _typed("join", ((_L,), _join), ((_L, _S), _join)),
    "strings.quote": _typed("strings.quote", ((_S,), _quote)),
}
_OTHERS: dict[str, Function] = {
    "size": _typed("size", *(((kind,), len) for kind in (_S, "bytes", _L, "map"))),
    "base64.encode": _typed("base64.encode", (("bytes",), lambda b: base64.b64encode(b).decode())),
    "base64.decode": _typed("base64.decode", ((_S,), _decoded)),
    "sets.contains": _typed("sets.contains", ((_L, _L), _contains_all)),
    "sets.equivalent": _typed("sets.equivalent", ((_L, _L), _equivalent)),
    "sets.intersects": _typed("sets.intersects", ((_L, _L), _intersects)),
    "optional.of": _typed("optional.of", ((_ANY,), lambda v: Maybe((v,)))),
    "optional.none": _typed("optional.none", ((), Maybe)),
    "optional.ofNonZeroValue": _typed("optional.ofNonZeroValue", ((_ANY,), _non_zero)),
    "optional.unwrap": _typed(
        "optional.unwrap", ((_L,), lambda v: [m.held[0] for m in v if m.held])
    ),
    "unwrapOpt": _typed("unwrapOpt", ((_L,), lambda v: [m.held[0] for m in v if m.held])),
    "hasValue": _typed("hasValue", ((_M,), lambda m: bool(m.held))),
    "value": _typed("value", ((_M,), _value)),
    "first": _typed("first", ((_L,), _ends(False))),
    "last": _typed("last", ((_L,), _ends(True))),
}
FUNCTIONS: dict[str, Function] = {**_STRINGS, **_OTHERS, **CONVERSIONS, **TIME_FUNCTIONS}
