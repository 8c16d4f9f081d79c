"""Server-side apply: who owns what, what conflicts, what goes when nobody applies it any more."""

from __future__ import annotations

from typing import Any

from tests.contract.writing import causes_of, fresh, managers_of
from tests.world.apiserver.client import JSON_PATCH, Answer, Client, Json, config_map


def container(name: str, **more: Any) -> Json:
    return {"name": name, **more}


def deployment(name: str, containers: list[Json] | None = None, **spec: Any) -> Json:
    pod = {"containers": containers or [container("app", image="i:1")]}
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": name},
        "spec": {
            "selector": {"matchLabels": {"app": name}},
            "template": {"metadata": {"labels": {"app": name}}, "spec": pod},
            **spec,
        },
    }


def bare(name: str, *containers: Json) -> Json:
    """A Deployment that says nothing but these containers."""
    head: Json = {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": name}}
    return head | (
        {"spec": {"template": {"spec": {"containers": list(containers)}}}} if containers else {}
    )


def web(ns: str, name: str = "") -> str:
    return f"/apis/apps/v1/namespaces/{ns}/deployments/{name or fresh()}"


def maps(ns: str, name: str = "c") -> str:
    return f"/api/v1/namespaces/{ns}/configmaps/{name}"


def containers_of(answer: Answer) -> list[Json]:
    found: list[Json] = answer.ok()["spec"]["template"]["spec"]["containers"]
    return found


def conflicts_of(answer: Answer) -> set[tuple[str, str]]:
    """(manager as the text names it, field), of a 409; their order is nobody's promise."""
    assert (answer.status, answer.json["reason"]) == (409, "Conflict"), answer.data
    causes = causes_of(answer)
    assert {reason for reason, _, _ in causes} == {"FieldManagerConflict"}
    return {(text.removeprefix("conflict with "), field) for _, field, text in causes}


def test_an_apply_creates_and_owns_what_it_says(api: Client, ns: str) -> None:
    made = api.apply(web(ns, "a"), deployment("a", replicas=2), "one")
    assert made.status == 201
    (entry,) = made.json["metadata"]["managedFields"]
    assert {k: v for k, v in entry.items() if k != "time"} == {
        "apiVersion": "apps/v1",
        "fieldsType": "FieldsV1",
        "manager": "one",
        "operation": "Apply",
        "fieldsV1": {
            "f:spec": {
                "f:replicas": {},
                "f:selector": {},
                "f:template": {
                    "f:metadata": {"f:labels": {"f:app": {}}},
                    "f:spec": {
                        "f:containers": {'k:{"name":"app"}': {".": {}, "f:image": {}, "f:name": {}}}
                    },
                },
            }
        },
    }
    again = api.apply(web(ns, "a"), deployment("a", replicas=2), "one").ok()
    assert again["metadata"]["resourceVersion"] == made.json["metadata"]["resourceVersion"]


def test_equal_values_are_shared_and_different_ones_conflict(api: Client, ns: str) -> None:
    path = web(ns, "a")
    api.apply(path, deployment("a", replicas=2), "one").ok()
    shared = api.apply(path, deployment("a", replicas=2), "two").ok()
    assert set(managers_of(shared)) == {"one", "two"}
    refused = api.apply(path, deployment("a", replicas=3), "three")
    assert conflicts_of(refused) == {('"one"', ".spec.replicas"), ('"two"', ".spec.replicas")}
    assert refused.json["message"] == (
        'Apply failed with 2 conflicts: conflicts with "one":\n- .spec.replicas\n'
        'conflicts with "two":\n- .spec.replicas'
    )


def test_one_conflict_is_told_in_one_line(api: Client, ns: str) -> None:
    api.apply(maps(ns), config_map("c", {"a": "1"}), "one").ok()
    refused = api.apply(maps(ns), config_map("c", {"a": "2"}), "two")
    text = 'Apply failed with 1 conflict: conflict with "one": .data.a'
    assert refused.json["message"] == text
    assert refused.json["details"] == {
        "causes": [
            {
                "reason": "FieldManagerConflict",
                "message": 'conflict with "one"',
                "field": ".data.a",
            }
        ]
    }


def test_a_conflict_with_an_update_names_its_version(api: Client, ns: str) -> None:
    path = web(ns, "a")
    api.apply(path, deployment("a"), "one").ok()
    api.patch(path, {"spec": {"paused": True, "minReadySeconds": 5}}, fieldManager="editor").ok()
    refused = api.apply(path, deployment("a", paused=False, minReadySeconds=7), "one")
    who = '"editor" using apps/v1'
    assert conflicts_of(refused) == {(who, ".spec.minReadySeconds"), (who, ".spec.paused")}


def test_members_of_a_level_come_before_deeper_ones(api: Client, ns: str) -> None:
    path = web(ns, "a")
    first = deployment("a", [container("app", image="i:1")], replicas=1)
    api.apply(path, first, "one").ok()
    refused = api.apply(path, deployment("a", [container("app", image="i:2")], replicas=2), "two")
    assert refused.json["message"] == (
        'Apply failed with 2 conflicts: conflicts with "one":\n- .spec.replicas\n'
        '- .spec.template.spec.containers[name="app"].image'
    )


def test_force_takes_the_field_from_its_owners(api: Client, ns: str) -> None:
    api.apply(maps(ns), config_map("c", {"a": "1", "b": "1"}), "one").ok()
    taken = api.apply(maps(ns), config_map("c", {"a": "2"}), "two", force="true").ok()
    assert taken["data"] == {"a": "2", "b": "1"}
    assert managers_of(taken) == {
        "one": {"f:data": {"f:b": {}}},
        "two": {"f:data": {"f:a": {}}},
    }


def test_what_nobody_applies_any_more_goes(api: Client, ns: str) -> None:
    api.apply(maps(ns), config_map("c", {"a": "1", "b": "1"}, labels={"x": "1"}), "one").ok()
    api.apply(maps(ns), config_map("c", {"b": "1"}), "two").ok()
    left = api.apply(maps(ns), config_map("c"), "one").ok()
    assert left["data"] == {"b": "1"}
    assert "labels" not in left["metadata"]
    assert set(managers_of(left)) == {"two"}
    emptied = api.apply(maps(ns), config_map("c"), "two").ok()
    assert "data" not in emptied
    assert "managedFields" not in emptied["metadata"]


def test_keyed_lists_merge_item_by_item(api: Client, ns: str) -> None:
    path = web(ns, "a")
    ports = [{"containerPort": 80}, {"containerPort": 80, "protocol": "UDP"}]
    env = [{"name": "A", "value": "1"}, {"name": "B", "value": "2"}]
    api.apply(path, deployment("a", [container("app", image="i:1", ports=ports, env=env)])).ok()
    api.apply(path, bare("a", container("side", image="s:1")), "two").ok()
    three = container("app", env=[{"name": "C", "value": "3"}], ports=[{"containerPort": 81}])
    api.apply(path, bare("a", three), "three").ok()
    fewer = container("app", image="i:1", ports=ports[1:], env=env[1:])
    app, side = containers_of(api.apply(path, deployment("a", [fewer])))
    assert [(p["containerPort"], p["protocol"]) for p in app["ports"]] == [
        (80, "UDP"),
        (81, "TCP"),
    ]
    assert [e["name"] for e in app["env"]] == ["B", "C"]
    assert side["name"] == "side"
    refused = api.apply(path, bare("a", container("app", env=[{"name": "B", "value": "9"}])), "x")
    field = '.spec.template.spec.containers[name="app"].env[name="B"].value'
    assert conflicts_of(refused) == {('"tester"', field)}


def test_atomic_lists_and_sets_are_owned_differently(api: Client, ns: str) -> None:
    path = web(ns, "a")
    api.apply(path, deployment("a", [container("app", image="i:1", args=["x"])]), "one").ok()
    refused = api.apply(path, bare("a", container("app", args=["y"])), "two")
    field = '.spec.template.spec.containers[name="app"].args'
    assert conflicts_of(refused) == {('"one"', field)}
    api.apply(maps(ns), config_map("c", finalizers=["x.io/a"]), "one").ok()
    both = api.apply(maps(ns), config_map("c", finalizers=["x.io/b", "x.io/a"]), "two").ok()
    assert sorted(both["metadata"]["finalizers"]) == ["x.io/a", "x.io/b"]
    left = api.apply(maps(ns), config_map("c"), "two").ok()
    assert left["metadata"]["finalizers"] == ["x.io/a"]


def test_an_update_takes_over_and_an_apply_of_the_same_name_is_another(
    api: Client, ns: str
) -> None:
    folder = maps(ns, "")[:-1]
    api.post(folder, config_map("c", {"a": "1"}), fieldManager="m").ok()
    api.apply(maps(ns), config_map("c", {"a": "1"}), "m").ok()
    refused = api.apply(maps(ns), config_map("c", {"a": "2"}), "m")
    assert conflicts_of(refused) == {('"m" using v1', ".data.a")}
    changed = api.patch(maps(ns), {"data": {"a": "3"}}, fieldManager="other").ok()
    assert managers_of(changed)["other"] == {"f:data": {"f:a": {}}}


def test_managers_can_be_renamed_and_reset(api: Client, ns: str) -> None:
    api.apply(maps(ns), config_map("c", {"a": "1"}), "old").ok()
    step = {"op": "replace", "path": "/metadata/managedFields/0/manager", "value": "new"}
    renamed = api.patch(maps(ns), [step], JSON_PATCH).ok()
    assert managers_of(renamed) == {"new": {"f:data": {"f:a": {}}}}
    gone = api.apply(maps(ns), config_map("c"), "new").ok()
    assert "data" not in gone
    api.apply(maps(ns), config_map("c", {"b": "1"}), "new").ok()
    empty: list[list[Json]] = [[], [{}]]
    for nothing in empty:
        reset = api.patch(maps(ns), {"metadata": {"managedFields": nothing}}).ok()
        assert "managedFields" not in reset["metadata"]
    late = api.apply(maps(ns), config_map("c", {"c": "1"}), "late").ok()
    assert managers_of(late) == {
        "before-first-apply": {"f:data": {".": {}, "f:b": {}}},
        "late": {"f:data": {"f:c": {}}},
    }


def test_the_status_is_applied_through_its_own_endpoint(api: Client, ns: str) -> None:
    path = web(ns, "a")
    api.apply(path, deployment("a"), "one").ok()
    head = bare("a")
    status = {"conditions": [{"type": "Available", "status": "True"}], "replicas": 1}
    made = api.apply(f"{path}/status", head | {"status": status}, "ctl").ok()
    entry = next(m for m in made["metadata"]["managedFields"] if m["manager"] == "ctl")
    assert (entry["operation"], entry["subresource"]) == ("Apply", "status")
    assert set(entry["fieldsV1"]) == {"f:status"}
    other = {"conditions": [{"type": "Available", "status": "False"}]}
    refused = api.apply(f"{path}/status", head | {"status": other}, "ctl2")
    field = '.status.conditions[type="Available"].status'
    assert conflicts_of(refused) == {('"ctl" with subresource "status"', field)}
    ignored = api.apply(path, deployment("a") | {"status": {"replicas": 9}}, "one").ok()
    assert ignored["status"]["replicas"] == 1
    assert api.apply(web(ns, "no") + "/status", bare("no"), "ctl").status == 404


def test_replicas_set_through_the_scale_belong_to_the_scaler(api: Client, ns: str) -> None:
    path = web(ns, "a")
    api.apply(path, deployment("a", replicas=1), "one").ok()
    api.patch(f"{path}/scale", {"spec": {"replicas": 4}}, fieldManager="hpa").ok()
    refused = api.apply(path, deployment("a", replicas=2), "one")
    who = '"hpa" with subresource "scale" using apps/v1'
    assert conflicts_of(refused) == {(who, ".spec.replicas")}


def test_uid_and_version_are_preconditions(api: Client, ns: str) -> None:
    made = api.apply(maps(ns), config_map("c", {"a": "1"}), "one").ok()
    version = made["metadata"]["resourceVersion"]
    api.apply(maps(ns), config_map("c", {"a": "2"}, resourceVersion=version), "one").ok()
    stale = api.apply(maps(ns), config_map("c", {"a": "3"}, resourceVersion=version), "one")
    assert (stale.status, stale.json["reason"]) == (409, "Conflict")
    assert stale.json["message"] == (
        'Operation cannot be fulfilled on configmaps "c": the object has been modified; please '
        "apply your changes to the latest version and try again"
    )
    other = api.apply(maps(ns), config_map("c", uid="x"), "one")
    text = 'ConfigMap "c" is invalid: metadata.uid: Invalid value: "x": field is immutable'
    assert (other.status, other.json["message"]) == (422, text)


def test_a_dry_run_answers_and_stores_nothing(api: Client, ns: str) -> None:
    tried = api.apply(maps(ns), config_map("c", {"a": "1"}), dryRun="All")
    assert (tried.status, tried.json["data"]) == (201, {"a": "1"})
    assert api.get(maps(ns)).status == 404
    api.apply(maps(ns), config_map("c", {"a": "1"}), "one").ok()
    refused = api.apply(maps(ns), config_map("c", {"a": "2"}), "two", dryRun="All")
    assert conflicts_of(refused) == {('"one"', ".data.a")}
