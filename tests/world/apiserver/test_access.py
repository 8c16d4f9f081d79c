"""Who may come in, and what a read-only token may do."""

from __future__ import annotations

import base64
import json
import stat
from pathlib import Path

from fluxtui.world.apiserver.server import ApiServer
from tests.world.apiserver.client import DEPLOYMENTS, MAPS, Client, Json, config_map

REVIEWS = "/apis/authorization.k8s.io/v1"


def can(api: Client, **attributes: str) -> bool:
    body = {"spec": {"resourceAttributes": attributes}}
    status: Json = api.post(f"{REVIEWS}/selfsubjectaccessreviews", body).ok()["status"]
    return bool(status["allowed"])


def test_a_wrong_token_is_unauthorized_and_without_one_a_stranger_may_nothing(
    server: ApiServer,
) -> None:
    for token, code, reason in (("wrong", 401, "Unauthorized"), ("", 403, "Forbidden")):
        stranger = Client(server, token)
        answer = stranger.get(MAPS)
        assert (answer.status, answer.json["reason"]) == (code, reason)
        stranger.close()


def test_a_given_token_is_accepted() -> None:
    with ApiServer("staging", token="given", crds=()) as server:
        api = Client(server, "given")
        assert api.get(MAPS).status == 200
        api.close()


def test_a_read_only_token_reads_and_nothing_else(server: ApiServer, api: Client) -> None:
    api.post(MAPS, config_map("a")).ok()
    reader = Client(server, server.read_only_token)
    assert reader.get(MAPS).status == 200
    with reader.watch(MAPS) as stream:
        assert stream.next()[0] == "ADDED"
    refused = reader.post(MAPS, config_map("b"))
    assert refused.status == 403
    assert refused.json["message"] == (
        'configmaps is forbidden: User "fluxtui-read-only" cannot create resource "configmaps" in '
        'API group "" in the namespace "default"'
    )
    for answer in (
        reader.patch(f"{MAPS}/a", {}, dryRun="All"),
        reader.put(f"{MAPS}/a", config_map("a")),
        reader.delete(f"{MAPS}/a"),
        reader.delete(MAPS),
        reader.patch(f"{DEPLOYMENTS}/web/scale", {}),
        reader.post("/_world/faults", {"unreachable": True}),
    ):
        assert answer.status == 403
    reader.close()


def test_reviews_answer_for_the_one_who_asks(server: ApiServer, api: Client) -> None:
    reader = Client(server, server.read_only_token)
    wish = {"verb": "delete", "group": "apps", "resource": "deployments"}
    assert can(api, **wish)
    assert not can(reader, **wish)
    assert can(reader, verb="list", resource="pods")
    rules = reader.post(f"{REVIEWS}/selfsubjectrulesreviews", {"spec": {}}).ok()["status"]
    assert rules["resourceRules"][0]["verbs"] == ["get", "list", "watch"]
    who = reader.post("/apis/authentication.k8s.io/v1/selfsubjectreviews", {}).ok()
    assert who["status"]["userInfo"]["username"] == "fluxtui-read-only"
    assert api.post(f"{REVIEWS}/selfsubjectaccessreviews", {"spec": {}}).status == 422
    reader.close()


def test_the_kubeconfig_is_private_and_complete(server: ApiServer, tmp_path: Path) -> None:
    path = tmp_path / "deep" / "config"
    server.write_kubeconfig(path, namespace="flux-system")
    server.write_kubeconfig(path, namespace="flux-system")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    config = json.loads(path.read_text())
    assert config["current-context"] == "staging"
    assert config["contexts"][0]["context"]["namespace"] == "flux-system"
    cluster = config["clusters"][0]["cluster"]
    assert cluster["server"] == server.url
    assert server.url.startswith("https://127.0.0.1:")
    assert base64.b64decode(cluster["certificate-authority-data"]) == server.ca_pem
