"""Discovery and OpenAPI: what clients ask before anything else."""

from __future__ import annotations

from tests.world.apiserver.client import Client, Json
from tests.world.apiserver.test_crds import definition

AGGREGATED = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList"


def resources(body: Json) -> dict[str, Json]:
    found = {}
    for group in body["items"]:
        for version in group["versions"]:
            for resource in version["resources"]:
                name = group["metadata"].get("name", "")
                found[f"{resource['resource']}.{name}".rstrip(".")] = resource
    return found


def test_aggregated_discovery_lists_everything(api: Client) -> None:
    answer = api.get("/apis", accept=AGGREGATED)
    assert "as=APIGroupDiscoveryList" in answer.headers["Content-Type"]
    found = resources(answer.ok()) | resources(api.get("/api", accept=AGGREGATED).ok())
    assert found["deployments.apps"]["shortNames"] == ["deploy"]
    assert {s["subresource"] for s in found["deployments.apps"]["subresources"]} == {
        "status",
        "scale",
    }
    assert found["kustomizations.kustomize.toolkit.fluxcd.io"]["shortNames"] == ["ks"]
    assert found["pods"]["scope"] == "Namespaced"
    assert found["selfsubjectaccessreviews.authorization.k8s.io"]["verbs"] == ["create"]


def test_a_new_definition_shows_up_everywhere(api: Client) -> None:
    crds = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"
    api.post(crds, definition()).ok()
    assert "widgets.toys.example.com" in resources(api.get("/apis", accept=AGGREGATED).ok())
    assert "apis/toys.example.com/v1" in api.get("/openapi/v3").ok()["paths"]


def test_version_and_health(api: Client) -> None:
    assert api.get("/version").ok()["gitVersion"].startswith("v1.")
    for path in ("/readyz", "/livez", "/healthz"):
        assert api.get(path).data == b"ok"
