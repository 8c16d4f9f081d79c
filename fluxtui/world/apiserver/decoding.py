"""Bodies as Go reads them: values, the fields that come twice, and the texts of what goes wrong.

Clients see these texts as they are, so they are those of encoding/json and of go-yaml. What a
wrong body is answered with is decided by who asked for it; nothing here knows HTTP or kinds.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any, ClassVar

import yaml


class Undecodable(Exception):
    """A body that does not parse; the text is Go's."""


@dataclass(frozen=True, slots=True)
class Decoded:
    """A value and what strict decoding says of fields that come twice: a path each, or `sentences`
    (in YAML `line 7: key "s" already set in map`)."""

    value: Any
    twice: tuple[str, ...] = ()
    yaml: bool = False
    sentences: bool = False

    @property
    def warnings(self) -> list[str]:
        plain = self.yaml or self.sentences
        return [t if plain else f'duplicate field "{t}"' for t in self.twice]

    def known(self, unknown: Iterable[str]) -> Decoded:
        """Without fields that a typed decoder does not know, which it skips unread."""
        aside = set(unknown)
        kept = tuple(t for t in self.twice if t not in aside)
        return self if len(kept) == len(self.twice) else replace(self, twice=kept)

    @property
    def strict(self) -> list[str]:
        """The same as strict validation joins them: YAML's in one piece."""
        if not self.yaml or not self.twice:
            return self.warnings
        return ["yaml: unmarshal errors:\n" + "\n".join(f"  {t}" for t in self.twice)]


def from_json(data: bytes) -> Decoded:
    """Raises Undecodable."""
    repeated = False

    def interned(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        # Words kept once for all objects: ten thousand Deployments have the same hundred.
        nonlocal repeated
        out = {
            sys.intern(key): sys.intern(value) if type(value) is str and len(value) < 100 else value
            for key, value in pairs
        }
        repeated = repeated or len(out) < len(pairs)
        return out

    try:
        value = json.loads(data, object_pairs_hook=interned, parse_constant=_constant)
    except json.JSONDecodeError as error:
        raise Undecodable(_json_text(error.doc, error.msg, error.pos)) from error
    except UnicodeDecodeError as error:
        raise Undecodable(f"invalid UTF-8 in the body at byte {error.start}") from error
    if not repeated:
        return Decoded(value)
    return Decoded(value, tuple(_twice(json.loads(data, object_pairs_hook=_Pairs), "")))


class _Pairs(list[tuple[str, Any]]):
    """An object with every one of its fields, in the order sent."""


def _twice(value: Any, path: str) -> Iterator[str]:
    if isinstance(value, _Pairs):
        seen: set[str] = set()
        for name, child in value:
            where = f"{path}.{name}" if path else name
            if name in seen:
                yield where
            seen.add(name)
            yield from _twice(child, where)
    elif isinstance(value, list):
        for i, item in enumerate(value):
            yield from _twice(item, f"{path}[{i}]")


def _constant(name: str) -> Any:
    raise Undecodable(f"invalid character '{name[0]}' looking for beginning of value")


_LITERALS = {"t": "true", "f": "false", "n": "null"}
_AFTER = {
    "Expecting property name enclosed in double quotes": "looking for beginning of object key "
    "string",
    "Expecting ':' delimiter": "after object key",
    "Extra data": "after top-level value",
    "Invalid control character at": "in string literal",
    "Invalid \\escape": "in string escape code",
}


def _json_text(doc: str, message: str, at: int) -> str:
    """encoding/json's words for what Python's parser found at `at`."""
    while at < len(doc) and doc[at] in " \t\r\n":
        at += 1
    word = next((text for start, text in _AFTER.items() if message.startswith(start)), "")
    if at >= len(doc) or message.startswith("Unterminated"):
        return "unexpected end of JSON input"
    if message == "Expecting value" and doc[at] in _LITERALS:
        literal = _LITERALS[doc[at]]
        for i, wanted in enumerate(literal):
            if at + i >= len(doc):
                return "unexpected end of JSON input"
            if doc[at + i] != wanted:
                found = _quoted(doc[at + i])
                return f"invalid character {found} in literal {literal} (expecting '{wanted}')"
    if message.startswith("Expecting ',' delimiter"):
        word = "after object key:value pair" if _in_object(doc[:at]) else "after array element"
    return f"invalid character {_quoted(doc[at])} {word or 'looking for beginning of value'}"


def _quoted(char: str) -> str:
    if char == "'":
        return "'\\''"
    if char == '"':
        return "'\"'"
    return f"'{json.dumps(char, ensure_ascii=False)[1:-1]}'"


def _in_object(before: str) -> bool:
    """Whether the innermost bracket still open is a brace."""
    stack: list[str] = []
    inside = False
    skip = False
    for char in before:
        if skip:
            skip = False
        elif inside:
            skip = char == "\\"
            inside = char != '"'
        elif char == '"':
            inside = True
        elif char in "{[":
            stack.append(char)
        elif char in "}]" and stack:
            stack.pop()
    return bool(stack) and stack[-1] == "{"


class _Loader(yaml.CSafeLoader):
    """YAML as the API reads it: times stay text, `y` and `n` are booleans."""

    bool_values: ClassVar[dict[str, bool]] = {
        **yaml.CSafeLoader.bool_values,
        "y": True,
        "n": False,
    }


_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in pairs if tag != "tag:yaml.org,2002:timestamp"]
    for first, pairs in yaml.CSafeLoader.yaml_implicit_resolvers.items()
}


