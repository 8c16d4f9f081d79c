"""What is typed behind `/`: words, labels, fields or a regular expression that a row must have.

    web prod             every word is somewhere in the row
    label:app=web        as kubectl's -l has it, without spaces
    field:spec.path=./x  a field of the object; `!=` for without, alone for that it is there
    /^web-\\d+/           a regular expression somewhere in the row
    !...                 whatever follows turned around

What is being typed is not finished: a part that does not parse hides nothing, and says so in
`error`. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from fluxtui.domain.resource import Resource
from fluxtui.kit import labels

LABEL, FIELD = "label:", "field:"
Test = Callable[[str, Resource | None], bool]
_FIELD = re.compile(r"(?P<path>[^=!]+)(?:(?P<sign>!?==?)(?P<value>.*))?\Z")


@dataclass(frozen=True, slots=True)
class RowFilter:
    """All of its `tests` must hold; `inverse`: they must not. `error`: what is not understood."""

    tests: tuple[Test, ...] = ()
    inverse: bool = False
    error: str = ""

    def passes(self, text: str, resource: Resource | None = None) -> bool:
        """Whether a row with that text, about that object, stays."""
        if self.error or not self.tests:
            return True
        return all(test(text, resource) for test in self.tests) != self.inverse


@lru_cache(maxsize=64)
def parsed(typed: str) -> RowFilter:
    """The filter of what is typed."""
    text = typed.strip()
    inverse = text.startswith("!")
    text = text.lstrip("!").strip()
    try:
        tests = (_regex(text),) if text.startswith("/") else tuple(map(_term, text.split()))
    except ValueError as problem:
        return RowFilter(error=str(problem))
    return RowFilter(tests, inverse)


def _regex(text: str) -> Test:
    body = text[1:].removesuffix("/")
    try:
        pattern = re.compile(body, re.IGNORECASE)
    except re.error as problem:
        raise ValueError(f"{body} is no regular expression: {problem.msg}") from problem
    return lambda row, _resource: pattern.search(row) is not None


def _term(term: str) -> Test:
    if term.startswith(LABEL):
        return _labels(term.removeprefix(LABEL))
    if term.startswith(FIELD):
        return _field(term.removeprefix(FIELD))
    word = term.lower()
    return lambda row, _resource: word in row.lower()


def _labels(text: str) -> Test:
    terms = labels.parse(text)
    return lambda _row, resource: resource is not None and labels.fulfilled(terms, resource.labels)


def _field(text: str) -> Test:
    match = _FIELD.match(text)
    if match is None:
        raise ValueError(f"{FIELD}{text} names no field: write {FIELD}spec.path=./x")
    path, sign, value = match["path"], match["sign"] or "", match["value"] or ""

    def holds(_row: str, resource: Resource | None) -> bool:
        values = [] if resource is None else list(values_at(resource, path))
        if not sign:
            return bool(values)
        return (value in values) != sign.startswith("!")

    return holds


def values_at(resource: Resource, path: str) -> Iterator[str]:
    """Whatever stands at `spec.path`, as text; of a list each entry's. A name may hold dots."""
    top: Mapping[str, Any] = {
        "metadata": {
            "name": resource.key.name,
            "namespace": resource.key.namespace,
            "labels": resource.labels,
            "annotations": resource.annotations,
        },
        "spec": resource.spec,
        "status": resource.status,
        **resource.extra,
    }
    return _values(top, path)


def _values(value: object, path: str) -> Iterator[str]:
    if isinstance(value, list):
        for entry in value:
            yield from _values(entry, path)
    elif not path:
        yield _text(value)
    elif isinstance(value, Mapping):
        if path in value:
            yield from _values(value[path], "")
            return
        name, _dot, rest = path.partition(".")
        if rest and name in value:
            yield from _values(value[name], rest)


def _text(value: object) -> str:
    """As YAML writes it."""
    if isinstance(value, bool):
        return str(value).lower()
    return str(value)
