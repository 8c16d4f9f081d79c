"""Quantities: amounts with a suffix (`500m`, `1Gi`), read and written as Kubernetes does.

Exact: a quantity is a Fraction of its unit. Pure.
Needed by diffs, reviews and dry runs: a server writes `1`, whoever applies `1000m`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from fractions import Fraction
from functools import lru_cache
from typing import Any

_SHAPE = re.compile(r"([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)\Z")
WRONG = (
    "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'"
)
_BINARY = ("Ki", "Mi", "Gi", "Ti", "Pi", "Ei")
_DECIMAL = {"n": -9, "u": -6, "m": -3, "": 0, "k": 3, "M": 6, "G": 9, "T": 12, "P": 15, "E": 18}
_UNITS: Mapping[str, Fraction] = {
    **{name: Fraction(1024 ** (i + 1)) for i, name in enumerate(_BINARY)},
    **{name: Fraction(10) ** power for name, power in _DECIMAL.items()},
}
_NAMES = {power: name for name, power in _DECIMAL.items()}


def _parts(text: str) -> tuple[Fraction, str]:
    """The amount and the suffix. Raises ValueError with the text a server gives."""
    match = _SHAPE.match(text)
    if not match:
        raise ValueError(WRONG)
    number, suffix = match.groups()
    exponent = re.fullmatch(r"[eE]([-+]?[0-9]+)", suffix)
    try:
        if exponent:
            return Fraction(number) * Fraction(10) ** int(exponent.group(1)), "e"
        return Fraction(number) * _UNITS[suffix], suffix
    except (ValueError, KeyError) as error:
        raise ValueError(WRONG) from error


def amount(value: Any) -> Fraction:
    """How much it is, in its unit: of `500m` a half. Raises ValueError."""
    return _parts(plain(value))[0]


def plain(value: Any) -> str:
    """A quantity as JSON holds it, number or text, as text."""
    return value if isinstance(value, str) else repr(value)


@lru_cache(maxsize=4096)
def canonical(text: str) -> str:
    """The one way to write a quantity: no fraction, the largest suffix that leaves none.

    Raises ValueError.
    """
    value, suffix = _parts(text)
    if value == 0:
        return "0"
    if suffix in _BINARY and abs(value) >= 1024 and value.denominator == 1:
        name = ""
        while value % 1024 == 0 and (not name or name != _BINARY[-1]):
            value /= 1024
            name = _BINARY[0] if not name else _BINARY[_BINARY.index(name) + 1]
        return f"{value.numerator}{name}"
    power = 0
    while value.denominator != 1 and power > -9:
        value, power = value * 1000, power - 3
    if value.denominator != 1:  # finer than nano: rounded up, away from zero
        whole = -((-value).__floor__()) if value > 0 else value.__floor__()
        value = Fraction(whole)
    while value % 1000 == 0 and power < 18:
        value, power = value / 1000, power + 3
    if suffix == "e":
        return f"{value.numerator}e{power}" if power else str(value.numerator)
    return f"{value.numerator}{_NAMES[power]}"


def fault(value: Any) -> str:
    """What is wrong with a quantity; "" if nothing is."""
    try:
        canonical(plain(value))
    except ValueError as error:
        return str(error)
    return ""
