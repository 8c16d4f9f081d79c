"""Creating, reading and changing one object: identity, versions, generation, locking."""

from __future__ import annotations

import pytest

from tests.world.apiserver.client import (
    DEPLOYMENTS,
    MAPS,
    Client,
    config_map,
    deployment,
)


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


def test_yaml_bodies_are_read_too(api: Client) -> None:
    text = b"apiVersion: v1\nkind: ConfigMap\nmetadata: {name: yaml}\ndata: {at: '2026-01-01'}\n"
    assert api.send("POST", MAPS, text, media="application/yaml").ok()["data"] == {
        "at": "2026-01-01"
    }
