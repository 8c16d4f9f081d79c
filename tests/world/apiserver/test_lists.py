"""Lists: order, pages, selectors and resourceVersions."""

from __future__ import annotations

import pytest

from fluxtui.world.apiserver.kinds import Kind, builtin_kinds
from fluxtui.world.apiserver.selectors import field_selector, label_selector
from fluxtui.world.apiserver.server import ApiServer
from fluxtui.world.apiserver.status import StatusError
from tests.world.apiserver.client import (
    DEPLOYMENTS,
    FLUX,
    MAPS,
    Client,
    Json,
    config_map,
    deployment,
    kustomization,
)


def kind(name: str) -> Kind:
    return next(k for k in builtin_kinds() if (k.group, k.kind) == ("", name))


def names(body: Json) -> list[str]:
    return [item["metadata"]["name"] for item in body["items"]]


def test_a_list_is_sorted_and_has_a_version(api: Client) -> None:
    for name in ("b", "a", "c"):
        last = api.post(MAPS, config_map(name)).ok()
    body = api.get(MAPS).ok()
    assert (body["kind"], body["apiVersion"]) == ("ConfigMapList", "v1")
    assert names(body) == ["a", "b", "c"]
    assert body["metadata"] == {"resourceVersion": last["metadata"]["resourceVersion"]}


def test_items_of_built_in_lists_do_not_repeat_their_kind_but_custom_ones_do(api: Client) -> None:
    api.post(MAPS, config_map("a", {"k": "v"})).ok()
    api.post(FLUX, kustomization("app")).ok()
    assert set(api.get(MAPS).ok()["items"][0]) == {"metadata", "data"}
    assert api.get(FLUX).ok()["items"][0]["kind"] == "Kustomization"


def test_all_namespaces_are_listed_together(api: Client) -> None:
    api.post(MAPS, config_map("a")).ok()
    api.post("/api/v1/namespaces/kube-system/configmaps", config_map("b")).ok()
    assert names(api.get("/api/v1/configmaps").ok()) == ["a", "b"]
    assert names(api.get(MAPS).ok()) == ["a"]


def test_pages_show_the_state_of_the_first_one(api: Client) -> None:
    for i in range(5):
        api.post(MAPS, config_map(f"m{i}")).ok()
    first = api.get(MAPS, limit=2).ok()
    assert names(first) == ["m0", "m1"]
    assert first["metadata"]["remainingItemCount"] == 3
    api.delete(f"{MAPS}/m2").ok()
    api.post(MAPS, config_map("m25")).ok()
    api.patch(f"{MAPS}/m3", {"data": {"new": "1"}}).ok()
    token = first["metadata"]["continue"]
    second = api.send("GET", MAPS, **{"limit": 2, "continue": token}).ok()
    assert names(second) == ["m2", "m3"]
    assert "new" not in second["items"][1]["data"] if "data" in second["items"][1] else True
    assert second["metadata"]["resourceVersion"] == first["metadata"]["resourceVersion"]
    token = second["metadata"]["continue"]
    third = api.send("GET", MAPS, **{"limit": 2, "continue": token}).ok()
    assert names(third) == ["m4"]
    assert "continue" not in third["metadata"]


def test_a_page_token_that_is_too_old_is_gone_but_offers_a_way_on(
    api: Client, server: ApiServer
) -> None:
    for i in range(4):
        api.post(MAPS, config_map(f"m{i}")).ok()
    token = api.get(MAPS, limit=2).ok()["metadata"]["continue"]
    api.post(MAPS, config_map("m9")).ok()
    server.compact()
    gone = api.send("GET", MAPS, **{"limit": 2, "continue": token})
    assert (gone.status, gone.json["reason"]) == (410, "Expired")
    fresh = gone.json["metadata"]["continue"]
    rest = api.send("GET", MAPS, **{"limit": 5, "continue": fresh}).ok()
    assert names(rest) == ["m2", "m3", "m9"]
    assert api.send("GET", MAPS, **{"continue": "nonsense!"}).status == 400


def test_exact_versions_show_the_past(api: Client, server: ApiServer) -> None:
    rv = api.post(MAPS, config_map("a", {"k": "1"})).ok()["metadata"]["resourceVersion"]
    api.put(f"{MAPS}/a", config_map("a", {"k": "2"})).ok()
    api.post(MAPS, config_map("b")).ok()
    query = {"resourceVersion": rv, "resourceVersionMatch": "Exact"}
    past = api.send("GET", MAPS, **query).ok()
    assert names(past) == ["a"]
    assert past["items"][0]["data"] == {"k": "1"}
    assert past["metadata"]["resourceVersion"] == rv
    now = api.get(MAPS, resourceVersion=rv, resourceVersionMatch="NotOlderThan").ok()
    assert names(now) == ["a", "b"]
    assert names(api.get(MAPS, resourceVersion="0").ok()) == ["a", "b"]
    server.compact()
    assert api.send("GET", MAPS, **query).status == 410


