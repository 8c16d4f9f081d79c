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

from fluxtui.domain.errors import BuildError
from fluxtui.kustomize.numbers import (
    EXACT,
    OddFloat,
    OddInt,
    WholeFloat,
    float_text,
    number,
    through_json,
)


class Quoted(str):
    """A string that was quoted, or a block, in its source."""

    __slots__ = ()


class Folded(Quoted):
    """A folded block (`>`), which comes out of the writer as another text; see `folding`."""

    __slots__ = ()


class Literal(Quoted):
    """A literal block (`|`), or a text of several lines that is written as one."""

    __slots__ = ()


class FlowMap(dict[str, Any]):
    """A mapping written in braces: kustomize writes it so again, and everything in it quoted."""

    __slots__ = ()


class FlowList(list[Any]):
    """A list written in brackets."""

    __slots__ = ()


class Decoded(str):
    """A text that stands for another one: printed as that, compared as it was written."""

    text: str


class Date(Decoded):
    """An unquoted timestamp, printed in RFC 3339."""


class Binary(Decoded):
    """A `!!binary` scalar, printed as the text that its base64 holds."""


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

    __slots__ = ("text",)

    def __init__(self, text: str = "null") -> None:
        self.text = text

    def __bool__(self) -> bool:
        return False


class OddBool:
    """A boolean not written `true` or `false`."""

    __slots__ = ("text", "value")

    def __init__(self, value: bool, text: str) -> None:
        self.value = value
        self.text = text

    def __bool__(self) -> bool:
        return self.value


NULL: Final = WrittenNull()

_WORDS: Final[dict[str, Any]] = {
    "true": True, "false": False, "null": NULL, "": None,
    **{w: OddBool(True, w) for w in ("True", "TRUE")},
    **{w: OddBool(False, w) for w in ("False", "FALSE")},
    **{w: WrittenNull(w) for w in ("Null", "NULL", "~")},
}  # fmt: skip
_OLD_WORDS: Final[dict[str, Any]] = {
    **_WORDS,
    **{w: True for w in ("y", "Y", "yes", "Yes", "YES", "on", "On", "ON")},
    **{w: False for w in ("n", "N", "no", "No", "NO", "off", "Off", "OFF")},
}
_PLAIN_INT = re.compile(r"-?(?:0|[1-9][0-9]{0,17})\Z")
_TIME = re.compile(
    r"(\d{4})-(\d{1,2})-(\d{1,2})"
    r"(?:(?:[Tt](\d{1,2}):(\d{1,2}):(\d{1,2})(\.\d+)?(Z|[-+]\d\d:\d\d))"
    r"|(?: (\d{1,2}):(\d{1,2}):(\d{1,2})(\.\d+)?))?\Z"
)
_NUMBER_START: Final = frozenset("0123456789+-.")
_DAYS: Final = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


def single_text(value: Any) -> str:
    """A number or boolean where YAML is read into a Go string: floats as float32 print."""
    if isinstance(value, float | WholeFloat):
        return float_text(value, bits=32)
    return text_of(plain(value))


def written_string(text: str) -> Quoted:
    """A string that has to be told from other scalars when it is written."""
    return Literal(text) if "\n" in text else Quoted(text)


def is_null(value: object) -> bool:
    """True for an empty and for a written null."""
    return value is None or type(value) is WrittenNull


def is_empty(value: object) -> bool:
    """Null, an empty mapping or an empty list (kyaml's IsNilOrEmpty)."""
    return is_null(value) or (isinstance(value, dict | list) and not value)


def is_scalar(value: object) -> bool:
    """Neither mapping nor list nor null."""
    return not isinstance(value, dict | list) and not is_null(value)


def text_of(value: Any) -> str:
    """The value as it was written; "" for an empty null, a mapping or a list."""
    if type(value) is str or type(value) is Quoted:
        return value
    if isinstance(value, OddInt | OddFloat | OddBool | Decoded | WrittenNull):
        return value.text
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        return float_text(value)
    return str(value) if isinstance(value, str) else ""


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
    return number(text)


def _timestamp(text: str) -> Date | None:
    match = _TIME.match(text)
    if not match:
        return None
    year, month, day = match[1], int(match[2]), int(match[3])
    if not (1 <= month <= 12 and 1 <= day <= _DAYS[month - 1]):
        return None
    clock = [int(match[i] or match[i + 5] or 0) for i in (4, 5, 6)]
    if clock[0] > 23 or clock[1] > 59 or clock[2] > 59:
        return None
    fraction = (match[7] or match[12] or "").rstrip("0").rstrip(".")
    zone = match[8] or "Z"
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

    A quoted field turns a number into a string; otherwise the new value is taken as it is. A list
    or mapping keeps its brackets, unless there was nothing between them.
    """
    if isinstance(old, dict | list) and old and type(old) is not type(new):
        return type(old)(new)
    if isinstance(old, Quoted) and is_scalar(new):
        return new if isinstance(new, Binary) else type(old)(text_of(new))
    if isinstance(new, Quoted) and is_scalar(old):
        return str(new)
    return new


def put(root: Any, container: Any, key: Any, new: Any) -> None:
    """Writes a scalar over another; a shared one is written wherever it stands in `root`."""
    old = container[key]
    if type(old) is not Shared:
        container[key] = new
        return
    if isinstance(new, str) and not isinstance(new, Quoted | Decoded):
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
    if isinstance(old, Quoted):
        return type(old)(text)
    return resolve(text) if text else ""


def plain(value: Any, *, floats: bool = False) -> Any:
    """The value in plain JSON types, copied. `floats`: a whole float keeps its type."""
    kind = type(value)
    if kind is str or kind is int or kind is bool or kind is float:
        return value
    if isinstance(value, dict):
        return {key: plain(item, floats=floats) for key, item in value.items()}
    if isinstance(value, list):
        return [plain(item, floats=floats) for item in value]
    if isinstance(value, str):
        return str.__str__(value)
    if kind is OddInt or kind is WholeFloat:
        return value if kind is WholeFloat and floats else int(value)
    if kind is OddBool:
        return value.value
    if kind is OddFloat:
        return float(value)
    return None


def as_json(value: Any) -> Any:
    """A plain scalar after a trip through JSON, in which every number is a float64.

    Raises BuildError for a number that none is.
    """
    if isinstance(value, bool) or not isinstance(value, int | float):
        return value
    try:
        return through_json(value)
    except OverflowError as problem:
        raise BuildError("a number beyond float64 cannot be written as JSON") from problem


def all_as_json(value: Any) -> Any:
    """A plain value after a trip through JSON, plain again."""
    if isinstance(value, dict):
        return {key: all_as_json(item) for key, item in value.items()}
    if isinstance(value, list):
        return [all_as_json(item) for item in value]
    return plain(as_json(value))


def has_large_number(value: Any) -> bool:
    """Whether a plain value holds a whole number that float64 may round."""
    if isinstance(value, dict):
        return any(map(has_large_number, value.values()))
    if isinstance(value, list):
        return any(map(has_large_number, value))
    return isinstance(value, int) and abs(value) > EXACT


def copied(value: Any) -> Any:
    """A deep copy; scalars are shared."""
    kind = type(value)
    if kind is dict:
        return {key: copied(item) for key, item in value.items()}
    if kind is list:
        return [copied(item) for item in value]
    if kind is FlowMap:
        return FlowMap({key: copied(item) for key, item in value.items()})
    return FlowList(map(copied, value)) if kind is FlowList else value
