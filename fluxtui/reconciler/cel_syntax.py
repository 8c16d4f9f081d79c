"""Reads CEL source into a tree: the grammar and the macros' shapes, as cel-go has them.

Own code because the expressions of Flux use what no Python reader knows: optional selection
(`a.?b`, `a[?k]`). Knows no values and no types.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from fluxtui.reconciler.cel_values import Uint

_RESERVED = frozenset(
    (
        *("as", "break", "const", "continue", "else", "for", "function", "if", "import", "let"),
        *("loop", "namespace", "package", "return", "var", "void", "while"),
    )
)
_WORDS: dict[str, Any] = {"true": True, "false": False, "null": None}
_TOKEN = re.compile(
    r"""(?P<space>(?:[ \t\r\n\f]|//[^\n]*)+)
    |(?P<text>(?P<prefix>[rR]?[bB]?|[bB][rR])(?P<quote>\"{3}|'{3}|["']))
    |(?P<float>(?:[0-9]+\.[0-9]+(?:[eE][+-]?[0-9]+)?|[0-9]+[eE][+-]?[0-9]+
        |\.[0-9]+(?:[eE][+-]?[0-9]+)?))
    |(?P<int>(?:0x[0-9a-fA-F]+|[0-9]+)[uU]?)
    |(?P<name>[A-Za-z_][A-Za-z0-9_]*)
    |(?P<op>==|!=|<=|>=|&&|\|\||[-+*/%<>!?:.,()\[\]{}])""",
    re.VERBOSE,
)
_ESCAPES = dict(zip("abfnrtv\\?\"'`", "\a\b\f\n\r\t\v\\?\"'`", strict=True))
_ESCAPE = re.compile(
    r"\\(?:([abfnrtv\\?\"'`])|[xX]([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})"
    r"|U([0-9a-fA-F]{8})|([0-3][0-7]{2}))"
)
_LEVELS = (("==", "!=", "<", "<=", ">", ">=", "in"), ("+", "-"), ("*", "/", "%"))
_FOLDS = {"all": (2,), "exists": (2,), "exists_one": (2,), "existsOne": (2,), "filter": (2,)}
_MACROS = {**_FOLDS, "map": (2, 3), "optMap": (2,), "optFlatMap": (2,)}


class BadSyntax(Exception):
    """The text is no expression; says where."""


@dataclass(slots=True)
class Node:
    """`kind`: const, name, select, has, call, macro, list, map, new. `value`: its name or constant.

    `items`: operands (a call's receiver is `target`). `marks`: which elements are optional.
    """

    kind: str
    value: Any = None
    items: list[Node] = field(default_factory=list)
    target: Node | None = None
    marks: tuple[bool, ...] = ()


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    value: Any
    at: int


def parse(source: str) -> Node:
    """The tree of an expression. Raises BadSyntax."""
    try:
        return _Parser(_tokens(source)).whole()
    except RecursionError as error:
        raise BadSyntax("expression recursion limit exceeded") from error


def qualified(node: Node | None) -> str:
    """`a.b.c` of names only, '' for anything else."""
    if node is not None and node.kind == "name":
        return str(node.value)
    if node is not None and node.kind == "select":
        inner = qualified(node.items[0])
        return f"{inner}.{node.value}" if inner else ""
    return ""


def _tokens(source: str) -> list[_Token]:
    found: list[_Token] = []
    at = 0
    while at < len(source):
        match = _TOKEN.match(source, at)
        if match is None:
            raise BadSyntax(f"1:{at + 1}: Syntax error: token recognition error at: '{source[at]}'")
        kind = str(match.lastgroup)
        if match.group("text") is not None:
            value, end = _quoted(source, match)
            found.append(_Token("const", value, at))
        else:
            end = match.end()
            if kind != "space":
                found.append(_Token(kind, match.group(), at))
        at = end
    return [*found, _Token("end", "<EOF>", at)]


def _quoted(source: str, match: re.Match[str]) -> tuple[str | bytes, int]:
    prefix, quote, at = match.group("prefix").lower(), match.group("quote"), match.end()
    raw, end = "r" in prefix, at
    while not source.startswith(quote, end):
        if end >= len(source) or (len(quote) == 1 and source[end] in "\r\n"):
            raise BadSyntax(f"1:{match.start() + 1}: Syntax error: unterminated string")
        end += 2 if source[end] == "\\" and not raw else 1
    body = source[at:end]
    if "b" in prefix:
        return (body.encode() if raw else _unescaped_bytes(body)), end + len(quote)
    return (body if raw else _unescaped(body)), end + len(quote)


def _pieces(body: str) -> list[tuple[str, int | None]]:
    """Plain text with None, or an escape's code point (negative: a byte, as \\x and octal say)."""
    found: list[tuple[str, int | None]] = []
    at = 0
    while at < len(body):
        if body[at] != "\\":
            stop = body.find("\\", at)
            stop = len(body) if stop < 0 else stop
            found.append((body[at:stop], None))
            at = stop
            continue
        match = _ESCAPE.match(body, at)
        if match is None:
            raise BadSyntax(f"invalid escape in string: {body[at : at + 2]}")
        simple, hexa, short, long, octal = match.groups()
        if simple:
            found.append((_ESCAPES[simple], None))
        elif hexa or octal:
            found.append(("", -1 - int(hexa or octal, 16 if hexa else 8)))
        else:
            found.append(("", int(short or long, 16)))
        at = match.end()
    return found


def _unescaped(body: str) -> str:
    out = []
    for plain, code in _pieces(body):
        point = code if code is None or code >= 0 else -1 - code
        if point is not None and (point > 0x10FFFF or 0xD800 <= point < 0xE000):
            raise BadSyntax("invalid unicode code point in string")
        out.append(plain if point is None else chr(point))
    return "".join(out)


def _unescaped_bytes(body: str) -> bytes:
    out = bytearray()
    for plain, code in _pieces(body):
        if code is not None and code >= 0:
            raise BadSyntax("unicode escape sequences are not allowed in bytes")
        out += plain.encode() if code is None else bytes([-1 - code])
    return bytes(out)


class _Parser:
    def __init__(self, tokens: list[_Token]) -> None:
        self._tokens = tokens
        self._at = 0

    def whole(self) -> Node:
        node = self._expression()
        if self._now.kind != "end":
            raise self._unexpected()
        return node

    @property
    def _now(self) -> _Token:
        return self._tokens[self._at]

    def _unexpected(self) -> BadSyntax:
        return BadSyntax(f"1:{self._now.at + 1}: Syntax error: unexpected '{self._now.value}'")

    def _is(self, *wanted: str) -> bool:
        token = self._now
        return (token.kind == "op" or token.value == "in") and token.value in wanted

    def _take(self, *wanted: str) -> str:
        """The operator if it comes next, '' otherwise."""
        if not self._is(*wanted) or self._now.kind == "const":
            return ""
        value = str(self._now.value)
        self._at += 1
        return value

    def _need(self, wanted: str) -> None:
        if not self._take(wanted):
            raise self._unexpected()

    def _expression(self) -> Node:
        node = self._logic(0)
        if not self._take("?"):
            return node
        chosen = self._logic(0)
        self._need(":")
        return Node("call", "?:", [node, chosen, self._expression()])

    def _logic(self, level: int) -> Node:
        if level == 2:
            return self._binary(0)
        operator = ("||", "&&")[level]
        node = self._logic(level + 1)
        while self._take(operator):
            node = Node("call", operator, [node, self._logic(level + 1)])
        return node

    def _binary(self, level: int) -> Node:
        if level == len(_LEVELS):
            return self._unary()
        node = self._binary(level + 1)
        while operator := self._take(*_LEVELS[level]):
            node = Node("call", operator, [node, self._binary(level + 1)])
        return node

    def _unary(self) -> Node:
        if self._is("-") and self._tokens[self._at + 1].kind in ("int", "float"):
            self._at += 1
            return self._members(self._number("-"))
        for operator in ("!", "-"):
            count = 0
            while self._take(operator):
                count += 1
            if count:
                inner = self._members(self._primary())
                return Node("call", f"{operator}_", [inner]) if count % 2 else inner
        return self._members(self._primary())

    def _number(self, sign: str = "") -> Node:
        token = self._now
        self._at += 1
        if token.kind == "float":
            return Node("const", float(sign + token.value))
        text = token.value.rstrip("uU")
        number = int(sign + text, 16 if text.startswith("0x") else 10)
        unsigned = text != token.value
        if not (0 <= number < 2**64 if unsigned else -(2**63) <= number < 2**63):
            raise BadSyntax(f"1:{token.at + 1}: invalid {'u' if unsigned else ''}int literal")
        return Node("const", Uint(number) if unsigned else number)

    def _primary(self) -> Node:
        token = self._now
        if token.kind == "const":
            self._at += 1
            return Node("const", token.value)
        if token.kind in ("int", "float"):
            return self._number()
        if self._take("("):
            node = self._expression()
            self._need(")")
            return node
        if self._take("["):
            items, marks = self._elements("]")
            return Node("list", None, items, marks=marks)
        if self._take("{"):
            return self._map()
        self._take(".")
        return self._named()

    def _named(self) -> Node:
        token = self._now
        if token.kind != "name" or token.value == "in":
            raise self._unexpected()
        self._at += 1
        if token.value in _WORDS:
            return Node("const", _WORDS[token.value])
        if self._take("("):
            return self._call(token.value, None, token)
        if token.value in _RESERVED:
            raise BadSyntax(f"1:{token.at + 1}: reserved identifier: {token.value}")
        return Node("name", token.value)

    def _members(self, node: Node) -> Node:
        while True:
            if self._take("."):
                optional = bool(self._take("?"))
                token = self._now
                if token.kind != "name" or token.value in ("in", *_WORDS):
                    raise self._unexpected()
                self._at += 1
                if optional:
                    node = Node("call", "?.", [node, Node("const", token.value)])
                elif self._take("("):
                    node = self._call(token.value, node, token)
                else:
                    node = Node("select", token.value, [node])
            elif self._take("["):
                operator = "[?]" if self._take("?") else "[]"
                node = Node("call", operator, [node, self._expression()])
                self._need("]")
            elif self._is("{") and qualified(node):
                self._at += 1
                node = Node("new", qualified(node), self._map(fields=True).items)
            else:
                return node

    def _elements(self, end: str) -> tuple[list[Node], tuple[bool, ...]]:
        items: list[Node] = []
        marks: list[bool] = []
        while not self._take(end):
            marks.append(bool(end == "]" and self._take("?")))
            items.append(self._expression())
            if not self._take(","):
                self._need(end)
                break
            if end == ")" and self._is(end):
                raise self._unexpected()
        return items, tuple(marks)

    def _map(self, *, fields: bool = False) -> Node:
        items: list[Node] = []
        marks: list[bool] = []
        while not self._take("}"):
            marks.append(bool(self._take("?")))
            if fields:
                items.append(Node("const", self._now.value))
                self._at += 1
            else:
                items.append(self._expression())
            self._need(":")
            items.append(self._expression())
            if not self._take(","):
                self._need("}")
                break
        return Node("map", None, items, marks=tuple(marks))

    def _call(self, name: str, target: Node | None, token: _Token) -> Node:
        arguments, _ = self._elements(")")
        if target is None and name == "has" and len(arguments) == 1:
            if arguments[0].kind != "select":
                raise BadSyntax(f"1:{token.at + 1}: invalid argument to has() macro")
            return Node("has", arguments[0].value, arguments[0].items)
        if target is not None and len(arguments) in _MACROS.get(name, ()):
            if arguments[0].kind != "name":
                raise BadSyntax(f"1:{token.at + 1}: argument must be a simple name")
            if arguments[0].value == "__result__":
                raise BadSyntax(f"1:{token.at + 1}: iteration variable overwrites accumulator")
            kind = "exists_one" if name == "existsOne" else name
            return Node("macro", (kind, arguments[0].value), arguments[1:], target)
        return Node("call", name, arguments, target)
