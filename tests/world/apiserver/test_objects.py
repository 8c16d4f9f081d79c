"""Creating, reading and changing one object: identity, versions, generation, locking."""

from __future__ import annotations

import pytest

from fluxtui.world.apiserver.server import ApiServer
from tests.world.apiserver.client import (
    DEPLOYMENTS,
    FLUX,
    MAPS,
    STRATEGIC,
    Client,
    config_map,
    deployment,
    kustomization,
)
from tests.world.apiserver.conftest import Clock


def test_a_created_object_gets_an_identity_and_can_be_read_back(api: Client) -> None:
    made = api.post(MAPS, config_map("settings", {"a": "1"}))
    assert made.status == 201
    metadata = made.json["metadata"]
    assert metadata["namespace"] == "default"
    assert metadata["creationTimestamp"] == "2026-09-21T14:13:20Z"
    assert len(metadata["uid"]) == 36
    assert api.get(f"{MAPS}/settings").ok() == made.json


def test_creating_twice_is_refused_and_missing_objects_are_not_found(api: Client) -> None:
    api.post(MAPS, config_map("settings")).ok()
    again = api.post(MAPS, config_map("settings"))
    assert (again.status, again.json["reason"]) == (409, "AlreadyExists")
    assert again.json["message"] == 'configmaps "settings" already exists'
    missing = api.get(f"{DEPLOYMENTS}/web")
    assert missing.json == {
        "kind": "Status",
        "apiVersion": "v1",
        "metadata": {},
        "status": "Failure",
        "message": 'deployments.apps "web" not found',
        "reason": "NotFound",
        "details": {"name": "web", "group": "apps", "kind": "deployments"},
        "code": 404,
    }


def test_generate_name_makes_a_new_name_each_time(api: Client) -> None:
    body = config_map("")
    body["metadata"] = {"generateName": "job-"}
    names = {api.post(MAPS, body).ok()["metadata"]["name"] for _ in range(3)}
    assert len(names) == 3
    assert all(n.startswith("job-") and len(n) == 9 for n in names)


def test_a_namespace_must_exist_and_names_must_match(api: Client) -> None:
    nowhere = api.post("/api/v1/namespaces/nowhere/configmaps", config_map("x"))
    assert (nowhere.status, nowhere.json["message"]) == (404, 'namespaces "nowhere" not found')
    stranger = api.post(MAPS, config_map("x", namespace="kube-system"))
    assert stranger.status == 400
    assert "does not match the namespace" in stranger.json["message"]
    api.post(MAPS, config_map("x")).ok()
    other = api.put(f"{MAPS}/x", config_map("y"))
    assert other.json["message"] == (
        "the name of the object (y) does not match the name on the URL (x)"
    )


def test_an_update_with_a_stale_version_is_refused(api: Client) -> None:
    first = api.post(MAPS, config_map("settings", {"a": "1"})).ok()
    second = api.put(f"{MAPS}/settings", first | {"data": {"a": "2"}}).ok()
    assert int(second["metadata"]["resourceVersion"]) > int(first["metadata"]["resourceVersion"])
    stale = api.put(f"{MAPS}/settings", first | {"data": {"a": "3"}})
    assert (stale.status, stale.json["reason"]) == (409, "Conflict")
    assert stale.json["message"] == (
        'Operation cannot be fulfilled on configmaps "settings": the object has been modified; '
        "please apply your changes to the latest version and try again"
    )


def test_writing_what_is_already_there_changes_nothing(api: Client) -> None:
    first = api.post(MAPS, config_map("settings", {"a": "1"})).ok()
    assert api.put(f"{MAPS}/settings", first).ok() == first
    assert api.patch(f"{MAPS}/settings", {"data": {"a": "1"}}).ok() == first


def test_generation_counts_changes_of_the_spec_only(api: Client) -> None:
    assert api.post(DEPLOYMENTS, deployment("web")).ok()["metadata"]["generation"] == 1
    path = f"{DEPLOYMENTS}/web"
    labelled = api.patch(path, {"metadata": {"labels": {"a": "b"}}}).ok()
    assert labelled["metadata"]["generation"] == 1
    scaled = api.patch(path, {"spec": {"replicas": 3}}).ok()
    assert scaled["metadata"]["generation"] == 2
    status = api.patch(f"{path}/status", {"status": {"replicas": 3}}).ok()
    assert status["metadata"]["generation"] == 2
    assert status["status"] == {"replicas": 3}


