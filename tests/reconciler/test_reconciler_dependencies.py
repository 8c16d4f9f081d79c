"""Several Kustomizations: order, waiting, waking, cycles, and one bad object among good ones."""

from __future__ import annotations

from typing import Any

import pytest
import yaml
from reconciler_stage import NS, Stage, condition, config_map, deployment, kustomization, source

from fluxtui.domain.errors import RefusedError

FILES = {
    "one/one.yaml": config_map("one", v="1"),
    "two/two.yaml": config_map("two", v="1"),
    "app/app.yaml": deployment("app"),
}


def not_ready(obj: Any, words: str) -> bool:
    found = condition(obj, "Ready")
    return found.get("reason") == "DependencyNotReady" and words in found["message"]


async def test_a_missing_dependency_is_named_and_its_arrival_noticed(stage: Stage) -> None:
    await stage.push("acme/app", "1.0.0", FILES)
    await stage.apply(source(), kustomization("two", after=("one",), path="./two"))
    await stage.start()
    found = await stage.until(
        "Kustomization", "two", lambda o: not_ready(o, f"dependency '{NS}/one' not found: ")
    )
    assert condition(found, "Reconciling") == {}
    words = "Dependencies do not meet ready condition, retrying in 30s"
    assert ("Normal", "DependencyNotReady", words) in await stage.events("two")
    await stage.apply(kustomization("one", path="./one"))
    await stage.until_ready("Kustomization", "two")


async def test_dependents_go_on_the_moment_a_dependency_is_ready(stage: Stage) -> None:
    await stage.push("acme/app", "1.0.0", FILES)
    await stage.apply(
        source(),
        kustomization("app", path="./app", wait=True),
        kustomization("two", after=("app",), path="./two"),
    )
    await stage.start()
    await stage.until_condition("Kustomization", "app", "Healthy", "Unknown")
    await stage.until(
        "Kustomization", "two", lambda o: not_ready(o, f"dependency '{NS}/app' is not ready")
    )
    assert await stage.get("ConfigMap", "two") is None
    await stage.roll_out("app")
    await stage.until_ready("Kustomization", "two")  # the clock stands still: nobody polled


async def test_a_new_revision_goes_down_the_chain_in_order(stage: Stage) -> None:
    await stage.push("acme/app", "1.0.0", FILES)
    await stage.apply(
        source(),
        kustomization("one", path="./one"),
        kustomization("two", after=("one",), path="./two"),
    )
    await stage.start()
    await stage.until_ready("Kustomization", "two")
    files = {
        "one/one.yaml": config_map("one", v="2"),
        "two/two.yaml": config_map("two", v="2"),
    }
    digest = await stage.push("acme/app", "2.0.0", files)
    await stage.request("OCIRepository", "app", "now")
    await stage.until(
        "Kustomization",
        "two",
        lambda o: o and o["status"].get("lastAppliedRevision") == f"2.0.0@{digest}",
    )
    one, two = await stage.get("ConfigMap", "one"), await stage.get("ConfigMap", "two")
    assert one is not None and two is not None
    assert one["data"] == two["data"] == {"v": "2"}
    order = [int(o["metadata"]["resourceVersion"]) for o in (one, two)]
    assert order == sorted(order)


async def test_a_dependency_at_an_older_revision_of_the_same_source_is_waited_for(
    stage: Stage,
) -> None:
    await stage.push("acme/app", "1.0.0", FILES)
    await stage.apply(
        source(),
        kustomization("one", path="./one"),
        kustomization("two", after=("one",), path="./two"),
    )
    await stage.start()
    await stage.until_ready("Kustomization", "two")
    await stage.patch("Kustomization", "one", {"spec": {"suspend": True}})
    await stage.settled()
    await stage.push("acme/app", "2.0.0", {**FILES, "more.txt": "more"})
    await stage.request("OCIRepository", "app", "now")
    await stage.until(
        "Kustomization",
        "two",
        lambda o: not_ready(o, f"dependency '{NS}/one' revision is not up to date"),
    )
    await stage.patch("Kustomization", "one", {"spec": {"suspend": None}})
    found = await stage.until_ready("Kustomization", "two")
    assert found["status"]["lastAppliedRevision"].startswith("2.0.0@")


async def test_a_cycle_waits_and_everything_else_goes_on(stage: Stage) -> None:
    await stage.push("acme/app", "1.0.0", FILES)
    await stage.apply(
        source(),
        kustomization("a", after=("b",), path="./one"),
        kustomization("b", after=("a",), path="./one"),
        kustomization("two", path="./two"),
    )
    await stage.start()
    await stage.until_ready("Kustomization", "two")
    for name, other in (("a", "b"), ("b", "a")):
        await stage.until(
            "Kustomization",
            name,
            lambda o, other=other: not_ready(o, f"dependency '{NS}/{other}' is not ready"),
        )


