"""Numbers as Go reads and prints them: strconv and encoding/json, which is what Flux applies.

What strconv cannot read is a text (`12e3456`, which many a short commit hash looks like), a whole
number prints the digits that float64 holds, and whatever went through JSON is a float64. Nothing
here knows YAML beyond the look of a number.
Rule source: Go's strconv.ParseFloat and FormatFloat, go-yaml v3's resolve.
"""

from __future__ import annotations

import re
from functools import lru_cache
from math import isfinite
from typing import Any, Final

_INT: Final = re.compile(r"[-+]?(?:0[xX][0-9a-fA-F]+|0[bB][01]+|0[oO]?[0-7]+|0|[1-9][0-9]*)\Z")
_FLOAT: Final = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?\Z")
_NOT_FINITE: Final = re.compile(r"[-+]?\.(?:inf|Inf|INF)\Z|\.(?:nan|NaN|NAN)\Z")
_LARGEST_WHOLE: Final = 1e21  # from here on encoding/json writes an exponent
EXACT: Final = 1 << 53  # up to here every whole number is a float64
_SHORT: Final = 6  # the digits before the point up to which %g writes no exponent


class OddInt(int):
    """A number not written in its plain decimal form (`0644`, `0x1F`)."""

    text: str


class WholeFloat(OddInt):
    """A float without a fraction (`1e3`, `1.0`), which JSON writes like a whole number."""


class OddFloat(float):
    """A float not written as Go would print it."""

    text: str


def number(text: str) -> Any:
    """The number of an unquoted text that begins like one; the text itself when it is none."""
    bare = text.replace("_", "")
    if _INT.match(bare):
        value = _go_int(bare)
        if -(1 << 63) <= value < 1 << 64:
            return _odd_int(value, text)
    if _FLOAT.match(bare):
        return _go_float(float(bare), text)
    if _NOT_FINITE.match(text):
        return _odd_float(float(text.replace(".", "", 1).lower()), text)
    return text


def _go_int(bare: str) -> int:
    sign = -1 if bare[0] == "-" else 1
    digits = bare.lstrip("+-").lower()
    if digits.startswith(("0x", "0b", "0o")):
        return sign * int(digits, 0)
    if len(digits) > 1 and digits[0] == "0":
        return sign * int(digits, 8)
    return sign * int(digits)


def _go_float(value: float, text: str) -> Any:
    """A float that was read; too large a one is no number but a text."""
    if not isfinite(value):
        return text
    if value.is_integer() and abs(value) < _LARGEST_WHOLE:
        return whole_float(value, text)
    return value if text == float_text(value) else _odd_float(value, text)


def _odd_int(value: int, text: str) -> int:
    if str(value) == text:
        return value
    odd = OddInt(value)
    odd.text = text
    return odd


def _odd_float(value: float, text: str) -> OddFloat:
    odd = OddFloat(value)
    odd.text = text
    return odd


def whole_float(value: float, text: str) -> int:
    """A float without a fraction that was read from a text."""
    whole = WholeFloat(_digits(value))
    whole.text = text
    return whole


def _digits(value: float) -> int:
    """A whole float64 as encoding/json writes it: the shortest digits that name it, then zeros."""
    if abs(value) < EXACT:
        return int(value)
    from decimal import Decimal  # rarely needed, and slow to import

    return int(Decimal(repr(value)))


def is_infinite(value: object) -> bool:
    """Whether JSON has no way to write the value (an infinity, or no number)."""
    return isinstance(value, float) and not isfinite(value)


def through_json(value: float) -> Any:
    """A number after a trip through JSON into an `any`: always a float64, and printed as one.

    Raises OverflowError beyond float64.
    """
    double = float(value)
    if not isfinite(double):
        raise OverflowError(value)
    if not double.is_integer() or abs(double) >= _LARGEST_WHOLE:
        return double
    text = float_text(double)
    digits = _digits(double)
    return digits if str(digits) == text else whole_float(double, text)


def float_text(value: float, *, bits: int = 64) -> str:
    """FormatFloat(value, 'g', -1, bits): the shortest text that reads as the same number."""
    if bits == 32:
        single = _single(value)
        if not isfinite(single):
            return "+Inf" if value > 0 else "-Inf"
        shortest = next(t for n in range(1, 18) if _single(float(t := f"{single:.{n}g}")) == single)
    else:
        shortest = repr(float(value))
    return _general(shortest)


def _single(value: float) -> float:
    """The nearest float32; an infinity beyond its range."""
    import struct

    try:
        return float(struct.unpack("=f", struct.pack("=f", value))[0])
    except OverflowError:
        return float("inf") if value > 0 else -float("inf")


@lru_cache(maxsize=256)
def _general(text: str) -> str:
    """A finite number's shortest decimal text in the form of Go's %g."""
    from decimal import Decimal

    sign, digits, exponent = Decimal(text).as_tuple()
    if not isinstance(exponent, int):
        return text
    figures = "".join(map(str, digits)).rstrip("0") or "0"
    point = len(digits) + exponent  # where the decimal point stands, counted from the first figure
    minus = "-" if sign else ""
    if figures == "0":
        return f"{minus}0"
    power = point - 1
    if not -4 <= power < _SHORT:
        tail = f".{figures[1:]}" if len(figures) > 1 else ""
        return f"{minus}{figures[0]}{tail}e{'-' if power < 0 else '+'}{abs(power):02d}"
    if point <= 0:
        return f"{minus}0.{'0' * -point}{figures}"
    whole = figures[:point].ljust(point, "0")
    return f"{minus}{whole}" + (f".{figures[point:]}" if len(figures) > point else "")
