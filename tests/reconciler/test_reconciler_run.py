"""One Kustomization through its life: status, history, events, health, prune, faults."""

from __future__ import annotations

from typing import Any

import pytest
from reconciler_stage import (
    NS,
    Stage,
    condition,
    config_map,
    deployment,
    kustomization,
    source,
)

ONE = {"one.yaml": config_map("one"), "two.yaml": config_map("two")}
APP = {"app.yaml": deployment("app"), "cm.yaml": config_map("one")}


def summary(obj: dict[str, Any]) -> list[tuple[str, str, str]]:
    return [(c["type"], c["status"], c["reason"]) for c in obj["status"]["conditions"]]


async def begun(stage: Stage, files: dict[str, str], **spec: Any) -> str:
    digest = await stage.push("acme/app", "1.0.0", files)
    await stage.apply(source())
    await stage.start()
    await stage.until_ready("OCIRepository", "app")
    await stage.apply(kustomization(**spec))
    return f"1.0.0@{digest}"


async def test_status_says_all_that_flux_says(stage: Stage) -> None:
    revision = await begun(stage, ONE)
    found = await stage.until_ready("Kustomization", "app")
    status = found["status"]
    assert summary(found) == [("Ready", "True", "ReconciliationSucceeded")]
    assert status["lastAppliedRevision"] == status["lastAttemptedRevision"] == revision
    assert status["lastAppliedOriginRevision"] == "1.0.0@sha1:abc"
    assert status["inventory"] == {
        "entries": [
            {"id": f"{NS}_one__ConfigMap", "v": "v1"},
            {"id": f"{NS}_two__ConfigMap", "v": "v1"},
        ]
    }
    (entry,) = status["history"]
    assert entry["digest"].startswith("sha256:") and entry["totalReconciliations"] == 1
    assert entry["lastReconciledStatus"] == "ReconciliationSucceeded"
    assert entry["metadata"] == {"revision": revision, "originRevision": "1.0.0@sha1:abc"}
    assert found["metadata"]["finalizers"] == ["finalizers.fluxcd.io"]
    events = await stage.events("app")
    assert events[1:] == [
        ("Normal", "Progressing", f"ConfigMap/{NS}/one created\nConfigMap/{NS}/two created"),
        (
            "Normal",
            "ReconciliationSucceeded",
            "Reconciliation finished in 0s, next run in 1h0m0s",
        ),
    ]
    listing = await stage.cluster.list(await stage.type("Event"), NS)
    (success,) = [e for e in listing.items if e["reason"] == "ReconciliationSucceeded"]
    assert success["metadata"]["annotations"] == {
        "kustomize.toolkit.fluxcd.io/commit_status": "update",
        "kustomize.toolkit.fluxcd.io/revision": revision,
        "kustomize.toolkit.fluxcd.io/originRevision": "1.0.0@sha1:abc",
    }
    assert success["source"] == {"component": "kustomize-controller"}


async def test_status_and_objects_have_flux_s_field_managers(stage: Stage) -> None:
    await begun(stage, ONE)
    found = await stage.until_ready("Kustomization", "app")
    writers = {(m["manager"], m.get("subresource")) for m in found["metadata"]["managedFields"]}
    assert ("gotk-kustomize-controller", "status") in writers
    applied = await stage.get("ConfigMap", "one")
    assert applied is not None
    assert [(m["manager"], m["operation"]) for m in applied["metadata"]["managedFields"]] == [
        ("kustomize-controller", "Apply")
    ]


async def test_conditions_pass_through_flux_s_steps_in_order(stage: Stage) -> None:
    digest = await stage.push("acme/app", "1.0.0", APP)
    await stage.apply(source(), kustomization(wait=True))
    type_ = await stage.type("Kustomization")
    listing = await stage.cluster.list(type_, NS)
    await stage.start()
    revision = f"1.0.0@{digest}"
    seen: list[str] = []
    async for event in stage.cluster.watch(type_, NS, resource_version=listing.resource_version):
        if event.type != "MODIFIED":
            continue
        going = condition(event.object, "Reconciling")
        if going and going["message"] not in seen:
            assert condition(event.object, "Ready") | {"lastTransitionTime": ""} == {
                "type": "Ready",
                "status": "Unknown",
                "reason": "Progressing",
                "message": "Reconciliation in progress",
                "observedGeneration": 1,
                "lastTransitionTime": "",
            }
            seen.append(going["message"])
            if "health checks" in going["message"]:
                await stage.roll_out("app")
        if condition(event.object, "Ready").get("status") == "True":
            break
    assert seen == [
        f"{what} for revision {revision} with a timeout of 3m0s"
        for what in (
            "Fetching manifests",
            "Building manifests",
            "Detecting drift",
            "Running health checks",
        )
    ]
    healthy = condition(event.object, "Healthy")
    assert (healthy["status"], healthy["reason"]) == ("True", "Succeeded")
    assert healthy["message"] == "Health check passed in 0s"