async def test_an_expression_may_judge_a_dependency(stage: Stage) -> None:
    await stage.push("acme/app", "1.0.0", FILES)
    judged = kustomization("two", path="./two")
    expression = "dep.metadata.labels['go'] == self.metadata.labels['want']"
    judged["spec"]["dependsOn"] = [{"name": "one", "readyExpr": expression}]
    judged["metadata"]["labels"] = {"want": "now"}
    one = kustomization("one", path="./one", suspend=True)
    one["metadata"]["labels"] = {"go": "later"}
    await stage.apply(source(), one, judged)
    await stage.start()
    await stage.until(
        "Kustomization", "two", lambda o: not_ready(o, "is not ready according to readyExpr eval")
    )
    await stage.patch("Kustomization", "one", {"metadata": {"labels": {"go": "now"}}})
    await stage.pass_time(31)
    await stage.until_ready("Kustomization", "two")


async def test_an_expression_that_does_not_compile_is_terminal(stage: Stage) -> None:
    await stage.push("acme/app", "1.0.0", FILES)
    judged = kustomization("two", path="./two")
    judged["spec"]["dependsOn"] = [{"name": "one", "readyExpr": "dep.("}]
    await stage.apply(source(), kustomization("one", path="./one"), judged)
    await stage.start()
    found = await stage.until_condition("Kustomization", "two", "Stalled", "True")
    assert condition(found, "Ready")["reason"] == "InvalidCELExpression"


async def test_a_parent_waits_for_the_kustomizations_it_applies(stage: Stage) -> None:
    child = kustomization("child", path="./two")
    await stage.push("acme/app", "1.0.0", {**FILES, "all/child.yaml": yaml.safe_dump(child)})
    await stage.apply(source(), kustomization("parent", path="./all", wait=True))
    await stage.start()
    parent = await stage.until_ready("Kustomization", "parent")
    assert condition(parent, "Healthy")["status"] == "True"
    two = await stage.get("ConfigMap", "two")
    assert two is not None
    assert two["metadata"]["labels"]["kustomize.toolkit.fluxcd.io/name"] == "child"


@pytest.mark.parametrize("field", ["interval", "retryInterval", "timeout"])
async def test_a_malformed_object_costs_only_itself(lax_stage: Stage, field: str) -> None:
    stage = lax_stage
    await stage.push("acme/app", "1.0.0", FILES)
    bad = kustomization("bad", path="./one", **{field: "soon"})
    await stage.apply(bad)
    await stage.apply(source(), kustomization("two", path="./two"))
    await stage.start()
    await stage.until_ready("Kustomization", "two")
    found = await stage.until_condition("Kustomization", "bad", "Stalled", "True", "InvalidSpec")
    assert f"spec.{field}: 'soon' is no duration" in condition(found, "Ready")["message"]


@pytest.mark.parametrize(
    "spec", [None, "nonsense", {"sourceRef": 3, "dependsOn": {"a": 1}, "interval": 5}]
)
async def test_an_object_without_sense_survives(lax_stage: Stage, spec: Any) -> None:
    stage = lax_stage
    await stage.push("acme/app", "1.0.0", FILES)
    for kind in (source("bad"), kustomization("bad")):
        await stage.apply({**kind, "spec": spec})
    await stage.apply(source(), kustomization("two", path="./two"))
    await stage.start()
    await stage.until_ready("Kustomization", "two")
    await stage.settled()
    assert condition(await stage.get("Kustomization", "bad"), "Stalled")["status"] == "True"
    assert condition(await stage.get("OCIRepository", "bad"), "Stalled")["status"] == "True"


async def test_it_refuses_to_work_beside_a_live_flux(stage: Stage) -> None:
    controller = yaml.safe_load(deployment("kustomize-controller"))
    controller["metadata"]["namespace"] = "flux-system"
    namespace = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "flux-system"}}
    await stage.apply(namespace, controller)
    with pytest.raises(RefusedError, match="--force-beside-flux"):
        await stage.start()
    await stage.start(force_beside_flux=True)


async def test_a_new_reconciler_takes_up_where_the_old_one_stopped(stage: Stage) -> None:
    await stage.push("acme/app", "1.0.0", FILES)
    await stage.apply(source(), kustomization("app", path="./app", wait=True))
    await stage.start()
    await stage.until_condition("Kustomization", "app", "Healthy", "Unknown")
    await stage.stop()
    await stage.roll_out("app")
    await stage.start()
    await stage.until_ready("Kustomization", "app")


async def test_a_newer_version_ends_a_health_wait_when_that_is_wanted(stage: Stage) -> None:
    await stage.push("acme/app", "1.0.0", FILES)
    await stage.apply(source(), kustomization("app", path="./app", wait=True))
    await stage.start(cancel_health_checks=True)
    await stage.until_condition("Kustomization", "app", "Healthy", "Unknown")
    digest = await stage.push("acme/app", "1.1.0", {"app/app.yaml": config_map("better")})
    await stage.request("OCIRepository", "app", "now")
    found = await stage.until_ready("Kustomization", "app")
    assert found["status"]["lastAppliedRevision"] == f"1.1.0@{digest}"
    history = [entry["lastReconciledStatus"] for entry in found["status"]["history"]]
    assert history == ["ReconciliationSucceeded"]
    words = f"Health checks canceled due to new reconciliation triggered by OCIRepository/{NS}/app"
    assert ("Normal", "HealthCheckCanceled", words) in await stage.events("app")
