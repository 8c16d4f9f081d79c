"""Post-build variable substitution of a Flux Kustomization (docs/flux.md#substitution).

`substitute` expands one text; `substitute_traced` also says which part of the result came from
which variables, so that a scalar into which a Secret flowed can be masked and an Origin named.
Must not fetch ConfigMaps or Secrets: it is handed plain strings.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from fluxtui.domain.errors import SubstitutionError
from fluxtui.domain.substitution.functions import apply, is_cut, shown
from fluxtui.domain.substitution.parse import Expression, Node, parse

__all__ = ["Span", "Substituted", "merge_variables", "substitute", "substitute_traced"]

_NAME = re.compile(r"[_A-Za-z][_A-Za-z0-9]*")
# Operators that bring their own value for an unset variable, also in strict mode.
_DEFAULTS = frozenset({"=", ":=", ":-", ":?", ":+"})


@dataclass(frozen=True, slots=True)
class Span:
    """`text[start:end]` of the result is one expression, in which `names` were looked at."""

    start: int
    end: int
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Substituted:
    """A result with one Span per `${...}`, in order. Offsets count characters.

    `cut`: a substring ended inside a character, which U+FFFD stands for in `text`.
    """

    text: str
    spans: tuple[Span, ...]
    cut: bool = False

    @property
    def used(self) -> frozenset[str]:
        return frozenset(name for span in self.spans for name in span.names)


def substitute(template: str, variables: Mapping[str, str], *, strict: bool = True) -> str:
    """Expand `${...}` in `template`. Strict (Flux's default): an unset variable is an error.

    Raises SubstitutionError; its `variable` names the unset variable, when that is the reason.
    """
    return substitute_traced(template, variables, strict=strict).text


def substitute_traced(
    template: str, variables: Mapping[str, str], *, strict: bool = True
) -> Substituted:
    """As `substitute`, with the Span of every expression. Raises SubstitutionError."""
    if "$" not in template:
        return Substituted(template, ())
    parts: list[str] = []
    spans: list[Span] = []
    size = 0
    for node in parse(template):
        names: list[str] = []
        text = _value(node, variables, strict, names)
        parts.append(text)
        if names:
            spans.append(Span(size, size + len(text), tuple(dict.fromkeys(names))))
        size += len(text)
    text = "".join(parts)
    return Substituted(shown(text), tuple(spans), cut=is_cut(text))


def _value(node: Node, variables: Mapping[str, str], strict: bool, names: list[str]) -> str:
    if not isinstance(node, Expression):
        return node
    # Arguments first, as Flux does: an unset variable inside a default counts even when unused.
    arguments = [_value(argument, variables, strict, names) for argument in node.arguments]
    names.append(node.name)
    value = variables.get(node.name)
    if value is None:
        if strict and node.operator not in _DEFAULTS:
            raise SubstitutionError(
                f'variable not set (strict mode): "{node.name}"',
                variable=node.name,
                next=f"set it under postBuild, or give a default: ${{{node.name}:=...}}",
            )
        value = ""
    return apply(node.operator, value, arguments)


def merge_variables(sources: Iterable[tuple[str, Mapping[str, str]]]) -> dict[str, str]:
    """The variables of (where, values) pairs; later pairs win, newlines leave every value.

    Order: each substituteFrom as listed, the inline map last. Raises SubstitutionError naming the
    source when a key is no variable name (one bad key fails the build, as in Flux).
    """
    merged: dict[str, str] = {}
    for where, values in sources:
        for name, value in values.items():
            if not _NAME.fullmatch(name):
                raise SubstitutionError(
                    f"'{name}' var name is invalid, must match "
                    "'^[_[:alpha:]][_[:alpha:][:digit:]]*$'",
                    where=where,
                    variable=name,
                    next="rename or remove the key",
                )
            merged[name] = value.replace("\n", "")
    return merged
