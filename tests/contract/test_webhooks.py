"""Admission webhooks and policies: what they are told, may say, and what comes of failures."""

from __future__ import annotations

from typing import Any

import pytest

from tests.contract.server import crd, define
from tests.contract.webhook import Hook, Registrar, patch, rule, webhook
from tests.world.apiserver.client import APPLY, Client, config_map, deployment

Json = dict[str, Any]


def deny(**status: Any) -> Json:
    return {"allowed": False, "status": status}


# -- what a webhook is told


def test_a_webhook_is_told_who_does_what_to_which_object(
    api: Client, ns: str, maps: str, hook: Hook, register: Registrar
) -> None:
    register(webhook(hook, ns, "see.guards.example"))
    api.post(maps, config_map("a", {"k": "1"}), fieldManager="me").ok()
    api.patch(f"{maps}/a", {"data": {"k": "2"}}, fieldManager="me").ok()
    api.delete(f"{maps}/a", {"gracePeriodSeconds": 5}).ok()
    created, updated, deleted = hook.seen
    named = {"group": "", "version": "v1", "kind": "ConfigMap"}
    resource = {"group": "", "version": "v1", "resource": "configmaps"}
    for seen in hook.seen:
        assert (seen["kind"], seen["requestKind"]) == (named, named)
        assert (seen["resource"], seen["requestResource"]) == (resource, resource)
        assert (seen["namespace"], seen["name"], seen["dryRun"]) == (ns, "a", False)
        assert "subResource" not in seen
        assert "system:authenticated" in seen["userInfo"]["groups"]
    assert [s["operation"] for s in hook.seen] == ["CREATE", "UPDATE", "DELETE"]
    assert created["object"]["data"] == {"k": "1"} and created["oldObject"] is None
    assert created["object"]["metadata"]["uid"], "a validating webhook sees what will be stored"
    assert created["options"] == {
        "kind": "CreateOptions",
        "apiVersion": "meta.k8s.io/v1",
        "fieldManager": "me",
    }
    assert (updated["oldObject"]["data"], updated["object"]["data"]) == ({"k": "1"}, {"k": "2"})
    assert updated["options"]["kind"] == "UpdateOptions"
    assert deleted["object"] is None and deleted["oldObject"]["data"] == {"k": "2"}
    assert deleted["options"]["kind"] == "DeleteOptions"
    assert deleted["options"]["gracePeriodSeconds"] == 5
    assert len({s["uid"] for s in hook.seen}) == 3


def test_an_apply_is_a_create_or_an_update(
    api: Client, ns: str, maps: str, hook: Hook, register: Registrar
) -> None:
    register(webhook(hook, ns, "see.guards.example"))
    api.apply(f"{maps}/a", config_map("a", {"k": "1"})).ok()
    api.apply(f"{maps}/a", config_map("a", {"k": "2"})).ok()
    told = [(s["operation"], s["options"]["kind"], s["options"]["fieldManager"]) for s in hook.seen]
    assert told == [
        ("CREATE", "CreateOptions", "tester"),
        ("UPDATE", "UpdateOptions", "tester"),
    ]


def test_rules_choose_by_group_operation_resource_and_subresource(
    api: Client, ns: str, hook: Hook, register: Registrar
) -> None:
    register(
        webhook(
            hook,
            ns,
            "see.guards.example",
            rules=[
                rule("deployments/status"),
                rule("configmaps", operations=("DELETE",)),
                rule("secrets", apiGroups=["apps"]),
                rule("configmaps", scope="Cluster"),
            ],
        )
    )
    base = f"/apis/apps/v1/namespaces/{ns}/deployments"
    api.post(base, deployment("web")).ok()
    api.patch(f"{base}/web/status", {"status": {"replicas": 1}}).ok()
    api.post(f"/api/v1/namespaces/{ns}/secrets", {"metadata": {"name": "s"}}).ok()
    api.post(f"/api/v1/namespaces/{ns}/configmaps", config_map("a")).ok()
    api.delete(f"/api/v1/namespaces/{ns}/configmaps/a").ok()
    told = [(s["resource"]["resource"], s.get("subResource"), s["operation"]) for s in hook.seen]
    assert told == [("deployments", "status", "UPDATE"), ("configmaps", None, "DELETE")]


