"""Who may read what, what is not there, and what cannot be done: 401, 403, 404, 405."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from tests.contract.reads import ask, make_maps, maps_of
from tests.contract.server import Server
from tests.world.apiserver.client import FLUX, Client, Json, config_map

NOT_FOUND = "the server could not find the requested resource"
NOT_ALLOWED = "the server does not allow this method on the requested resource"
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


def test_the_words_for_groups_clusters_and_subresources(reader: Client, ns: str) -> None:
    place = FLUX.replace("default", ns)
    for method, path, words in [
        ("PATCH", f"{place}/x/status", 'kustomizations.kustomize.toolkit.fluxcd.io "x" is '
         'forbidden: User "fluxtui-read-only" cannot patch resource "kustomizations/status" in '
         f'API group "kustomize.toolkit.fluxcd.io" in the namespace "{ns}"'),
        ("DELETE", "/api/v1/nodes/n", 'nodes "n" is forbidden: User "fluxtui-read-only" cannot '
         'delete resource "nodes" in API group "" at the cluster scope'),
        ("DELETE", f"/api/v1/namespaces/{ns}", f'namespaces "{ns}" is forbidden: User '
         '"fluxtui-read-only" cannot delete resource "namespaces" in API group "" in the namespace '
         f'"{ns}"'),
        ("POST", "/apis/nobody.example.com/v1/things", 'things.nobody.example.com is forbidden: '
         'User "fluxtui-read-only" cannot create resource "things" in API group '
         '"nobody.example.com" at the cluster scope'),
    ]:  # fmt: skip
        answer = ask(reader, path, method)
        assert (answer.status, answer.json["message"]) == (403, words)


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


def test_what_may_i(api: Client, reader: Client, ns: str) -> None:
    body = {"apiVersion": "authorization.k8s.io/v1", "kind": "SelfSubjectRulesReview"}
    path = f"{REVIEWS}/selfsubjectrulesreviews"
    for client, verbs in ((api, ["*"]), (reader, ["get", "list", "watch"])):
        answer = client.post(path, body | {"spec": {"namespace": ns}})
        assert answer.status == 201
        status = answer.json["status"]
        everything = {"verbs": verbs, "apiGroups": ["*"], "resources": ["*"]}
        assert everything in status["resourceRules"] and status["incomplete"] is False
        assert any("*" in rule["nonResourceURLs"] for rule in status["nonResourceRules"])


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


def test_resources_that_are_not_there(api: Client, ns: str) -> None:
    for path in (
        "/api/v1/nothings",
        f"/apis/apps/v1/namespaces/{ns}/nothings",
        f"/apis/apps/v1/namespaces/{ns}/nothings/x",
        f"{maps_of(ns)}/a/status",
        f"/api/v1/namespaces/{ns}/nodes",
        "/api/v1/configmaps/a",
        "/apis/apps/v9",
        "/api/v2",
    ):
        answer = api.get(path)
        assert (answer.status, answer.json["reason"]) == (404, "NotFound"), path
        assert (answer.json["message"], answer.json["details"]) == (NOT_FOUND, {}), path


def test_paths_that_nobody_serves(api: Client) -> None:
    for path in (
        "/nothing",
        "/apis/nobody.example.com",
        "/apis/nobody.example.com/v1",
        "/apis/nobody.example.com/v1/things",
        "/apis/kustomize.toolkit.fluxcd.io/v9/kustomizations",
        "/apis/kustomize.toolkit.fluxcd.io/v1/nothings",
        "/livez/nothing",
    ):
        answer = api.get(path)
        assert (answer.status, answer.data) == (404, b"404 page not found\n"), path
        assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/a"),
        ("PUT", ""),
        ("PATCH", ""),
        ("OPTIONS", ""),
        ("OPTIONS", "/a"),
        ("HEAD", ""),
        ("HEAD", "/a"),
    ],
)
def test_methods_that_a_path_does_not_have(api: Client, ns: str, method: str, path: str) -> None:
    make_maps(api, ns, "a")
    answer = ask(api, maps_of(ns) + path, method)
    assert answer.status == 405
    if method != "HEAD":
        assert answer.json["reason"] == "MethodNotAllowed"
        assert (answer.json["message"], answer.json["details"]) == (NOT_ALLOWED, {})


def test_methods_of_paths_that_are_no_resources(api: Client) -> None:
    for method, path in (("POST", "/version"), ("HEAD", "/version"), ("DELETE", "/api")):
        assert ask(api, path, method).status == 405, (method, path)
    assert ask(api, "/livez", "HEAD").status == 200


def test_custom_kinds_answer_head(api: Client, ns: str) -> None:
    answer = ask(api, FLUX.replace("default", ns), "HEAD")
    assert (answer.status, answer.data) == (200, b"")


def test_a_namespace_is_asked_for_when_something_is_made(api: Client) -> None:
    answer = api.post("/api/v1/configmaps", config_map("a"))
    assert answer.status in (404, 405), "there is no such path to make it at"


def test_health_in_detail(api: Client) -> None:
    for kind in ("livez", "readyz"):
        answer = api.get(f"/{kind}", verbose="")
        lines = answer.data.decode().splitlines()
        assert {"[+]ping ok", "[+]log ok", "[+]etcd ok"} <= set(lines)
        assert lines[-1] == f"{kind} check passed"
        assert api.get(f"/{kind}/ping").data == api.get(f"/{kind}/etcd").data == b"ok"
