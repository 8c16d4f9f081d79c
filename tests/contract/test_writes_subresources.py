"""Subresources: scale, status, binding and eviction, of built-in kinds and of custom ones."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.contract.server import crd, define
from tests.contract.writing import Writer, causes_of, managers_of
from tests.world.apiserver.client import JSON_PATCH, Answer, Client, Json

SCALED = {
    "status": {},
    "scale": {
        "specReplicasPath": ".spec.replicas",
        "statusReplicasPath": ".status.replicas",
        "labelSelectorPath": ".status.selector",
    },
}


def said(answer: Answer) -> tuple[int, str]:
    return answer.status, answer.json["message"]


@pytest.fixture
def web(api: Client, ns: str) -> str:
    folder = f"/apis/apps/v1/namespaces/{ns}/deployments"
    pod = {"containers": [{"name": "a", "image": "b"}]}
    template = {"metadata": {"labels": {"a": "b"}}, "spec": pod}
    spec = {"selector": {"matchLabels": {"a": "b"}}, "template": template}
    api.post(folder, {"metadata": {"name": "d"}, "spec": spec}).ok()
    return f"{folder}/d"


@pytest.fixture
def scaled(api: Client, ns: str, group: str) -> tuple[Writer, Json, str]:
    """A custom object with scale and status: (writer, object, path)."""
    define(api, crd(group, subresources=SCALED))
    writer = Writer(api, ns)
    made = writer.create(group, "Widget", {"replicas": 2, "x": "1"}).ok()
    return writer, made, writer.place(group, "Widget", made["metadata"]["name"])


def test_a_scale_shows_and_sets_replicas(api: Client, web: str) -> None:
    found = api.get(f"{web}/scale").ok()
    assert (found["apiVersion"], found["kind"]) == ("autoscaling/v1", "Scale")
    assert (found["spec"], found["status"]) == (
        {"replicas": 1},
        {"replicas": 0, "selector": "a=b"},
    )
    changed = api.patch(f"{web}/scale", {"spec": {"replicas": 5}}, fieldManager="hpa").ok()
    assert changed["spec"] == {"replicas": 5}
    scaled = api.get(web).ok()
    assert (scaled["spec"]["replicas"], scaled["metadata"]["generation"]) == (5, 2)
    entry = next(m for m in scaled["metadata"]["managedFields"] if m["manager"] == "hpa")
    assert (entry["subresource"], entry["fieldsV1"]) == (
        "scale",
        {"f:spec": {"f:replicas": {}}},
    )
    step = {"op": "replace", "path": "/spec/replicas", "value": 6}
    assert api.patch(f"{web}/scale", [step], JSON_PATCH).ok()["spec"] == {"replicas": 6}
    name = web.rpartition("/")[2]
    body = {"metadata": {"name": name}, "spec": {"replicas": 3}}
    assert api.put(f"{web}/scale", body).ok()["spec"] == {"replicas": 3}
    tried = api.patch(f"{web}/scale", {"spec": {"replicas": 9}}, dryRun="All").ok()
    assert tried["spec"] == {"replicas": 9}
    assert api.get(web).ok()["spec"]["replicas"] == 3


def test_a_scale_takes_numbers_only(api: Client, web: str) -> None:
    negative = api.patch(f"{web}/scale", {"spec": {"replicas": -1}})
    text = "Invalid value: -1: must be greater than or equal to 0"
    assert (negative.status, causes_of(negative)) == (
        422,
        [("FieldValueInvalid", "spec.replicas", text)],
    )
    assert negative.json["details"]["kind"] == "Scale"
    ((reason, field, message),) = causes_of(api.patch(f"{web}/scale", {"spec": {"replicas": "x"}}))
    assert (reason, field) == ("FieldValueInvalid", "patch")
    assert message.endswith(
        ": json: cannot unmarshal string into Go struct field ScaleSpec.spec.replicas of type int32"
    )
    stale: Json = {"metadata": {"name": "d", "resourceVersion": "1"}, "spec": {"replicas": 4}}
    assert api.put(f"{web}/scale", stale).status == 409
    other = {"metadata": {"name": "other"}, "spec": {"replicas": 4}}
    assert said(api.put(f"{web}/scale", other)) == (
        400,
        "the name of the object (other) does not match the name on the URL (d)",
    )
    missing = api.get(f"{web}x/scale")
    assert said(missing) == (404, 'deployments.apps "dx" not found')


def test_a_custom_kind_says_where_its_replicas_are(
    api: Client, scaled: tuple[Writer, Json, str]
) -> None:
    _, made, path = scaled
    assert api.get(f"{path}/scale").ok()["spec"] == {"replicas": 2}
    assert api.get(f"{path}/scale").ok()["status"] == {"replicas": 0}
    api.patch(f"{path}/status", {"status": {"replicas": 1, "selector": "a=b"}}).ok()
    assert api.get(f"{path}/scale").ok()["status"] == {"replicas": 1, "selector": "a=b"}
    api.patch(f"{path}/scale", {"spec": {"replicas": 7}}, fieldManager="hpa").ok()
    found = api.get(path).ok()
    assert found["spec"] == {"replicas": 7, "x": "1"}
    assert managers_of(found)["hpa"] == {"f:spec": {"f:replicas": {}}}
    negative = api.patch(f"{path}/scale", {"spec": {"replicas": -1}})
    text = "Invalid value: -1: should be a non-negative integer"
    assert causes_of(negative) == [("FieldValueInvalid", ".spec.replicas", text)]
    assert negative.json["details"]["name"] == made["metadata"]["name"]


def test_status_and_the_rest_are_written_apart(
    api: Client, scaled: tuple[Writer, Json, str], web: str
) -> None:
    _, _, path = scaled
    everything = {
        "spec": {"x": "2"},
        "status": {"phase": "a"},
        "metadata": {"labels": {"l": "1"}},
    }
    status_only = api.patch(f"{path}/status", everything).ok()
    assert (status_only["spec"]["x"], status_only["status"]) == ("1", {"phase": "a"})
    assert "labels" not in status_only["metadata"]
    rest_only = api.patch(path, everything | {"status": {"phase": "b"}}).ok()
    assert (rest_only["spec"]["x"], rest_only["status"]) == ("2", {"phase": "a"})
    assert rest_only["metadata"]["labels"] == {"l": "1"}
    current = api.get(web).ok()
    body = current | {"spec": current["spec"] | {"replicas": 9}, "status": {"replicas": 4}}
    done = api.put(f"{web}/status", body).ok()
    assert (done["spec"]["replicas"], done["status"]) == (1, {"replicas": 4})
    assert api.delete(f"{path}/status").status == 405
    assert api.delete(f"{web}/status").status == 405
    assert api.get(web).status == 200


@pytest.fixture
def running(api: Client, ns: str) -> Callable[[str], str]:
    """Makes a Pod that runs on a node, by name; gives its path."""

    def make(name: str) -> str:
        folder = f"/api/v1/namespaces/{ns}/pods"
        spec = {"containers": [{"name": "a", "image": "b:1"}], "terminationGracePeriodSeconds": 0}
        body = {"metadata": {"name": name, "labels": {"a": "b"}}, "spec": spec}
        made = api.post(folder, body)
        if made.status == 403:  # where no controller makes accounts
            accounts = f"/api/v1/namespaces/{ns}/serviceaccounts"
            api.post(accounts, {"metadata": {"name": "default"}}).ok()
            made = api.post(folder, body)
        made.ok()
        target = {"kind": "Node", "name": "n1"}
        api.post(f"{folder}/{name}/binding", {"metadata": {"name": name}, "target": target}).ok()
        ready = {"phase": "Running", "conditions": [{"type": "Ready", "status": "True"}]}
        api.patch(f"{folder}/{name}/status", {"status": ready}).ok()
        return f"{folder}/{name}"

    return make


def eviction(name: str, **more: Any) -> Json:
    head = {"apiVersion": "policy/v1", "kind": "Eviction", "metadata": {"name": name}}
    return head | more


def test_a_pod_is_bound_once(api: Client, running: Callable[[str], str]) -> None:
    path = running("p")
    assert api.get(path).ok()["spec"]["nodeName"] == "n1"
    target = {"kind": "Node", "name": "n2"}
    again = api.post(f"{path}/binding", {"metadata": {"name": "p"}, "target": target})
    assert said(again) == (
        409,
        'Operation cannot be fulfilled on pods/binding "p": pod p is already assigned to node "n1"',
    )
    other = api.post(f"{path}/binding", {"metadata": {"name": "q"}, "target": target})
    assert said(other) == (400, "name in URL does not match name in Binding object")
    nowhere = api.post(f"{path}/binding", {"metadata": {"name": "p"}, "target": {}})
    assert said(nowhere) == (500, "target.name: Required value")


def test_budgets_decide_about_evictions(
    api: Client, ns: str, running: Callable[[str], str]
) -> None:
    budgets = f"/apis/policy/v1/namespaces/{ns}/poddisruptionbudgets"
    spec = {"minAvailable": 1, "selector": {"matchLabels": {"a": "b"}}}
    api.post(budgets, {"metadata": {"name": "b"}, "spec": spec}).ok()
    path = running("p")
    early = api.post(f"{path}/eviction", eviction("p"))
    text = "Cannot evict pod as it would violate the pod's disruption budget."
    assert said(early) == (429, text)
    assert early.json["reason"] == "TooManyRequests"
    assert early.headers["Retry-After"] == "10"
    cause = "The disruption budget b is still being processed by the server."
    assert causes_of(early) == [("DisruptionBudget", "", cause)]
    status = {
        "observedGeneration": 1,
        "disruptionsAllowed": 0,
        "currentHealthy": 1,
        "desiredHealthy": 1,
        "expectedPods": 1,
    }
    api.patch(f"{budgets}/b/status", {"status": status}).ok()
    blocked = api.post(f"{path}/eviction", eviction("p"))
    assert said(blocked) == (429, text)
    cause = "The disruption budget b needs 1 healthy pods and has 1 currently"
    assert causes_of(blocked) == [("DisruptionBudget", "", cause)]
    api.patch(f"{budgets}/b/status", {"status": {"disruptionsAllowed": 1}}).ok()
    assert said(api.post(f"{path}/eviction", eviction("q"))) == (
        400,
        "name in URL does not match name in Eviction object",
    )
    tried = api.post(f"{path}/eviction", eviction("p"), dryRun="All")
    assert (tried.status, api.get(path).status) == (201, 200)
    done = api.post(f"{path}/eviction", eviction("p"))
    assert (done.status, done.json["status"]) == (201, "Success")
    left = api.get(f"{budgets}/b").ok()["status"]
    assert (left["disruptionsAllowed"], list(left["disruptedPods"])) == (0, ["p"])
    assert api.post(f"{path}x/eviction", eviction("px")).status == 404


def test_a_budget_says_one_thing(api: Client, ns: str) -> None:
    spec = {"minAvailable": 1, "maxUnavailable": 1, "selector": {}}
    budgets = f"/apis/policy/v1/namespaces/{ns}/poddisruptionbudgets"
    answer = api.post(budgets, {"metadata": {"name": "b"}, "spec": spec})
    ((reason, field, message),) = causes_of(answer)
    assert (reason, field) == ("FieldValueInvalid", "spec")
    assert message.endswith(": minAvailable and maxUnavailable cannot be both set")
