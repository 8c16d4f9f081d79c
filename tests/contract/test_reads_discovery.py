"""What there is: groups, versions and resources, plain and aggregated; OpenAPI with its hashes."""

from __future__ import annotations

from functools import partial

import pytest

from tests.contract.reads import ask, unchanged, until
from tests.contract.server import crd, define
from tests.world.apiserver.client import FLUX, Client, Json

AGGREGATED = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList"
BOTH = f"{AGGREGATED},application/json"
FLUX_GROUP = "kustomize.toolkit.fluxcd.io"
READ_WRITE = ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"]


def aggregated(api: Client, path: str) -> dict[tuple[str, str], dict[str, Json]]:
    """(group, version) -> plural -> entry."""
    body = api.get(path, accept=AGGREGATED).ok()
    assert (body["kind"], body["apiVersion"]) == (
        "APIGroupDiscoveryList",
        "apidiscovery.k8s.io/v2",
    )
    out = {}
    for item in body["items"]:
        for version in item["versions"]:
            assert version["freshness"] == "Current"
            place = (item["metadata"].get("name", ""), version["version"])
            out[place] = {entry["resource"]: entry for entry in version["resources"]}
    return out


def test_a_resource_is_described_whole(api: Client) -> None:
    apps = aggregated(api, "/apis")["apps", "v1"]
    response = {"group": "", "version": "", "kind": "Deployment"}
    assert apps["deployments"] == {
        "resource": "deployments",
        "responseKind": response,
        "scope": "Namespaced",
        "singularResource": "deployment",
        "verbs": READ_WRITE,
        "shortNames": ["deploy"],
        "categories": ["all"],
        "subresources": [
            {
                "subresource": "scale",
                "responseKind": {"group": "autoscaling", "version": "v1", "kind": "Scale"},
                "verbs": ["get", "patch", "update"],
            },
            {
                "subresource": "status",
                "responseKind": response,
                "verbs": ["get", "patch", "update"],
            },
        ],
    }


CORE = "configmaps endpoints events namespaces nodes persistentvolumeclaims pods secrets services"


def test_the_core_group_has_a_document_of_its_own(api: Client) -> None:
    core = aggregated(api, "/api")["", "v1"]
    assert set(CORE.split()) <= set(core)
    assert core["pods"]["shortNames"] == ["po"] and core["nodes"]["scope"] == "Cluster"
    assert "deletecollection" not in core["namespaces"]["verbs"]
    logs = [s for s in core["pods"]["subresources"] if s["subresource"] == "log"]
    response = {"group": "", "version": "", "kind": "Pod"}
    assert logs == [{"subresource": "log", "responseKind": response, "verbs": ["get"]}]


def test_custom_kinds_stand_beside_the_built_in_ones(api: Client) -> None:
    flux = aggregated(api, "/apis")[FLUX_GROUP, "v1"]["kustomizations"]
    kind = {"group": FLUX_GROUP, "version": "v1", "kind": "Kustomization"}
    assert (flux["responseKind"], flux["shortNames"]) == (kind, ["ks"])
    assert sorted(flux["verbs"]) == READ_WRITE
    assert [s["subresource"] for s in flux["subresources"]] == ["status"]


def test_groups_come_in_their_order(api: Client) -> None:
    body = api.get("/apis", accept=AGGREGATED).ok()
    order = [item["metadata"]["name"] for item in body["items"]]
    wanted = "apps events.k8s.io autoscaling batch rbac.authorization.k8s.io apiextensions.k8s.io"
    places = [order.index(group) for group in [*wanted.split(), FLUX_GROUP]]
    assert places == sorted(places)
    plain = [group["name"] for group in api.get("/apis").ok()["groups"]]
    assert [name for name in plain if name in order] == [name for name in order if name in plain]


def test_plain_discovery_says_the_same(api: Client) -> None:
    assert api.get("/api").ok()["versions"] == ["v1"]
    groups = {group["name"]: group for group in api.get("/apis").ok()["groups"]}
    assert groups["autoscaling"]["preferredVersion"]["groupVersion"] == "autoscaling/v2"
    assert [v["version"] for v in groups["autoscaling"]["versions"]] == ["v2", "v1"]
    assert api.get(f"/apis/{FLUX_GROUP}").ok() == {
        "kind": "APIGroup",
        "apiVersion": "v1",
        **groups[FLUX_GROUP],
    }
    listed = {r["name"]: r for r in api.get("/apis/apps/v1").ok()["resources"]}
    assert listed["deployments"] == {
        "name": "deployments",
        "singularName": "deployment",
        "namespaced": True,
        "kind": "Deployment",
        "verbs": READ_WRITE,
        "shortNames": ["deploy"],
        "categories": ["all"],
        "storageVersionHash": "8aSe+NMegvE=",
    }
    assert listed["deployments/scale"]["group"] == "autoscaling"
    head = {k: v for k, v in api.get("/api/v1").ok().items() if k != "resources"}
    assert head == {"kind": "APIResourceList", "groupVersion": "v1"}


@pytest.mark.parametrize("accept", [AGGREGATED, BOTH])
def test_who_has_it_already_is_told_so(api: Client, accept: str) -> None:
    for path in ("/api", "/apis"):
        first, again = unchanged(api, path, accept)
        assert first.headers["Content-Type"] == AGGREGATED
        assert (again.data, again.headers["ETag"]) == (b"", first.headers["ETag"])


