"""The string operations of post-build substitution (docs/flux.md#substitution), as plain functions.

They follow Go: lengths and offsets are bytes, case mapping is one character to one character. A
text cut inside a character holds the bytes that are left as lone surrogates, as `surrogateescape`
does, until `shown` puts U+FFFD there. Must not know templates or variables.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from fluxtui.domain.errors import SubstitutionError
from fluxtui.domain.substitution.glob import BadPattern, prefixes

_INT64 = 2**63 - 1
_INTEGER = re.compile(r"[+-]?[0-9]+")
_CUT = re.compile("[\udc80-\udcff]")


def apply(operator: str, value: str, arguments: Sequence[str]) -> str:
    """The value of `${name<operator>arguments}`. SubstitutionError where Flux would crash."""
    if operator == "#" and not arguments:
        return str(len(_raw(value)))
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
    return _upper(value[:1]) + value[1:]


def _lower_first(value: str, _: Sequence[str]) -> str:
    return _lower(value[:1]) + value[1:]


def _number(text: str) -> int | None:
    if not _INTEGER.fullmatch(text):
        return None
    number = int(text)
    return number if -_INT64 - 1 <= number <= _INT64 else None


def _substring(value: str, arguments: Sequence[str]) -> str:
    raw = _raw(value)
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
    if length < 0:  # counts from the end, since kustomize-controller 1.9.5
        return _text(raw[offset : max(offset, len(raw) + length)])
    if offset + length > _INT64:
        raise SubstitutionError(
            f"the substring from {offset} of length {length} ends beyond 64 bits",
            next="Flux crashes on it; give a smaller length",
        )
    return _text(raw[offset : offset + length])


def _text(raw: bytes) -> str:
    return raw.decode("utf-8", "surrogateescape")


def _raw(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")


def is_cut(text: str) -> bool:
    """Whether the text holds pieces of a character."""
    return _CUT.search(text) is not None


def shown(text: str) -> str:
    """The text with U+FFFD for each byte of a character that was cut."""
    return _CUT.sub("\ufffd", text)


def _replace_first(value: str, arguments: Sequence[str]) -> str:
    return _replace(value, arguments[0], _second(arguments), 1)


def _replace_all(value: str, arguments: Sequence[str]) -> str:
    return _replace(value, arguments[0], _second(arguments), -1)


def _replace(value: str, old: str, new: str, most: int) -> str:
    if is_cut(old):  # a piece of a character is found inside whole ones
        return _text(_raw(value).replace(_raw(old), _raw(new), most))
    return value.replace(old, new, most)


def _second(arguments: Sequence[str]) -> str:
    return arguments[1] if len(arguments) > 1 else ""


def _replace_prefix(value: str, arguments: Sequence[str]) -> str:
    if len(arguments) != 2:
        return value
    raw, old = _raw(value), _raw(arguments[0])
    return _text(_raw(arguments[1]) + raw[len(old) :]) if raw.startswith(old) else value


def _replace_suffix(value: str, arguments: Sequence[str]) -> str:
    if len(arguments) != 2:
        return value
    raw, old = _raw(value), _raw(arguments[0])
    length = len(raw) - len(old)
    return _text(raw[:length] + _raw(arguments[1])) if raw.endswith(old) else value


def _strip(value: str, pattern: str, longest: bool) -> str:
    try:
        sizes = list(prefixes(pattern, value))
    except BadPattern:
        return value
    if not sizes:
        return value
    return _text(_raw(value)[max(sizes) if longest else min(sizes) :])


def _strip_prefix(value: str, arguments: Sequence[str]) -> str:
    return _strip(value, arguments[0], longest=False)


def _strip_prefix_longest(value: str, arguments: Sequence[str]) -> str:
    return _strip(value, arguments[0], longest=True)


def _strip_suffix(value: str, arguments: Sequence[str]) -> str:
    return _strip_reversed(value, arguments[0], longest=False)


def _strip_suffix_longest(value: str, arguments: Sequence[str]) -> str:
    return _strip_reversed(value, arguments[0], longest=True)


def _strip_reversed(value: str, pattern: str, longest: bool) -> str:
    # The pattern is reversed as plain text, brackets and all, because Flux does so.
    return shown(_strip(shown(value)[::-1], shown(pattern)[::-1], longest))[::-1]


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
