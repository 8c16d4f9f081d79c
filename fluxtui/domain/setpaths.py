"""`path=value` as Helm's --set reads it: where in a tree a text goes, and what it becomes.

Helm-controller puts each `targetPath` through Helm's parser, with all its habits: a comma begins
another path, `{a,b}` is a list, `\\` takes a character as it is, and whole numbers, true, false and
null are no texts. Works on dicts and lists in place, as Helm does. Pure.
Rule source: Helm's pkg/strvals and Flux's chartutil.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from fluxtui.domain.errors import UsageError

MOST_ITEMS = 65536
DEEPEST = 30
_WHOLE = re.compile(r"[+-]?[0-9]+")
_WORDS: dict[str, Any] = {"true": True, "false": False, "null": None, "0": 0}

Made = Callable[[Any, bool], Any]
"""What is put into the tree for a value; True for one whose path came out of the text itself."""


def set_at(tree: dict[str, Any], path: str, text: str, made: Made, *, literal: bool) -> None:
    """Set the text at the path as Flux does. Raises UsageError, whose message quotes no text."""
    typed = False
    if literal:
        for special in "\\,[]{}":
            text = text.replace(special, f"\\{special}")
    elif _quoted(text, "'") or _quoted(text, '"'):
        text = text.strip("'\"")
    else:
        typed = True
    _Line(f"{path}={text}", made, typed=typed).put(tree)


def _quoted(text: str, mark: str) -> bool:
    return text.startswith(mark) and text.endswith(mark)


class _Line:
    """One `a.b[0]=c,d=e`, read from left to right."""

    def __init__(self, text: str, made: Made, *, typed: bool) -> None:
        self._text, self._at = text, 0
        self._made, self._typed = made, typed
        self._stray = False  # beyond the first path everything comes out of the value

    def put(self, tree: dict[str, Any]) -> None:
        while self._key(tree, 0):
            self._stray = True

    def _until(self, stops: str) -> tuple[str, str]:
        """(text, the stop behind it); "" for the end of the line."""
        out: list[str] = []
        while self._at < len(self._text):
            letter = self._text[self._at]
            self._at += 1
            if letter in stops:
                return "".join(out), letter
            if letter == "\\":
                if self._at == len(self._text):
                    break
                letter = self._text[self._at]
                self._at += 1
            out.append(letter)
        return "".join(out), ""

    def _key(self, data: dict[str, Any], depth: int) -> bool:
        """Set one path below `data`; False when the line has ended."""
        name, stop = self._until("=[,.")
        if stop in ("", ","):
            if not name and not stop:
                return False
            raise UsageError("a path has no value")
        if stop == "[":
            index = self._index()
            items = data.get(name, [])
            if not isinstance(items, list):
                raise UsageError("an index into what is no list")
            _put(data, name, self._item(items, index, depth))
            return True
        if stop == "=":
            _put(data, name, self._value())
            return True
        if depth >= DEEPEST:
            raise UsageError(f"a path of more than {DEEPEST} names")
        inner = data.get(name, {})
        if not isinstance(inner, dict):
            raise UsageError("a name in what is no mapping")
        more = self._key(inner, depth + 1)
        if more and not inner:
            raise UsageError("a path has no value")
        if inner:
            _put(data, name, inner)
        return more

    def _index(self) -> int:
        text, stop = self._until("]")
        if not stop or not _WHOLE.fullmatch(text) or not 0 <= int(text) <= MOST_ITEMS:
            raise UsageError("an index that is none")
        return int(text)

    def _item(self, items: list[Any], index: int, depth: int) -> list[Any]:
        """The list with what follows its `[index]` set."""
        name, stop = self._until("[.=")
        if name or not stop:
            raise UsageError("an index is followed by neither name nor value")
        present = items[index] if index < len(items) else None
        if stop == "=":
            return _with(items, index, self._value())
        if stop == "[":
            following = self._index()
            if present is not None and not isinstance(present, list):
                raise UsageError("an index into what is no list")
            return _with(items, index, self._item(present or [], following, depth))
        inner = present if isinstance(present, dict) else {}
        self._key(inner, depth)
        return _with(items, index, inner)

    def _value(self) -> Any:
        if self._text[self._at : self._at + 1] != "{":
            return self._scalar(self._until(",")[0])
        self._at += 1
        items: list[Any] = []
        while True:
            text, stop = self._until(",}")
            if not stop:
                raise UsageError("a list without an end")
            items.append(self._scalar(text))
            if stop == "}":
                self._at += self._text[self._at : self._at + 1] == ","
                return items

    def _scalar(self, text: str) -> Any:
        value: Any = text
        if self._typed:
            value = _WORDS.get(text.lower(), text)
            # What begins with a zero stays a text, and so does what is longer than Go's int64.
            if value is text and text[:1] != "0" and _WHOLE.fullmatch(text):
                number = int(text) if len(text) <= 20 else 1 << 64
                value = number if -(1 << 63) <= number < 1 << 63 else text
        return self._made(value, self._stray)


def _put(data: dict[str, Any], name: str, value: Any) -> None:
    if name:
        data[name] = value


def _with(items: list[Any], index: int, value: Any) -> list[Any]:
    """In place where it is long enough, as Helm does."""
    if index >= len(items):
        items = [*items, *[None] * (index + 1 - len(items))]
    items[index] = value
    return items
