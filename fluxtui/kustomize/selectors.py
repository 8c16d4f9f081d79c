"""Selectors of patches, replacements and transformers, with Kubernetes' own grammar.

Patterns run on RE2, Go's dialect, in linear time: they come from files that others wrote. Nothing
here changes an object.
Rule source: kustomize's SelectorRegex; k8s labels.Parse.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

from fluxtui.domain.errors import BuildError
from fluxtui.domain.goregex import for_re2
from fluxtui.kustomize.ids import Gvk, Id
from fluxtui.kustomize.resource import Resource

_LITERAL = re.compile(r"[A-Za-z0-9_\-/:@ ]*\Z")


@dataclass(frozen=True, slots=True)
class Selector:
    """What to act on; an empty field matches anything. Names and kinds are anchored patterns."""

    group: str = ""
    version: str = ""
    kind: str = ""
    name: str = ""
    namespace: str = ""
    labels: str = ""
    annotations: str = ""

    @property
    def no_id(self) -> bool:
        """Whether it selects by labels and annotations only."""
        return not (self.group or self.version or self.kind or self.name or self.namespace)

    def matches_gvk(self, gvk: Gvk) -> bool:
        return (
            matches(self.group, gvk.group)
            and matches(self.version, gvk.version)
            and matches(self.kind, gvk.kind)
        )

    def matches_id(self, identity: Id) -> bool:
        """By kind, name and the namespace as written."""
        return (
            self.matches_gvk(identity.gvk)
            and matches(self.name, identity.name)
            and matches(self.namespace, identity.namespace)
        )

    def matches_texts(self, resource: Resource) -> bool:
        """By labels and annotations."""
        return (not self.labels or label_match(self.labels, resource.texts("labels"))) and (
            not self.annotations or label_match(self.annotations, resource.texts("annotations"))
        )

    def check(self) -> None:
        """Raises BuildError for a pattern or a label expression that does not parse."""
        self._check_patterns()
        for text in (self.labels, self.annotations):
            parse_labels(text)

    def _check_patterns(self) -> None:
        for pattern in (self.group, self.version, self.kind, self.name, self.namespace):
            compiled(pattern)

    def select(self, resources: Iterable[Resource]) -> list[Resource]:
        """Objects whose first or current name and effective namespace, kind and labels match.

        Raises BuildError for a bad pattern, and for a bad label expression that comes to be used.
        """
        self._check_patterns()
        return [r for r in resources if not r.is_empty() and self._selects(r)]

    def _selects(self, resource: Resource) -> bool:
        if not self.matches_gvk(resource.gvk):
            return False
        now, first = resource.id, resource.first_id
        return (
            (matches(self.namespace, first.space) or matches(self.namespace, now.space))
            and (matches(self.name, first.name) or matches(self.name, now.name))
            and self.matches_texts(resource)
        )


@lru_cache(maxsize=1024)
def compiled(pattern: str) -> Callable[[str], Any]:
    """A matcher of the whole text. Raises BuildError when RE2 refuses the pattern."""
    if _LITERAL.match(pattern):
        return pattern.__eq__
    import re2

    try:
        options = re2.Options()
        options.log_errors = False
        found: Callable[[str], Any] = re2.compile(f"^(?:{for_re2(pattern)})$", options).match
    except re2.error as problem:
        raise BuildError(f"pattern {pattern!r} does not parse: {problem}") from problem
    return found


def matches(pattern: str, text: str) -> bool:
    """Whether the anchored pattern matches; an empty pattern matches anything."""
    return not pattern or bool(compiled(pattern)(text))


Requirement = tuple[str, str, tuple[str, ...]]
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
def parse_labels(text: str) -> tuple[Requirement, ...]:
    """(key, operator, values) of a label selector. Raises BuildError when it does not parse."""
    result: list[Requirement] = []
    if not text.strip():
        return ()
    for part in re.split(r",(?![^(]*\))", text):
        result.append(_requirement(part.strip(), text))
    return tuple(result)


def _requirement(part: str, text: str) -> Requirement:
    for form, operator in _FORMS:
        found = form.match(part)
        if not found:
            continue
        key = found[1]
        if operator:
            requirement: Requirement = (key, operator, ())
        elif found[2] in ("in", "notin"):
            requirement = (key, found[2], tuple(v.strip() for v in found[3].split(",")))
        else:
            requirement = (key, found[2], (found[3],))
        numeric = requirement[1] in (">", "<")
        good = all(
            (re.fullmatch(r"-?\d+", v) if numeric else _VALUE.match(v)) for v in requirement[2]
        )
        if _KEY.match(key) and good:
            return requirement
    raise BuildError(f"label selector {text!r} does not parse at {part!r}")


def label_match(text: str, labels: Mapping[str, str]) -> bool:
    """Whether the labels fulfil every requirement of the selector."""
    return all(_fulfils(labels, *requirement) for requirement in parse_labels(text))


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