async def test_a_request_runs_it_again_and_counts_in_its_history(stage: Stage) -> None:
    await begun(stage, ONE)
    await stage.until_ready("Kustomization", "app")
    await stage.settled()
    await stage.request("Kustomization", "app", "now")
    found = await stage.until(
        "Kustomization",
        "app",
        lambda o: o and o["status"].get("lastHandledReconcileAt") == "now",
    )
    (entry,) = found["status"]["history"]
    assert entry["totalReconciliations"] == 2


async def test_a_new_version_upgrades_and_prunes(stage: Stage) -> None:
    await begun(stage, ONE)
    await stage.until_ready("Kustomization", "app")
    digest = await stage.push("acme/app", "1.1.0", {"one.yaml": config_map("one", a="b")})
    await stage.request("OCIRepository", "app", "now")
    found = await stage.until(
        "Kustomization",
        "app",
        lambda o: o and o["status"].get("lastAppliedRevision") == f"1.1.0@{digest}",
    )
    assert found["status"]["inventory"]["entries"] == [{"id": f"{NS}_one__ConfigMap", "v": "v1"}]
    assert await stage.get("ConfigMap", "two") is None
    one = await stage.get("ConfigMap", "one")
    assert one is not None and one["data"] == {"a": "b"}
    messages = [message for _, _, message in await stage.events("app")]
    assert f"ConfigMap/{NS}/one configured" in messages
    assert f"ConfigMap/{NS}/two deleted" in messages
    assert len(found["status"]["history"]) == 2


async def test_without_prune_stale_objects_stay_and_are_forgotten(stage: Stage) -> None:
    await begun(stage, ONE, prune=False)
    await stage.until_ready("Kustomization", "app")
    await stage.push("acme/app", "1.1.0", {"one.yaml": config_map("one")})
    await stage.request("OCIRepository", "app", "now")
    found = await stage.until(
        "Kustomization",
        "app",
        lambda o: o and o["status"].get("lastAppliedRevision", "").startswith("1.1.0"),
    )
    assert len(found["status"]["inventory"]["entries"]) == 1
    assert await stage.get("ConfigMap", "two") is not None


@pytest.mark.parametrize(
    "metadata",
    [
        {"annotations": {"kustomize.toolkit.fluxcd.io/prune": "Disabled"}},
        {"labels": {"kustomize.toolkit.fluxcd.io/name": "another"}},
        {"labels": {"kustomize.toolkit.fluxcd.io/name": None}},
    ],
)
async def test_prune_spares_what_is_marked_or_not_ours(
    stage: Stage, metadata: dict[str, Any]
) -> None:
    await begun(stage, ONE)
    await stage.until_ready("Kustomization", "app")
    await stage.patch("ConfigMap", "two", {"metadata": metadata})
    await stage.push("acme/app", "1.1.0", {"one.yaml": config_map("one")})
    await stage.request("OCIRepository", "app", "now")
    await stage.until(
        "Kustomization",
        "app",
        lambda o: o and o["status"].get("lastAppliedRevision", "").startswith("1.1.0"),
    )
    assert await stage.get("ConfigMap", "two") is not None


async def test_ready_only_once_the_deployment_is(stage: Stage) -> None:
    await begun(stage, APP, wait=True)
    await stage.until_condition("Kustomization", "app", "Healthy", "Unknown")
    await stage.roll_out("app")
    found = await stage.until_ready("Kustomization", "app")
    assert summary(found) == [
        ("Ready", "True", "ReconciliationSucceeded"),
        ("Healthy", "True", "Succeeded"),
    ]
    assert ("Normal", "Progressing", "Health check passed in 0s") in await stage.events("app")