def test_versions_of_the_future_and_nonsense_are_refused(api: Client) -> None:
    future = api.get(MAPS, resourceVersion="999999")
    assert future.status == 504
    assert "Timeout: Too large resource version: 999999" in future.json["message"]
    assert api.get(MAPS, resourceVersion="0", limit=1).status == 200
    assert future.headers["Retry-After"] == "1"
    assert api.get(MAPS, resourceVersion="abc").status == 400
    assert api.get(MAPS, resourceVersionMatch="Exact").status == 422


def test_a_small_ring_forgets_old_versions(api: Client) -> None:
    first = api.post(MAPS, config_map("a")).ok()["metadata"]["resourceVersion"]
    for i in range(120):  # the fixture's ring holds 50
        api.patch(f"{MAPS}/a", {"data": {"i": str(i)}}).ok()
    query = {"resourceVersion": first, "resourceVersionMatch": "Exact"}
    assert api.send("GET", MAPS, **query).status == 410


@pytest.mark.parametrize(
    ("selector", "found"),
    [
        ("app=web", ["a", "b"]),
        ("app==web,tier=front", ["a"]),
        ("app!=web", ["c", "d"]),
        ("tier in (front, back)", ["a", "b"]),
        ("tier notin (front)", ["b", "c", "d"]),
        ("tier", ["a", "b"]),
        ("!app", ["d"]),
        ("app,!tier", ["c"]),
        ("", ["a", "b", "c", "d"]),
    ],
)
def test_label_selectors(api: Client, selector: str, found: list[str]) -> None:
    labels: dict[str, Json] = {
        "a": {"app": "web", "tier": "front"},
        "b": {"app": "web", "tier": "back"},
        "c": {"app": "db"},
        "d": {},
    }
    for name, given in labels.items():
        api.post(MAPS, config_map(name, labels=given)).ok()
    assert names(api.get(MAPS, labelSelector=selector).ok()) == found


def test_field_selectors(api: Client) -> None:
    for name in ("a", "b"):
        api.post(MAPS, config_map(name)).ok()
    assert names(api.get(MAPS, fieldSelector="metadata.name=a").ok()) == ["a"]
    assert names(api.get(MAPS, fieldSelector="metadata.name!=a").ok()) == ["b"]
    everywhere = api.get("/api/v1/configmaps", fieldSelector="metadata.namespace=default")
    assert names(everywhere.ok()) == ["a", "b"]
    unknown = api.get(MAPS, fieldSelector="data.x=1")
    assert unknown.status == 400
    assert unknown.json["message"] == (
        '"data.x" is not a known field selector: only "metadata.name", "metadata.namespace"'
    )
    pods = api.get("/api/v1/pods", fieldSelector="spec.x=1")
    assert pods.json["message"] == "field label not supported: spec.x"


def test_fields_of_pods_and_events() -> None:
    pod: Json = {
        "metadata": {"name": "p"},
        "spec": {"nodeName": "n1"},
        "status": {"phase": "Running"},
    }
    running = field_selector("status.phase=Running,spec.nodeName=n1", kind("Pod"))
    assert running is not None and running(pod)
    event: Json = {
        "metadata": {"name": "e"},
        "involvedObject": {"kind": "Pod", "name": "p"},
        "type": "Warning",
        "reason": "BackOff",
    }
    wanted = field_selector("involvedObject.name=p,type!=Normal", kind("Event"))
    assert wanted is not None and wanted(event)


@pytest.mark.parametrize("text", ["a=b=c", "a in b", "=x", "a in (b", "(a)"])
def test_selectors_that_do_not_parse_are_refused(text: str) -> None:
    with pytest.raises(StatusError, match=r"unable to parse|found '[=(]', expected"):
        label_selector(text)


def test_metadata_only_lists(api: Client) -> None:
    api.post(DEPLOYMENTS, deployment("web")).ok()
    accept = "application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io,application/json"
    body = api.get(DEPLOYMENTS, accept=accept).ok()
    assert body["kind"] == "PartialObjectMetadataList"
    assert set(body["items"][0]) == {"kind", "apiVersion", "metadata"}
