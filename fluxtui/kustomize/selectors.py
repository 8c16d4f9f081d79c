"""Selectors of patches, replacements and transformers, with Kubernetes' own grammar of labels.

Patterns run on RE2, Go's dialect, in linear time: they come from files that others wrote. Nothing
here changes an object.
Rule source: kustomize's SelectorRegex; k8s labels.Parse.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from fluxtui.domain.errors import BuildError
from fluxtui.domain.goregex import for_re2
from fluxtui.kit import labels
from fluxtui.kustomize.ids import Gvk, Id
from fluxtui.kustomize.resource import BuildResource

_LITERAL = re.compile(r"[A-Za-z0-9_\-/:@ ]*\Z")


@dataclass(frozen=True, slots=True)
class ObjectSelector:
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

    def matches_texts(self, resource: BuildResource) -> bool:
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

    def select(self, resources: Iterable[BuildResource]) -> list[BuildResource]:
        """Objects whose first or current name and effective namespace, kind and labels match.

        Raises BuildError for a bad pattern, and for a bad label expression that comes to be used.
        """
        self._check_patterns()
        return [r for r in resources if not r.is_empty() and self._selects(r)]

    def _selects(self, resource: BuildResource) -> bool:
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
        matcher: Callable[[str], Any] = re2.compile(f"^(?:{for_re2(pattern)})$", options).match
    except re2.error as problem:
        raise BuildError(f"pattern {pattern!r} does not parse: {problem}") from problem
    return matcher


def matches(pattern: str, text: str) -> bool:
    """Whether the anchored pattern matches; an empty pattern matches anything."""
    return not pattern or bool(compiled(pattern)(text))


def parse_labels(text: str) -> tuple[labels.Requirement, ...]:
    """The requirements of a label selector. Raises BuildError when it does not parse."""
    try:
        return labels.parse(text)
    except ValueError as error:
        raise BuildError(str(error)) from error


def label_match(text: str, carried: Mapping[str, str]) -> bool:
    """Whether these labels fulfil the selector. Raises BuildError when it does not parse."""
    return labels.fulfilled(parse_labels(text), carried)
