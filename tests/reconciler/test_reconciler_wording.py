"""What status and Events tell beyond success, and what wakes a Kustomization: Flux's own ways."""

from __future__ import annotations

from typing import Any

import yaml
from reconciler_stage import NS, Stage, condition, config_map, kustomization, source

ONE = {"one.yaml": config_map("one"), "two.yaml": config_map("two")}
WATCHED = {"reconcile.fluxcd.io/watch": "Enabled"}
MARK = "kustomize.toolkit.fluxcd.io"


async def begun(stage: Stage, files: dict[str, str], **spec: Any) -> None:
    await stage.push("acme/app", "1.0.0", files)
    await stage.apply(source(), kustomization(**spec))
    await stage.start()


async def test_watched_variables_that_appear_wake_who_needs_them(stage: Stage) -> None:
    await begun(
        stage,
        {"one.yaml": config_map("one", a="v${A}")},
        postBuild={"substituteFrom": [{"kind": "ConfigMap", "name": "vars"}]},
    )
    await stage.until_condition("Kustomization", "app", "Ready", "False", "BuildFailed")
    meta = {"name": "vars", "namespace": NS, "labels": WATCHED}
    await stage.apply(
        {"apiVersion": "v1", "kind": "ConfigMap", "metadata": meta, "data": {"A": "1"}}
    )
    await stage.until("ConfigMap", "one", lambda o: o and o["data"] == {"a": "v1"})


async def test_a_watched_kubeconfig_that_changes_wakes_who_applies_with_it(stage: Stage) -> None:
    await begun(stage, ONE, kubeConfig={"secretRef": {"name": "remote"}})
    found = await stage.until_condition(
        "Kustomization", "app", "Ready", "False", "ReconciliationFailed"
    )
    assert "remote" in condition(found, "Ready")["message"]
    meta = {"name": "remote", "namespace": NS, "labels": WATCHED}
    await stage.apply(
        {"apiVersion": "v1", "kind": "Secret", "metadata": meta, "stringData": {"other": "x"}}
    )
    await stage.until(
        "Kustomization",
        "app",
        lambda o: "does not contain a 'value' key" in condition(o, "Ready").get("message", ""),
    )


async def test_plain_secret_values_that_are_no_text_are_refused_by_the_server(
    stage: Stage,
) -> None:
    secret = {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {"name": "s", "namespace": NS},
        "stringData": {"port": 5432, "host": "db"},
    }
    await begun(stage, {"secret.yaml": yaml.safe_dump(secret)})
    found = await stage.until_condition(
        "Kustomization", "app", "Ready", "False", "ReconciliationFailed"
    )
    assert condition(found, "Ready")["message"].startswith(f"Secret/{NS}/s dry-run failed")
    assert await stage.get("Secret", "s") is None


async def test_a_failure_tells_what_the_stages_before_have_changed(stage: Stage) -> None:
    role: dict[str, Any] = {
        "apiVersion": "rbac.authorization.k8s.io/v1",
        "kind": "ClusterRole",
        "metadata": {"name": "early"},
        "rules": [],
    }
    widget = {"apiVersion": "example.com/v1", "kind": "Widget", "metadata": {"name": "w"}}
    files = {"a.yaml": yaml.safe_dump(role), "b.yaml": yaml.safe_dump(widget)}
    await begun(stage, files)
    found = await stage.until_condition(
        "Kustomization", "app", "Ready", "False", "ReconciliationFailed"
    )
    message = condition(found, "Ready")["message"]
    assert message.startswith(f"Widget/{NS}/w dry-run failed: ")
    assert message.endswith("\nClusterRole/early created")


async def test_what_prune_spares_is_told_with_what_it_deletes(stage: Stage) -> None:
    kept = yaml.safe_load(config_map("kept"))
    kept["metadata"]["annotations"] = {f"{MARK}/prune": "disabled"}
    await begun(stage, {**ONE, "kept.yaml": yaml.safe_dump(kept)})
    await stage.until_ready("Kustomization", "app")
    await stage.push("acme/app", "1.1.0", {"one.yaml": ONE["one.yaml"]})
    await stage.request("OCIRepository", "app", "now")
    await stage.until("ConfigMap", "two", lambda o: o is None)
    said = [message for _, _, message in await stage.events("app")]
    assert f"ConfigMap/{NS}/two deleted\nConfigMap/{NS}/kept skipped" in said
    assert await stage.get("ConfigMap", "kept") is not None


async def test_a_deletion_is_told_of_the_revision_that_was_applied(stage: Stage) -> None:
    await begun(stage, ONE)
    revision = (await stage.until_ready("Kustomization", "app"))["status"]["lastAppliedRevision"]
    await stage.delete("Kustomization", "app")
    await stage.until("Kustomization", "app", lambda o: o is None)
    await stage.settled()
    listing = await stage.cluster.list(await stage.type("Event"), NS)
    (event,) = (e for e in listing.items if f"ConfigMap/{NS}/one deleted" in e["message"])
    assert event["metadata"]["annotations"][f"{MARK}/revision"] == revision


async def test_a_kustomization_that_applies_only_itself_is_healthy(stage: Stage) -> None:
    own = {**kustomization(wait=True)}
    await begun(stage, {"self.yaml": yaml.safe_dump(own)}, wait=True)
    found = await stage.until_ready("Kustomization", "app")
    assert condition(found, "Healthy")["status"] == "True"


async def test_what_is_marked_as_not_to_be_applied_needs_no_kind(stage: Stage) -> None:
    widget = {
        "apiVersion": "example.com/v1",
        "kind": "Widget",
        "metadata": {"name": "w", "annotations": {f"{MARK}/reconcile": "Disabled"}},
    }
    await begun(stage, {**ONE, "widget.yaml": yaml.safe_dump(widget)})
    found = await stage.until_ready("Kustomization", "app")
    ids = [entry["id"] for entry in found["status"]["inventory"]["entries"]]
    assert f"{NS}_w_example.com_Widget" in ids


async def test_a_health_that_cannot_be_told_says_why(stage: Stage) -> None:
    check = {"apiVersion": "v1", "kind": "ConfigMap", "current": "data.gone == 'x'"}
    await begun(stage, ONE, wait=True, timeout="30s", healthCheckExprs=[check])
    await stage.until_condition("Kustomization", "app", "Healthy", "Unknown")
    await stage.until_waiting()
    stage.clock.advance(31)
    found = await stage.until_condition(
        "Kustomization", "app", "Ready", "False", "HealthCheckFailed"
    )
    message = condition(found, "Ready")["message"]
    said = f"ConfigMap/{NS}/one status: 'Unknown': failed to evaluate the CEL expression "
    assert "timeout waiting for: [" in message and said in message


async def test_a_first_fetch_that_fails_says_what_it_was_about(stage: Stage) -> None:
    await stage.apply(source())
    await stage.start()
    found = await stage.until_condition("OCIRepository", "app", "FetchFailed", "True")
    going = condition(found, "Reconciling")
    assert (going["reason"], going["message"]) == ("ProgressingWithRetry", "building artifact")
    assert condition(found, "ArtifactInStorage") == {} and "artifact" not in found["status"]