def test_another_form_of_it_there_is_not(api: Client) -> None:
    for form in (AGGREGATED.replace("v2", "v3"), AGGREGATED.replace("v2", "v2beta1")):
        assert ask(api, "/apis", headers={"Accept": form}).status == 406
        plain = ask(api, "/apis", headers={"Accept": f"{form},application/json"})
        assert plain.ok()["kind"] == "APIGroupList"


def test_a_new_kind_shows_up_everywhere(api: Client, group: str) -> None:
    before = ask(api, "/apis", headers={"Accept": AGGREGATED}).headers["ETag"]
    define(api, crd(group))
    for path, accept in (
        (f"/apis/{group}/v1", "*/*"),
        (f"/apis/{group}", "*/*"),
        ("/apis", "*/*"),
        ("/apis", AGGREGATED),
        ("/openapi/v3", "*/*"),
        (f"/openapi/v3/apis/{group}/v1", "*/*"),
    ):
        found = until(partial(api.get, path, accept=accept), lambda a: group.encode() in a.data)
        assert found.status == 200, path
    assert "widgets" in aggregated(api, "/apis")[group, "v1"]
    assert ask(api, "/apis", headers={"Accept": AGGREGATED}).headers["ETag"] != before


def test_openapi_is_found_by_its_hash(api: Client) -> None:
    index = api.get("/openapi/v3").ok()["paths"]
    assert {"api/v1", "apis/apps/v1", f"apis/{FLUX_GROUP}/v1"} <= set(index)
    address = index["apis/apps/v1"]["serverRelativeURL"]
    path, _, digest = address.partition("?hash=")
    assert path == "/openapi/v3/apis/apps/v1"
    found = ask(api, address, headers={"Accept": "application/json"})
    assert found.headers["Content-Type"] == "application/json"
    assert found.headers["ETag"] == f'"{digest}"'
    assert found.headers["Cache-Control"] == "public, immutable"
    again = {"Accept": "application/json", "If-None-Match": f'"{digest}"'}
    assert ask(api, address, headers=again).status == 304
    other = ask(api, f"{path}?hash=OTHER", headers={"Accept": "application/json"})
    assert (other.status, other.headers["Location"]) == (301, address)
    plain = ask(api, path)
    assert plain.headers["Cache-Control"] == "no-cache, private"
    assert ask(api, path, headers={"Accept": "text/html"}).status == 406
    assert ask(api, "/openapi/v3/apis/nobody.example.com/v1").status == 404


def test_openapi_tells_what_clients_need_to_merge_and_explain(api: Client) -> None:
    document = api.get("/openapi/v3/apis/apps/v1").ok()
    assert document["openapi"] == "3.0.0"
    schemas = document["components"]["schemas"]
    deployment = schemas["io.k8s.api.apps.v1.Deployment"]
    assert deployment["x-kubernetes-group-version-kind"] == [
        {"group": "apps", "kind": "Deployment", "version": "v1"}
    ]
    assert {"apiVersion", "kind", "metadata", "spec", "status"} == set(deployment["properties"])
    containers = schemas["io.k8s.api.core.v1.PodSpec"]["properties"]["containers"]
    assert containers["x-kubernetes-patch-merge-key"] == "name"
    assert containers["x-kubernetes-list-map-keys"] == ["name"]
    one = document["paths"]["/apis/apps/v1/namespaces/{namespace}/deployments/{name}"]
    assert {"get", "put", "patch", "delete"} <= set(one)
    assert one["patch"]["x-kubernetes-action"] == "patch"
    assert {"dryRun", "fieldManager", "fieldValidation"} <= {
        parameter["name"] for parameter in one["patch"]["parameters"]
    }


def test_openapi_of_a_custom_kind_is_its_schema(api: Client) -> None:
    document = api.get(f"/openapi/v3/apis/{FLUX_GROUP}/v1").ok()
    schema = document["components"]["schemas"]["io.fluxcd.toolkit.kustomize.v1.Kustomization"]
    spec = schema["properties"]["spec"]
    assert {"interval", "prune", "sourceRef"} <= set(spec["required"])
    assert spec["properties"]["path"]["type"] == "string"
    assert FLUX.replace("default", "{namespace}") in document["paths"]


def test_the_older_openapi_is_one_document(api: Client) -> None:
    found, again = unchanged(api, "/openapi/v2", "application/json")
    document = found.ok()
    assert again.data == b""
    assert document["swagger"] == "2.0"
    definitions = document["definitions"]
    spec = definitions["io.k8s.api.apps.v1.Deployment"]["properties"]["spec"]
    name = spec["$ref"].removeprefix("#/definitions/")
    assert name.endswith(".DeploymentSpec") and "replicas" in definitions[name]["properties"]
    assert "io.fluxcd.toolkit.kustomize.v1.Kustomization" in definitions
    containers = definitions["io.k8s.api.core.v1.PodSpec"]["properties"]["containers"]
    assert containers["x-kubernetes-patch-strategy"] == "merge"
    assert ask(api, "/openapi/v2", headers={"Accept": "text/html"}).status == 406


def test_the_version(api: Client) -> None:
    version = api.get("/version").ok()
    assert (version["major"], version["minor"]) == ("1", "36")
    assert version["gitVersion"].startswith("v1.36.")
    assert version["emulationMajor"] == "1" and version["platform"] == "linux/amd64"
    assert api.get("/version/").ok() == version
