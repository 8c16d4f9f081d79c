"""What is typed behind `/`: words, labels, fields or a regular expression that a row must have.

    web prod             every word is somewhere in the row
    label:app=web        as kubectl's -l has it, without spaces
    field:spec.path=./x  a field of the object; `!=` for without, alone for that it is there
    /^web-\\d+/           a regular expression somewhere in the row
    !...                 whatever follows turned around; it counts at the start alone

What is being typed is not finished: a part that does not parse hides nothing, and says so in
`error`. A label or a field that no object has is one too, so a filter says what it asks for. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from fluxtui.domain.resource import Resource
from fluxtui.kit import labels

LABEL, FIELD = "label:", "field:"
Test = Callable[[str, Resource | None], bool]
_FIELD = re.compile(r"(?P<path>[^=!]+)(?:(?P<sign>!?==?)(?P<value>.*))?\Z")


@dataclass(frozen=True, slots=True)
class RowFilter:
    """All of its `tests` must hold; `inverse`: they must not. `error`: what is not understood;
    `asks`: labels and fields that it asks objects for, by how they are named."""

    tests: tuple[Test, ...] = ()
    inverse: bool = False
    error: str = ""
    asks: Mapping[str, Test] = field(default_factory=dict)

    def passes(self, text: str, *resources: Resource) -> bool:
        """Whether a row with that text stays; of several objects behind it one is enough."""
        if self.error or not self.tests:
            return True
        return any(self._holds(text, each) for each in resources or (None,)) != self.inverse

    def _holds(self, text: str, resource: Resource | None) -> bool:
        return all(test(text, resource) for test in self.tests)

    def nowhere(self, resources: Iterable[Resource]) -> tuple[str, ...]:
        """`the field spec.nope`: what it asks for that none of these objects has."""
        missing = dict(self.asks)
        for resource in resources if missing else ():
            for name in [name for name, has in missing.items() if has("", resource)]:
                del missing[name]
            if not missing:
                break
        return tuple(missing)


@lru_cache(maxsize=64)
def parsed(typed: str, *, literal: bool = False) -> RowFilter:
    """The filter of what is typed; `literal`: of text to read, where `label:` is a word as well."""
    text = typed.strip()
    inverse = text.startswith("!")
    text = text.lstrip("!").strip()
    if text.startswith("/"):
        terms: list[str] = []
    else:
        terms = text.split()
    try:
        tests = tuple(_word(term) if literal else _term(term) for term in terms)
        tests = tests if terms or not text else (_regex(text),)
    except ValueError as problem:
        return RowFilter(error=str(problem))
    return RowFilter(tests, inverse, asks={} if literal else dict(_asked(terms)))


def _asked(terms: Iterable[str]) -> Iterator[tuple[str, Test]]:
    """What objects are asked for, and whether one has it at all."""
    for term in terms:
        if term.startswith(FIELD):
            path = re.split("[=!]", term.removeprefix(FIELD), maxsplit=1)[0]
            yield f"the field {path}", _field(path)
        elif term.startswith(LABEL):
            for name, _operator, _values in labels.parse(term.removeprefix(LABEL)):
                yield f"the label {name}", _labels(name)


def _regex(text: str) -> Test:
    body = text[1:].removesuffix("/")
    try:
        pattern = re.compile(body, re.IGNORECASE)
    except re.error as problem:
        raise ValueError(f"not a regular expression: {problem.msg}") from problem
    return lambda row, _resource: pattern.search(row) is not None


def _term(term: str) -> Test:
    if term.startswith(LABEL):
        return _labels(term.removeprefix(LABEL))
    if term.startswith(FIELD):
        return _field(term.removeprefix(FIELD))
    if term.startswith("!"):
        raise ValueError(f"{term}: ! counts at the start alone, where it turns all of it around")
    return _word(term)


def _word(term: str) -> Test:
    word = term.lower()
    return lambda row, _resource: word in row.lower()


def _labels(text: str) -> Test:
    terms = labels.parse(text)
    if not terms:
        raise ValueError(f"{LABEL} names no label: write {LABEL}app=web")
    return lambda _row, resource: resource is not None and labels.fulfilled(terms, resource.labels)


def _field(text: str) -> Test:
    match = _FIELD.match(text)
    if match is None:
        raise ValueError(f"{FIELD}{text} names no field: write {FIELD}spec.path=./x")
    path, sign, value = match["path"], match["sign"], match["value"]

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
