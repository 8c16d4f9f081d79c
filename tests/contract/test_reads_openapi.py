"""OpenAPI of the built-in kinds: every type, field, list and enum as the real server tells it.

Only the wording may differ: the World's texts come from a package that is of another version.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.contract.server import Server
from tests.world.apiserver.client import Client

TOLD = (
    *("type", "enum", "x-kubernetes-list-type", "x-kubernetes-list-map-keys"),
    "x-kubernetes-patch-merge-key",
)
GROUPS = (
    *("api/v1", "apis/apps/v1", "apis/batch/v1", "apis/autoscaling/v1", "apis/autoscaling/v2"),
    *("apis/policy/v1", "apis/networking.k8s.io/v1", "apis/rbac.authorization.k8s.io/v1"),
    *("apis/storage.k8s.io/v1", "apis/scheduling.k8s.io/v1", "apis/coordination.k8s.io/v1"),
    *("apis/discovery.k8s.io/v1", "apis/node.k8s.io/v1", "apis/certificates.k8s.io/v1"),
    *("apis/events.k8s.io/v1", "apis/apiextensions.k8s.io/v1", "apis/apiregistration.k8s.io/v1"),
    *("apis/admissionregistration.k8s.io/v1", "apis/authorization.k8s.io/v1"),
    "apis/authentication.k8s.io/v1",
)


def field(schema: dict[str, Any]) -> dict[str, Any]:
    """What a client needs to know of a field; a list is atomic where nothing else is said."""
    out: dict[str, Any] = {key: schema[key] for key in TOLD if key in schema}
    if out.get("x-kubernetes-list-type") == "atomic":
        del out["x-kubernetes-list-type"]
    for reference in (schema, *schema.get("allOf", ())):
        if "$ref" in reference:
            out["of"] = reference["$ref"]
    for inside in ("items", "additionalProperties"):
        if isinstance(schema.get(inside), dict):
            out[inside] = field(schema[inside])
    return out


def told(schemas: dict[str, Any], name: str) -> dict[str, Any]:
    schema = schemas[name]
    return {
        "required": sorted(schema.get("required", ())),
        "fields": {n: field(each) for n, each in schema.get("properties", {}).items()},
        "kinds": schema.get("x-kubernetes-group-version-kind", [])[:1],
        "map": schema.get("x-kubernetes-map-type"),
    }


@pytest.fixture
def both(world: Server, real: Server) -> Iterator[tuple[Client, Client]]:
    clients = Client(world), Client(real)
    yield clients
    for client in clients:
        client.close()


@pytest.mark.parametrize("path", GROUPS)
def test_types_and_fields_are_the_real_ones(both: tuple[Client, Client], path: str) -> None:
    ours, theirs = (
        client.get(f"/openapi/v3/{path}").ok()["components"]["schemas"] for client in both
    )

    assert set(ours) - set(theirs) == set()
    for name in ours:
        assert told(ours, name) == told(theirs, name), name


def test_fields_say_what_they_are_for(api: Client) -> None:
    schemas = api.get("/openapi/v3/apis/apps/v1").ok()["components"]["schemas"]
    spec = schemas["io.k8s.api.apps.v1.DeploymentSpec"]
    assert spec["description"].startswith("DeploymentSpec is the specification of the desired")
    assert spec["properties"]["paused"]["description"] == "Indicates that the deployment is paused."
    probe = schemas["io.k8s.api.core.v1.HTTPGetAction"]["properties"]
    assert probe["path"]["description"] == "Path to access on the HTTP server."
    assert probe["scheme"]["description"].startswith("Scheme to use for connecting to the host.")
    labels = schemas["io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta"]["properties"]["labels"]
    assert labels["description"].startswith("Map of string keys and values that can be used to")
    for name in ("util.intstr.IntOrString", "api.resource.Quantity", "apis.meta.v1.FieldsV1"):
        assert f"io.k8s.apimachinery.pkg.{name}" in schemas
