"""ValidatingAdmissionPolicies: CEL rules stored in the API, in force where a binding says so.

Texts and codes are those of Kubernetes' policy plugin. Parameters (`paramKind`) are read from the
store; the authorizer, and annotations for an audit log that the World does not keep, are not there.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fluxtui.world.apiserver import cel
from fluxtui.world.apiserver.kinds import Kind
from fluxtui.world.apiserver.matching import (
    ADMISSION,
    labels_match,
    namespace_labels,
    rule_matches,
    variables,
)
from fluxtui.world.apiserver.outcalls import Asking
from fluxtui.world.apiserver.reviewing import Attributes
from fluxtui.world.apiserver.state import State
from fluxtui.world.apiserver.status import Cause, Details, Json, StatusError

_POLICIES = (ADMISSION, "validatingadmissionpolicies")
_BINDINGS = (ADMISSION, "validatingadmissionpolicybindings")
_CODES = {"Unauthorized": 401, "Forbidden": 403, "RequestEntityTooLarge": 413}

Governed = list[tuple[Json, list[Json]]]
"""Policies with the bindings that put them in force."""


def concerned(
    state: State, kind: Kind, old: Json | None, new: Json | None, request: Asking
) -> Governed:
    """The policies with a rule for this request, by name."""
    stored = state.store.bucket(_POLICIES).objects
    if not stored:
        return []
    bindings = [b.obj for _, b in sorted(state.store.bucket(_BINDINGS).objects.items())]
    operation = "DELETE" if new is None else "CREATE" if old is None else "UPDATE"
    metadata = (new or old or {})["metadata"]
    is_namespace = kind.resource == ("", "namespaces")
    namespace = str(metadata.get("name" if is_namespace else "namespace") or "")
    found: Governed = []
    for _, policy in sorted(stored.items()):
        name = policy.obj["metadata"]["name"]
        mine = [b for b in bindings if (b.get("spec") or {}).get("policyName") == name]
        constraints = (policy.obj.get("spec") or {}).get("matchConstraints") or {}
        if mine and _ruled(constraints, kind, operation, namespace, request.subresource, metadata):
            found.append((policy.obj, mine))
    return found


def _ruled(
    match: Mapping[str, Any],
    kind: Kind,
    operation: str,
    namespace: str,
    subresource: str,
    metadata: Mapping[str, Any],
    *,
    open_ended: bool = False,
) -> bool:
    """Whether MatchResources' rules name it; `open_ended`: no rules name everything."""

    def named(rule: Mapping[str, Any]) -> bool:
        names = rule.get("resourceNames")
        if names and metadata.get("name") not in names:
            return False
        return rule_matches(rule, kind, operation, namespace, subresource)

    rules = match.get("resourceRules") or ()
    if any(named(rule) for rule in match.get("excludeResourceRules") or ()):
        return False
    return (open_ended and not rules) or any(named(rule) for rule in rules)


def _selected(state: State, match: Mapping[str, Any], about: Attributes) -> bool:
    labels = namespace_labels(state, about)
    if labels is not None and not labels_match(match.get("namespaceSelector"), labels):
        return False
    objects = [obj for obj in (about.new, about.old) if obj is not None]
    selector = match.get("objectSelector")
    return any(labels_match(selector, o["metadata"].get("labels") or {}) for o in objects)


def enforce(state: State, governed: Governed, about: Attributes) -> None:
    """Warn of what is only warned of; raises StatusError for the first that denies."""
    known = variables(about)
    if about.namespace and about.kind.resource != ("", "namespaces"):
        home = state.store.get(("", "namespaces"), ("", about.namespace))
        known["namespaceObject"] = home.obj if home is not None else None
    denied: StatusError | None = None
    for policy, bindings in governed:
        spec = policy.get("spec") or {}
        if not _selected(state, spec.get("matchConstraints") or {}, about):
            continue
        for binding in bindings:
            bound = (binding.get("spec") or {}).get("matchResources") or {}
            ruled = _ruled(
                bound,
                about.kind,
                about.operation,
                about.namespace,
                about.asking.subresource,
                (about.new or about.old or {})["metadata"],
                open_ended=True,
            )
            if ruled and _selected(state, bound, about):
                found = _judge(state, policy, binding, known, about)
                denied = denied or found
    if denied is not None:
        raise denied


