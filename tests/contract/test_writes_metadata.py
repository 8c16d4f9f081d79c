"""Metadata: names made and checked, labels, finalizers, owners, versions and generations."""

from __future__ import annotations

import pytest

from tests.contract.server import crd, define
from tests.contract.writing import Writer, causes_of
from tests.world.apiserver.client import Answer, Client, Json, config_map

INVALID = "FieldValueInvalid"
QUALIFIED = (
    "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an "
    "alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for "
    "validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')"
)


@pytest.fixture
def maps(ns: str) -> str:
    return f"/api/v1/namespaces/{ns}/configmaps"


def said(answer: Answer) -> tuple[int, str]:
    return answer.status, answer.json["message"]


def bad(field: str, value: str, why: str) -> tuple[str, str, str]:
    return (INVALID, field, f'Invalid value: "{value}": {why}')


def test_a_name_is_taken_once(api: Client, maps: str) -> None:
    api.post(maps, config_map("c")).ok()
    again = api.post(maps, config_map("c"))
    assert said(again) == (409, 'configmaps "c" already exists')
    assert again.json["reason"] == "AlreadyExists"


def test_the_server_sets_what_is_its_own(api: Client, maps: str) -> None:
    sent: Json = {"uid": "mine", "creationTimestamp": "2020-01-01T00:00:00Z", "selfLink": "/x"}
    sent["deletionTimestamp"] = "2020-01-01T00:00:00Z"
    made = api.post(maps, config_map("c", **sent)).ok()["metadata"]
    assert made["uid"] != "mine"
    assert made["creationTimestamp"] > "2020-01-01T00:00:00Z"
    assert not {"selfLink", "deletionTimestamp"} & set(made)
    versioned = api.post(maps, config_map("d", resourceVersion="7"))
    assert said(versioned) == (500, "resourceVersion should not be set on objects to be created")


def test_a_put_replaces_what_it_read(api: Client, maps: str) -> None:
    made = api.post(maps, config_map("c", {"a": "1"}, labels={"x": "1"})).ok()
    replaced = api.put(f"{maps}/c", made | {"data": {"b": "2"}}).ok()
    assert replaced["data"] == {"b": "2"}
    stale = api.put(f"{maps}/c", made | {"data": {"c": "3"}})
    assert said(stale) == (
        409,
        'Operation cannot be fulfilled on configmaps "c": the object has been modified; please '
        "apply your changes to the latest version and try again",
    )
    assert stale.json["details"] == {"name": "c", "kind": "configmaps"}
    blind = api.put(f"{maps}/c", config_map("c", {"d": "4"})).ok()
    assert blind["data"] == {"d": "4"}
    assert "labels" not in blind["metadata"]
    again = api.put(f"{maps}/c", config_map("c", {"d": "4"})).ok()
    assert again["metadata"]["resourceVersion"] == blind["metadata"]["resourceVersion"]
    other = api.put(f"{maps}/c", config_map("c", uid="x"))
    assert other.status == 409
    assert "Precondition failed: UID in precondition: x" in other.json["message"]


def test_a_put_of_a_custom_object_names_its_version(api: Client, ns: str, group: str) -> None:
    define(api, crd(group))
    writer = Writer(api, ns)
    made = writer.create(group, "Widget", {"a": 1}).ok()
    path = writer.place(group, "Widget", made["metadata"]["name"])
    blind = api.put(path, writer.custom(group, "Widget", made["metadata"]["name"], {"a": 2}))
    assert causes_of(blind) == [
        (INVALID, "metadata.resourceVersion", "Invalid value: 0: must be specified for an update")
    ]
    assert api.put(path, made | {"spec": {"a": 2}}).ok()["spec"] == {"a": 2}
    missing = writer.place(group, "Widget", "none")
    assert api.put(missing, writer.custom(group, "Widget", "none", {})).status == 404


def test_generations_count_changes_of_what_is_asked_for(api: Client, ns: str, group: str) -> None:
    define(api, crd(group, subresources={"status": {}}))
    writer = Writer(api, ns)
    made = writer.create(group, "Widget", {"a": 1}).ok()
    path = writer.place(group, "Widget", made["metadata"]["name"])

    def generation(change: Json, sub: str = "") -> int:
        return int(api.patch(path + sub, change).ok()["metadata"]["generation"])

    assert made["metadata"]["generation"] == 1
    assert generation({"metadata": {"labels": {"a": "b"}}}) == 1
    assert generation({"spec": {"a": 1}}) == 1
    assert generation({"status": {"x": 1}}, "/status") == 1
    assert generation({"spec": {"a": 2}}) == 2
    assert generation({"metadata": {"generation": 9}}) == 2
    web = f"/apis/apps/v1/namespaces/{ns}/deployments"
    labels = {"a": "b"}
    pod = {"metadata": {"labels": labels}, "spec": {"containers": [{"name": "a", "image": "b"}]}}
    spec = {"selector": {"matchLabels": labels}, "template": pod}
    api.post(web, {"metadata": {"name": "d"}, "spec": spec}).ok()
    noted = {"metadata": {"annotations": {"n": "1"}}}
    assert api.patch(f"{web}/d", noted).ok()["metadata"]["generation"] == 2
    body = config_map("c", {"a": "1"})
    assert (
        "generation" not in api.post(f"/api/v1/namespaces/{ns}/configmaps", body).ok()["metadata"]
    )


def test_a_namespace_that_is_not_there_takes_nothing(api: Client) -> None:
    answer = api.post("/api/v1/namespaces/nowhere/configmaps", config_map("c"))
    assert said(answer) == (404, 'namespaces "nowhere" not found')
