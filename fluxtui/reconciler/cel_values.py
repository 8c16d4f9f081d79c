"""Values of CEL as Python has them, and what operators do to them (cel-go's rules).

int, float, str, bytes, bool, None, list and dict stand for themselves; the rest are classes here.
Keys of maps go through `key`, because Python takes True for 1. Errors are CelError.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

_INT = (-(2**63), 2**63 - 1)
_DURATION = 2**63 - 1
_TIMES = (-62135596800 * 10**9, 253402300799 * 10**9 + 999_999_999)


class CelError(Exception):
    """An expression gives no value; the text is near cel-go's."""


class Uint(int):
    """An unsigned number: never mixed with signed ones in arithmetic."""


@dataclass(frozen=True, slots=True, order=True)
class Timestamp:
    """Nanoseconds since 1970."""

    ns: int


@dataclass(frozen=True, slots=True, order=True)
class Duration:
    """Nanoseconds."""

    ns: int


@dataclass(frozen=True, slots=True)
class TypeName:
    """A type as a value."""

    name: str


@dataclass(frozen=True, slots=True)
class Flag:
    """A bool as a key."""

    value: bool


@dataclass(frozen=True, slots=True, eq=False)
class Maybe:
    """An optional: `held` has one value or none."""

    held: tuple[Any, ...] = ()


_TYPES: tuple[tuple[Any, str], ...] = (
    (bool, "bool"),
    (Uint, "uint"),
    (int, "int"),
    (float, "double"),
    (str, "string"),
    (bytes, "bytes"),
    (list, "list"),
    (dict, "map"),
    (Timestamp, "google.protobuf.Timestamp"),
    (Duration, "google.protobuf.Duration"),
    (TypeName, "type"),
    (Maybe, "optional_type"),
)


def type_of(value: Any) -> str:
    """The name of a value's type."""
    if value is None:
        return "null_type"
    return next((name for class_, name in _TYPES if isinstance(value, class_)), "dyn")


def is_number(value: Any) -> bool:
    """Whether the value is an int, a uint or a double."""
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def no_overload(what: str, *values: Any) -> CelError:
    """The error of an operator or function that these values do not fit."""
    return CelError(f"no such overload: {what}({', '.join(map(type_of, values))})")


def whole(value: int, kind: type[int] = int) -> int:
    """The number within its type's range. Raises CelError."""
    low, high = (0, 2**64 - 1) if kind is Uint else _INT
    if not low <= value <= high:
        raise CelError("unsigned integer overflow" if kind is Uint else "integer overflow")
    return kind(value)


def duration(ns: int) -> Duration:
    """Raises CelError out of range."""
    if abs(ns) > _DURATION:
        raise CelError("duration out of range")
    return Duration(ns)


def timestamp(ns: int) -> Timestamp:
    """Raises CelError out of range."""
    if not _TIMES[0] <= ns <= _TIMES[1]:
        raise CelError("timestamp out of range")
    return Timestamp(ns)


def key(value: Any) -> Any:
    """A value as the key of a map. Raises CelError."""
    if isinstance(value, bool):
        return Flag(value)
    if isinstance(value, float):
        if not value.is_integer():
            raise CelError(f"unsupported key type: {value}")
        return int(value)
    if isinstance(value, (int, str)):
        return value
    raise CelError(f"unsupported key type: {type_of(value)}")


def from_key(value: Any) -> Any:
    """A key as a value."""
    return value.value if isinstance(value, Flag) else value


def equal(one: Any, other: Any) -> bool:
    """CEL's ==: numbers across types, everything else only with its own."""
    if is_number(one) and is_number(other):
        return bool(one == other)
    if type_of(one) != type_of(other):
        return False
    if isinstance(one, list):
        return len(one) == len(other) and all(map(equal, one, other))
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(equal(one[k], other[k]) for k in one)
    if isinstance(one, Maybe):
        return len(one.held) == len(other.held) and all(map(equal, one.held, other.held))
    return bool(one == other)


def compare(one: Any, other: Any) -> int:
    """Below 0, 0 or above. Raises CelError for what has no order."""
    fits = is_number(one) and is_number(other)
    if not fits:
        kinds = (bool, str, bytes, Timestamp, Duration)
        fits = type_of(one) == type_of(other) and isinstance(one, kinds)
    if not fits:
        raise no_overload("_<_", one, other)
    if one != one or other != other:
        raise CelError("NaN values cannot be ordered")
    return int(one > other) - int(one < other)


def add(one: Any, other: Any) -> Any:
    """CEL's +. Raises CelError."""
    if isinstance(one, Timestamp) and isinstance(other, Duration):
        return timestamp(one.ns + other.ns)
    if isinstance(one, Duration) and isinstance(other, Timestamp):
        return timestamp(one.ns + other.ns)
    if type_of(one) == type_of(other):
        if isinstance(one, Duration):
            return duration(one.ns + other.ns)
        if isinstance(one, (str, bytes, list)):
            return one + other
    return _arithmetic("_+_", one, other, lambda a, b: a + b)


def subtract(one: Any, other: Any) -> Any:
    """CEL's binary -. Raises CelError."""
    if isinstance(one, Timestamp) and isinstance(other, Duration):
        return timestamp(one.ns - other.ns)
    if type_of(one) == type_of(other) and isinstance(one, (Timestamp, Duration)):
        return duration(one.ns - other.ns)
    return _arithmetic("_-_", one, other, lambda a, b: a - b)


def multiply(one: Any, other: Any) -> Any:
    """CEL's *. Raises CelError."""
    return _arithmetic("_*_", one, other, lambda a, b: a * b)


def divide(one: Any, other: Any) -> Any:
    """CEL's /, towards zero. Raises CelError."""

    def quotient(a: Any, b: Any) -> Any:
        if isinstance(a, float):
            return _float_quotient(a, b)
        if b == 0:
            raise CelError("division by zero")
        found = abs(int(a)) // abs(int(b))
        return found if (a < 0) == (b < 0) else -found

    return _arithmetic("_/_", one, other, quotient)


def _float_quotient(a: float, b: float) -> float:
    if b:
        return a / b
    return float("nan") if not a or a != a else float("inf") * (1 if a > 0 else -1)


def remainder(one: Any, other: Any) -> Any:
    """CEL's %, with the sign of the first. Raises CelError."""

    def rest(a: Any, b: Any) -> Any:
        if b == 0:
            raise CelError("modulus by zero")
        found = abs(int(a)) % abs(int(b))
        return -found if a < 0 else found

    if isinstance(one, float):
        raise no_overload("_%_", one, other)
    return _arithmetic("_%_", one, other, rest)


def negate(value: Any) -> Any:
    """CEL's unary -. Raises CelError."""
    if isinstance(value, float):
        return -value
    if type_of(value) == "int":
        return whole(-value)
    if isinstance(value, Duration):
        return duration(-value.ns)
    raise no_overload("-_", value)


def _arithmetic(what: str, one: Any, other: Any, work: Callable[[Any, Any], Any]) -> Any:
    kind = type_of(one)
    if kind != type_of(other) or kind not in ("int", "uint", "double"):
        raise no_overload(what, one, other)
    if kind == "double":
        return float(work(one, other))
    return whole(work(int(one), int(other)), Uint if kind == "uint" else int)
