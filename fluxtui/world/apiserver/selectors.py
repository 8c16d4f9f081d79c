"""Label and field selectors as predicates over objects.

Syntax and error texts are apimachinery's. Pure: nothing here knows the store or HTTP.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from fluxtui.world.apiserver.status import Json, bad_request

Predicate = Callable[[Json], bool]

_KEY = r"(?:[A-Za-z0-9](?:[-A-Za-z0-9.]*[A-Za-z0-9])?/)?[A-Za-z0-9](?:[-A-Za-z0-9_.]*[A-Za-z0-9])?"
_VALUE = r"(?:[A-Za-z0-9](?:[-A-Za-z0-9_.]*[A-Za-z0-9])?)?"
_SET = re.compile(rf"({_KEY})\s+(in|notin)\s*\(([^()]*)\)\Z")
_EQUAL = re.compile(rf"({_KEY})\s*(==|!=|=)\s*({_VALUE})\Z")
_EXISTS = re.compile(rf"(!?)\s*({_KEY})\Z")


def label_selector(text: str) -> Predicate | None:
    """The predicate of a label selector; None where it selects everything. Raises 400."""
    parts = [p.strip() for p in _split(text)]
    tests = [_label_test(p) for p in parts if p]
    if not tests:
        return None

    def matches(obj: Json) -> bool:
        labels = obj["metadata"].get("labels") or {}
        return all(test(labels) for test in tests)

    return matches


def _split(text: str) -> list[str]:
    """Split at commas that are not inside parentheses."""
    parts, depth, start = [], 0, 0
    for i, char in enumerate(text):
        if char == "(":
            depth += 1
        elif char == ")":
            depth -= 1
        elif char == "," and depth == 0:
            parts.append(text[start:i])
            start = i + 1
    parts.append(text[start:])
    return parts


def _label_test(part: str) -> Callable[[Mapping[str, str]], bool]:
    if found := _SET.match(part):
        key, operator, inside = found.groups()
        values = {v.strip() for v in inside.split(",")}
        if operator == "in":
            return lambda labels: key in labels and labels[key] in values
        return lambda labels: key not in labels or labels[key] not in values
    if found := _EQUAL.match(part):
        key, operator, value = found.groups()
        if operator == "!=":
            return lambda labels: labels.get(key) != value
        return lambda labels: labels.get(key) == value
    if found := _EXISTS.match(part):
        absent, key = found.groups()
        return lambda labels: (key in labels) != bool(absent)
    if found := re.match(rf"{_KEY}\s*(?:==|!=|=)\s*{_VALUE}\s*(.)", part):
        raise bad_request(f"found '{found.group(1)}', expected: ',' or 'end of string'")
    raise bad_request(f"unable to parse requirement: found '{part}', expected: identifier")


_EVERYWHERE = ("metadata.name", "metadata.namespace")
_FIELDS: Mapping[tuple[str, str], tuple[str, ...]] = {
    ("", "pods"): (
        "spec.nodeName",
        "spec.restartPolicy",
        "spec.schedulerName",
        "spec.serviceAccountName",
        "spec.hostNetwork",
        "status.phase",
        "status.podIP",
        "status.nominatedNodeName",
    ),
    ("", "events"): (
        "involvedObject.kind",
        "involvedObject.namespace",
        "involvedObject.name",
        "involvedObject.uid",
        "involvedObject.apiVersion",
        "involvedObject.resourceVersion",
        "involvedObject.fieldPath",
        "reason",
        "reportingComponent",
        "source",
        "type",
    ),
    ("", "namespaces"): ("status.phase",),
    ("", "secrets"): ("type",),
    ("", "nodes"): ("spec.unschedulable",),
    ("", "services"): ("spec.clusterIP", "spec.type"),
    ("", "replicationcontrollers"): ("status.replicas",),
    ("apps", "replicasets"): ("status.replicas",),
    ("batch", "jobs"): ("status.successful",),
}


def field_selector(
    text: str, resource: tuple[str, str], extra: tuple[str, ...] = ()
) -> Predicate | None:
    """The predicate of a field selector for one resource. Raises 400 for an unknown field."""
    allowed = _EVERYWHERE + _FIELDS.get(resource, ()) + tuple(p.lstrip(".") for p in extra)
    tests: list[tuple[tuple[str, ...], str, bool]] = []
    for part in text.split(","):
        if not part.strip():
            continue
        found = re.match(r"(.+?)(==|!=|=)(.*)\Z", part.strip())
        if not found:
            raise bad_request(f"invalid selector: '{text}'; can't understand '{part}'")
        path, operator, value = found.groups()
        if path not in allowed:
            raise bad_request(_unknown_field(path, resource, extra))
        tests.append((tuple(path.split(".")), value, operator != "!="))
    if not tests:
        return None

    def matches(obj: Json) -> bool:
        return all((_value(obj, path) == value) == wanted for path, value, wanted in tests)

    return matches


def _unknown_field(path: str, resource: tuple[str, str], extra: tuple[str, ...]) -> str:
    if resource in _FIELDS:
        return f"field label not supported: {path}"
    known = ", ".join(f'"{p}"' for p in (*_EVERYWHERE, *(p.lstrip(".") for p in extra)))
    return f'"{path}" is not a known field selector: only {known}'


def single_name(text: str) -> str:
    """The name a field selector pins (`metadata.name=x`), or empty: lists use it as an index."""
    for part in text.split(","):
        found = re.match(r"metadata\.name==?([^=]+)\Z", part.strip())
        if found:
            return found.group(1)
    return ""


def _value(obj: Json, path: tuple[str, ...]) -> str:
    if path == ("source",):
        return str((obj.get("source") or {}).get("component", ""))
    if path == ("status", "successful"):
        path = ("status", "succeeded")
    value: Any = obj
    for step in path:
        value = value.get(step) if isinstance(value, dict) else None
    if value is None:
        return "false" if path[-1] in ("unschedulable", "hostNetwork") else ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def both(one: Predicate | None, other: Predicate | None) -> Predicate | None:
    """The conjunction of two optional predicates."""
    if one is None or other is None:
        return one or other
    first, second = one, other
    return lambda obj: first(obj) and second(obj)
