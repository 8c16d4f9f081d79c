"""Kubernetes label selectors: as text (labels.Parse), as objects, and what they match.

Pure, and the one grammar of the renderer, the command line, the embedded API and of who owns which
Pod. Field selectors are no part of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Any, Final

Requirement = tuple[str, str, tuple[str, ...]]
"""Key, operator (exists, !, =, ==, !=, in, notin, <, >) and values."""
_OPERATORS: Final = {"In": "in", "NotIn": "notin", "Exists": "exists", "DoesNotExist": "!"}
_NAME: Final = r"[A-Za-z0-9_./\-]+"
_VALUES: Final = r"\(([^()]*)\)"
_FORMS: Final = (
    (re.compile(rf"!\s*({_NAME})\Z"), "!"),
    (re.compile(rf"({_NAME})\Z"), "exists"),
    (re.compile(rf"({_NAME})\s*(==|=|!=|>|<)\s*([A-Za-z0-9_.\-]*)\Z"), ""),
    (re.compile(rf"({_NAME})\s+(in|notin)\s*{_VALUES}\Z"), ""),
)
_KEY = re.compile(
    r"(?:[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*/)?"
    r"[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?\Z"
)
_VALUE = re.compile(r"(?:[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?\Z")


@lru_cache(maxsize=1024)
def parse(text: str) -> tuple[Requirement, ...]:
    """(key, operator, values) of a label selector. Raises ValueError when it does not parse."""
    result: list[Requirement] = []
    if not text.strip():
        return ()
    for part in re.split(r",(?![^(]*\))", text):
        result.append(_requirement(part.strip(), text))
    return tuple(result)


def _requirement(part: str, text: str) -> Requirement:
    for form, operator in _FORMS:
        match = form.match(part)
        if not match:
            continue
        key = match[1]
        if operator:
            requirement: Requirement = (key, operator, ())
        elif match[2] in ("in", "notin"):
            requirement = (key, match[2], tuple(v.strip() for v in match[3].split(",")))
        else:
            requirement = (key, match[2], (match[3],))
        numeric = requirement[1] in (">", "<")
        good = all(
            (re.fullmatch(r"-?\d+", v) if numeric else _VALUE.match(v)) for v in requirement[2]
        )
        if _KEY.match(key) and good:
            return requirement
    raise ValueError(f"label selector {text!r} does not parse at {part!r}")


def of_selector(selector: Mapping[str, Any]) -> tuple[Requirement, ...]:
    """The requirements of a LabelSelector object; what is malformed matches nothing.

    An empty selector matches everything, as Kubernetes has it: who must not is the caller.
    """
    return (*_equalities(selector.get("matchLabels")), *_expressions(selector))


def _equalities(labels: object) -> Iterator[Requirement]:
    for key, value in labels.items() if isinstance(labels, Mapping) else ():
        yield str(key), "=", (str(value),)


def _expressions(selector: Mapping[str, Any]) -> Iterator[Requirement]:
    expressions = selector.get("matchExpressions")
    for expression in expressions if isinstance(expressions, list) else ():
        if not isinstance(expression, Mapping):
            continue
        values = expression.get("values")
        texts = tuple(map(str, values)) if isinstance(values, list) else ()
        operator = _OPERATORS.get(str(expression.get("operator")), "in")
        yield str(expression.get("key")), operator, texts


def as_text(requirements: Iterable[Requirement]) -> str:
    """What `parse` reads as these requirements: a selector for the API."""
    return ",".join(map(_as_text, requirements))


def _as_text(requirement: Requirement) -> str:
    key, operator, values = requirement
    if operator == "exists":
        return key
    if operator == "!":
        return f"!{key}"
    if operator in ("in", "notin"):
        return f"{key} {operator} ({','.join(values)})"
    return f"{key}{operator}{values[0]}"


def fulfilled(requirements: Iterable[Requirement], labels: Mapping[str, str]) -> bool:
    """Whether the labels fulfil every requirement."""
    return all(_fulfils(labels, *requirement) for requirement in requirements)


def _fulfils(labels: Mapping[str, str], key: str, operator: str, values: tuple[str, ...]) -> bool:
    value = labels.get(key)
    if operator in ("exists", "!"):
        return (value is None) == (operator == "!")
    if operator in ("!=", "notin"):
        return value is None or value not in values
    if value is None:
        return False
    if operator in (">", "<"):
        if not re.fullmatch(r"[-+]?\d+", value):
            return False
        return int(value) > int(values[0]) if operator == ">" else int(value) < int(values[0])
    return value in values
