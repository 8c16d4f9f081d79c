"""Label and field selectors as predicates over objects.

Syntax and error texts are apimachinery's; which fields a kind can be selected by is data here.
Pure: nothing here knows the store or HTTP.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from fluxtui.world.apiserver import label_selectors
from fluxtui.world.apiserver.kinds import Kind
from fluxtui.world.apiserver.status import Json, bad_request

Predicate = Callable[[Json], bool]

_EVERYWHERE = ("metadata.name", "metadata.namespace")


def label_selector(text: str) -> Predicate | None:
    """The predicate of a label selector; None where it selects everything. Raises 400."""
    tests = label_selectors.parse(text)
    if not tests:
        return None

    def matches(obj: Json) -> bool:
        labels = obj["metadata"].get("labels") or {}
        return all(test(labels) for test in tests)

    return matches


def _event_fields(about: str, component: str) -> dict[str, str]:
    names = ("kind", "namespace", "name", "uid", "apiVersion", "resourceVersion", "fieldPath")
    fields = {f"{about}.{name}": f"involvedObject.{name}" for name in names}
    return fields | {"reason": "reason", component: "reportingComponent", "type": "type"}


def _same(*paths: str) -> dict[str, str]:
    return {path: path for path in paths}


# What kinds can be selected by besides name and namespace, and where that is in the object. Kinds
# that are listed here word their refusals differently from those that are not.
_FIELDS: Mapping[tuple[str, str], Mapping[str, str]] = {
    ("v1", "Pod"): _same(
        "spec.nodeName",
        "spec.restartPolicy",
        "spec.schedulerName",
        "spec.serviceAccountName",
        "spec.hostNetwork",
        "status.phase",
        "status.podIP",
        "status.podIPs",
        "status.nominatedNodeName",
    ),
    ("v1", "Event"): _event_fields("involvedObject", "reportingComponent") | _same("source"),
    ("events.k8s.io/v1", "Event"): _event_fields("regarding", "reportingController"),
    ("v1", "Namespace"): _same("status.phase"),
    ("v1", "Secret"): _same("type"),
    ("v1", "Node"): _same("spec.unschedulable"),
    ("v1", "Service"): _same("spec.clusterIP", "spec.type"),
    ("v1", "ReplicationController"): _same("status.replicas"),
    ("batch/v1", "Job"): {"status.successful": "status.succeeded"},
    ("certificates.k8s.io/v1", "CertificateSigningRequest"): _same("spec.signerName"),
}
_NO_NAMESPACE = frozenset(("Namespace", "Node", "CertificateSigningRequest"))
# Real servers know the label status.podIPs, but nothing that it could equal.
_ELSEWHERE = {"source": "source.component", "status.podIPs": "-"}
_ZERO = {"spec.unschedulable": "false", "spec.hostNetwork": "false"}
_ZERO |= {"status.replicas": "0", "status.succeeded": "0"}


def field_selector(text: str, kind: Kind) -> Predicate | None:
    """The predicate of a field selector for one kind. Raises 400 for an unknown field."""
    known = _FIELDS.get((kind.api_version, kind.kind), {}) if not kind.custom else {}
    extra = tuple(path.lstrip(".") for path in kind.selectable)
    tests: list[tuple[str, str, bool]] = []
    terms = [_term(text, part) for part in sorted(_terms(text)) if part]
    for path, value, equal in terms:
        plain = path in _EVERYWHERE and not (known and kind.kind in _NO_NAMESPACE)
        if not (plain or path == "metadata.name" or path in known or path in extra):
            raise bad_request(_unknown_field(path, kind))
        tests.append((known.get(path, path), value, equal))
    if not tests:
        return None

    def matches(obj: Json) -> bool:
        return all((_value(obj, path) == value) == wanted for path, value, wanted in tests)

    return matches


def _terms(text: str) -> list[str]:
    """Split at commas that no backslash precedes."""
    terms, start, escaped = [], 0, False
    for i, char in enumerate(text):
        if escaped:
            escaped = False
        elif char == "\\":
            escaped = True
        elif char == ",":
            terms.append(text[start:i])
            start = i + 1
    return [*terms, text[start:]]


def _term(text: str, part: str) -> tuple[str, str, bool]:
    """(field, value, whether equal)."""
    at = part.find("=")
    if at < 0:
        raise bad_request(f"invalid selector: '{text}'; can't understand '{part}'")
    if at and part[at - 1] == "!":
        return part[: at - 1], _unescaped(part[at + 1 :]), False
    value = part[at + 1 :].removeprefix("=")
    return part[:at], _unescaped(value), True


def _unescaped(value: str) -> str:
    if not any(char in value for char in "\\,="):
        return value
    out, escaped = [], False
    for char in value:
        if escaped:
            if char not in "\\,=":
                raise bad_request(f"invalid field selector: invalid escape sequence: \\{char}")
            out.append(char)
            escaped = False
        elif char == "\\":
            escaped = True
        elif char in ",=":
            text = f"invalid field selector: unescaped character in value: {ord(char)}"
            raise bad_request(text)
        else:
            out.append(char)
    if escaped:
        raise bad_request("invalid field selector: invalid escape sequence: \\")
    return "".join(out)


def _unknown_field(path: str, kind: Kind) -> str:
    worded = kind.custom or (kind.api_version, kind.kind) in _FIELDS
    if worded:
        return f"field label not supported: {path}"
    known = ", ".join(f'"{name}"' for name in _EVERYWHERE)
    return f'"{path}" is not a known field selector: only {known}'


def single_name(text: str) -> str:
    """The name a field selector pins (`metadata.name=x`), or empty: lists use it as an index."""
    for part in _terms(text):
        if part.startswith("metadata.name="):
            return _term(text, part)[1]
    return ""


def _value(obj: Json, path: str) -> str:
    value = _at(obj, _ELSEWHERE.get(path, path))
    if path == "source" and not value:
        value = obj.get("reportingComponent")
    if value is None:
        return _ZERO.get(path, "")
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def _at(obj: Json, path: str) -> Any:
    value: Any = obj
    for step in path.split("."):
        value = value.get(step) if isinstance(value, dict) else None
    return value


def both(one: Predicate | None, other: Predicate | None) -> Predicate | None:
    """The conjunction of two optional predicates."""
    if one is None or other is None:
        return one or other
    first, second = one, other
    return lambda obj: first(obj) and second(obj)