def test_status_and_spec_are_written_through_their_own_endpoints(api: Client) -> None:
    body = kustomization("app") | {"status": {"lastAppliedRevision": "smuggled"}}
    made = api.post(FLUX, body).ok()
    assert made["status"] == {"observedGeneration": -1}
    path = f"{FLUX}/app"
    wrong = {"status": {"lastAppliedRevision": "v1"}, "spec": {"suspend": True}}
    assert api.patch(path, wrong).ok()["status"] == {"observedGeneration": -1}
    after = api.patch(
        f"{path}/status", {"spec": {"suspend": False}} | {"status": {"lastAppliedRevision": "v1"}}
    ).ok()
    assert after["spec"]["suspend"] is True
    assert after["status"] == {"observedGeneration": -1, "lastAppliedRevision": "v1"}


def test_what_the_server_owns_cannot_be_changed(api: Client, clock: Clock) -> None:
    made = api.post(MAPS, config_map("settings")).ok()
    clock.forward(60)
    new = made | {"metadata": made["metadata"] | {"creationTimestamp": "2001-01-01T00:00:00Z"}}
    kept = api.put(f"{MAPS}/settings", new).ok()
    assert kept["metadata"]["creationTimestamp"] == made["metadata"]["creationTimestamp"]
    wrong = made | {"metadata": {"name": "settings", "uid": "somebody-else"}}
    refused = api.put(f"{MAPS}/settings", wrong)
    assert refused.status == 409
    assert "Precondition failed: UID in precondition: somebody-else" in refused.json["message"]


def test_dry_run_answers_as_if_and_stores_nothing(api: Client) -> None:
    made = api.post(MAPS, config_map("settings"), dryRun="All")
    assert made.status == 201
    assert made.json["metadata"]["uid"]
    assert api.get(f"{MAPS}/settings").status == 404
    api.post(MAPS, config_map("settings", {"a": "1"})).ok()
    tried = api.patch(f"{MAPS}/settings", {"data": {"a": "2"}}, dryRun="All").ok()
    assert tried["data"] == {"a": "2"}
    api.delete(f"{MAPS}/settings", dryRun="All").ok()
    assert api.get(f"{MAPS}/settings").ok()["data"] == {"a": "1"}


def test_built_in_kinds_get_their_defaults(api: Client) -> None:
    spec = api.post(DEPLOYMENTS, deployment("web")).ok()["spec"]
    assert spec["replicas"] == 1
    assert spec["strategy"] == {
        "type": "RollingUpdate",
        "rollingUpdate": {"maxUnavailable": "25%", "maxSurge": "25%"},
    }
    pod = spec["template"]["spec"]
    assert pod["restartPolicy"] == "Always"
    assert pod["containers"][0]["imagePullPolicy"] == "IfNotPresent"
    service = {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": "web"},
        "spec": {"ports": [{"port": 80}]},
    }
    made = api.post("/api/v1/namespaces/default/services", service).ok()["spec"]
    assert made["type"] == "ClusterIP"
    assert made["clusterIP"].startswith("10.")
    assert made["ports"] == [{"port": 80, "protocol": "TCP", "targetPort": 80}]


def test_secrets_take_plain_text_and_keep_it_encoded(api: Client) -> None:
    body = {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {"name": "s"},
        "stringData": {"k": "v"},
    }
    made = api.post("/api/v1/namespaces/default/secrets", body).ok()
    assert made["data"] == {"k": "dg=="}
    assert made["type"] == "Opaque"
    assert "stringData" not in made