def _judge(
    state: State, policy: Json, binding: Json, known: Json, about: Attributes
) -> StatusError | None:
    """One policy by one binding: its warnings go to the client, its denial is returned."""
    first: StatusError | None = None
    actions = (binding.get("spec") or {}).get("validationActions") or ()
    names = policy["metadata"]["name"], binding["metadata"]["name"]
    params, problem = _params(state, policy, binding, about)
    failures: list[tuple[str, str]] = []
    if problem:
        failures = [("", f"failed to configure binding: {problem}")]
    for param in params:
        failures += _failures(policy, {**known, "params": param} if param is not None else known)
    if failures and problem and (policy.get("spec") or {}).get("failurePolicy") == "Ignore":
        return None
    for reason, message in failures:
        if "Warn" in actions:
            about.asking.warnings.append(
                f"Validation failed for ValidatingAdmissionPolicy '{names[0]}' with binding "
                f"'{names[1]}': {message}"
            )
        if ("Deny" in actions or problem) and first is None:
            first = _denial(names, reason, message, about)
    return first


def _params(
    state: State, policy: Json, binding: Json, about: Attributes
) -> tuple[list[Json | None], str]:
    """(parameter objects, why there are none); one None where the policy takes none."""
    wanted = (policy.get("spec") or {}).get("paramKind")
    reference = (binding.get("spec") or {}).get("paramRef")
    if not wanted or not reference:
        return [None], ""
    kind = state.catalog.by_kind(str(wanted.get("apiVersion")), str(wanted.get("kind")))
    if kind is None:
        return [], f"failed to find resource referenced by paramKind: '{wanted.get('kind')}'"
    namespace = str(reference.get("namespace") or about.namespace) if kind.namespaced else ""
    if reference.get("name"):
        one = state.store.get(kind.resource, (namespace, str(reference["name"])))
        found: list[Json | None] = [one.obj] if one is not None else []
    else:
        found = [
            stored.obj
            for stored in state.store.each(kind.resource, namespace)
            if labels_match(reference.get("selector"), stored.obj["metadata"].get("labels") or {})
        ]
    if found or reference.get("parameterNotFoundAction") == "Allow":
        return found, ""
    return [], "no params found for policy binding with `Deny` parameterNotFoundAction"


def _failures(policy: Json, known: Json) -> list[tuple[str, str]]:
    """(reason, message) of every validation that does not hold."""
    spec = policy.get("spec") or {}
    strict = spec.get("failurePolicy") != "Ignore"
    conditions = [str(c.get("expression")) for c in spec.get("matchConditions") or ()]
    try:
        if not cel.all_true(conditions, known):
            return []
    except cel.Failed as error:
        return [("", str(error))] if strict else []
    failures: list[tuple[str, str]] = []
    known = _with_variables(spec, known)
    for validation in spec.get("validations") or ():
        source = str(validation.get("expression") or "").strip()
        try:
            if not cel.truth(source, known):
                message = _message(validation, source, known)
                failures.append((str(validation.get("reason") or "Invalid"), message))
        except cel.Failed as error:
            if strict:
                failures.append(("", str(error)))
    return failures


def _with_variables(spec: Mapping[str, Any], known: Json) -> Json:
    """`spec.variables`, each able to name the ones before; one that fails is simply not there."""
    import celpy

    made: dict[Any, Any] = {}
    for variable in spec.get("variables") or ():
        scope = {**known, "variables": celpy.celtypes.MapType(made)}
        try:
            found = cel.value(str(variable.get("expression") or ""), scope)
        except cel.Failed:
            continue  # whoever uses it fails then, as with Kubernetes' lazy variables
        made[celpy.celtypes.StringType(variable.get("name"))] = found
    return {**known, "variables": celpy.celtypes.MapType(made)} if made else known


def _message(validation: Mapping[str, Any], source: str, known: Json) -> str:
    made = ""
    if validation.get("messageExpression"):
        try:
            found = cel.value(str(validation["messageExpression"]), known)
            made = found.strip() if isinstance(found, str) and "\n" not in found.strip() else ""
        except cel.Failed:
            made = ""  # the plain message below stands in, as in Kubernetes
    return str(
        made or str(validation.get("message") or "").strip() or f"failed expression: {source}"
    )


def _denial(names: tuple[str, str], reason: str, message: str, about: Attributes) -> StatusError:
    text = (
        f"ValidatingAdmissionPolicy '{names[0]}' with binding '{names[1]}' denied request: "
        f"{message}"
    )
    kind = about.kind
    details = Details(about.name, kind.group, kind.plural, causes=(Cause("", text),))
    what = kind.named(about.name).qualified
    reason = reason or "Invalid"
    return StatusError(
        _CODES.get(reason, 422), reason, f'{what} "{about.name}" is forbidden: {text}', details
    )