async def test_what_is_told_of_durations_is_real_time_also_where_waiting_is_sped_up(
    stage: Stage,
) -> None:
    stage.clock.hurry = 181.0
    await begun(stage, APP, wait=True)
    await stage.until_condition("Kustomization", "app", "Healthy", "Unknown")
    await stage.until_waiting()
    stage.clock.advance(181)
    found = await stage.until_condition("Kustomization", "app", "Ready", "False")
    assert "health check failed after 1s: " in condition(found, "Ready")["message"]
    assert found["status"]["history"][0]["lastReconciledDuration"] == "1s"


async def test_a_deployment_that_never_gets_ready_fails_at_the_timeout(stage: Stage) -> None:
    await begun(stage, APP, wait=True)
    await stage.until_condition("Kustomization", "app", "Healthy", "Unknown")
    app = await stage.get("Deployment", "app")
    assert app is not None
    await stage.until_waiting()
    stage.clock.advance(181)
    found = await stage.until_condition("Kustomization", "app", "Ready", "False")
    listed = f"[Deployment/{NS}/app status: 'InProgress']"
    assert summary(found) == [
        ("Ready", "False", "HealthCheckFailed"),
        ("Healthy", "False", "HealthCheckFailed"),
        ("Reconciling", "True", "ProgressingWithRetry"),
    ]
    words = f"health check failed after 3m1s: timeout waiting for: {listed}"
    assert condition(found, "Ready")["message"] == words
    assert condition(found, "Healthy")["message"] == f"timeout waiting for: {listed}"
    status = found["status"]
    assert "lastAppliedRevision" not in status and status["observedGeneration"] == -1
    assert status["history"][0]["lastReconciledStatus"] == "HealthCheckFailed"
    assert len(status["inventory"]["entries"]) == 2
    assert ("Warning", "HealthCheckFailed", words) in await stage.events("app")
    await stage.roll_out("app")
    await stage.pass_time(61)  # retryInterval
    await stage.until_ready("Kustomization", "app")


async def test_a_deployment_past_its_deadline_fails_at_once(stage: Stage) -> None:
    await begun(stage, APP, healthChecks=[{"kind": "Deployment", "name": "app", "namespace": NS}])
    await stage.until_condition("Kustomization", "app", "Healthy", "Unknown")
    failed = {"type": "Progressing", "status": "False", "reason": "ProgressDeadlineExceeded"}
    status = {"observedGeneration": 1, "conditions": [failed]}
    await stage.patch("Deployment", "app", {"status": status}, sub="status")
    found = await stage.until_condition("Kustomization", "app", "Ready", "False")
    assert condition(found, "Ready")["message"] == (
        "health check failed after 0s: failed early due to stalled resources: "
        f"[Deployment/{NS}/app status: 'Failed']"
    )


async def test_health_is_judged_by_the_expressions_of_the_spec(stage: Stage) -> None:
    parts = {"child.yaml": config_map("child")}
    check = {"apiVersion": "v1", "kind": "ConfigMap", "name": "child", "namespace": NS}
    await begun(
        stage,
        parts,
        healthChecks=[check],
        healthCheckExprs=[
            {
                "apiVersion": "v1",
                "kind": "ConfigMap",
                "inProgress": "!has(metadata.annotations) || !('state' in metadata.annotations)",
                "failed": "metadata.annotations['state'] == 'broken'",
                "current": "metadata.annotations['state'] == 'fine'",
            }
        ],
    )
    await stage.until_condition("Kustomization", "app", "Healthy", "Unknown")
    await stage.patch("ConfigMap", "child", {"metadata": {"annotations": {"state": "fine"}}})
    await stage.until_ready("Kustomization", "app")
    await stage.patch("ConfigMap", "child", {"metadata": {"annotations": {"state": "broken"}}})
    await stage.request("Kustomization", "app", "now")
    found = await stage.until_condition("Kustomization", "app", "Ready", "False")
    assert "status: 'Failed'" in condition(found, "Ready")["message"]


@pytest.mark.parametrize(
    ("exprs", "words"),
    [
        ([{"apiVersion": "v1", "kind": "A", "current": "status.("}], "failed to parse"),
        ([{"apiVersion": "v1", "kind": "A", "current": "true"}] * 2, "duplicate"),
    ],
)
async def test_a_broken_expression_is_terminal(
    stage: Stage, exprs: list[dict[str, str]], words: str
) -> None:
    await begun(stage, ONE, healthCheckExprs=exprs)
    found = await stage.until_condition("Kustomization", "app", "Stalled", "True")
    assert summary(found)[0] == ("Ready", "False", "InvalidCELExpression")
    message = condition(found, "Ready")["message"]
    assert message.startswith("Reconciliation failed terminally due to configuration error: ")
    assert words in message and found["status"]["observedGeneration"] == 1


