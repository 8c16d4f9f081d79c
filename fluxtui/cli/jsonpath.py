"""`-o jsonpath=TEMPLATE`, kubectl's dialect: text with `{expression}`, `{"text"}` and `{range}`.

Expressions are RFC 9535's, evaluated by python-jsonpath, with what kubectl's people type beside it:
no leading `$`, and `\\.` for a dot inside of a name. A whole template without braces is one
expression. Several results are separated by spaces; no result prints nothing.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from fluxtui.domain.errors import UsageError

_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "\\": "\\", '"': '"', "'": "'"}
_ESCAPED_DOTS = re.compile(r"\.((?:[A-Za-z0-9_/-]|\\\.)*\\\.(?:[A-Za-z0-9_/-]|\\\.)*)")


@dataclass(frozen=True, slots=True)
class _Text:
    text: str


@dataclass(frozen=True, slots=True)
class _Expression:
    text: str


@dataclass(frozen=True, slots=True)
class _RangeBlock:
    over: str
    parts: tuple[_Part, ...]


_Part = _Text | _Expression | _RangeBlock


def rendered(template: str, data: Any) -> str:
    """The template filled in from `data`. Raises UsageError when it does not parse."""
    if "{" not in template and template[:1] in (".", "$", "["):
        template = f"{{{template}}}"
    words = list(_words(template))
    parts, unread = _parse(words, inside=False)
    assert not unread
    return "".join(_print(parts, data))


def _words(template: str) -> Iterator[tuple[str, str]]:
    """("text", ..) and ("word", what stands in braces), in order."""
    at = 0
    while at < len(template):
        start = template.find("{", at)
        if start < 0:
            yield "text", template[at:]
            return
        if start > at:
            yield "text", template[at:start]
        end = _closing(template, start)
        yield "word", template[start + 1 : end].strip()
        at = end + 1


def _closing(template: str, start: int) -> int:
    quote = ""
    at = start + 1
    while at < len(template):
        char = template[at]
        if char == "\\":
            at += 1
        elif quote:
            quote = "" if char == quote else quote
        elif char in "\"'":
            quote = char
        elif char == "}":
            return at
        at += 1
    raise UsageError("a { of the template is not closed", where=template, next="add a }")


def _parse(
    words: Sequence[tuple[str, str]], *, inside: bool
) -> tuple[tuple[_Part, ...], Sequence[tuple[str, str]]]:
    parts: list[_Part] = []
    while words:
        (kind, text), words = words[0], words[1:]
        if kind == "text":
            parts.append(_Text(text))
        elif text[:1] in ("'", '"'):
            parts.append(_Text(_unquoted(text)))
        elif text == "end":
            if not inside:
                raise UsageError("{end} without {range}")
            return tuple(parts), words
        elif text.split(" ", 1)[0] == "range":
            body, words = _parse(words, inside=True)
            parts.append(_RangeBlock(text.removeprefix("range").strip(), body))
        else:
            parts.append(_Expression(text))
    if inside:
        raise UsageError("{range} without {end}", next="add {end}")
    return tuple(parts), words


def _unquoted(text: str) -> str:
    if len(text) < 2 or text[-1] != text[0]:
        raise UsageError(f"{text} is not closed", next=f"add a {text[0]}")
    return re.sub(r"\\(.)", lambda m: _ESCAPES.get(m[1], m[0]), text[1:-1])


def _print(parts: Sequence[_Part], data: Any) -> Iterator[str]:
    for part in parts:
        if isinstance(part, _Text):
            yield part.text
        elif isinstance(part, _RangeBlock):
            for item in _results(part.over, data):
                yield from _print(part.parts, item)
        else:
            yield " ".join(map(_shown, _results(part.text, data)))


def _results(expression: str, data: Any) -> list[Any]:
    """Raises UsageError for what is no expression."""
    import jsonpath

    try:
        results: list[Any] = jsonpath.findall(_query(expression), data)
    except jsonpath.JSONPathError as error:
        raise UsageError(
            f"{expression!r} is no jsonpath: {str(error).splitlines()[0]}",
            next="for example -o jsonpath='{.items[*].version}'",
        ) from error
    return results


def _query(expression: str) -> str:
    """As RFC 9535 writes it: from `$` on, names with dots in quotes."""
    text = expression.strip()
    if text in ("", "@", ".", "$"):
        return "$"
    text = text.removeprefix("@") if text.startswith(("@.", "@[")) else text
    text = _ESCAPED_DOTS.sub(lambda m: f"['{m[1].replace(chr(92) + '.', '.')}']", text)
    if text.startswith("$"):
        return text
    return f"${text}" if text[:1] in (".", "[") else f"$.{text}"


def _shown(value: Any) -> str:
    if isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
