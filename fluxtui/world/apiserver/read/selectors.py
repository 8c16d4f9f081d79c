"""Label and field selectors as predicates over objects.

`kubectl get -l` and the product's feeds use them; which fields a kind can be selected by is data
here. Pure: nothing here knows the store or HTTP.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from fluxtui.kit import labels
from fluxtui.world.apiserver.kinds import ApiKind
from fluxtui.world.apiserver.status import Json, bad_request

Predicate = Callable[[Json], bool]

_INVOLVED = ("kind", "namespace", "name", "uid", "apiVersion", "resourceVersion", "fieldPath")
_FIELDS: Mapping[str, frozenset[str]] = {
    "Pod": frozenset(("spec.nodeName", "spec.restartPolicy", "status.phase", "status.podIP")),
    "Event": frozenset(
        (*(f"involvedObject.{n}" for n in _INVOLVED), "reason", "type", "reportingComponent")
    ),
    "Namespace": frozenset(("status.phase",)),
    "Secret": frozenset(("type",)),
    "Node": frozenset(("spec.unschedulable",)),
}


def label_selector(text: str) -> Predicate | None:
    """The predicate of a label selector; None where it selects everything. Raises 400."""
    try:
        terms = labels.parse(text)
    except ValueError as error:
        raise bad_request(f"unable to parse requirement: {error}") from error
    if not terms:
        return None

    def matches(obj: Json) -> bool:
        return labels.fulfilled(terms, obj["metadata"].get("labels") or {})

    return matches


def field_selector(text: str, kind: ApiKind) -> Predicate | None:
    """The predicate of a field selector for one kind. Raises 400 for an unknown field."""
    tests = [_term(text, part) for part in text.split(",") if part]
    fields = frozenset() if kind.custom else _FIELDS.get(kind.kind, frozenset())
    for path, _, _ in tests:
        if path not in ("metadata.name", "metadata.namespace") and path not in fields:
            raise bad_request(f"field label not supported: {path}")
    if not tests:
        return None

    def matches(obj: Json) -> bool:
        return all((_at(obj, path) == value) == equal for path, value, equal in tests)

    return matches


def _term(text: str, part: str) -> tuple[str, str, bool]:
    """(field, value, whether equal)."""
    path, equals, value = part.partition("=")
    if not equals:
        raise bad_request(f"invalid selector: '{text}'; can't understand '{part}'")
    return path.removesuffix("!"), value.removeprefix("="), not path.endswith("!")


def single_name(text: str) -> str:
    """The name a field selector pins (`metadata.name=x`), or empty: lists use it as an index."""
    pairs = (part.partition("=") for part in text.split(","))
    return next((v.removeprefix("=") for path, _, v in pairs if path == "metadata.name"), "")


def _at(obj: Json, path: str) -> str:
    value: Any = obj
    for step in path.split("."):
        value = value.get(step) if isinstance(value, dict) else None
    if isinstance(value, bool) or (value is None and path == "spec.unschedulable"):
        return "true" if value else "false"
    return "" if value is None else str(value)


def both(one: Predicate | None, other: Predicate | None) -> Predicate | None:
    """The conjunction of two optional predicates."""
    if one is None or other is None:
        return one or other
    first, second = one, other
    return lambda obj: first(obj) and second(obj)