async def test_a_bundle_that_does_not_build_says_where(stage: Stage) -> None:
    patch = "[{op: replace, path: /nowhere/at/all, value: 1}]"
    await begun(stage, ONE, patches=[{"patch": patch, "target": {"kind": "ConfigMap"}}])
    found = await stage.until_condition("Kustomization", "app", "Ready", "False")
    assert condition(found, "Ready")["reason"] == "BuildFailed"
    assert "history" not in found["status"] and "inventory" not in found["status"]
    assert found["status"]["lastAttemptedRevision"].startswith("1.0.0@")
    assert condition(found, "Reconciling")["reason"] == "ProgressingWithRetry"
    await stage.patch("Kustomization", "app", {"spec": {"patches": None}})
    await stage.until_ready("Kustomization", "app")


async def test_a_missing_path_is_named(stage: Stage) -> None:
    await begun(stage, ONE, path="./nowhere")
    found = await stage.until_condition("Kustomization", "app", "Ready", "False", "ArtifactFailed")
    message = condition(found, "Ready")["message"]
    assert message.startswith("kustomization path not found: ") and "./nowhere" in message


async def test_a_missing_source_is_waited_for(stage: Stage) -> None:
    await stage.push("acme/app", "1.0.0", ONE)
    await stage.apply(kustomization())
    await stage.start()
    found = await stage.until_condition("Kustomization", "app", "Ready", "False", "ArtifactFailed")
    assert '"app" not found' in condition(found, "Ready")["message"]
    await stage.apply(source())
    await stage.until_ready("Kustomization", "app")


async def test_suspended_means_untouched(stage: Stage) -> None:
    await begun(stage, ONE, suspend=True)
    await stage.until_ready("OCIRepository", "app")
    await stage.request("Kustomization", "app", "now")
    found = await stage.until(
        "Kustomization",
        "app",
        lambda o: o and o["status"].get("lastHandledReconcileAt") == "now",
    )
    assert "inventory" not in found["status"]
    assert await stage.get("ConfigMap", "one") is None
    await stage.patch("Kustomization", "app", {"spec": {"suspend": None}})
    await stage.until_ready("Kustomization", "app")


@pytest.mark.parametrize(
    ("spec", "words"),
    [
        ({"kubeConfig": {"configMapRef": {"name": "k"}}}, "spec.kubeConfig without secretRef"),
        ({"decryption": {"provider": "sops"}}, "spec.decryption"),
        ({"serviceAccountName": "deployer"}, "spec.serviceAccountName"),
        ({"sourceRef": {"kind": "Bucket", "name": "app"}}, "spec.sourceRef.kind"),
    ],
)
async def test_what_is_not_supported_stalls_and_is_named(
    stage: Stage, spec: dict[str, Any], words: str
) -> None:
    await begun(stage, ONE, **spec)
    found = await stage.until_condition("Kustomization", "app", "Stalled", "True")
    assert condition(found, "Ready")["status"] == "False"
    assert words in condition(found, "Ready")["message"]
    assert await stage.get("ConfigMap", "one") is None


async def test_deleting_it_deletes_what_it_applied(stage: Stage) -> None:
    await begun(stage, ONE)
    await stage.until_ready("Kustomization", "app")
    await stage.delete("Kustomization", "app")
    await stage.until("Kustomization", "app", lambda o: o is None)
    assert await stage.get("ConfigMap", "one") is None
    assert await stage.get("ConfigMap", "two") is None


@pytest.mark.parametrize(
    ("spec", "gone"),
    [
        ({"prune": False}, False),
        ({"prune": False, "deletionPolicy": "Delete"}, True),
        ({"deletionPolicy": "WaitForTermination"}, True),
        ({"deletionPolicy": "Orphan"}, False),
        ({"suspend": True}, False),
    ],
)
async def test_what_deletion_takes_along_is_a_policy(
    stage: Stage, spec: dict[str, Any], gone: bool
) -> None:
    await begun(stage, ONE)
    await stage.until_ready("Kustomization", "app")
    await stage.patch("Kustomization", "app", {"spec": spec})
    await stage.delete("Kustomization", "app")
    await stage.until("Kustomization", "app", lambda o: o is None)
    assert (await stage.get("ConfigMap", "one") is None) is gone
