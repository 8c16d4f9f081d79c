"""Subresources: scale, status, binding and eviction, of built-in kinds and of custom ones."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.contract.server import crd, define
from tests.contract.writing import Writer
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
