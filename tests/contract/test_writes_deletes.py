"""Deleting: finalizers, preconditions, options, collections, and what is tried without doing it."""

from __future__ import annotations

import pytest

from tests.contract.writing import causes_of
from tests.world.apiserver.client import Answer, Client, config_map


@pytest.fixture
def maps(ns: str) -> str:
    return f"/api/v1/namespaces/{ns}/configmaps"


def said(answer: Answer) -> tuple[int, str]:
    return answer.status, answer.json["message"]


def names(api: Client, path: str) -> list[str]:
    found = [i["metadata"]["name"] for i in api.get(path).ok()["items"]]
    return [n for n in found if n != "kube-root-ca.crt"]


def test_a_delete_without_finalizers_answers_a_status(api: Client, maps: str) -> None:
    made = api.post(maps, config_map("c")).ok()
    gone = api.delete(f"{maps}/c").ok()
    assert gone == {
        "kind": "Status",
        "apiVersion": "v1",
        "metadata": {},
        "status": "Success",
        "details": {"name": "c", "kind": "configmaps", "uid": made["metadata"]["uid"]},
    }
    assert said(api.delete(f"{maps}/c")) == (404, 'configmaps "c" not found')


def test_finalizers_keep_an_object_until_the_last_is_gone(api: Client, maps: str) -> None:
    path = f"{maps}/c"
    api.post(maps, config_map("c", {"a": "1"}, finalizers=["x.io/a", "x.io/b"])).ok()
    marked = api.delete(path).ok()["metadata"]
    assert marked["deletionTimestamp"]
    assert marked["deletionGracePeriodSeconds"] == 0
    again = api.delete(path).ok()["metadata"]
    assert again["resourceVersion"] == marked["resourceVersion"]
    assert api.patch(path, {"data": {"a": "2"}}).ok()["data"] == {"a": "2"}
    revived = api.patch(path, {"metadata": {"deletionTimestamp": None}}).ok()
    assert revived["metadata"]["deletionTimestamp"] == marked["deletionTimestamp"]
    one = api.patch(path, {"metadata": {"finalizers": ["x.io/b"]}}).ok()
    assert one["metadata"]["finalizers"] == ["x.io/b"]
    over = api.post(maps, config_map("c"))
    assert said(over) == (409, 'object is being deleted: configmaps "c" already exists')
    last = api.patch(path, {"metadata": {"finalizers": None}})
    assert (last.status, last.json["kind"]) == (200, "ConfigMap")
    assert api.get(path).status == 404


def test_a_terminating_object_gets_no_new_finalizers(api: Client, maps: str) -> None:
    api.post(maps, config_map("c", finalizers=["x.io/a"])).ok()
    api.delete(f"{maps}/c").ok()
    refused = api.patch(f"{maps}/c", {"metadata": {"finalizers": ["x.io/a", "x.io/b"]}})
    text = (
        "Forbidden: no new finalizers can be added if the object is being deleted, found new "
        'finalizers []string{"x.io/b"}'
    )
    assert refused.status == 422
    assert set(causes_of(refused)) == {("FieldValueForbidden", "metadata.finalizers", text)}
    assert said(refused)[1] == f'ConfigMap "c" is invalid: metadata.finalizers: {text}'


def test_the_last_finalizer_may_go_by_put_and_by_apply(api: Client, maps: str) -> None:
    for name, finish in [
        ("put", lambda: api.put(f"{maps}/put", config_map("put"))),
        ("apply", lambda: api.apply(f"{maps}/apply", config_map("apply"), "m")),
    ]:
        api.apply(f"{maps}/{name}", config_map(name, finalizers=["x.io/a"]), "m").ok()
        api.delete(f"{maps}/{name}").ok()
        finish().ok()
        assert api.get(f"{maps}/{name}").status == 404


def test_preconditions_name_the_object_meant(api: Client, maps: str) -> None:
    made = api.post(maps, config_map("c")).ok()["metadata"]
    start = 'Operation cannot be fulfilled on ConfigMap "c": the '
    assert said(api.delete(f"{maps}/c", {"preconditions": {"uid": "x"}})) == (
        409,
        f"{start}UID in the precondition (x) does not match the UID in record ({made['uid']}). "
        "The object might have been deleted and then recreated",
    )
    version = made["resourceVersion"]
    assert said(api.delete(f"{maps}/c", {"preconditions": {"resourceVersion": "1"}})) == (
        409,
        f"{start}ResourceVersion in the precondition (1) does not match the ResourceVersion in "
        f"record ({version}). The object might have been modified",
    )
    right = {"uid": made["uid"], "resourceVersion": version}
    assert api.delete(f"{maps}/c", {"preconditions": right}).status == 200


def test_a_collection_is_deleted_by_selectors(api: Client, maps: str) -> None:
    for i in range(4):
        api.post(maps, config_map(f"c{i}", labels={"n": str(i % 2), "all": "1"})).ok()
    tried = api.delete(maps, None, labelSelector="all=1", dryRun="All").ok()
    assert len(tried["items"]) == 4
    assert names(api, maps) == ["c0", "c1", "c2", "c3"]
    done = api.delete(maps, None, labelSelector="n=1").ok()
    assert (done["kind"], len(done["items"])) == ("ConfigMapList", 2)
    assert names(api, maps) == ["c0", "c2"]
    api.delete(maps, None, fieldSelector="metadata.name=c0").ok()
    assert names(api, maps) == ["c2"]
    assert api.delete(maps, None, labelSelector="n=7").ok()["items"] == []
    wrong = api.delete(maps, None, labelSelector="a=b=c")
    assert wrong.status == 400
    assert names(api, maps) == ["c2"]


def test_a_dry_run_stores_nothing(api: Client, maps: str, ns: str) -> None:
    dry = {"dryRun": "All"}
    made = api.post(maps, config_map("c", {"a": "1"}), **dry)
    assert (made.status, made.json["data"]) == (201, {"a": "1"})
    assert made.json["metadata"]["uid"]
    assert "resourceVersion" not in made.json["metadata"]
    named = api.post(maps, {"metadata": {"generateName": "g-"}}, **dry).ok()["metadata"]
    assert named["name"].startswith("g-")
    assert len(named["name"]) == 7
    assert names(api, maps) == []
    api.post(maps, config_map("c", {"a": "1"}, finalizers=["x.io/a"])).ok()
    before = api.get(f"{maps}/c").ok()
    assert api.put(f"{maps}/c", config_map("c", {"a": "2"}), **dry).ok()["data"] == {"a": "2"}
    assert api.patch(f"{maps}/c", {"data": {"b": "2"}}, **dry).ok()["data"]["b"] == "2"
    marked = api.delete(f"{maps}/c", None, **dry).ok()["metadata"]
    assert marked["deletionGracePeriodSeconds"] == 0
    assert api.delete(f"{maps}/c", {"dryRun": ["All"]}).status == 200
    assert api.get(f"{maps}/c").ok() == before
    assert api.post(maps, config_map("c"), **dry).status == 409
    assert api.post(maps, config_map("Not_Ok"), **dry).status == 422
    services = f"/api/v1/namespaces/{ns}/services"
    ports = {"spec": {"ports": [{"port": 80}]}}
    tried = api.post(services, {"metadata": {"name": "s"}} | ports, **dry).ok()
    assert tried["spec"]["clusterIP"]
    assert api.get(f"{services}/s").status == 404
    assert api.post("/api/v1/namespaces", {"metadata": {"name": f"{ns}-x"}}, **dry).status == 201
    assert api.get(f"/api/v1/namespaces/{ns}-x").status == 404
