"""Deleting: finalizers, preconditions, owners and dependents, collections, namespaces."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from fluxtui.world.apiserver.server import ApiServer
from tests.world.apiserver.client import (
    DEPLOYMENTS,
    MAPS,
    PODS,
    Client,
    Json,
    config_map,
    deployment,
)


@contextmanager
def until_gone(api: Client, path: str, name: str) -> Iterator[None]:
    """Wait, by a watch, until an object that is there at the start has been removed."""
    rv = api.get(path).ok()["metadata"]["resourceVersion"]
    with api.watch(path, resourceVersion=rv, fieldSelector=f"metadata.name={name}") as stream:
        yield
        for change, _ in stream:
            if change == "DELETED":
                return


def owned(name: str, *owners: Json, block: bool = False) -> Json:
    references = [
        {
            "apiVersion": "v1",
            "kind": "ConfigMap",
            "name": o["metadata"]["name"],
            "uid": o["metadata"]["uid"],
            **({"blockOwnerDeletion": True} if block else {}),
        }
        for o in owners
    ]
    return config_map(name, ownerReferences=references)


def test_a_deleted_object_is_gone_and_the_answer_names_it(api: Client) -> None:
    made = api.post(MAPS, config_map("a")).ok()
    done = api.delete(f"{MAPS}/a").ok()
    assert done["status"] == "Success"
    assert done["details"] == {
        "name": "a",
        "kind": "configmaps",
        "uid": made["metadata"]["uid"],
    }
    assert api.get(f"{MAPS}/a").status == 404
    assert api.delete(f"{MAPS}/a").status == 404


def test_finalizers_hold_an_object_until_they_are_removed(api: Client) -> None:
    api.post(MAPS, config_map("a", finalizers=["x.io/hold"])).ok()
    held = api.delete(f"{MAPS}/a").ok()
    assert held["metadata"]["deletionTimestamp"]
    assert held["metadata"]["deletionGracePeriodSeconds"] == 0
    again = api.delete(f"{MAPS}/a").ok()
    assert again["metadata"]["deletionTimestamp"] == held["metadata"]["deletionTimestamp"]
    more = api.patch(f"{MAPS}/a", {"metadata": {"finalizers": ["x.io/hold", "x.io/more"]}})
    assert more.status == 422
    assert "no new finalizers can be added if the object is being deleted" in more.json["message"]
    with until_gone(api, MAPS, "a"):
        api.patch(f"{MAPS}/a", {"metadata": {"finalizers": None}}).ok()
    assert api.get(f"{MAPS}/a").status == 404


def test_preconditions_protect_from_deleting_another_object(api: Client) -> None:
    made = api.post(MAPS, config_map("a")).ok()
    wrong = api.delete(f"{MAPS}/a", {"preconditions": {"uid": "another"}})
    assert wrong.status == 409
    assert "the UID in the precondition (another)" in wrong.json["message"]
    old = api.delete(f"{MAPS}/a", {"preconditions": {"resourceVersion": "1"}})
    assert old.status == 409
    right = {"uid": made["metadata"]["uid"]}
    assert api.delete(f"{MAPS}/a", {"preconditions": right}).status == 200


def test_dependents_go_with_their_owner(api: Client) -> None:
    owner = api.post(MAPS, config_map("owner")).ok()
    api.post(MAPS, owned("child", owner)).ok()
    with until_gone(api, MAPS, "child"):
        api.delete(f"{MAPS}/owner").ok()
    assert api.get(f"{MAPS}/child").status == 404


def test_a_dependent_with_another_owner_stays(api: Client) -> None:
    one, two = api.post(MAPS, config_map("one")).ok(), api.post(MAPS, config_map("two")).ok()
    api.post(MAPS, owned("child", one, two)).ok()
    rv = api.get(MAPS).ok()["metadata"]["resourceVersion"]
    with api.watch(MAPS, resourceVersion=rv, fieldSelector="metadata.name=child") as stream:
        api.delete(f"{MAPS}/one").ok()
        change, child = stream.next()
    assert change == "MODIFIED"
    assert [r["name"] for r in child["metadata"]["ownerReferences"]] == ["two"]


def test_orphans_stay_without_their_owner(api: Client) -> None:
    owner = api.post(MAPS, config_map("owner")).ok()
    api.post(MAPS, owned("child", owner)).ok()
    with until_gone(api, MAPS, "owner"):
        api.delete(f"{MAPS}/owner", {"propagationPolicy": "Orphan"}).ok()
    assert "ownerReferences" not in api.get(f"{MAPS}/child").ok()["metadata"]


def test_in_the_foreground_the_owner_waits_for_its_dependents(api: Client) -> None:
    owner = api.post(MAPS, config_map("owner")).ok()
    child = owned("child", owner, block=True)
    child["metadata"]["finalizers"] = ["x.io/hold"]
    api.post(MAPS, child).ok()
    marked = api.delete(f"{MAPS}/owner", {"propagationPolicy": "Foreground"}).ok()
    assert marked["metadata"]["finalizers"] == ["foregroundDeletion"]
    rv = marked["metadata"]["resourceVersion"]
    with api.watch(MAPS, resourceVersion=rv) as stream:
        change, waiting = stream.next()
        assert (change, waiting["metadata"]["name"]) == ("MODIFIED", "child")
        assert api.get(f"{MAPS}/owner").status == 200
        api.patch(f"{MAPS}/child", {"metadata": {"finalizers": None}}).ok()
        ended = [stream.next() for _ in range(2)]
    assert [(c, o["metadata"]["name"]) for c, o in ended] == [
        ("DELETED", "child"),
        ("DELETED", "owner"),
    ]


def test_a_child_of_a_missing_owner_is_collected(api: Client) -> None:
    owner = api.post(MAPS, config_map("owner")).ok()
    api.delete(f"{MAPS}/owner").ok()
    rv = api.get(MAPS).ok()["metadata"]["resourceVersion"]
    with api.watch(MAPS, resourceVersion=rv) as stream:
        api.post(MAPS, owned("late", owner)).ok()
        assert [stream.next()[0] for _ in range(2)] == ["ADDED", "DELETED"]


def test_a_collection_is_deleted_by_selector(api: Client) -> None:
    for name, on in (("a", "yes"), ("b", "no"), ("c", "yes")):
        api.post(MAPS, config_map(name, labels={"on": on})).ok()
    gone = api.delete(MAPS, labelSelector="on=yes").ok()
    assert [i["metadata"]["name"] for i in gone["items"]] == ["a", "c"]
    assert [i["metadata"]["name"] for i in api.get(MAPS).ok()["items"]] == ["b"]


def test_a_namespace_takes_its_content_along(api: Client) -> None:
    api.post("/api/v1/namespaces", {"metadata": {"name": "shop"}}).ok()
    maps = "/api/v1/namespaces/shop/configmaps"
    api.post(maps, config_map("a")).ok()
    api.post("/apis/apps/v1/namespaces/shop/deployments", deployment("web")).ok()
    with until_gone(api, "/api/v1/namespaces", "shop"):
        ending = api.delete("/api/v1/namespaces/shop").ok()
        assert ending["status"]["phase"] == "Terminating"
    assert api.get("/api/v1/namespaces/shop").status == 404
    assert api.get("/apis/apps/v1/deployments").ok()["items"] == []


def test_a_terminating_namespace_takes_nothing_new_and_says_what_holds_it(api: Client) -> None:
    api.post("/api/v1/namespaces", {"metadata": {"name": "shop"}}).ok()
    maps = "/api/v1/namespaces/shop/configmaps"
    api.post(maps, config_map("a", finalizers=["x.io/hold"])).ok()
    rv = api.get("/api/v1/namespaces").ok()["metadata"]["resourceVersion"]
    query = {"resourceVersion": rv, "fieldSelector": "metadata.name=shop"}
    with api.watch("/api/v1/namespaces", **query) as stream:
        api.delete("/api/v1/namespaces/shop").ok()
        refused = api.post(maps, config_map("b"))
        assert refused.status == 403
        assert "because it is being terminated" in refused.json["message"]
        assert refused.json["details"]["causes"][0]["reason"] == "NamespaceTerminating"
        for _, namespace in stream:
            conditions = {c["type"]: c for c in namespace["status"].get("conditions", [])}
            if conditions:
                break
        held = conditions["NamespaceFinalizersRemaining"]
        assert "x.io/hold in 1 resource instances" in held["message"]
        api.patch(f"{maps}/a", {"metadata": {"finalizers": None}}).ok()
        assert any(change == "DELETED" for change, _ in stream)


def test_the_default_namespace_cannot_be_deleted(api: Client) -> None:
    refused = api.delete("/api/v1/namespaces/default")
    assert refused.status == 403
    assert "this namespace may not be deleted" in refused.json["message"]


def pod(name: str, node: str = "") -> Json:
    spec: Json = {"containers": [{"name": "app", "image": "a:1"}]}
    if node:
        spec["nodeName"] = node
    return {"metadata": {"name": name}, "spec": spec}


def test_bound_pods_wait_for_their_kubelet_when_asked_to() -> None:
    with ApiServer("staging", crds=(), graceful_pods=True) as server:
        api = Client(server)
        api.post(PODS, pod("free")).ok()
        api.delete(f"{PODS}/free").ok()
        assert api.get(f"{PODS}/free").status == 404
        api.post(PODS, pod("bound")).ok()
        target = {"metadata": {"name": "bound"}, "target": {"kind": "Node", "name": "node-1"}}
        assert api.post(f"{PODS}/bound/binding", target).status == 201
        assert api.post(f"{PODS}/bound/binding", target).status == 409
        ending = api.delete(f"{PODS}/bound").ok()
        assert ending["metadata"]["deletionGracePeriodSeconds"] == 30
        assert api.get(f"{PODS}/bound").status == 200
        api.delete(f"{PODS}/bound", {"gracePeriodSeconds": 0}).ok()
        assert api.get(f"{PODS}/bound").status == 404
        api.close()


def test_evicting_a_pod_deletes_it(api: Client) -> None:
    api.post(PODS, pod("p", "node-1")).ok()
    eviction = {"apiVersion": "policy/v1", "kind": "Eviction", "metadata": {"name": "p"}}
    assert api.post(f"{PODS}/p/eviction", eviction).status == 201
    assert api.get(f"{PODS}/p").status == 404


def test_unknown_policies_are_refused(api: Client) -> None:
    api.post(DEPLOYMENTS, deployment("web")).ok()
    refused = api.delete(f"{DEPLOYMENTS}/web", {"propagationPolicy": "Sideways"})
    assert refused.status == 400 or refused.status == 422
    assert "Sideways" in refused.json["message"]


def test_jobs_leave_their_pods_unless_told_otherwise(api: Client) -> None:
    jobs = "/apis/batch/v1/namespaces/default/jobs"
    spec = {"restartPolicy": "Never", "containers": [{"name": "m", "image": "m:1"}]}
    job = {"metadata": {"name": "m"}, "spec": {"template": {"spec": spec}}}
    for policy, kept in (("", True), ("Background", False)):
        owner = api.post(jobs, job).ok()["metadata"]
        child = pod(f"p{policy.lower()}")
        child["metadata"]["ownerReferences"] = [
            {"apiVersion": "batch/v1", "kind": "Job", "name": "m", "uid": owner["uid"]}
        ]
        api.post(PODS, child).ok()
        name = child["metadata"]["name"]
        with until_gone(api, *((jobs, "m") if kept else (PODS, name))):
            answer = api.delete(f"{jobs}/m", {"propagationPolicy": policy} if policy else None)
        warnings = answer.headers.get_all("Warning") or []
        assert any("child pods are preserved by default" in w for w in warnings) is kept
        assert (api.get(f"{PODS}/{name}").status == 200) is kept


def test_a_name_is_taken_until_its_object_is_really_gone(api: Client) -> None:
    api.post(MAPS, config_map("a", finalizers=["x.io/hold"])).ok()
    api.delete(f"{MAPS}/a").ok()
    again = api.post(MAPS, config_map("a"))
    assert again.json["message"] == ('object is being deleted: configmaps "a" already exists')
