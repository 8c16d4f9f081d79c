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


def test_a_pods_image_may_change_and_little_else(api: Client) -> None:
    pods = "/api/v1/namespaces/default/pods"
    spec = {"containers": [{"name": "a", "image": "a:1"}]}
    api.post(pods, {"metadata": {"name": "p"}, "spec": spec}).ok()
    image = [{"op": "replace", "path": "/spec/containers/0/image", "value": "a:2"}]
    assert api.patch(f"{pods}/p", image, "application/json-patch+json").status == 200
    refused = api.patch(f"{pods}/p", {"spec": {"restartPolicy": "Never"}})
    assert "pod updates may not change fields other than" in refused.json["message"]
