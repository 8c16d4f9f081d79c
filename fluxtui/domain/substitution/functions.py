"""The string operations of post-build substitution (flux-semantics.md B5), as plain functions.

They follow Go: lengths and offsets are bytes, case mapping is one character to one character, and
a text cut inside a character shows U+FFFD there. Must not know templates or variables.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from fluxtui.domain.errors import SubstitutionError
from fluxtui.domain.substitution.glob import BadPattern, prefixes

_INTEGER = re.compile(r"[+-]?[0-9]+")
_CUT = re.compile("[\udc80-\udcff]")


def apply(operator: str, value: str, arguments: Sequence[str]) -> str:
    """The value of `${name<operator>arguments}`. SubstitutionError where Flux would crash."""
    if operator == "#" and not arguments:
        return str(len(value.encode()))
    function = _FUNCTIONS.get(operator, _default)
    return function(value, arguments)


def _default(value: str, arguments: Sequence[str]) -> str:
    return value or "".join(arguments)


def _upper(rune: str) -> str:
    mapped = rune.upper()
    return mapped if len(mapped) == 1 else rune


def _lower(rune: str) -> str:
    return rune.lower()[:1]


def _upper_all(value: str, _: Sequence[str]) -> str:
    return "".join(map(_upper, value))


def _lower_all(value: str, _: Sequence[str]) -> str:
    return "".join(map(_lower, value))


def _upper_first(value: str, _: Sequence[str]) -> str:
    return _upper(value[:1]) + value[1:] if value else value


def _lower_first(value: str, _: Sequence[str]) -> str:
    return _lower(value[:1]) + value[1:] if value else value


def _number(text: str) -> int | None:
    if not _INTEGER.fullmatch(text):
        return None
    number = int(text)
    return number if -(2**63) <= number < 2**63 else None


def _substring(value: str, arguments: Sequence[str]) -> str:
    raw = value.encode()
    offset = _number(arguments[0])
    if offset is None:
        return value
    if offset < 0:
        offset = max(0, len(raw) + offset)
    if len(arguments) == 1:
        return _text(raw[offset:])
    length = _number(arguments[1])
    if length is None:
        return value
    if offset + length >= len(raw):
        return _text(raw[offset:])
    if length < 0:
        raise SubstitutionError(
            f"negative length {length} of a substring",
            next="Flux crashes on it; give a length of 0 or more",
        )
    return _text(raw[offset : offset + length])


def _text(raw: bytes) -> str:
    """Decode, with one U+FFFD for each byte of a character that was cut."""
    return _CUT.sub("\ufffd", raw.decode("utf-8", "surrogateescape"))


def _replace_first(value: str, arguments: Sequence[str]) -> str:
    return value.replace(arguments[0], _second(arguments), 1)


def _replace_all(value: str, arguments: Sequence[str]) -> str:
    return value.replace(arguments[0], _second(arguments))


def _second(arguments: Sequence[str]) -> str:
    return arguments[1] if len(arguments) > 1 else ""


def _replace_prefix(value: str, arguments: Sequence[str]) -> str:
    if len(arguments) != 2 or not value.startswith(arguments[0]):
        return value
    return arguments[1] + value[len(arguments[0]) :]


def _replace_suffix(value: str, arguments: Sequence[str]) -> str:
    if len(arguments) != 2 or not value.endswith(arguments[0]):
        return value
    return value[: len(value) - len(arguments[0])] + arguments[1]


def _strip(value: str, pattern: str, longest: bool) -> str:
    try:
        sizes = list(prefixes(pattern, value))
    except BadPattern:
        return value
    if not sizes:
        return value
    return _text(value.encode()[max(sizes) if longest else min(sizes) :])


def _strip_prefix(value: str, arguments: Sequence[str]) -> str:
    return _strip(value, arguments[0], longest=False)


def _strip_prefix_longest(value: str, arguments: Sequence[str]) -> str:
    return _strip(value, arguments[0], longest=True)


def _strip_suffix(value: str, arguments: Sequence[str]) -> str:
    # The pattern is reversed as plain text, brackets and all, because Flux does so.
    return _strip(value[::-1], arguments[0][::-1], longest=False)[::-1]


def _strip_suffix_longest(value: str, arguments: Sequence[str]) -> str:
    return _strip(value[::-1], arguments[0][::-1], longest=True)[::-1]


_FUNCTIONS: dict[str, Callable[[str, Sequence[str]], str]] = {
    ",": _lower_first,
    ",,": _lower_all,
    "^": _upper_first,
    "^^": _upper_all,
    "#": _strip_prefix,
    "##": _strip_prefix_longest,
    "%": _strip_suffix,
    "%%": _strip_suffix_longest,
    ":": _substring,
    "/": _replace_first,
    "//": _replace_all,
    "/#": _replace_prefix,
    "/%": _replace_suffix,
}
