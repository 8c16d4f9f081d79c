"""Applying: drift, other people's fields, marks, force, stages, faults half-way."""

from __future__ import annotations

import base64
from typing import Any

import pytest
import yaml
from reconciler_stage import NS, Stage, condition, config_map, deployment, kustomization, source

ONE = {"one.yaml": config_map("one", a="1"), "two.yaml": config_map("two")}


async def begun(stage: Stage, files: dict[str, str], **spec: Any) -> None:
    await stage.push("acme/app", "1.0.0", files)
    await stage.apply(source(), kustomization(**spec))
    await stage.start()


async def again(stage: Stage, token: str = "again") -> dict[str, Any]:
    """Run it once more; the object after the run."""
    await stage.settled()
    await stage.request("Kustomization", "app", token)
    found: dict[str, Any] = await stage.until(
        "Kustomization",
        "app",
        lambda o: o and o["status"].get("lastHandledReconcileAt") == token,
    )
    await stage.settled()
    return found


async def test_drift_is_put_right_and_nothing_else_is_written(stage: Stage) -> None:
    await begun(stage, ONE)
    await stage.until_ready("Kustomization", "app")
    two = await stage.get("ConfigMap", "two")
    await stage.patch("ConfigMap", "one", {"data": {"a": "changed"}})
    await again(stage)
    one = await stage.get("ConfigMap", "one")
    assert one is not None and one["data"] == {"a": "1"}
    assert await stage.get("ConfigMap", "two") == two
    messages = [message for _, _, message in await stage.events("app")]
    assert f"ConfigMap/{NS}/one configured" in messages


async def test_fields_of_other_managers_survive_and_those_of_kubectl_do_not(stage: Stage) -> None:
    await begun(stage, ONE)
    await stage.until_ready("Kustomization", "app")
    for manager, key in (("fluxtui", "mine"), ("kubectl-edit", "theirs")):
        await stage.cluster.patch(
            await stage.type("ConfigMap"), NS, "one", {"data": {key: "x"}}, field_manager=manager
        )
    await again(stage)
    one = await stage.get("ConfigMap", "one")
    assert one is not None and one["data"] == {"a": "1", "mine": "x"}
    assert {m["manager"] for m in one["metadata"]["managedFields"]} == {
        "kustomize-controller",
        "fluxtui",
    }


async def test_a_pin_by_us_on_an_applied_source_survives_its_parent(stage: Stage) -> None:
    child = {**source("child"), "metadata": {"name": "child"}}
    await begun(stage, {"child.yaml": yaml.safe_dump(child)})
    await stage.until_ready("Kustomization", "app")
    digest = "sha256:" + "0" * 64
    await stage.cluster.patch(
        await stage.type("OCIRepository"),
        NS,
        "child",
        {"spec": {"ref": {"digest": digest}, "interval": "9m"}},
        field_manager="fluxtui",
    )
    await again(stage)
    found = await stage.get("OCIRepository", "child")
    assert found is not None
    assert found["spec"]["ref"] == {"semver": ">=0.0.0", "digest": digest}
    assert found["spec"]["interval"] == "5m"


@pytest.mark.parametrize(
    ("mark", "on_live"),
    [
        ({"kustomize.toolkit.fluxcd.io/reconcile": "Disabled"}, True),
        ({"kustomize.toolkit.fluxcd.io/ssa": "ignore"}, True),
        ({"kustomize.toolkit.fluxcd.io/reconcile": "disabled"}, False),
        ({"kustomize.toolkit.fluxcd.io/ssa": "IfNotPresent"}, False),
    ],
)
async def test_marked_objects_are_left_alone(
    stage: Stage, mark: dict[str, str], on_live: bool
) -> None:
    manifest = yaml.safe_load(config_map("one", a="1"))
    if not on_live:
        manifest["metadata"]["annotations"] = mark
        live = {**manifest, "data": {"a": "person's"}, "metadata": {"name": "one"}}
        live["metadata"]["namespace"] = NS
        await stage.apply(live)
    await begun(stage, {"one.yaml": yaml.safe_dump(manifest)})
    found = await stage.until_ready("Kustomization", "app")
    assert len(found["status"]["inventory"]["entries"]) == 1
    if on_live:
        await stage.patch(
            "ConfigMap", "one", {"metadata": {"annotations": mark}, "data": {"a": "person's"}}
        )
        await again(stage)
    one = await stage.get("ConfigMap", "one")
    assert one is not None and one["data"] == {"a": "person's"}


