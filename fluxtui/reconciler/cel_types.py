"""Conversions of CEL: int(x), string(x), timestamp(x), type(x) and their kind.

A conversion that cannot be made raises CelError.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from fluxtui.reconciler import cel_times
from fluxtui.reconciler.cel_values import (
    CelError,
    Duration,
    Timestamp,
    TypeName,
    Uint,
    is_number,
    no_overload,
    type_of,
    whole,
)

_BOOLS = {
    **dict.fromkeys(("1", "t", "T", "TRUE", "true", "True"), True),
    **dict.fromkeys(("0", "f", "F", "FALSE", "false", "False"), False),
}
_FLOAT = re.compile(
    r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?|[+-]?(?i:inf|infinity|nan)"
)


def go_float(value: float) -> str:
    """As Go's %g prints it."""
    if math.isnan(value) or math.isinf(value):
        return "NaN" if math.isnan(value) else ("+Inf" if value > 0 else "-Inf")
    if not value:
        return "-0" if math.copysign(1, value) < 0 else "0"
    sign, figures, exponent = Decimal(repr(value)).normalize().as_tuple()
    power = len(figures) + int(exponent) - 1
    if -4 <= power < 6:
        return f"{Decimal(repr(value)).normalize():f}"
    text = "".join(map(str, figures))
    rest = f".{text[1:]}" if text[1:] else ""
    return f"{'-' if sign else ''}{text[0]}{rest}e{'-' if power < 0 else '+'}{abs(power):02d}"


def _int(value: Any) -> int:
    if isinstance(value, float):
        if math.isnan(value) or not -(2.0**63) < value < 2.0**63:
            raise CelError("integer overflow")
        return int(value)
    if is_number(value):
        return whole(int(value))
    if isinstance(value, str) and re.fullmatch(r"[+-]?[0-9]+", value):
        return whole(int(value))
    if isinstance(value, str):
        raise CelError(f'strconv.ParseInt: parsing "{value}": invalid syntax')
    if isinstance(value, Timestamp):
        return value.ns // 10**9
    if isinstance(value, Duration):
        return value.ns
    raise no_overload("int", value)


def _uint(value: Any) -> Uint:
    if isinstance(value, float):
        if math.isnan(value) or not 0 <= value < 2.0**64:
            raise CelError("unsigned integer overflow")
        return Uint(int(value))
    if is_number(value):
        return Uint(whole(int(value), Uint))
    if isinstance(value, str) and re.fullmatch(r"[0-9]+", value):
        return Uint(whole(int(value), Uint))
    if isinstance(value, str):
        raise CelError(f'strconv.ParseUint: parsing "{value}": invalid syntax')
    raise no_overload("uint", value)


def _double(value: Any) -> float:
    if is_number(value):
        return float(value)
    if isinstance(value, str) and _FLOAT.fullmatch(value):
        return float(value)
    if isinstance(value, str):
        raise CelError(f'strconv.ParseFloat: parsing "{value}": invalid syntax')
    raise no_overload("double", value)


def text(value: Any) -> str:
    """string(x). Raises CelError."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return value
    if isinstance(value, float):
        return go_float(value)
    if isinstance(value, int):
        return str(int(value))
    if isinstance(value, bytes):
        try:
            return value.decode()
        except UnicodeDecodeError as error:
            raise CelError("invalid UTF-8 in bytes, cannot convert to string") from error
    if isinstance(value, Timestamp):
        return cel_times.show_timestamp(value)
    if isinstance(value, Duration):
        return cel_times.show_duration(value)
    raise no_overload("string", value)


def _bytes(value: Any) -> bytes:
    if isinstance(value, str):
        return value.encode()
    if isinstance(value, bytes):
        return value
    raise no_overload("bytes", value)


def _bool(value: Any) -> bool:
    if isinstance(value, bool):
        return value
    if isinstance(value, str):
        if value in _BOOLS:
            return _BOOLS[value]
        raise CelError(f'strconv.ParseBool: parsing "{value}": invalid syntax')
    raise no_overload("bool", value)


def _type(value: Any) -> TypeName:
    return TypeName(type_of(value))


CONVERSIONS: dict[str, Callable[[Any], Any]] = {
    "int": _int,
    "uint": _uint,
    "double": _double,
    "string": text,
    "bytes": _bytes,
    "bool": _bool,
    "timestamp": cel_times.to_timestamp,
    "duration": cel_times.to_duration,
    "dyn": lambda value: value,
    "type": _type,
}
TYPE_NAMES = frozenset(
    (
        *("bool", "bytes", "double", "duration", "int", "list", "map", "null_type", "string"),
        *("timestamp", "type", "uint", "dyn", "optional_type"),
        *("google.protobuf.Timestamp", "google.protobuf.Duration"),
    )
)
