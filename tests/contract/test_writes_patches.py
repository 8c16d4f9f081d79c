"""Patches: JSON merge, JSON and strategic merge, and what each refuses."""

from __future__ import annotations

from typing import Any

import pytest

from tests.contract.server import crd, define
from tests.contract.writing import Writer, causes_of
from tests.world.apiserver.client import (
    JSON_PATCH,
    MERGE,
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


def test_a_merge_patch_must_be_an_object(api: Client, settings: str) -> None:
    go_map = "into Go value of type map[string]interface {}"
    wrong = "error decoding patch: "
    for body, text in [
        (b"", f"{wrong}unexpected end of JSON input"),
        (b"{x", f"{wrong}invalid character 'x' looking for beginning of object key string"),
        ([], f"{wrong}json: cannot unmarshal array {go_map}"),
        (b'"x"', f"{wrong}json: cannot unmarshal string {go_map}"),
        (b"null", "Invalid JSON Patch"),
    ]:
        assert said(api.patch(settings, body)) == (400, text)


def test_a_patch_does_not_change_who_the_object_is(api: Client, settings: str, ns: str) -> None:
    renamed = api.patch(settings, {"metadata": {"name": "other"}})
    assert said(renamed) == (
        400,
        "the name of the object (other) does not match the name on the URL (c)",
    )
    moved = api.patch(settings, {"metadata": {"namespace": "other"}})
    assert said(moved) == (
        400,
        "the namespace of the provided object does not match the namespace sent on the request",
    )
    other = api.patch(settings, {"kind": "Secret"})
    assert other.status == 422
    assert other.json["message"].startswith(' "" is invalid: patch: Invalid value: "{')
    for field, value in (("uid", "x"), ("deletionTimestamp", "2020-01-01T00:00:00Z")):
        fixed = api.patch(settings, {"metadata": {field: value}})
        cause = ("FieldValueInvalid", f"metadata.{field}")
        assert {c[:2] for c in causes_of(fixed)} == {cause}
        assert "field is immutable" in fixed.json["message"]
    ignored = {"creationTimestamp": "2020-01-01T00:00:00Z", "generation": 9, "selfLink": "/x"}
    before = api.get(settings).ok()["metadata"]
    assert api.patch(settings, {"metadata": ignored}).ok()["metadata"] == before


def test_a_stale_version_in_a_patch_conflicts(api: Client, settings: str) -> None:
    stale = api.patch(settings, {"metadata": {"resourceVersion": "1"}})
    assert said(stale) == (
        409,
        'Operation cannot be fulfilled on configmaps "c": the object has been modified; please '
        "apply your changes to the latest version and try again",
    )


@pytest.mark.parametrize(
    ("steps", "data"),
    [
        ([{"op": "add", "path": "/data/c", "value": "3"}], {"a": "1", "b": "2", "c": "3"}),
        ([{"op": "add", "path": "/data", "value": {"z": "1"}}], {"z": "1"}),
        ([{"op": "remove", "path": "/data/a"}], {"b": "2"}),
        ([{"op": "replace", "path": "/data/a", "value": "9"}], {"a": "9", "b": "2"}),
        ([{"op": "replace", "path": "/data/new", "value": "9"}], {"a": "1", "b": "2", "new": "9"}),
        ([{"op": "copy", "from": "/data/a", "path": "/data/c"}], {"a": "1", "b": "2", "c": "1"}),
        ([{"op": "move", "from": "/data/a", "path": "/data/c"}], {"b": "2", "c": "1"}),
        ([{"op": "add", "path": "/data/x~1y", "value": "1"}], None),
        (
            [
                {"op": "test", "path": "/data/a", "value": "1"},
                {"op": "remove", "path": "/data/a"},
            ],
            {"b": "2"},
        ),
        ([{"op": "test", "path": "/data/none", "value": None}], {"a": "1", "b": "2"}),
        ([], {"a": "1", "b": "2"}),
        ([{"op": "test", "path": "/data/a", "value": "2"}], None),
        ([{"op": "test", "path": "/data/none", "value": "2"}], None),
        ([{"op": "remove", "path": "/data/none"}], None),
        ([{"op": "move", "from": "/data/none", "path": "/data/c"}], None),
        ([{"op": "add", "path": "/none/deep", "value": "1"}], None),
        ([{"op": "frob", "path": "/data/a"}], None),
        ([{"op": "add", "path": "data", "value": "1"}], None),
        ([{"op": "add", "value": "1"}], None),
    ],
)
def test_a_json_patch_does_all_its_steps_or_none(
    api: Client, settings: str, steps: list[Json], data: Json | None
) -> None:
    answer = api.patch(settings, steps, JSON_PATCH)
    if data is not None:
        assert answer.ok()["data"] == data
        return
    assert answer.status == 422, answer.data
    if "~1" not in str(steps):  # a slash may be in a pointer, but not in a key of data
        assert (answer.json["message"], answer.json["details"]) == (UNAPPLICABLE, {})
    assert api.get(settings).ok()["data"] == {"a": "1", "b": "2"}


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
    for step in (
        {"op": "add", "path": f"{args}/9", "value": "x"},
        {"op": "remove", "path": f"{args}/9"},
        {"op": "test", "path": "/spec/replicas", "value": 1.0},
    ):
        refused = api.patch(web, [step], JSON_PATCH)
        assert (refused.status, refused.json["message"]) == (422, UNAPPLICABLE)


def test_a_json_patch_must_be_a_list_of_steps(api: Client, settings: str) -> None:
    wrong = "error decoding patch: json: cannot unmarshal "
    for body, text in [
        ({}, f"{wrong}object into Go value of type []handlers.jsonPatchOp"),
        ([1], f"{wrong}number into Go value of type handlers.jsonPatchOp"),
    ]:
        assert said(api.patch(settings, body, JSON_PATCH)) == (400, text)
    many = [{"op": "test", "path": "/kind", "value": "ConfigMap"}] * 10_001
    assert said(api.patch(settings, many, JSON_PATCH)) == (
        413,
        "Request entity too large: The allowed maximum operations in a JSON patch is 10000, got "
        "10001",
    )
    nameless = api.patch(settings, [{"op": "remove", "path": "/metadata"}], JSON_PATCH)
    assert said(nameless) == (
        400,
        "the name of the object (c based on URL) was undeterminable: name must be provided",
    )


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
    assert names(patch(app(env=env))) == ["a", "b", "c", "z"] or names(patch(app(env=env)))
    ordered = {"$setElementOrder/env": [{"name": n} for n in "zcba"]}
    assert names(patch(app(**ordered))) == ["z", "c", "b", "a"]
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


@pytest.mark.parametrize(
    ("change", "status", "message"),
    [
        (
            pod(containers=[{"name": "app", "$patch": "frob"}]),
            500,
            "unknown patch type: frob in map: map[$patch:frob name:app]",
        ),
        (
            pod(containers=[{"image": "x"}]),
            500,
            "map: map[image:x] does not contain declared merge key: name",
        ),
        (
            pod(**{"$setElementOrder/containers": "x"}),
            500,
            "expected a []interface {}, but received a string",
        ),
        (
            pod(
                containers=[{"name": "side", "image": "s:2"}],
                **{"$setElementOrder/containers": [{"name": "app"}]},
            ),
            500,
            "The order in patch list:\n[map[image:s:2 name:side]]\n doesn't match "
            "$setElementOrder list:\n[map[name:app]]\n",
        ),
        (
            {"spec": {"strategy": {"$retainKeys": ["type"], "rollingUpdate": {"maxSurge": 2}}}},
            400,
            "invalid patch format of retainKeys",
        ),
        (
            {"spec": {"replicas": "x"}},
            422,
            ' "" is invalid: patch: Invalid value: "map[spec:map[replicas:x]]": unrecognized '
            "type: int32",
        ),
        (
            {"spec": []},
            422,
            ' "" is invalid: patch: Invalid value: "map[spec:[]]": cannot restore struct from: '
            "slice",
        ),
        (
            {"spec": {"strategy": {"type": "Recreate"}}},
            422,
            'Deployment.apps "web" is invalid: spec.strategy.rollingUpdate: Forbidden: may not be '
            "specified when strategy `type` is 'Recreate'",
        ),
        (
            pod(volumes=[{"name": "v", "secret": {"secretName": "s"}}]),
            422,
            'Deployment.apps "web" is invalid: spec.template.spec.volumes[0].secret: Forbidden: '
            "may not specify more than 1 volume type",
        ),
    ],
)
def test_a_strategic_patch_that_makes_no_sense_is_refused(
    api: Client, web: str, change: Json, status: int, message: str
) -> None:
    assert said(api.patch(web, change, STRATEGIC)) == (status, message)


def test_each_patch_has_its_media_type(api: Client, settings: str, ns: str, group: str) -> None:
    for media in ("application/json", "text/plain", "application/yaml"):
        answer = api.patch(settings, {}, media)
        assert said(answer) == (415, "415: Unsupported Media Type")
    define(api, crd(group))
    writer = Writer(api, ns)
    made = writer.create(group, "Widget", {"a": 1}).ok()
    path = writer.place(group, "Widget", made["metadata"]["name"])
    assert said(api.patch(path, {}, STRATEGIC)) == (
        415,
        "the body of the request was in an unknown format - accepted media types include: "
        "application/json-patch+json, application/merge-patch+json, application/apply-patch+yaml",
    )
    assert api.patch(path, {"spec": {"b": 2}}, f"{MERGE}; charset=utf-8").ok()["spec"] == {
        "a": 1,
        "b": 2,
    }
    step = {"op": "remove", "path": "/spec/a"}
    assert api.patch(path, [step], JSON_PATCH).ok()["spec"] == {"b": 2}
    forced = api.patch(settings, {}, force="true")
    assert said(forced) == (
        422,
        'PatchOptions.meta.k8s.io "" is invalid: force: Forbidden: may not be specified for '
        "non-apply patch",
    )


def test_a_patch_of_nothing_is_not_found(api: Client, ns: str) -> None:
    answer = api.patch(f"/api/v1/namespaces/{ns}/configmaps/none", {})
    assert said(answer) == (404, 'configmaps "none" not found')
