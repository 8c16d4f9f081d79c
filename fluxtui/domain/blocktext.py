"""Objects as block-style YAML text for people to read and to diff line by line.

Stable: keys are sorted, the telling ones first. Only for display: must not be sent to an API or
written to a file (that is the YAML library's work), though what it prints is valid YAML.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, TypeGuard

_LEADING = ("apiVersion", "kind", "metadata", "name", "namespace")
_FIRST = re.compile(r"[A-Za-z0-9_./$(<=~^+-]")
_UNQUOTABLE = re.compile(r": | #|:$|[\x00-\x1f\x7f-\xa0\ufeff\u2028\u2029\ud800-\udfff]")
_NOT_TEXT = re.compile(
    r"[-+.]?[0-9][0-9_.,:eExXoObBa-fA-F+-]*|[-+]?\.(inf|nan)|~|null|true|false|yes|no|on|off|y|n|[=<-]|<<",
    re.IGNORECASE,
)
_BLOCK = re.compile(r"[^\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ufeff\ud800-\udfff]*")
_ESCAPED = re.compile(r"[\x7f-\xa0\u2028\u2029\ufeff\ud800-\udfff]")


def block_text(value: object) -> str:
    """The YAML text of a JSON-like value, ending in a newline. Other leaves print as `str`."""
    return "\n".join(block_lines(value)) + "\n"


def block_lines(value: object, indent: str = "") -> Iterator[str]:
    """The lines of the text; see `block_text`."""
    if isinstance(value, Mapping) and value:
        for key in sorted(value, key=_rank):
            yield from _entry(f"{indent}{_scalar(key)}:", value[key], indent)
    elif _is_list(value) and value:
        for item in value:
            if isinstance(item, Mapping | list | tuple):
                lines = block_lines(item, indent + "  ")
                first = next(lines)
                yield f"{indent}- {first[len(indent) + 2 :]}"
                yield from lines
            else:
                yield from _entry(f"{indent}-", item, indent)
    else:
        yield indent + _scalar(value)


def line_paths(value: object, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """For every line of `block_lines` the keys and indexes of the value that stands on it."""
    if isinstance(value, Mapping) and value:
        for key in sorted(value, key=_rank):
            yield from _entry_paths(value[key], (*path, key))
    elif _is_list(value) and value:
        for index, item in enumerate(value):
            if isinstance(item, Mapping | list | tuple):
                yield from line_paths(item, (*path, index))
            else:
                yield from _entry_paths(item, (*path, index))
    else:
        yield path


def _entry_paths(value: object, path: tuple[Any, ...]) -> Iterator[tuple[Any, ...]]:
    if isinstance(value, Mapping | list | tuple) and value:
        yield path
        yield from line_paths(value, path)
    else:
        for _line in _entry("", value, ""):
            yield path


def _is_list(value: object) -> TypeGuard[list[Any] | tuple[Any, ...]]:
    return isinstance(value, list | tuple)


def _rank(key: Any) -> tuple[int, str]:
    text = str(key)
    return (_LEADING.index(text) if text in _LEADING else len(_LEADING), text)


def _entry(head: str, value: object, indent: str) -> Iterator[str]:
    if isinstance(value, Mapping) and value:
        yield head
        yield from block_lines(value, indent + "  ")
    elif _is_list(value) and value:
        yield head
        yield from block_lines(value, indent)
    elif isinstance(value, str) and "\n" in value.rstrip("\n") and _fits_block(value):
        body = value.rstrip("\n")
        ends = len(value) - len(body)
        yield f"{head} |{'-' if ends == 0 else '' if ends == 1 else '+'}"
        for line in body.split("\n") + [""] * (ends - 1):
            yield f"{indent}  {line}" if line else ""
    else:
        yield f"{head} {_scalar(value)}"


def _fits_block(text: str) -> bool:
    return bool(_BLOCK.fullmatch(text)) and not text.startswith((" ", "\n"))


def _scalar(value: object) -> str:
    if isinstance(value, Mapping):
        return "{}"
    if _is_list(value):
        return "[]"
    if value is None or isinstance(value, bool | int | float):
        return json.dumps(value)
    text = str(value)
    if not isinstance(value, str):
        return text
    if _is_plain(text):
        return text
    quoted = json.dumps(text, ensure_ascii=False)
    return _ESCAPED.sub(lambda match: f"\\u{ord(match[0]):04x}", quoted)


def _is_plain(text: str) -> bool:
    """Whether the text may stand unquoted and still be read back as that text."""
    return (
        bool(_FIRST.match(text))
        and not _UNQUOTABLE.search(text)
        and not _NOT_TEXT.fullmatch(text)
        and not text.startswith(("- ", "---", "..."))
        and text == text.strip()
    )
