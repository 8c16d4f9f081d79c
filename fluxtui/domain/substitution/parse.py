"""Parse a template with `${...}` into nodes: Flux's grammar (docs/flux.md#substitution) and quirks.

A node is plain text or an Expression. Must not evaluate anything: an error here means that the
template itself is wrong, whatever the variables are.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from fluxtui.domain.errors import SubstitutionError

_SPECIAL = re.compile(r"\$\$|\$\{")
_MAX_DEPTH = 50  # nested ${...}; Flux has no limit but its stack


@dataclass(frozen=True, slots=True)
class Expression:
    """`${name<operator>arguments}`; `arguments` are texts or nested Expressions."""

    name: str
    operator: str = ""
    arguments: tuple[str | Expression, ...] = ()


Node = str | Expression


def parse(template: str) -> list[Node]:
    """The nodes of a template, in order. Raises SubstitutionError with the position."""
    template = template.partition("\0")[0]  # Flux takes a NUL for the end of the text
    nodes: list[Node] = []
    at = 0
    while match := _SPECIAL.search(template, at):
        nodes.append(template[at : match.start()])
        at = match.end()
        if match[0] == "$$":
            nodes.append("$")
        else:
            scanner = _Scanner(template, at)
            nodes.append(scanner.expression(0))
            at = scanner.at
    nodes.append(template[at:])
    return nodes


class _Scanner:
    """Reads one expression; `at` is behind `${` when it starts and behind `}` when it ends."""

    def __init__(self, text: str, at: int) -> None:
        self.text = text
        self.at = at
        self.start = at - 2

    def fail(self, what: str) -> SubstitutionError:
        line = self.text.count("\n", 0, self.start) + 1
        excerpt = self.text[self.start : self.start + 40].splitlines()[0]
        return SubstitutionError(
            f"{what} in {excerpt!r} (line {line})",
            next="write $${ for a literal ${, or switch substitution off for this object",
        )

    def peek(self) -> str:
        return self.text[self.at : self.at + 1]

    def take(self, accepted: str, most: int) -> str:
        """Up to `most` characters out of `accepted`."""
        begin, letters = self.at, frozenset(accepted)
        while self.at - begin < most and self.peek() in letters:
            self.at += 1
        return self.text[begin : self.at]

    def name(self) -> str:
        begin = self.at
        while (c := self.peek()) and (c == "_" or c.isalpha() or c.isdecimal()):
            self.at += 1
        return self.text[begin : self.at]

    def close(self) -> None:
        if self.peek() != "}":
            raise self.fail("bad substitution")
        self.at += 1

    def expression(self, depth: int) -> Expression:
        if depth > _MAX_DEPTH:
            raise self.fail("expressions nested too deeply")
        if self.peek() == "#":
            self.at += 1
            name = self.name()
            if not name:
                raise self.fail("bad substitution")
            self.close()
            return Expression(name, "#")
        name = self.name()
        if not name:
            raise self.fail("unable to parse variable name")
        rule = self._rules().get(self.peek())
        if rule is not None:
            operator, arguments = rule(depth)
            return Expression(name, operator, arguments)
        if self.peek() != "}":
            raise self.fail("missing closing brace")
        self.at += 1
        return Expression(name)

    def _rules(self) -> dict[str, Callable[[int], tuple[str, tuple[Node, ...]]]]:
        return {
            ":": self._colon,
            "=": self._default,
            ",": self._case,
            "^": self._case,
            "/": self._replace,
            "#": self._strip,
            "%": self._strip,
        }

    def argument(self, depth: int, stop: str, escapes: bool) -> Node:
        """One nested expression, or text up to one of `stop` (never empty) or the next `${`."""
        if self.text.startswith("${", self.at):
            self.at += 2
            return self.expression(depth + 1)
        parts: list[str] = []
        while (c := self.peek()) and not self.text.startswith("${", self.at):
            pair = self.text[self.at : self.at + 2]
            if escapes and pair in ("$$", "\\/", "\\\\"):
                parts.append(pair[1])
                self.at += 2
            elif c in stop:
                break
            else:
                parts.append(c)
                self.at += 1
        if not parts:
            raise self.fail("unable to parse substitution within function")
        return "".join(parts)

    def _case(self, depth: int) -> tuple[str, tuple[Node, ...]]:
        operator = self.take(",^", 2)
        self.close()
        return operator, ()

    def _strip(self, depth: int) -> tuple[str, tuple[Node, ...]]:
        operator = self.take(self.peek(), 2)
        pattern = self.argument(depth, "}", False)
        self.close()
        return operator, (pattern,)

    def _default(self, depth: int) -> tuple[str, tuple[Node, ...]]:
        size = 1 if self.peek() == "=" else 2
        operator = self.text[self.at : self.at + size]
        self.at += size
        arguments: list[Node] = []
        while self.peek() != "}":
            arguments.append(self.argument(depth, "}", False))
        self.close()
        return operator, tuple(arguments)

    def _colon(self, depth: int) -> tuple[str, tuple[Node, ...]]:
        if self.text[self.at + 1 : self.at + 2] in ("=", "-", "?", "+"):
            return self._default(depth)
        self.at += 1
        if not self.peek() or not self.peek().isascii():
            # Flux steps back by the width of what follows the colon, and so loses its place.
            raise self.fail("bad substitution")
        offset = self.argument(depth, ":}", False)
        if self.peek() == "}":
            self.at += 1
            return ":", (offset,)
        if not self.take(":", len(self.text)):
            raise self.fail("bad substitution")
        length = self.argument(depth, "}", False)
        self.close()
        return ":", (offset, length)

    def _replace(self, depth: int) -> tuple[str, tuple[Node, ...]]:
        self.at += 1
        operator = "/" + self.take("/#%", 1)
        pattern = self.argument(depth, "/", True)
        if not self.take("/", len(self.text)):
            raise self.fail("bad substitution")
        if self.peek() == "}":
            self.at += 1
            return operator, (pattern,)
        replacement = self.argument(depth, "}", True)
        self.close()
        return operator, (pattern, replacement)
