"""Both servers are up, known by the same users, and serve Flux's kinds."""

from __future__ import annotations

from tests.contract.server import Server, crd, define
from tests.world.apiserver.client import Client, config_map


def test_it_is_ready_and_of_the_same_version(server: Server, api: Client) -> None:
    assert api.get("/readyz").data == b"ok"
    version = api.get("/version").ok()
    assert (version["major"], version["minor"]) == ("1", "36")


def test_each_token_is_its_user(api: Client, reader: Client) -> None:
    review = {"apiVersion": "authentication.k8s.io/v1", "kind": "SelfSubjectReview"}
    path = "/apis/authentication.k8s.io/v1/selfsubjectreviews"
    who = [c.post(path, review).ok()["status"]["userInfo"]["username"] for c in (api, reader)]
    assert who == ["fluxtui-admin", "fluxtui-read-only"]


def test_the_reader_reads_and_may_not_write(ns: str, api: Client, reader: Client) -> None:
    maps = f"/api/v1/namespaces/{ns}/configmaps"
    api.post(maps, config_map("a")).ok()
    assert reader.get(f"{maps}/a").ok()["metadata"]["name"] == "a"
    refused = reader.post(maps, config_map("b"))
    assert refused.status == 403
    assert refused.json["message"] == (
        'configmaps is forbidden: User "fluxtui-read-only" cannot create resource "configmaps" '
        f'in API group "" in the namespace "{ns}"'
    )


def test_a_kind_of_ones_own_is_served_at_once(group: str, ns: str, api: Client) -> None:
    define(api, crd(group))
    widgets = f"/apis/{group}/v1/namespaces/{ns}/widgets"
    body = {"apiVersion": f"{group}/v1", "kind": "Widget", "metadata": {"name": "w"}}
    assert api.post(widgets, body | {"spec": {"size": 1}}).ok()["spec"] == {"size": 1}
