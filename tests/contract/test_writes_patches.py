"""Patches: JSON merge, JSON and strategic merge, and what each refuses."""

from __future__ import annotations

from typing import Any

import pytest

from tests.world.apiserver.client import (
    JSON_PATCH,
    STRATEGIC,
    Answer,
    Client,
    Json,
    config_map,
)

DEPLOYMENT: Json = {
    "apiVersion": "apps/v1",
    "kind": "Deployment",
    "metadata": {"name": "web", "labels": {"a": "1"}},
    "spec": {
        "replicas": 1,
        "selector": {"matchLabels": {"app": "web"}},
        "template": {
            "metadata": {"labels": {"app": "web"}},
            "spec": {
                "containers": [
                    {
                        "name": "app",
                        "image": "i:1",
                        "args": ["x", "y"],
                        "env": [{"name": n, "value": n} for n in "abc"],
                        "ports": [{"containerPort": 80}],
                    },
                    {"name": "side", "image": "s:1"},
                ],
                "volumes": [{"name": "v", "emptyDir": {}}],
                "tolerations": [{"key": "k", "operator": "Exists"}],
            },
        },
    },
}
UNAPPLICABLE = "the server rejected our request due to an error in our request"


@pytest.fixture
def web(api: Client, ns: str) -> str:
    folder = f"/apis/apps/v1/namespaces/{ns}/deployments"
    api.post(folder, DEPLOYMENT).ok()
    return f"{folder}/web"


@pytest.fixture
def settings(api: Client, ns: str) -> str:
    folder = f"/api/v1/namespaces/{ns}/configmaps"
    api.post(folder, config_map("c", {"a": "1", "b": "2"}, labels={"x": "1"})).ok()
    return f"{folder}/c"


def said(answer: Answer) -> tuple[int, str]:
    return answer.status, answer.json["message"]


def pod(**spec: Any) -> Json:
    return {"spec": {"template": {"spec": spec}}}


def app(**fields: Any) -> Json:
    return pod(containers=[{"name": "app", **fields}])


def test_a_merge_patch_merges_maps_and_removes_nulls(api: Client, settings: str) -> None:
    change = {"data": {"b": None, "c": "3"}, "metadata": {"labels": {"y": "2"}}}
    changed = api.patch(settings, change).ok()
    assert changed["data"] == {"a": "1", "c": "3"}
    assert changed["metadata"]["labels"] == {"x": "1", "y": "2"}
    again = api.patch(settings, change).ok()
    assert again["metadata"]["resourceVersion"] == changed["metadata"]["resourceVersion"]


def test_a_stale_version_in_a_patch_conflicts(api: Client, settings: str) -> None:
    stale = api.patch(settings, {"metadata": {"resourceVersion": "1"}})
    assert said(stale) == (
        409,
        'Operation cannot be fulfilled on configmaps "c": the object has been modified; please '
        "apply your changes to the latest version and try again",
    )


def test_a_json_patch_finds_its_place_in_lists(api: Client, web: str) -> None:
    args = "/spec/template/spec/containers/0/args"
    for step, expected in [
        ({"op": "add", "path": f"{args}/-", "value": "end"}, ["x", "y", "end"]),
        ({"op": "add", "path": f"{args}/0", "value": "start"}, ["start", "x", "y", "end"]),
        ({"op": "remove", "path": f"{args}/-1"}, ["start", "x", "y"]),
        ({"op": "remove", "path": f"{args}/0"}, ["x", "y"]),
    ]:
        changed = api.patch(web, [step], JSON_PATCH).ok()
        assert changed["spec"]["template"]["spec"]["containers"][0]["args"] == expected
    steps: tuple[Json, ...] = (
        {"op": "add", "path": f"{args}/9", "value": "x"},
        {"op": "remove", "path": f"{args}/9"},
        {"op": "test", "path": "/spec/replicas", "value": 1.0},
    )
    for step in steps:
        refused = api.patch(web, [step], JSON_PATCH)
        assert (refused.status, refused.json["message"]) == (422, UNAPPLICABLE)


def names(answer: Answer, what: str = "env") -> list[str]:
    first = answer.ok()["spec"]["template"]["spec"]["containers"][0]
    return [x["name"] for x in first.get(what) or ()]


def test_a_strategic_patch_merges_lists_by_their_keys(api: Client, web: str) -> None:
    def patch(change: Json) -> Answer:
        return api.patch(web, change, STRATEGIC)

    added = patch(pod(containers=[{"name": "new", "image": "n:1"}])).ok()
    found = added["spec"]["template"]["spec"]["containers"]
    assert [c["name"] for c in found] == ["new", "app", "side"]
    gone = patch(pod(containers=[{"name": "new", "$patch": "delete"}])).ok()
    assert [c["name"] for c in gone["spec"]["template"]["spec"]["containers"]] == ["app", "side"]
    env = [{"name": "b", "value": "B"}, {"name": "z", "value": "1"}]
    assert sorted(names(patch(app(env=env)))) == ["a", "b", "c", "z"]
    only = [{"$patch": "replace"}, {"name": "only", "value": "1"}]
    assert names(patch(app(env=only))) == ["only"]
    assert names(patch(app(env=None))) == []
    ports = patch(app(ports=[{"containerPort": 80, "protocol": "UDP", "name": "u"}])).ok()
    (port,) = ports["spec"]["template"]["spec"]["containers"][0]["ports"]
    assert port == {"containerPort": 80, "protocol": "UDP", "name": "u"}


def test_a_strategic_patch_replaces_what_has_no_key(api: Client, web: str) -> None:
    change = pod(tolerations=[{"key": "z", "operator": "Exists"}])
    change["spec"]["template"]["spec"]["containers"] = [{"name": "app", "args": ["q"]}]
    spec = api.patch(web, change, STRATEGIC).ok()["spec"]["template"]["spec"]
    assert [t["key"] for t in spec["tolerations"]] == ["z"]
    assert spec["containers"][0]["args"] == ["q"]


def test_directives_say_what_a_merge_cannot(api: Client, web: str) -> None:
    def patch(change: Json) -> Json:
        return api.patch(web, change, STRATEGIC).ok()

    volume = {"name": "v", "$retainKeys": ["name", "hostPath"], "hostPath": {"path": "/x"}}
    (found,) = patch(pod(volumes=[volume]))["spec"]["template"]["spec"]["volumes"]
    assert found == {"name": "v", "hostPath": {"path": "/x", "type": ""}}
    recreate = {"spec": {"strategy": {"$retainKeys": ["type"], "type": "Recreate"}}}
    assert patch(recreate)["spec"]["strategy"] == {"type": "Recreate"}
    replaced = patch({"metadata": {"labels": {"$patch": "replace", "only": "1"}}})
    assert replaced["metadata"]["labels"] == {"only": "1"}
    emptied = patch({"metadata": {"labels": {"$patch": "delete"}}})
    assert "labels" not in emptied["metadata"]
    patch({"metadata": {"finalizers": ["a.io/x"]}})
    two = patch({"metadata": {"finalizers": ["a.io/y"]}})["metadata"]["finalizers"]
    assert sorted(two) == ["a.io/x", "a.io/y"]
    one = patch({"metadata": {"$deleteFromPrimitiveList/finalizers": ["a.io/x"]}})
    assert one["metadata"]["finalizers"] == ["a.io/y"]


def test_a_patch_of_nothing_is_not_found(api: Client, ns: str) -> None:
    answer = api.patch(f"/api/v1/namespaces/{ns}/configmaps/none", {})
    assert said(answer) == (404, 'configmaps "none" not found')
