"""Who may read what, what is not there, and what cannot be done: 401, 403, 404, 405."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from tests.contract.reads import ask, maps_of
from tests.contract.server import Server
from tests.world.apiserver.client import FLUX, Client, Json

REVIEWS = "/apis/authorization.k8s.io/v1"


@pytest.fixture
def stranger(server: Server) -> Iterator[Client]:
    """Requests without a token."""
    client = Client(server, "")
    yield client
    client.close()


def nobody(client: Client, path: str, method: str = "GET", **headers: str) -> Json:
    """The refusal of a request without a token: the 403's message and details."""
    client.connection.request(method, path, None, {"Accept": "application/json"} | headers)
    response = client.connection.getresponse()
    data = response.read()
    assert response.status == 403, (path, data)
    status: Json = json.loads(data)
    return status


def test_a_wrong_token_is_unauthorized_wherever_it_goes(server: Server, ns: str) -> None:
    other = Client(server, "wrong")
    for path in (maps_of(ns), "/version", "/livez", "/api", "/openapi/v3", "/nothing"):
        answer = ask(other, path)
        assert (answer.status, answer.json["reason"]) == (401, "Unauthorized"), path
        assert answer.json["message"] == "Unauthorized"
    other.close()


def test_a_stranger_is_told_the_version_and_that_all_is_well(stranger: Client) -> None:
    for path in ("/livez", "/readyz", "/healthz"):
        answer = stranger.get(path)
        assert (answer.status, answer.data) == (200, b"ok")
    assert stranger.get("/version").ok()["gitVersion"].startswith("v1.36.")


def test_a_stranger_may_nothing_else(stranger: Client, ns: str) -> None:
    for path in ("/api", "/apis", "/apis/apps/v1", "/openapi/v3", "/nothing", "/livez/ping", "/"):
        status = nobody(stranger, path)
        assert status["message"] == (f'forbidden: User "system:anonymous" cannot get path "{path}"')
        assert (status["reason"], status["details"]) == ("Forbidden", {})
    status = nobody(stranger, maps_of(ns))
    assert status["details"] == {"kind": "configmaps"}
    assert status["message"] == (
        'configmaps is forbidden: User "system:anonymous" cannot list resource "configmaps" in '
        f'API group "" in the namespace "{ns}"'
    )


def test_something_else_than_a_bearer_is_a_stranger(stranger: Client, ns: str) -> None:
    for authorization in ("Basic Zm9vOmJhcg==", "Bearer", "Bearer "):
        nobody(stranger, maps_of(ns), Authorization=authorization)


FORBIDDEN = [
    ("POST", "", "create", "configmaps"),
    ("DELETE", "", "deletecollection", "configmaps"),
    ("PUT", "/a", "update", 'configmaps "a"'),
    ("PATCH", "/a", "patch", 'configmaps "a"'),
    ("DELETE", "/a", "delete", 'configmaps "a"'),
]


@pytest.mark.parametrize(("method", "path", "verb", "about"), FORBIDDEN)
def test_who_may_read_may_not_write(
    reader: Client, ns: str, method: str, path: str, verb: str, about: str
) -> None:
    answer = ask(reader, maps_of(ns) + path, method)
    assert (answer.status, answer.json["reason"]) == (403, "Forbidden")
    assert answer.json["message"] == (
        f'{about} is forbidden: User "fluxtui-read-only" cannot {verb} resource "configmaps" in '
        f'API group "" in the namespace "{ns}"'
    )
    name = {"name": "a"} if path else {}
    assert answer.json["details"] == {"kind": "configmaps"} | name


def test_may_i(api: Client, reader: Client, ns: str) -> None:
    def may(client: Client, **about: str) -> Json:
        spec = {"resourceAttributes": about}
        body = {"apiVersion": "authorization.k8s.io/v1", "kind": "SelfSubjectAccessReview"}
        answer = client.post(f"{REVIEWS}/selfsubjectaccessreviews", body | {"spec": spec})
        assert answer.status == 201 and answer.json["spec"] == spec
        status: Json = answer.json["status"]
        return status

    for verb in ("get", "list", "watch"):
        assert may(reader, verb=verb, resource="pods", namespace=ns)["allowed"] is True
    for verb in ("create", "delete", "patch"):
        assert may(reader, verb=verb, resource="pods", namespace=ns) == {"allowed": False}
        assert may(api, verb=verb, resource="pods", namespace=ns)["allowed"] is True
    assert may(reader, verb="patch", group="apps", resource="deployments")["allowed"] is False


def test_who_am_i(api: Client, reader: Client) -> None:
    body = {"apiVersion": "authentication.k8s.io/v1", "kind": "SelfSubjectReview"}
    path = "/apis/authentication.k8s.io/v1/selfsubjectreviews"
    for client, name, group in (
        (api, "fluxtui-admin", "system:masters"),
        (reader, "fluxtui-read-only", "system:authenticated"),
    ):
        answer = client.post(path, body)
        user = answer.json["status"]["userInfo"]
        assert (answer.status, user["username"]) == (201, name)
        assert {group, "system:authenticated"} <= set(user["groups"])


def test_an_object_that_is_not_there(api: Client, reader: Client, ns: str) -> None:
    for client in (api, reader):
        answer = client.get(f"{maps_of(ns)}/none")
        assert (answer.status, answer.json["reason"]) == (404, "NotFound")
        assert answer.json["message"] == 'configmaps "none" not found'
        assert answer.json["details"] == {"name": "none", "kind": "configmaps"}
    answer = api.get(f"{FLUX.replace('default', ns)}/none")
    assert answer.json["message"] == 'kustomizations.kustomize.toolkit.fluxcd.io "none" not found'
    assert answer.json["details"] == {
        "name": "none",
        "group": "kustomize.toolkit.fluxcd.io",
        "kind": "kustomizations",
    }
    assert api.get("/api/v1/namespaces/none/configmaps").ok()["items"] == []
