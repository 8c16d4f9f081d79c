"""Label selectors: from text to a predicate over an object's labels.

Grammar, tolerances and error texts are apimachinery's (`labels.Parse`): clients show them to
people. Pure: nothing here knows objects, the store or HTTP.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import lru_cache

from fluxtui.world.apiserver.naming import key_faults, value_faults
from fluxtui.world.apiserver.status import bad_request

Labels = Mapping[str, str]
LabelTest = Callable[[Labels], bool]

_SYMBOLS = ("==", "!=", "=", "!", ",", "(", ")", ">", "<")
_TOKEN = re.compile(r"[ \t\r\n]*(==|!=|[=!,()><]|[^=!,()><\s]+)?")
_OPERATORS = ("in", "notin", "=", "==", "!=", ">", "<")
_INT = re.compile(r"[+-]?[0-9]+\Z")


class _Bad(Exception):
    """What is wrong with a requirement; the caller says in what."""


def _is_word(token: str) -> bool:
    return bool(token) and token not in _SYMBOLS


class _Tokens:
    """The words and symbols of a selector; the empty text is its end."""

    def __init__(self, text: str) -> None:
        self._items = [found.group(1) for found in _TOKEN.finditer(text) if found.group(1)]
        self._at = 0

    @property
    def ahead(self) -> str:
        return self._items[self._at] if self._at < len(self._items) else ""

    def take(self) -> str:
        token = self.ahead
        self._at += 1
        return token


def parse(text: str) -> tuple[LabelTest, ...]:
    """One test per requirement, none where the selector selects everything. Raises 400."""
    return _parse(text) if text else ()


@lru_cache(maxsize=512)
def _parse(text: str) -> tuple[LabelTest, ...]:
    tokens, tests = _Tokens(text), []
    while tokens.ahead:
        token = tokens.ahead
        if not _is_word(token) and token != "!":
            raise bad_request(f"found '{token}', expected: !, identifier, or 'end of string'")
        try:
            tests.append(_requirement(tokens))
        except _Bad as error:
            raise bad_request(f"unable to parse requirement: {error}") from error
        token = tokens.take()
        if not token:
            break
        if token != ",":
            raise bad_request(f"found '{token}', expected: ',' or 'end of string'")
        if not _is_word(tokens.ahead) and tokens.ahead != "!":
            raise bad_request(f"found '{tokens.ahead}', expected: identifier after ','")
    return tuple(tests)


def _requirement(tokens: _Tokens) -> LabelTest:
    absent = tokens.ahead == "!"
    if absent:
        tokens.take()
    key = tokens.take()
    if not _is_word(key):
        raise _Bad(f"found '{key}', expected: identifier")
    if faults := key_faults(key):
        raise _Bad(_faulty("<nil>", key, faults))
    if tokens.ahead in ("", ","):
        return lambda labels: (key in labels) != absent
    operator = tokens.take()
    if operator not in _OPERATORS:
        raise _Bad(f"found '{operator}', expected: in, notin, =, ==, !=, gt, lt")
    values = _values(tokens) if operator in ("in", "notin") else {_one_value(tokens)}
    _check(key, operator, sorted(values))
    return _test(key, operator, frozenset(values))


def _values(tokens: _Tokens) -> set[str]:
    """`(a, b)`; empty places are empty values."""
    token = tokens.take()
    if token != "(":
        raise _Bad(f"found '{token}' expected: '('")
    if not _is_word(tokens.ahead) and tokens.ahead not in (",", ")"):
        raise _Bad(f"found '{tokens.ahead}', expected: ',', ')' or identifier")
    values: set[str] = set()
    last = ","
    while True:
        token = tokens.take()
        if token == ")":
            return values | ({""} if last == "," else set())
        if token == ",":
            if last == ",":
                values.add("")
        elif not _is_word(token):
            place = "',', or identifier" if last == "," else "',' or ')'"
            raise _Bad(f"found '{token}', expected: {place}")
        elif last != ",":
            raise _Bad(f"found '{token}', expected: ',' or ')'")
        else:
            values.add(token)
        last = token


def _one_value(tokens: _Tokens) -> str:
    if tokens.ahead in ("", ","):
        return ""
    token = tokens.take()
    if not _is_word(token):
        raise _Bad(f"found '{token}', expected: identifier")
    return token


def _faulty(where: str, value: str, faults: list[str]) -> str:
    return f'{where}: Invalid value: "{value}": {"; ".join(faults)}'


def _check(key: str, operator: str, values: list[str]) -> None:
    faults = []
    for i, value in enumerate(values):
        if operator in (">", "<") and not _INT.match(value):
            text = "for 'Gt', 'Lt' operators, the value must be an integer"
            faults.append(_faulty(f"values[{i}]", value, [text]))
    for i, value in enumerate(values):
        if found := value_faults(value):
            faults.append(_faulty(f"values[{i}][{key}]", value, found))
    if faults:
        raise _Bad(faults[0] if len(faults) == 1 else f"[{', '.join(faults)}]")


def _test(key: str, operator: str, values: frozenset[str]) -> LabelTest:
    if operator in ("in", "=", "=="):
        return lambda labels: labels.get(key) in values
    if operator in ("notin", "!="):
        return lambda labels: labels.get(key) not in values
    wanted = int(next(iter(values)))
    sign = 1 if operator == ">" else -1

    def compares(labels: Labels) -> bool:
        value = labels.get(key, "")
        return bool(_INT.match(value)) and (int(value) - wanted) * sign > 0

    return compares