def job(image: str, **annotations: str) -> str:
    return yaml.safe_dump(
        {
            "apiVersion": "batch/v1",
            "kind": "Job",
            "metadata": {"name": "migrate", "annotations": annotations},
            "spec": {
                "template": {
                    "spec": {
                        "restartPolicy": "Never",
                        "containers": [{"name": "main", "image": image}],
                    }
                }
            },
        }
    )


async def test_a_change_of_an_immutable_field_fails_without_force(stage: Stage) -> None:
    await begun(stage, {"job.yaml": job("app:1"), "one.yaml": config_map("one", a="1")})
    await stage.until_ready("Kustomization", "app")
    before = await stage.get("Job", "migrate")
    files = {"job.yaml": job("app:2"), "one.yaml": config_map("one", a="2")}
    await stage.push("acme/app", "1.1.0", files)
    await stage.request("OCIRepository", "app", "now")
    found = await stage.until_condition("Kustomization", "app", "Ready", "False")
    assert condition(found, "Ready")["reason"] == "ReconciliationFailed"
    message = condition(found, "Ready")["message"]
    assert message.startswith(f"Job/{NS}/migrate dry-run failed (Invalid): ")
    assert "field is immutable" in message
    # One failing dry-run holds back the whole stage.
    one = await stage.get("ConfigMap", "one")
    assert one is not None and one["data"] == {"a": "1"}
    assert len(found["status"]["inventory"]["entries"]) == 2
    assert found["status"]["history"][0]["lastReconciledStatus"] == "ReconciliationFailed"
    await stage.patch("Kustomization", "app", {"spec": {"force": True}})
    await stage.until_ready("Kustomization", "app")
    after = await stage.get("Job", "migrate")
    assert before is not None and after is not None
    assert after["metadata"]["uid"] != before["metadata"]["uid"]


async def test_force_can_be_asked_for_on_the_object(stage: Stage) -> None:
    mark = {"kustomize.toolkit.fluxcd.io/force": "enabled"}
    await begun(stage, {"job.yaml": job("app:1", **mark)})
    await stage.until_ready("Kustomization", "app")
    await stage.push("acme/app", "1.1.0", {"job.yaml": job("app:2", **mark)})
    await stage.request("OCIRepository", "app", "now")
    await stage.until(
        "Job",
        "migrate",
        lambda o: o and o["spec"]["template"]["spec"]["containers"][0]["image"] == "app:2",
    )


CRD = {
    "apiVersion": "apiextensions.k8s.io/v1",
    "kind": "CustomResourceDefinition",
    "metadata": {"name": "widgets.example.com"},
    "spec": {
        "group": "example.com",
        "names": {"kind": "Widget", "plural": "widgets", "singular": "widget"},
        "scope": "Namespaced",
        "versions": [
            {
                "name": "v1",
                "served": True,
                "storage": True,
                "schema": {
                    "openAPIV3Schema": {
                        "type": "object",
                        "x-kubernetes-preserve-unknown-fields": True,
                    }
                },
            }
        ],
    },
}


async def test_definitions_come_first_and_their_objects_right_after(stage: Stage) -> None:
    widget = {"apiVersion": "example.com/v1", "kind": "Widget", "metadata": {"name": "w"}}
    files = {"a.yaml": yaml.safe_dump(widget), "b.yaml": yaml.safe_dump(CRD)}
    await begun(stage, files)
    found = await stage.until_ready("Kustomization", "app")
    assert [e["id"] for e in found["status"]["inventory"]["entries"]] == [
        "_widgets.example.com_apiextensions.k8s.io_CustomResourceDefinition",
        f"{NS}_w_example.com_Widget",
    ]


async def test_an_unknown_kind_is_named(stage: Stage) -> None:
    widget = {"apiVersion": "example.com/v1", "kind": "Widget", "metadata": {"name": "w"}}
    await begun(stage, {"a.yaml": yaml.safe_dump(widget), "one.yaml": config_map("one")})
    found = await stage.until_condition(
        "Kustomization", "app", "Ready", "False", "ReconciliationFailed"
    )
    assert condition(found, "Ready")["message"] == (
        f'Widget/{NS}/w dry-run failed: no matches for kind "Widget" in version "example.com/v1"'
    )
    assert "inventory" not in found["status"]
    assert await stage.get("ConfigMap", "one") is None


async def test_a_missing_namespace_is_named(stage: Stage) -> None:
    await begun(stage, ONE, targetNamespace="nowhere")
    found = await stage.until_condition(
        "Kustomization", "app", "Ready", "False", "ReconciliationFailed"
    )
    message = condition(found, "Ready")["message"]
    assert message.startswith("ConfigMap/nowhere/one not found: ")


