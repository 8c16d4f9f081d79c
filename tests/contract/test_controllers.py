"""What the control plane does by itself: dependents go with their owners, namespaces end."""

from __future__ import annotations

import uuid
from typing import Any

import pytest

from tests.contract.server import wait_gone, wait_until
from tests.world.apiserver.client import JSON_PATCH, Client, config_map

Json = dict[str, Any]


def ref(owner: Json, kind: str = "ConfigMap", **more: Any) -> Json:
    metadata = owner["metadata"]
    return {
        "apiVersion": "v1", "kind": kind, "name": metadata["name"], "uid": metadata["uid"], **more,
    }  # fmt: skip


@pytest.fixture
def maps(ns: str) -> str:
    return f"/api/v1/namespaces/{ns}/configmaps"


def owned(api: Client, maps: str, name: str, *owners: Json, **metadata: Any) -> Json:
    return api.post(maps, config_map(name, ownerReferences=list(owners), **metadata)).ok()


def release(api: Client, path: str) -> None:
    api.patch(path, {"metadata": {"finalizers": None}}).ok()


@pytest.mark.parametrize("said", [None, "Background"])
def test_dependents_go_after_their_owner(said: str | None, api: Client, maps: str) -> None:
    top = api.post(maps, config_map("top")).ok()
    middle = owned(api, maps, "middle", ref(top))
    owned(api, maps, "leaf", ref(middle))
    api.post(maps, config_map("bystander")).ok()
    api.delete(f"{maps}/top", {"propagationPolicy": said} if said else None).ok()
    assert api.get(f"{maps}/top").status == 404  # at once: nothing holds the owner
    wait_gone(api, f"{maps}/middle")
    wait_gone(api, f"{maps}/leaf")
    assert api.get(f"{maps}/bystander").status == 200


def test_a_dependent_stays_while_one_of_its_owners_lives(api: Client, maps: str) -> None:
    first = api.post(maps, config_map("first")).ok()
    second = api.post(maps, config_map("second")).ok()
    owned(api, maps, "shared", ref(first), ref(second))
    api.delete(f"{maps}/first").ok()
    left = wait_until(
        api, f"{maps}/shared", lambda m: m["metadata"]["ownerReferences"] == [ref(second)]
    )
    assert "deletionTimestamp" not in left["metadata"]
    api.delete(f"{maps}/second").ok()
    wait_gone(api, f"{maps}/shared")


def test_a_dependent_of_nobody_is_collected(api: Client, maps: str) -> None:
    nobody = {"metadata": {"name": "nobody", "uid": str(uuid.uuid4())}}
    owned(api, maps, "stray", ref(nobody))
    wait_gone(api, f"{maps}/stray")


def test_an_owner_of_the_same_name_is_not_the_owner(api: Client, maps: str) -> None:
    first = api.post(maps, config_map("top")).ok()
    api.delete(f"{maps}/top").ok()
    api.post(maps, config_map("top")).ok()
    owned(api, maps, "stray", ref(first))
    wait_gone(api, f"{maps}/stray")
    assert api.get(f"{maps}/top").status == 200


def test_owners_of_another_kind_count_too(api: Client, ns: str, maps: str) -> None:
    secrets = f"/api/v1/namespaces/{ns}/secrets"
    top = api.post(secrets, {"metadata": {"name": "top"}}).ok()
    owned(api, maps, "dependent", ref(top, "Secret"))
    api.delete(f"{secrets}/top").ok()
    wait_gone(api, f"{maps}/dependent")


def test_a_namespace_empties_itself_and_waits_for_what_is_held(
    api: Client, ns: str, maps: str
) -> None:
    place = f"/api/v1/namespaces/{ns}"
    api.post(maps, config_map("held", finalizers=["example.com/hold"])).ok()
    api.post(maps, config_map("free")).ok()
    assert api.get(place).ok()["spec"]["finalizers"] == ["kubernetes"]
    assert api.get(place).ok()["status"] == {"phase": "Active"}
    answer = api.delete(place).ok()
    assert answer["status"]["phase"] == "Terminating"
    assert answer["metadata"]["deletionTimestamp"]

    refused = api.post(maps, config_map("late"))
    assert refused.status == 403
    assert refused.json["reason"] == "Forbidden"
    assert refused.json["message"] == (
        f'configmaps "late" is forbidden: unable to create new content in namespace {ns} '
        "because it is being terminated"
    )
    causes = refused.json["details"]["causes"]
    assert causes == [
        {
            "reason": "NamespaceTerminating",
            "message": f"namespace {ns} is being terminated",
            "field": "metadata.namespace",
        }
    ]
    wait_gone(api, f"{maps}/free")
    assert api.get(place).ok()["status"]["phase"] == "Terminating"
    release(api, f"{maps}/held")
    wait_gone(api, place)
    again = api.post("/api/v1/namespaces", {"metadata": {"name": ns}}).ok()
    assert again["status"] == {"phase": "Active"}


def test_a_finalizer_holds_an_object_until_the_last_is_gone(api: Client, maps: str) -> None:
    api.post(maps, config_map("held", finalizers=["example.com/a", "example.com/b"])).ok()
    first = api.delete(f"{maps}/held").ok()
    assert first["metadata"]["deletionTimestamp"]
    again = api.delete(f"{maps}/held").ok()
    assert again["metadata"]["deletionTimestamp"] == first["metadata"]["deletionTimestamp"]
    added = api.patch(
        f"{maps}/held",
        [{"op": "add", "path": "/metadata/finalizers/-", "value": "example.com/c"}],
        JSON_PATCH,
    )
    assert added.status == 422
    assert "no new finalizers can be added if the object is being deleted" in added.json["message"]
    left = [{"op": "remove", "path": "/metadata/finalizers/0"}]
    assert api.patch(f"{maps}/held", left, JSON_PATCH).ok()["metadata"]["finalizers"] == [
        "example.com/b"
    ]
    release(api, f"{maps}/held")
    assert api.get(f"{maps}/held").status == 404
