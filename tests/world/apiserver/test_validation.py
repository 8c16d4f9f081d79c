"""What the API refuses to store of the built-in kinds, and in which words."""

from __future__ import annotations

import pytest

from tests.world.apiserver.client import (
    DEPLOYMENTS,
    FLUX,
    MAPS,
    Client,
    Json,
    config_map,
    deployment,
    kustomization,
)

JOBS = "/apis/batch/v1/namespaces/default/jobs"


def template(**container: object) -> Json:
    body = deployment("web")
    body["spec"]["template"]["spec"]["containers"][0].update(container)
    return body


@pytest.mark.parametrize(
    ("body", "cause"),
    [
        (template(image=""), "spec.template.spec.containers[0].image: Required value"),
        (template(name=""), "spec.template.spec.containers[0].name: Required value"),
        (
            template(volumeMounts=[{"name": "v", "mountPath": "/v"}]),
            'spec.template.spec.containers[0].volumeMounts[0].name: Not found: "v"',
        ),
        (
            template(ports=[{"containerPort": 99999}]),
            "spec.template.spec.containers[0].ports[0].containerPort: Invalid value: 99999: must "
            "be between 1 and 65535, inclusive",
        ),
        (
            deployment("web", replicas=-1),
            "spec.replicas: Invalid value: -1: must be greater than or equal to 0",
        ),
        (
            deployment("web", selector={"matchLabels": {"app": "other"}}),
            "`selector` does not match template `labels`",
        ),
    ],
)
def test_a_deployment_that_cannot_work_is_refused(api: Client, body: Json, cause: str) -> None:
    refused = api.post(DEPLOYMENTS, body)
    assert (refused.status, refused.json["reason"]) == (422, "Invalid")
    assert cause in refused.json["message"]
    assert refused.json["message"].startswith('Deployment.apps "web" is invalid: ')
    assert refused.json["details"]["kind"] == "Deployment"
    assert refused.json["details"]["causes"]


def test_selectors_and_job_templates_cannot_be_changed(api: Client) -> None:
    api.post(DEPLOYMENTS, deployment("web")).ok()
    moved = deployment("web")
    moved["spec"]["selector"] = {"matchLabels": {"app": "web", "x": "y"}}
    moved["spec"]["template"]["metadata"]["labels"] = {"app": "web", "x": "y"}
    refused = api.put(f"{DEPLOYMENTS}/web", moved)
    assert "field is immutable" in refused.json["message"]
    assert refused.json["details"]["causes"][0]["field"] == "spec.selector"
    job: Json = {
        "apiVersion": "batch/v1",
        "kind": "Job",
        "metadata": {"name": "migrate"},
        "spec": {
            "template": {
                "spec": {
                    "restartPolicy": "Never",
                    "containers": [{"name": "m", "image": "migrate:1"}],
                }
            }
        },
    }
    made = api.apply(f"{JOBS}/migrate", job).ok()
    assert made["spec"]["backoffLimit"] == 6
    assert made["spec"]["template"]["metadata"]["labels"]["job-name"] == "migrate"
    assert api.apply(f"{JOBS}/migrate", job).status == 200
    job["spec"]["template"]["spec"]["containers"][0]["image"] = "migrate:2"
    refused = api.apply(f"{JOBS}/migrate", job)
    assert refused.status == 422
    assert "spec.template: Invalid value" in refused.json["message"]
    assert "field is immutable" in refused.json["message"]


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


def test_data_keys_and_immutable_maps(api: Client) -> None:
    assert (
        "a valid config key must consist"
        in (api.post(MAPS, config_map("a", {"not ok": "1"})).json["message"])
    )
    fixed = config_map("a", {"k": "1"}) | {"immutable": True}
    api.post(MAPS, fixed).ok()
    refused = api.patch(f"{MAPS}/a", {"data": {"k": "2"}})
    assert "field is immutable when `immutable` is set" in refused.json["message"]


def test_events_belong_to_the_namespace_they_speak_of(api: Client) -> None:
    event = {
        "apiVersion": "v1",
        "kind": "Event",
        "metadata": {"name": "e"},
        "involvedObject": {"kind": "Pod", "name": "p", "namespace": "kube-system"},
    }
    events = "/api/v1/namespaces/default/events"
    assert "does not match event.namespace" in api.post(events, event).json["message"]
    event["involvedObject"] = {"kind": "Pod", "name": "p", "namespace": "default"}
    assert api.post(events, event).status == 201


def test_unknown_fields_of_built_in_kinds_are_noticed(api: Client) -> None:
    body = deployment("web", replicsa=2)
    strict = api.post(DEPLOYMENTS, body, fieldValidation="Strict")
    assert strict.status == 400
    assert 'strict decoding error: unknown field "spec.replicsa"' in strict.json["message"]
    warned = api.post(DEPLOYMENTS, body)
    assert warned.headers.get_all("Warning") == ['299 - "unknown field \\"spec.replicsa\\""']
    assert "replicsa" not in warned.ok()["spec"]


def test_a_claim_cannot_be_changed_but_may_grow_once_bound(api: Client) -> None:
    claims = "/api/v1/namespaces/default/persistentvolumeclaims"
    body: Json = {
        "apiVersion": "v1",
        "kind": "PersistentVolumeClaim",
        "metadata": {"name": "data"},
        "spec": {
            "accessModes": ["ReadWriteOnce"],
            "resources": {"requests": {"storage": "1Gi"}},
        },
    }
    assert api.post(claims, body).ok()["status"] == {"phase": "Pending"}
    grown = {"spec": {"resources": {"requests": {"storage": "2Gi"}}}}
    assert api.patch(f"{claims}/data", grown).status == 422
    api.patch(f"{claims}/data/status", {"status": {"phase": "Bound"}}).ok()
    assert api.patch(f"{claims}/data", grown).status == 200
    moved = {"spec": {"accessModes": ["ReadWriteMany"]}}
    refused = api.patch(f"{claims}/data", moved)
    assert "spec is immutable after creation" in refused.json["message"]


def test_a_pods_image_may_change_and_little_else(api: Client) -> None:
    pods = "/api/v1/namespaces/default/pods"
    spec = {"containers": [{"name": "a", "image": "a:1"}]}
    api.post(pods, {"metadata": {"name": "p"}, "spec": spec}).ok()
    image = [{"op": "replace", "path": "/spec/containers/0/image", "value": "a:2"}]
    assert api.patch(f"{pods}/p", image, "application/json-patch+json").status == 200
    refused = api.patch(f"{pods}/p", {"spec": {"restartPolicy": "Never"}})
    assert "pod updates may not change fields other than" in refused.json["message"]


def test_finalizers_of_built_in_kinds_need_a_domain(api: Client) -> None:
    refused = api.post(MAPS, config_map("a", finalizers=["mine"]))
    assert (
        "name is neither a standard finalizer name nor is it fully qualified"
        in (refused.json["message"])
    )
    custom = kustomization("app")
    custom["metadata"]["finalizers"] = ["finalizers.fluxcd.io"]
    assert api.post(FLUX, custom).status == 201