def test_selectors_and_conditions_spare_the_rest(
    api: Client, ns: str, maps: str, hook: Hook, register: Registrar
) -> None:
    chosen = {"matchExpressions": [{"key": "guard", "operator": "In", "values": ["yes"]}]}
    condition = {"name": "big", "expression": "size(object.data) > 1 && request.dryRun == false"}
    register(
        webhook(hook, ns, "label.guards.example", objectSelector=chosen),
        webhook(hook, ns, "cond.guards.example", matchConditions=[condition],
                rules=[rule("configmaps", operations=("CREATE",))]),
    )  # fmt: skip
    api.post(maps, config_map("plain", {"a": "1"})).ok()
    assert hook.seen == []
    api.post(maps, config_map("labelled", {"a": "1"}, labels={"guard": "yes"})).ok()
    api.patch(f"{maps}/labelled", {"metadata": {"labels": None}}).ok()
    assert len(hook.seen) == 2, "the old object's labels count too"
    api.post(maps, config_map("big", {"a": "1", "b": "2"})).ok()
    assert [s["name"] for s in hook.seen] == ["labelled", "labelled", "big"]


def test_a_namespace_without_the_label_is_left_alone(
    api: Client, maps: str, ns: str, hook: Hook, register: Registrar
) -> None:
    register(webhook(hook, ns, "see.guards.example"))
    api.post("/api/v1/namespaces/default/configmaps", config_map(f"a-{ns}")).ok()
    api.delete(f"/api/v1/namespaces/default/configmaps/a-{ns}").ok()
    assert hook.seen == []


def test_custom_resources_are_asked_about_too(
    api: Client, ns: str, group: str, hook: Hook, register: Registrar
) -> None:
    define(api, crd(group))
    register(webhook(hook, ns, "see.guards.example", rules=[rule("widgets")]))
    hook.decide = lambda _: deny(message="no widgets")
    body = {"apiVersion": f"{group}/v1", "kind": "Widget", "metadata": {"name": "w"}}
    refused = api.post(f"/apis/{group}/v1/namespaces/{ns}/widgets", body)
    assert refused.status == 400
    assert hook.seen[0]["kind"] == {"group": group, "version": "v1", "kind": "Widget"}
    assert hook.seen[0]["object"]["kind"] == "Widget"


# -- what it may say


@pytest.mark.parametrize(
    ("status", "code", "reason", "why"),
    [
        ({"message": "no latest tags"}, 400, None, ": no latest tags"),
        ({"message": "not here", "code": 403, "reason": "Forbidden"},
         403, "Forbidden", ": not here"),
        ({"reason": "Invalid", "code": 422}, 422, "Invalid", ": Invalid"),
        ({"message": "odd", "code": 200}, 400, None, ": odd"),
        (None, 400, None, " without explanation"),
    ],
)  # fmt: skip
def test_a_denial_is_passed_on_in_the_words_of_the_webhook(
    api: Client, ns: str, maps: str, hook: Hook, register: Registrar,
    status: Json | None, code: int, reason: str | None, why: str,
) -> None:  # fmt: skip
    register(webhook(hook, ns, "no.guards.example"))
    hook.decide = lambda _: {"allowed": False} | ({"status": status} if status else {})
    refused = api.post(maps, config_map("a"))
    assert refused.status == code
    assert (
        refused.json["message"] == f'admission webhook "no.guards.example" denied the request{why}'
    )
    assert (refused.json.get("reason"), refused.json["code"]) == (reason, code)
    assert api.get(f"{maps}/a").status == 404


def test_every_verb_can_be_denied(
    api: Client, ns: str, maps: str, hook: Hook, register: Registrar
) -> None:
    api.post(maps, config_map("a", {"k": "1"})).ok()
    register(webhook(hook, ns, "no.guards.example"))
    hook.decide = lambda _: deny(message="no", code=403)
    answers = [
        api.post(maps, config_map("b")),
        api.put(f"{maps}/a", config_map("a", {"k": "2"})),
        api.patch(f"{maps}/a", {"data": {"k": "2"}}),
        api.apply(f"{maps}/a", config_map("a", {"k": "2"}), force="true"),
        api.delete(f"{maps}/a"),
        api.delete(maps),
    ]
    assert [a.status for a in answers] == [403] * 6
    assert api.get(f"{maps}/a").ok()["data"] == {"k": "1"}


def test_warnings_reach_the_client_granted_or_denied(
    api: Client, ns: str, maps: str, hook: Hook, register: Registrar
) -> None:
    register(webhook(hook, ns, "warn.guards.example"))
    hook.decide = lambda _: {"allowed": True, "warnings": ["think again", 'a "quoted" word']}
    made = api.post(maps, config_map("a"))
    assert made.status == 201
    assert made.headers.get_all("Warning") == [
        '299 - "think again"',
        '299 - "a \\"quoted\\" word"',
    ]
    hook.decide = lambda _: {**deny(message="no"), "warnings": ["told you"]}
    assert api.post(maps, config_map("b")).headers.get_all("Warning") == ['299 - "told you"']


