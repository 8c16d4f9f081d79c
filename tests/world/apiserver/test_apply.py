"""Server-side apply: ownership, conflicts, merging by keys, and letting go of fields."""

from __future__ import annotations

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

WEB = f"{DEPLOYMENTS}/web"


def managers(obj: Json) -> dict[str, Json]:
    return {m["manager"]: m for m in obj["metadata"]["managedFields"]}


def test_an_apply_creates_and_then_changes_what_it_says(api: Client) -> None:
    made = api.apply(WEB, deployment("web"))
    assert made.status == 201
    assert made.json["metadata"]["generation"] == 1
    again = api.apply(WEB, deployment("web"))
    assert again.status == 200
    assert again.json == made.json, "the same configuration changes nothing"
    changed = api.apply(WEB, deployment("web", image="nginx:2")).ok()
    assert changed["spec"]["template"]["spec"]["containers"][0]["image"] == "nginx:2"
    assert changed["metadata"]["generation"] == 2


def test_ownership_is_recorded_the_way_kubernetes_does(api: Client) -> None:
    entry = managers(api.apply(WEB, deployment("web", replicas=2)).ok())["tester"]
    assert entry["operation"] == "Apply"
    assert entry["apiVersion"] == "apps/v1"
    assert entry["fieldsV1"] == {
        "f:spec": {
            "f:replicas": {},
            "f:selector": {},
            "f:template": {
                "f:metadata": {"f:labels": {"f:app": {}}},
                "f:spec": {
                    "f:containers": {
                        'k:{"name":"app"}': {".": {}, "f:image": {}, "f:name": {}},
                    }
                },
            },
        }
    }


def test_a_conflict_names_the_owner_and_the_field(api: Client) -> None:
    api.apply(WEB, deployment("web", replicas=2), manager="a").ok()
    api.patch(WEB, {"spec": {"replicas": 5}}, fieldManager="kubectl").ok()
    refused = api.apply(WEB, deployment("web", replicas=2), manager="a")
    assert refused.status == 409
    assert refused.json["message"] == (
        'Apply failed with 1 conflict: conflict with "kubectl" using apps/v1: .spec.replicas'
    )
    assert refused.json["details"]["causes"] == [
        {
            "reason": "FieldManagerConflict",
            "message": 'conflict with "kubectl" using apps/v1',
            "field": ".spec.replicas",
        }
    ]


def test_several_conflicts_are_listed(api: Client) -> None:
    api.apply(WEB, deployment("web", replicas=2), manager="a").ok()
    other = deployment("web", image="other:1", replicas=3)
    refused = api.apply(WEB, other, manager="b")
    assert refused.json["message"] == (
        'Apply failed with 2 conflicts: conflicts with "a":\n'
        "- .spec.replicas\n"
        '- .spec.template.spec.containers[name="app"].image'
    )


def test_force_takes_the_field_over(api: Client) -> None:
    api.apply(WEB, deployment("web", replicas=2), manager="a").ok()
    taken = api.apply(WEB, deployment("web", replicas=3), manager="b", force="true").ok()
    assert taken["spec"]["replicas"] == 3
    owners = managers(taken)
    assert "f:replicas" not in owners["a"]["fieldsV1"]["f:spec"]
    assert "f:replicas" in owners["b"]["fieldsV1"]["f:spec"]


def test_two_appliers_with_the_same_value_share_it(api: Client) -> None:
    api.apply(WEB, deployment("web", replicas=2), manager="a").ok()
    api.apply(WEB, deployment("web", replicas=2), manager="b").ok()
    without = api.apply(WEB, deployment("web"), manager="a").ok()
    assert without["spec"]["replicas"] == 2, "b still holds it"
    gone = api.apply(WEB, deployment("web"), manager="b").ok()
    assert gone["spec"]["replicas"] == 1, "nobody holds it: back to the default"


def test_fields_no_longer_applied_are_removed(api: Client) -> None:
    path = f"{MAPS}/settings"
    api.apply(path, config_map("settings", {"a": "1", "b": "2"}, labels={"x": "y"})).ok()
    api.patch(path, {"data": {"c": "3"}}, fieldManager="somebody").ok()
    after = api.apply(path, config_map("settings", {"a": "1"})).ok()
    assert after["data"] == {"a": "1", "c": "3"}
    assert "labels" not in after["metadata"]


def test_lists_merge_by_their_keys(api: Client) -> None:
    first = deployment("web")
    container = first["spec"]["template"]["spec"]["containers"][0]
    container["env"] = [{"name": "A", "value": "1"}, {"name": "B", "value": "2"}]
    container["ports"] = [{"containerPort": 80}]
    api.apply(WEB, first, manager="a").ok()
    sidecar: Json = {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": "web"},
        "spec": {
            "template": {
                "spec": {
                    "containers": [
                        {"name": "app", "env": [{"name": "C", "value": "3"}]},
                        {"name": "side", "image": "side:1"},
                    ]
                }
            }
        },
    }
    both = api.apply(WEB, sidecar, manager="b").ok()
    containers = both["spec"]["template"]["spec"]["containers"]
    assert [c["name"] for c in containers] == ["app", "side"]
    assert [e["name"] for e in containers[0]["env"]] == ["A", "B", "C"]
    del container["env"][0]
    less = api.apply(WEB, first, manager="a").ok()
    containers = less["spec"]["template"]["spec"]["containers"]
    assert [e["name"] for e in containers[0]["env"]] == ["B", "C"]
    ports = managers(less)["a"]["fieldsV1"]["f:spec"]["f:template"]["f:spec"]["f:containers"]
    assert 'k:{"containerPort":80,"protocol":"TCP"}' in ports['k:{"name":"app"}']["f:ports"]


