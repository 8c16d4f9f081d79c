"""What the API refuses to store of the built-in kinds, and in which words."""

from __future__ import annotations

from tests.world.apiserver.client import (
    MAPS,
    Client,
    Json,
    config_map,
    deployment,
)


def template(**container: object) -> Json:
    body = deployment("web")
    body["spec"]["template"]["spec"]["containers"][0].update(container)
    return body


def test_names_and_labels_follow_their_rules(api: Client) -> None:
    bad = api.post(MAPS, config_map("Not_A_Name"))
    assert bad.status == 422
    assert (
        'metadata.name: Invalid value: "Not_A_Name": a lowercase RFC 1123 subdomain'
        in (bad.json["message"])
    )
    nameless = api.post(MAPS, {"metadata": {}})
    assert "name or generateName is required" in nameless.json["message"]
    label = api.post(MAPS, config_map("a", labels={"k": "not ok!"}))
    assert "metadata.labels: Invalid value" in label.json["message"]
    role = {"metadata": {"name": "system:reader"}, "rules": []}
    roles = "/apis/rbac.authorization.k8s.io/v1/clusterroles"
    assert api.post(roles, role).status == 201
