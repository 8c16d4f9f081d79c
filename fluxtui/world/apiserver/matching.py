"""Which requests a webhook or an admission policy is about: rules and selectors. Pure but for
reading a namespace's labels; expressions are in cel.py.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from fluxtui.world.apiserver.kinds import Kind
from fluxtui.world.apiserver.reviewing import Attributes
from fluxtui.world.apiserver.state import State
from fluxtui.world.apiserver.status import Json, not_found

ADMISSION = "admissionregistration.k8s.io"
_EXEMPT = (
    "ValidatingWebhookConfiguration",
    "MutatingWebhookConfiguration",
    "ValidatingAdmissionPolicy",
    "ValidatingAdmissionPolicyBinding",
)
_NAMESPACES = ("", "namespaces")


def exempt(kind: Kind) -> bool:
    """What configures admission is never subject to it: nobody could repair a mistake."""
    return kind.group == ADMISSION and kind.kind in _EXEMPT


def rule_matches(
    rule: Mapping[str, Any], kind: Kind, operation: str, namespace: str, subresource: str
) -> bool:
    """Whether a RuleWithOperations names this request."""
    scope = rule.get("scope") or "*"
    is_namespace = kind.resource == _NAMESPACES
    if scope == "Namespaced" and (is_namespace or not namespace):
        return False
    if scope == "Cluster" and not is_namespace and namespace:
        return False
    return (
        _named(rule.get("operations"), operation)
        and _named(rule.get("apiGroups"), kind.group)
        and _named(rule.get("apiVersions"), kind.version)
        and any(_resource(str(r), kind.plural, subresource) for r in rule.get("resources") or ())
    )


def _named(items: Sequence[str] | None, wanted: str) -> bool:
    return any(item in ("*", wanted) for item in items or ())


def _resource(pattern: str, plural: str, subresource: str) -> bool:
    resource, _, sub = pattern.partition("/")
    return resource in ("*", plural) and sub in ("*", subresource)


def labels_match(selector: Mapping[str, Any] | None, labels: Mapping[str, Any]) -> bool:
    """Whether a LabelSelector chooses these labels; none and an empty one choose all."""
    selector = selector or {}
    if any(labels.get(k) != v for k, v in (selector.get("matchLabels") or {}).items()):
        return False
    return all(_holds(e, labels) for e in selector.get("matchExpressions") or ())


def _holds(entry: Mapping[str, Any], labels: Mapping[str, Any]) -> bool:
    value, values = labels.get(str(entry.get("key"))), entry.get("values") or ()
    operator = entry.get("operator")
    if operator == "In":
        return value in values
    if operator == "NotIn":
        return value not in values
    return (value is not None) == (operator == "Exists")


def namespace_labels(state: State, about: Attributes) -> Mapping[str, Any] | None:
    """The labels a namespaceSelector looks at; None for what is in no namespace.

    A Namespace being written is judged by the labels it will have. Raises 404.
    """
    if not about.namespace:
        return None
    if about.kind.resource == _NAMESPACES and about.new is not None:
        return dict(about.new["metadata"].get("labels") or {})
    found = state.store.get(_NAMESPACES, ("", about.namespace))
    if found is None:
        kind = state.catalog.find("", "v1", "namespaces")
        assert kind is not None
        raise not_found(kind.named(about.namespace))
    return dict(found.obj["metadata"].get("labels") or {})


def variables(about: Attributes) -> Json:
    """What an expression of a webhook or policy may name."""
    kind, request = about.kind, about.asking
    return {
        "object": about.new,
        "oldObject": about.old,
        "request": {
            "kind": {"group": kind.group, "version": kind.version, "kind": kind.kind},
            "resource": {"group": kind.group, "version": kind.version, "resource": kind.plural},
            "subResource": request.subresource,
            "name": about.name,
            "namespace": about.namespace,
            "operation": about.operation,
            "userInfo": {"username": request.user, "groups": list(request.groups)},
            "dryRun": request.dry_run,
            "options": request.options,
        },
    }