async def test_common_metadata_images_components_and_variables_arrive(stage: Stage) -> None:
    component = {
        "apiVersion": "kustomize.config.k8s.io/v1alpha1",
        "kind": "Component",
        "labels": [{"pairs": {"traced": "yes"}}],
    }
    files = {
        "base/app.yaml": deployment("app", image="acme/app:1"),
        "base/cm.yaml": config_map("one", greeting="${GREETING} ${NAME:=nobody} ${TOKEN}"),
        "components/traced/kustomization.yaml": yaml.safe_dump(component),
    }
    token = base64.b64encode(b"s3cret").decode()
    meta = {"namespace": NS}
    await stage.apply(
        {
            "apiVersion": "v1",
            "kind": "ConfigMap",
            "metadata": {"name": "vars", **meta},
            "data": {"GREETING": "hello"},
        },
        {
            "apiVersion": "v1",
            "kind": "Secret",
            "metadata": {"name": "vars", **meta},
            "data": {"TOKEN": token},
        },
    )
    await begun(
        stage,
        files,
        path="./base",
        components=["../components/traced"],
        images=[{"name": "acme/app", "newTag": "2"}],
        commonMetadata={"labels": {"team": "a"}, "annotations": {"by": "us"}},
        postBuild={
            "substituteFrom": [
                {"kind": "ConfigMap", "name": "vars"},
                {"kind": "Secret", "name": "vars"},
                {"kind": "ConfigMap", "name": "absent", "optional": True},
            ]
        },
    )
    await stage.until_ready("Kustomization", "app")
    one, app = await stage.get("ConfigMap", "one"), await stage.get("Deployment", "app")
    assert one is not None and app is not None
    assert one["data"] == {"greeting": "hello nobody s3cret"}
    labels = one["metadata"]["labels"]
    assert labels["team"] == "a" and labels["traced"] == "yes"
    assert one["metadata"]["annotations"]["by"] == "us"
    assert app["spec"]["template"]["spec"]["containers"][0]["image"] == "acme/app:2"
    assert "team" not in app["spec"]["template"]["metadata"]["labels"]


async def test_missing_variables_fail_the_build(stage: Stage) -> None:
    await begun(stage, ONE, postBuild={"substituteFrom": [{"kind": "ConfigMap", "name": "absent"}]})
    found = await stage.until_condition("Kustomization", "app", "Ready", "False", "BuildFailed")
    assert "substitute from 'ConfigMap/absent' error" in condition(found, "Ready")["message"]


async def test_a_watched_config_map_of_variables_wakes_its_users(stage: Stage) -> None:
    variables = {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {
            "name": "vars",
            "namespace": NS,
            "labels": {"reconcile.fluxcd.io/watch": "Enabled"},
        },
        "data": {"A": "1"},
    }
    await stage.apply(variables)
    await begun(
        stage,
        {"one.yaml": config_map("one", a="v${A}")},
        postBuild={"substituteFrom": [{"kind": "ConfigMap", "name": "vars"}]},
    )
    await stage.until_ready("Kustomization", "app")
    await stage.apply({**variables, "data": {"A": "2"}})
    await stage.until("ConfigMap", "one", lambda o: o and o["data"] == {"a": "v2"})


async def test_intended_ids_are_in_the_inventory_before_the_first_write(stage: Stage) -> None:
    """So that a crash at any point leaks nothing."""
    await begun(stage, ONE)
    type_ = await stage.type("Kustomization")
    await stage.until_ready("Kustomization", "app")
    listing = await stage.cluster.list(type_, NS)
    await stage.push("acme/app", "1.1.0", {"new.yaml": config_map("new")})
    await stage.request("OCIRepository", "app", "now")
    async for event in stage.cluster.watch(type_, NS, resource_version=listing.resource_version):
        status = event.object["status"]
        if status.get("lastAttemptedRevision", "").startswith("1.1.0"):
            inventory = {e["id"] for e in status["inventory"]["entries"]}
            if f"{NS}_new__ConfigMap" in inventory:
                break
    stored = int(event.object["metadata"]["resourceVersion"])
    assert inventory == {f"{NS}_{name}__ConfigMap" for name in ("one", "two", "new")}
    new = await stage.until("ConfigMap", "new", lambda o: o)
    assert int(new["metadata"]["resourceVersion"]) > stored
    found = await stage.until_ready("Kustomization", "app")
    assert len(found["status"]["inventory"]["entries"]) == 1
