"""Scalars as kustomize keeps them: a value together with how it was written.

kustomize works on YAML nodes, not values: a quoted string stays a string when a number is patched
over it, a merge key is compared by its text, an annotation is printed as it was written. These few
types carry that much, and `plain` takes it off again at the end. Nothing here parses documents.
Rule source: kyaml's FieldSetter and go-yaml v3's scalar resolution.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any, Final


class Quoted(str):
    """A string that was quoted, or a block, in its source."""

    __slots__ = ()


class OddInt(int):
    """A number not written in its plain decimal form (`0644`, `1e3`, `1.0`)."""

    text: str


class OddFloat(float):
    """A float not written as Python would print it."""

    text: str


class Date(str):
    """An unquoted timestamp: printed in RFC 3339, compared as it was written."""

    text: str


class Shared(str):
    """A label or annotation that one step added in several places of an object.

    kustomize puts the same node in all of them, so that a later change of one changes them all; it
    is one Python object here, and `put` replaces it everywhere.
    """

    __slots__ = ()


class Bare(str):
    """An annotation written without quotes that is no string: kept as text until JSON is made."""

    __slots__ = ()


class WrittenNull:
    """A null written out (`null`, `~`), which a merge keeps where an empty value is dropped."""

    __slots__ = ()

    def __bool__(self) -> bool:
        return False


NULL: Final = WrittenNull()

_WORDS: Final[dict[str, Any]] = {
    "true": True, "True": True, "TRUE": True,
    "false": False, "False": False, "FALSE": False,
    "null": NULL, "Null": NULL, "NULL": NULL, "~": NULL, "": None,
}  # fmt: skip
_OLD_WORDS: Final[dict[str, Any]] = {
    **_WORDS,
    **{w: True for w in ("y", "Y", "yes", "Yes", "YES", "on", "On", "ON")},
    **{w: False for w in ("n", "N", "no", "No", "NO", "off", "Off", "OFF")},
}
_PLAIN_INT = re.compile(r"-?(?:0|[1-9][0-9]{0,17})\Z")
_ANY_INT = re.compile(r"[-+]?(?:0[xX][0-9a-fA-F]+|0[bB][01]+|0[oO]?[0-7]+|0|[1-9][0-9]*)\Z")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?\Z")
_ODD_FLOATS = re.compile(r"[-+]?\.(?:inf|Inf|INF)\Z|\.(?:nan|NaN|NAN)\Z")
_TIME = re.compile(
    r"(\d{4})-(\d{1,2})-(\d{1,2})"
    r"(?:(?:[Tt](\d{1,2}):(\d{1,2}):(\d{1,2})(\.\d+)?(Z|[-+]\d\d:\d\d))"
    r"|(?: (\d{1,2}):(\d{1,2}):(\d{1,2})(\.\d+)?))?\Z"
)
_NUMBER_START: Final = frozenset("0123456789+-.")
_DAYS: Final = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


def is_null(value: object) -> bool:
    """True for an empty and for a written null."""
    return value is None or value is NULL


def is_empty(value: object) -> bool:
    """Null, an empty mapping or an empty list (kyaml's IsNilOrEmpty)."""
    return value is None or value is NULL or (isinstance(value, dict | list) and not value)


def is_scalar(value: object) -> bool:
    """Neither mapping nor list nor null."""
    return not isinstance(value, dict | list) and value is not None and value is not NULL


def text_of(value: Any) -> str:
    """The value as it was written; "" for an empty null, a mapping or a list."""
    if type(value) is str or type(value) is Quoted:
        return value
    if isinstance(value, OddInt | OddFloat | Date):
        return value.text
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        return float_text(value)
    if value is NULL:
        return "null"
    return str(value) if isinstance(value, str) else ""


def float_text(value: float) -> str:
    """A float as Go's JSON prints it."""
    if value.is_integer() and abs(value) < 1e21:
        return str(int(value))
    text = repr(value)
    if "e" in text and 1e-6 <= abs(value) < 1e21:
        return f"{value:.20f}".rstrip("0")
    if "e" not in text and abs(value) < 1e-6:
        mantissa, _, exponent = f"{value:e}".partition("e")
        return f"{mantissa.rstrip('0').rstrip('.')}e{int(exponent):03d}"
    return text


def resolve(text: str, *, old: bool = False) -> Any:
    """The value of an unquoted scalar.

    `old` reads YAML 1.1 booleans (yes, on, y) and no timestamps, as `kubectl -f` does; otherwise as
    kustomize does. A value that is not exactly what Python would print keeps its text.
    """
    words = _OLD_WORDS if old else _WORDS
    if text in words:
        return words[text]
    if text[0] not in _NUMBER_START:
        return text
    if _PLAIN_INT.match(text) and text != "-0":
        return int(text)
    if not old and text[4:5] == "-" and (date := _timestamp(text)) is not None:
        return date
    return _number(text)


def _number(text: str) -> Any:
    bare = text.replace("_", "")
    if _ANY_INT.match(bare):
        value = _go_int(bare)
        if -(1 << 63) <= value < 1 << 64:
            return _odd_int(value, text)
    if _FLOAT.match(bare):
        number = float(bare)
        if number.is_integer() and abs(number) < 1e21:
            return _odd_int(int(number), text)
        odd = OddFloat(number)
        odd.text = text
        return odd if text != float_text(number) else number
    if _ODD_FLOATS.match(text):
        return OddFloat(text.replace(".", "", 1).lower())
    return text


def _go_int(bare: str) -> int:
    sign = -1 if bare[0] == "-" else 1
    digits = bare.lstrip("+-").lower()
    if digits.startswith(("0x", "0b", "0o")):
        return sign * int(digits, 0)
    if len(digits) > 1 and digits[0] == "0":
        return sign * int(digits, 8)
    return sign * int(digits)


def _odd_int(value: int, text: str) -> int:
    if str(value) == text:
        return value
    odd = OddInt(value)
    odd.text = text
    return odd


def _timestamp(text: str) -> Date | None:
    found = _TIME.match(text)
    if not found:
        return None
    year, month, day = found[1], int(found[2]), int(found[3])
    if not (1 <= month <= 12 and 1 <= day <= _DAYS[month - 1]):
        return None
    clock = [int(found[i] or found[i + 5] or 0) for i in (4, 5, 6)]
    if clock[0] > 23 or clock[1] > 59 or clock[2] > 59:
        return None
    fraction = (found[7] or found[12] or "").rstrip("0").rstrip(".")
    zone = found[8] or "Z"
    zone = "Z" if zone in ("+00:00", "-00:00") else zone
    hms = "{:02d}:{:02d}:{:02d}".format(*clock)
    date = Date(f"{year}-{month:02d}-{day:02d}T{hms}{fraction}{zone}")
    date.text = text
    return date


@lru_cache(maxsize=4096)
def is_word(text: str) -> bool:
    """Whether the bare text reads as a string, so that it may be a mapping key without quotes."""
    return type(resolve(text)) is str if text else False


def restyled(old: Any, new: Any) -> Any:
    """`new` written into a field that held `old`: the field keeps its quotes.

    A quoted field turns a number into a string; otherwise the new value is taken as it is.
    """
    if type(old) is Quoted and is_scalar(new):
        return new if type(new) is Quoted else Quoted(text_of(new))
    if type(new) is Quoted and is_scalar(old):
        return str(new)
    return new


def put(root: Any, container: Any, key: Any, new: Any) -> None:
    """Writes a scalar over another; a shared one is written wherever it stands in `root`."""
    old = container[key]
    if type(old) is not Shared:
        container[key] = new
        return
    if isinstance(new, str) and not isinstance(new, Quoted | Date):
        new = Shared(new)
    _replace(root, old, new)
    container[key] = new


def _replace(value: Any, old: Shared, new: Any) -> None:
    items = value.items() if isinstance(value, dict) else enumerate(value)
    for key, item in items:
        if item is old:
            value[key] = new
        elif isinstance(item, dict | list):
            _replace(item, old, new)


def retyped(old: Any, text: str) -> Any:
    """Text without a type written into a field that held `old`: quotes decide what it becomes."""
    if type(old) is Quoted:
        return Quoted(text)
    return resolve(text) if text else ""


def plain(value: Any) -> Any:
    """The value in plain JSON types, copied."""
    kind = type(value)
    if kind is str or kind is int or kind is bool or kind is float:
        return value
    if kind is dict:
        return {key: plain(item) for key, item in value.items()}
    if kind is list:
        return [plain(item) for item in value]
    if isinstance(value, str):
        return str.__str__(value)
    if kind is OddInt:
        return int(value)
    if kind is OddFloat:
        return float(value)
    return None


def copied(value: Any) -> Any:
    """A deep copy; scalars are shared."""
    kind = type(value)
    if kind is dict:
        return {key: copied(item) for key, item in value.items()}
    if kind is list:
        return [copied(item) for item in value]
    return value