def test_mutating_webhooks_patch_one_after_the_other(
    api: Client, ns: str, maps: str, hook: Hook, register: Registrar
) -> None:
    def decide(request: Json) -> Json:
        count = len((request["object"].get("data") or {}).keys())
        return patch({"op": "add", "path": f"/data/k{count}", "value": str(count)})

    register(
        webhook(hook, ns, "a.guards.example"), webhook(hook, ns, "b.guards.example"), mutating=True
    )
    hook.decide = decide
    made = api.post(maps, config_map("a", {"k": "0"})).ok()
    assert made["data"] == {"k": "0", "k1": "1", "k2": "2"}
    assert api.get(f"{maps}/a").ok()["data"] == made["data"]
    first = hook.seen[0]["object"]["metadata"]
    assert "uid" not in first and not first.get("creationTimestamp"), "not yet the server's"
    assert made["metadata"]["uid"]


def test_a_patched_object_gets_its_defaults_and_is_validated(
    api: Client, ns: str, hook: Hook, register: Registrar
) -> None:
    base = f"/apis/apps/v1/namespaces/{ns}/deployments"
    register(webhook(hook, ns, "side.guards.example", rules=[rule("deployments")]), mutating=True)
    containers = "/spec/template/spec/containers"
    sidecar = {"name": "sidecar", "image": "proxy:1"}
    hook.decide = lambda _: patch({"op": "add", "path": f"{containers}/-", "value": sidecar})
    made = api.post(base, deployment("web")).ok()
    added = made["spec"]["template"]["spec"]["containers"][1]
    assert added["imagePullPolicy"] == "IfNotPresent" and added["terminationMessagePath"]
    hook.decide = lambda _: patch({"op": "replace", "path": "/spec/replicas", "value": -1})
    refused = api.post(base, deployment("bad"))
    assert refused.status == 422
    assert "spec.replicas: Invalid value: -1" in refused.json["message"]


def test_a_patch_is_no_change_of_the_senders(
    api: Client, ns: str, maps: str, hook: Hook, register: Registrar
) -> None:
    register(webhook(hook, ns, "add.guards.example"), mutating=True)
    hook.decide = lambda _: patch({"op": "add", "path": "/data/injected", "value": "1"})
    api.apply(f"{maps}/a", config_map("a", {"mine": "1"})).ok()
    again = api.apply(f"{maps}/a", config_map("a", {"mine": "2"})).ok()
    assert again["data"] == {"mine": "2", "injected": "1"}


def test_generated_names_are_settled_after_mutation(
    api: Client, ns: str, maps: str, hook: Hook, register: Registrar
) -> None:
    register(webhook(hook, ns, "m.guards.example"), mutating=True)
    register(webhook(hook, ns, "v.guards.example"))
    body = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"generateName": "made-"}}
    made = api.post(maps, body).ok()
    mutating, validating = hook.seen
    assert "name" not in mutating["object"]["metadata"]
    assert validating["object"]["metadata"]["name"] == made["metadata"]["name"]
    assert validating["object"]["metadata"]["uid"] == made["metadata"]["uid"]


def test_a_configuration_is_never_asked_about_itself(
    api: Client, ns: str, hook: Hook, register: Registrar
) -> None:
    everything = webhook(hook, ns, "all.guards.example", rules=[rule("*/*")])
    del everything["namespaceSelector"]
    only = {"name": "mine", "expression": f"request.name.startsWith('{ns}')"}
    hook.decide = lambda _: deny(message="nothing at all")
    register({**everything, "matchConditions": [only]})
    register(webhook(hook, ns, "other.guards.example"))
    assert hook.seen == []


def test_yaml_applies_are_judged_as_they_will_be_stored(
    api: Client, ns: str, maps: str, hook: Hook, register: Registrar
) -> None:
    register(webhook(hook, ns, "see.guards.example"))
    api.post(maps, config_map("a", {"kept": "1"}), fieldManager="other").ok()
    body = b"apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {added: '2'}\n"
    api.send("PATCH", f"{maps}/a", body, media=APPLY, fieldManager="tester").ok()
    assert hook.seen[-1]["object"]["data"] == {"kept": "1", "added": "2"}