for _char in "yYnN":
    _resolvers = _Loader.yaml_implicit_resolvers.setdefault(_char, [])
    _resolvers.insert(0, ("tag:yaml.org,2002:bool", re.compile("[yYnN]\\Z")))


def from_yaml(data: bytes) -> Decoded:
    """The first document. Raises Undecodable."""
    loader = _Loader(data)
    try:
        node = loader.get_node() if loader.check_node() else None
        if node is None:
            return Decoded(None, yaml=True)
        twice = tuple(_twice_in(node))
        return Decoded(loader.construct_document(node), twice, yaml=True)
    except yaml.YAMLError as error:
        raise Undecodable(f"yaml: {_yaml_text(error)}") from error
    except ValueError as error:  # a scalar that looks like a number or a time and is none
        raise Undecodable(f"yaml: {error}") from error
    finally:
        loader.dispose()


def _twice_in(node: yaml.Node) -> Iterator[str]:
    if isinstance(node, yaml.MappingNode):
        seen: set[str] = set()
        for key, value in node.value:
            if isinstance(key, yaml.ScalarNode):
                if key.value in seen:
                    line = key.start_mark.line + 1
                    yield f'line {line}: key "{key.value}" already set in map'
                seen.add(key.value)
            yield from _twice_in(value)
    elif isinstance(node, yaml.SequenceNode):
        for value in node.value:
            yield from _twice_in(value)


def _yaml_text(error: yaml.YAMLError) -> str:
    """go-yaml counts the lines of a scanner's complaints from one, of a parser's from zero."""
    if not isinstance(error, yaml.MarkedYAMLError):
        return " ".join(str(error).split())
    line = error.problem_mark.line if error.problem_mark is not None else 0
    if line and isinstance(error, yaml.scanner.ScannerError):
        line += 1
    if not line and error.context_mark is not None:
        line = error.context_mark.line
    where = f"line {line}: " if line else ""
    return f"{where}{error.problem or error.context}"


def summary(data: bytes) -> str:
    """A body as an error shows it: the start of what looks like JSON, anything else in hex."""
    if not data:
        return "<empty>"
    more = " ..." if len(data) > 30 else ""
    shown = data[:30].decode(errors="replace") if data[:1] == b"{" else data[:30].hex()
    return shown + more


def quoted(text: str) -> str:
    """Go's %q."""
    out = []
    for char in text:
        code = ord(char)
        if char in _ESCAPES:
            out.append(_ESCAPES[char])
        elif code < 32 or code == 127:
            out.append(f"\\x{code:02x}")
        else:
            out.append(char)
    return '"' + "".join(out) + '"'


_ESCAPES = {
    "\a": "\\a",
    "\b": "\\b",
    "\f": "\\f",
    "\n": "\\n",
    "\r": "\\r",
    "\t": "\\t",
    "\v": "\\v",
    '"': '\\"',
    "\\": "\\\\",
}


def go_value(value: Any) -> str:
    """Go's %v of decoded JSON: `map[a:1 b:[x y]]`."""
    if isinstance(value, dict):
        return "map[" + " ".join(f"{k}:{go_value(v)}" for k, v in sorted(value.items())) + "]"
    if isinstance(value, list):
        return "[" + " ".join(map(go_value, value)) + "]"
    if value is None:
        return "<nil>"
    return str(value).lower() if isinstance(value, bool) else str(value)


def type_name(value: Any) -> str:
    """What encoding/json calls a value."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "bool"
    if isinstance(value, (int, float)):
        return "number"
    if isinstance(value, str):
        return "string"
    return "array" if isinstance(value, list) else "object"