def test_scale_reads_and_writes_replicas(api: Client) -> None:
    api.post(DEPLOYMENTS, deployment("web")).ok()
    path = f"{DEPLOYMENTS}/web/scale"
    scale = api.get(path).ok()
    assert (scale["kind"], scale["spec"]["replicas"]) == ("Scale", 1)
    assert scale["status"]["selector"] == "app=web"
    api.put(path, scale | {"spec": {"replicas": 4}}).ok()
    stale = api.put(path, scale | {"spec": {"replicas": 5}})
    assert stale.status == 409
    assert api.patch(path, {"spec": {"replicas": 6}}, STRATEGIC).status == 200
    after = api.get(f"{DEPLOYMENTS}/web").ok()
    assert after["spec"]["replicas"] == 6
    owners = {(m["manager"], m.get("subresource")) for m in after["metadata"]["managedFields"]}
    assert ("stories", "scale") in owners


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("POST", f"{MAPS}/settings", 405),
        ("PUT", MAPS, 405),
        ("PATCH", MAPS, 405),
        ("GET", "/apis/apps/v1/namespaces/default/widgets", 404),
        ("GET", f"{MAPS}/settings/status", 404),
    ],
)
def test_what_is_not_served_says_so(api: Client, method: str, path: str, status: int) -> None:
    answer = api.send(method, path, {} if method != "GET" else None)
    assert answer.status == status
    assert answer.json["kind"] == "Status"


@pytest.mark.parametrize("path", ["/nothing", "/apis/nobody.example.com/v1/things", "/apis/x/y"])
def test_paths_nobody_serves_are_plain_not_found(api: Client, path: str) -> None:
    answer = api.get(path)
    assert (answer.status, answer.data) == (404, b"404 page not found\n")


def test_bodies_that_make_no_sense_are_bad_requests(api: Client) -> None:
    assert api.send("POST", MAPS, b"{not json").status == 400
    assert api.send("POST", MAPS, b"").status == 400
    assert api.post(MAPS, []).status == 400
    wrong = api.post(MAPS, deployment("web"))
    assert wrong.status == 400
    assert api.send("POST", MAPS, b"x", media="application/cbor").status == 415
    typed = api.post(DEPLOYMENTS, deployment("web", replicas="three"))
    assert typed.status == 400
    assert "cannot unmarshal string into Go struct field" in typed.json["message"]


def test_yaml_bodies_are_read_too(api: Client) -> None:
    text = b"apiVersion: v1\nkind: ConfigMap\nmetadata: {name: yaml}\ndata: {at: '2026-01-01'}\n"
    assert api.send("POST", MAPS, text, media="application/yaml").ok()["data"] == {
        "at": "2026-01-01"
    }


def test_admission_hooks_see_and_may_deny_every_write() -> None:
    from fluxtui.world.apiserver.kinds import Kind
    from fluxtui.world.apiserver.status import Json, StatusError

    seen: list[str] = []

    def webhook(kind: Kind, operation: str, old: Json | None, new: Json | None) -> Json | None:
        if kind.plural != "configmaps":
            return None
        seen.append(operation)
        if new is not None and "evil" in (new.get("data") or {}):
            raise StatusError(403, "Forbidden", 'admission webhook "no.evil" denied the request')
        return None

    with ApiServer("staging", crds=(), admission=[webhook]) as server:
        api = Client(server)
        api.post(MAPS, config_map("good")).ok()
        denied = api.post(MAPS, config_map("bad", {"evil": "1"}))
        assert (denied.status, denied.json["reason"]) == (403, "Forbidden")
        assert api.patch(f"{MAPS}/good", {"data": {"evil": "1"}}).status == 403
        api.delete(f"{MAPS}/good").ok()
        api.close()
    assert seen == ["CREATE", "CREATE", "UPDATE", "DELETE"]


def test_custom_resources_are_replaced_only_at_a_known_version(api: Client) -> None:
    made = api.post(FLUX, kustomization("app")).ok()
    blind = api.put(f"{FLUX}/app", kustomization("app", suspend=True))
    assert blind.status == 422
    assert (
        "metadata.resourceVersion: Invalid value: 0: must be specified for an update"
        in (blind.json["message"])
    )
    made["spec"]["suspend"] = True
    assert api.put(f"{FLUX}/app", made).ok()["spec"]["suspend"] is True


def test_secret_data_must_be_base64(api: Client) -> None:
    body = {"metadata": {"name": "s"}, "data": {"k": "not base64!"}}
    refused = api.post("/api/v1/namespaces/default/secrets", body)
    assert refused.status == 400
    assert "illegal base64 data at input byte 3" in refused.json["message"]
