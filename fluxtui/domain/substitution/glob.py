"""Shell patterns for `${v#p}` and `${v%p}`: all prefixes of a text that a pattern matches, at once.

Why not `fnmatch`: the rules are Go's `path.Match` without its special slash (`[^a]` negates, `[!a]`
does not, a backslash escapes, a malformed pattern strips nothing), and prefixes are counted in
bytes. Must not be used for paths or for user filters.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

_ANY = None  # a token that matches every rune ("?")
_STAR = "*"
# A literal is "=" and its character; a class is a function.
Token = Callable[[str], bool] | str | None


class BadPattern(ValueError):
    """The pattern is malformed; the caller leaves the value as it is."""


def prefixes(pattern: str, text: str) -> Iterator[int]:
    """Yield, ascending, the byte length of every non-empty prefix of `text` the pattern matches.

    A prefix may end inside a character: the pieces of a cut character count as one rune each.
    Raises BadPattern.
    """
    tokens = list(_tokens(pattern))
    end = len(tokens)
    states = _closure(tokens, {0})
    size = 0
    for rune in text:
        width = len(rune.encode("utf-8", "surrogatepass"))
        cut = states
        for part in range(1, width):
            cut = _step(tokens, cut, "\ufffd", cut=True)
            if end in cut:
                yield size + part
        states = _step(tokens, states, rune)
        size += width
        if end in states:
            yield size
        if not states:
            return


def _step(tokens: list[Token], states: set[int], rune: str, *, cut: bool = False) -> set[int]:
    """The states behind `rune`; `cut`: it is a piece of a character, which no literal matches."""
    reached: set[int] = set()
    for at in states:
        if at == len(tokens):
            continue
        token = tokens[at]
        if token == _STAR:
            reached.add(at)
        elif isinstance(token, str):
            if token[1:] == rune and not cut:
                reached.add(at + 1)
        elif token is _ANY or token(rune):
            reached.add(at + 1)
    return _closure(tokens, reached)


def _closure(tokens: list[Token], states: set[int]) -> set[int]:
    """A star may also match nothing: add the state behind it."""
    todo = list(states)
    while todo:
        at = todo.pop()
        if at < len(tokens) and tokens[at] == _STAR and at + 1 not in states:
            states.add(at + 1)
            todo.append(at + 1)
    return states


def _tokens(pattern: str) -> Iterator[Token]:
    at = 0
    while at < len(pattern):
        char = pattern[at]
        at += 1
        if char == "*":
            yield _STAR
        elif char == "?":
            yield _ANY
        elif char == "[":
            token, at = _bracket(pattern, at)
            yield token
        else:
            if char == "\\":
                if at >= len(pattern):
                    raise BadPattern(pattern)
                char = pattern[at]
                at += 1
            yield "=" + char


def _bracket(pattern: str, at: int) -> tuple[Token, int]:
    negated = pattern[at : at + 1] == "^"
    at += negated
    ranges: list[tuple[str, str]] = []
    while not (ranges and pattern[at : at + 1] == "]"):
        low, at = _bound(pattern, at)
        high = low
        if pattern[at] == "-":
            high, at = _bound(pattern, at + 1)
        ranges.append((low, high))

    def inside(rune: str) -> bool:
        return any(low <= rune <= high for low, high in ranges) != negated

    return inside, at + 1


def _bound(pattern: str, at: int) -> tuple[str, int]:
    """One end of a range; something must follow it, at least the closing bracket."""
    if at >= len(pattern) or pattern[at] in "-]":
        raise BadPattern(pattern)
    if pattern[at] == "\\":
        at += 1
    if at + 1 >= len(pattern):
        raise BadPattern(pattern)
    return pattern[at], at + 1
