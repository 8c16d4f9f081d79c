"""ValidatingAdmissionPolicies: rules in CEL that deny or warn, on both in the same words."""

from __future__ import annotations

import threading
import time
from typing import Any

from tests.contract.webhook import Registrar, rule
from tests.world.apiserver.client import Client, config_map

Json = dict[str, Any]


def policy(name: str, *validations: Json, **spec: Any) -> Json:
    return {
        "apiVersion": "admissionregistration.k8s.io/v1",
        "kind": "ValidatingAdmissionPolicy",
        "metadata": {"name": name},
        "spec": {
            "failurePolicy": "Fail",
            "matchConstraints": {"resourceRules": [rule("configmaps")]},
            "validations": list(validations),
            **spec,
        },
    }


def binding(name: str, ns: str, *actions: str, **spec: Any) -> Json:
    chosen = {"matchLabels": {"kubernetes.io/metadata.name": ns}}
    return {
        "apiVersion": "admissionregistration.k8s.io/v1",
        "kind": "ValidatingAdmissionPolicyBinding",
        "metadata": {"name": f"{name}-binding"},
        "spec": {
            "policyName": name,
            "validationActions": list(actions),
            "matchResources": {"namespaceSelector": chosen},
            **spec,
        },
    }


def in_force(api: Client, maps: str, body: Json, said: str) -> Any:
    """The first answer in which the policy says so: it comes into force unannounced."""
    pause, deadline = threading.Event(), time.monotonic() + 60
    while True:
        answer = api.post(maps, body, dryRun="All")
        if said in answer.data.decode() + str(answer.headers.get("Warning")):
            return answer
        assert time.monotonic() < deadline, (answer.status, answer.data.decode())
        pause.wait(0.05)


def test_a_policy_denies_in_its_own_words(
    api: Client, ns: str, maps: str, register: Registrar
) -> None:
    rules = policy(
        ns,
        {"expression": "object.data.k != 'bad'", "message": "k must not be bad"},
        {"expression": "size(object.data) < 3", "reason": "Forbidden",
         "messageExpression": "'too many keys: ' + string(size(object.data))"},
        matchConditions=[{"name": "has-data", "expression": "has(object.data)"}],
    )  # fmt: skip
    register.create("validatingadmissionpolicies", rules)
    register.create("validatingadmissionpolicybindings", binding(ns, ns, "Deny"))
    refused = in_force(api, maps, config_map("a", {"k": "bad"}), "k must not be bad")
    text = (
        f"ValidatingAdmissionPolicy '{ns}' with binding '{ns}-binding' denied request: "
        "k must not be bad"
    )
    assert (refused.status, refused.json["reason"]) == (422, "Invalid")
    assert refused.json["message"] == f'configmaps "a" is forbidden: {text}'
    assert refused.json["details"] == {
        "name": "a",
        "kind": "configmaps",
        "causes": [{"message": text}],
    }
    many = api.post(maps, config_map("a", {"k": "1", "l": "2", "m": "3"}))
    assert (many.status, many.json["reason"]) == (403, "Forbidden")
    assert many.json["message"].endswith("denied request: too many keys: 3")
    api.post(maps, config_map("fine", {"k": "1"})).ok()
    api.post(maps, config_map("empty")).ok()


def test_a_policy_speaks_kubernetes_dialect_of_cel(
    api: Client, ns: str, maps: str, register: Registrar
) -> None:
    rules = policy(
        ns,
        {"expression": "object.?data[?'k'].orValue('') != 'bad'", "message": "no bad k"},
        {"expression": "!object.metadata.name.split('-').join('+').contains('+')",
         "message": "no dash"},
    )  # fmt: skip
    register.create("validatingadmissionpolicies", rules)
    register.create("validatingadmissionpolicybindings", binding(ns, ns, "Deny"))
    in_force(api, maps, config_map("a", {"k": "bad"}), "denied request: no bad k")
    dashed = api.post(maps, config_map("a-b"))
    assert (dashed.status, dashed.json["reason"]) == (422, "Invalid")
    assert dashed.json["message"].endswith("denied request: no dash")
    api.post(maps, config_map("empty")).ok()


def test_a_policy_may_only_warn_and_may_share_variables(
    api: Client, ns: str, maps: str, register: Registrar
) -> None:
    rules = policy(
        ns,
        {"expression": "variables.count < params.data.most.size()"},
        paramKind={"apiVersion": "v1", "kind": "ConfigMap"},
        variables=[{"name": "count", "expression": "has(object.data) ? size(object.data) : 0"}],
        matchConditions=[{"name": "not-itself", "expression": "request.name != 'limits'"}],
    )
    api.post(maps, config_map("limits", {"most": "xx"})).ok()
    reference = {"name": "limits", "namespace": ns, "parameterNotFoundAction": "Deny"}
    register.create("validatingadmissionpolicies", rules)
    register.create(
        "validatingadmissionpolicybindings", binding(ns, ns, "Warn", paramRef=reference)
    )
    warned = in_force(api, maps, config_map("a", {"a": "1", "b": "2"}), "failed expression")
    assert warned.status == 201
    assert warned.headers.get_all("Warning") == [
        f"299 - \"Validation failed for ValidatingAdmissionPolicy '{ns}' with binding "
        f"'{ns}-binding': failed expression: variables.count < params.data.most.size()\""
    ]
    assert api.post(maps, config_map("b", {"a": "1"})).headers.get("Warning") is None