def test_a_container_no_longer_applied_goes_with_its_defaults(api: Client) -> None:
    two = deployment("web")
    two["spec"]["template"]["spec"]["containers"].append({"name": "side", "image": "side:1"})
    api.apply(WEB, two).ok()
    one = api.apply(WEB, deployment("web")).ok()
    assert [c["name"] for c in one["spec"]["template"]["spec"]["containers"]] == ["app"]


def test_finalizers_are_a_set(api: Client) -> None:
    path = f"{MAPS}/settings"
    api.apply(path, config_map("settings", finalizers=["x.io/a"]), manager="a").ok()
    both = api.apply(path, config_map("settings", finalizers=["x.io/b"]), manager="b").ok()
    assert sorted(both["metadata"]["finalizers"]) == ["x.io/a", "x.io/b"]
    one = api.apply(path, config_map("settings"), manager="a").ok()
    assert one["metadata"]["finalizers"] == ["x.io/b"]


def test_status_is_applied_through_its_endpoint_and_owned_apart(api: Client) -> None:
    path = f"{FLUX}/app"
    api.apply(path, kustomization("app"), manager="person").ok()
    status = {
        "apiVersion": "kustomize.toolkit.fluxcd.io/v1",
        "kind": "Kustomization",
        "metadata": {"name": "app"},
        "status": {"lastAppliedRevision": "v1"},
    }
    done = api.apply(f"{path}/status", status, manager="controller").ok()
    assert done["status"]["lastAppliedRevision"] == "v1"
    entry = managers(done)["controller"]
    assert entry["subresource"] == "status"
    assert entry["fieldsV1"] == {"f:status": {"f:lastAppliedRevision": {}}}
    again = api.apply(path, kustomization("app"), manager="person").ok()
    assert again["status"]["lastAppliedRevision"] == "v1"


def test_dry_run_shows_conflicts_and_results_without_keeping_them(api: Client) -> None:
    assert api.apply(WEB, deployment("web"), dryRun="All").status == 201
    assert api.get(WEB).status == 404
    api.apply(WEB, deployment("web", replicas=2), manager="a").ok()
    tried = api.apply(WEB, deployment("web", replicas=3), manager="b", dryRun="All")
    assert tried.status == 409
    forced = api.apply(
        WEB, deployment("web", replicas=3), manager="b", dryRun="All", force="true"
    ).ok()
    assert forced["spec"]["replicas"] == 3
    assert api.get(WEB).ok()["spec"]["replicas"] == 2


def test_an_apply_says_what_is_wrong_with_it(api: Client) -> None:
    nameless = api.send("PATCH", WEB, deployment("web"), media="application/apply-patch+yaml")
    assert nameless.status == 422
    assert "fieldManager: Required value" in nameless.json["message"]
    odd = api.apply(WEB, deployment("web", colour="blue"))
    assert odd.status == 500
    assert odd.json["message"] == (
        "failed to create typed patch object (/web; apps/v1, Kind=Deployment): "
        ".spec.colour: field not declared in schema"
    )
    owned = deployment("web")
    owned["metadata"]["managedFields"] = [{"manager": "me"}]
    assert api.apply(WEB, owned).json["message"] == "metadata.managedFields must be nil"
    twice = deployment("web")
    twice["spec"]["template"]["spec"]["containers"] *= 2
    assert "duplicate entries for key" in api.apply(WEB, twice).json["message"]


def test_an_update_takes_ownership_of_what_it_changes(api: Client) -> None:
    api.apply(f"{MAPS}/settings", config_map("settings", {"a": "1", "b": "2"}), manager="a").ok()
    live = api.get(f"{MAPS}/settings").ok()
    live["data"] = {"a": "9", "b": "2"}
    after = managers(api.put(f"{MAPS}/settings", live, fieldManager="editor").ok())
    assert after["a"]["fieldsV1"] == {"f:data": {"f:b": {}}}
    assert after["editor"]["fieldsV1"] == {"f:data": {"f:a": {}}}
    assert after["editor"]["operation"] == "Update"


def test_managed_fields_can_be_reset_by_an_update(api: Client) -> None:
    live = api.apply(f"{MAPS}/settings", config_map("settings", {"a": "1"})).ok()
    live["metadata"]["managedFields"] = [{}]
    after = api.put(f"{MAPS}/settings", live).ok()
    assert "managedFields" not in after["metadata"]


def test_fields_nobody_is_known_to_own_are_not_taken_unasked(api: Client) -> None:
    api.post(f"{MAPS}", config_map("settings", {"a": "1"})).ok()
    api.patch(f"{MAPS}/settings", {"metadata": {"managedFields": [{}]}}).ok()
    refused = api.apply(f"{MAPS}/settings", config_map("settings", {"a": "2"}))
    assert 'conflict with "before-first-apply" using v1: .data.a' in refused.json["message"]
    shared = api.apply(f"{MAPS}/settings", config_map("settings", {"a": "1"})).ok()
    assert set(managers(shared)) == {"before-first-apply", "tester"}
