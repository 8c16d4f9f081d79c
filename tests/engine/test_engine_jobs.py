"""A Plan becomes Receipts: checked again first, each write once, and never blindly."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import pytest
from engine_stage import PATIENCE, MakeEngine, MakePlace, Place, Registry, got, ready

from fluxtui.domain.errors import RefusedError
from fluxtui.domain.kinds.kind import REQUESTED_AT
from fluxtui.domain.marks import SUSPENDED_AT
from fluxtui.domain.plan import (
    AT_WRITE,
    AnyStep,
    ApplyStep,
    AwaitStep,
    Outcome,
    PatchStep,
    Plan,
    PushStep,
    RequestReconcile,
    TagStep,
    Until,
)
from fluxtui.domain.protection import YES
from fluxtui.domain.resource import Key
from fluxtui.domain.revision import tags_hash
from fluxtui.engine.acts.journal import Journal
from fluxtui.engine.engine import Engine
from fluxtui.kit.clock import Clock
from fluxtui.world.faults import Rule

BUNDLE = {"kustomization.yaml": "resources: []\n"}
POD = """\
apiVersion: v1
kind: Pod
metadata:
  name: web
spec:
  containers:
    - name: web
      image: web
"""
SUSPEND = {"spec": {"suspend": True}}


async def with_web(
    place: MakePlace, engine: MakeEngine, registry: Registry
) -> tuple[Place, Engine]:
    staging = await place("staging")
    await staging.namespace()
    await staging.source("web", registry.url("web"), semver="1.x")
    await staging.kustomization("web", "web")
    running = engine(staging)
    keys = (staging.source_key("web"), staging.kustomization_key("web"))
    await got(running.wait_for(lambda s: all(s.get(key) for key in keys), PATIENCE))
    return staging, running


def patch_step(running: Engine, key: Key, patch: dict[str, Any], id_: str = "s1") -> PatchStep:
    version = running.snapshot.as_of(key)
    return PatchStep(id_, "do it", target=key, patch=patch, resource_version=version)


def plan(*steps: AnyStep, inputs: dict[str, str] | None = None, **more: Any) -> Plan:
    return Plan("test", "a test", steps, ("staging",), inputs=inputs or {}, user="ada", **more)


async def test_a_patch_is_done_noted_and_seen(
    place: MakePlace, engine: MakeEngine, registry: Registry, tmp_path: Path
) -> None:
    staging, running = await with_web(place, engine, registry)
    key = staging.kustomization_key("web")
    wanted = plan(
        patch_step(running, key, SUSPEND),
        AwaitStep("s2", "see it", needs=("s1",), target=key, until=Until.SUSPENDED, timeout=120),
        inputs={str(key): running.snapshot.as_of(key)},
    )
    receipts = await got(running.run(wanted, confirmed=YES))
    assert [r.outcome for r in receipts] == [Outcome.DONE, Outcome.DONE]

    obj = await staging.api.get(
        await staging.api.find("kustomize.toolkit.fluxcd.io/v1", "Kustomization"), "apps", "web"
    )
    assert obj["spec"]["suspend"] is True
    assert any(entry["manager"] == "fluxtui" for entry in obj["metadata"]["managedFields"])

    seen = running.snapshot
    assert seen.acts[0].finished
    assert seen.acts[0].plan == wanted
    assert seen.acts[0].receipts == receipts
    assert any("a test: done by ada" in change.what for change in seen.changes)
    lines = [entry.type for entry in Journal(tmp_path / "journal.jsonl").read()]
    assert lines == ["plan", "intent", "receipt", "intent", "receipt"]


@pytest.mark.parametrize("where", ["config", "environment"])
async def test_read_only_writes_nothing(place: MakePlace, engine: MakeEngine, where: str) -> None:
    staging = await place("staging", read_only=where == "environment")
    await staging.namespace()
    await staging.kustomization("web", "web")
    key = staging.kustomization_key("web")
    running = engine(staging, read_only=where == "config")
    await got(running.wait_for(lambda s: s.get(key) is not None, PATIENCE))
    with pytest.raises(RefusedError, match="read-only"):
        await got(running.run(plan(patch_step(running, key, SUSPEND)), confirmed=YES))


async def test_what_was_not_confirmed_is_not_done(
    place: MakePlace, engine: MakeEngine, registry: Registry
) -> None:
    staging, running = await with_web(place, engine, registry)
    key = staging.kustomization_key("web")
    with pytest.raises(RefusedError, match="not confirmed"):
        await got(running.run(plan(patch_step(running, key, SUSPEND)), confirmed=None))


async def test_a_world_that_moved_is_refused_with_the_difference(
    place: MakePlace, engine: MakeEngine, registry: Registry
) -> None:
    staging, running = await with_web(place, engine, registry)
    key = staging.source_key("web")
    version = running.snapshot.as_of(key)
    wanted = plan(patch_step(running, key, SUSPEND), inputs={str(key): version})
    await staging.patch(key, {"spec": {"ref": {"semver": "2.x"}}})
    with pytest.raises(RefusedError, match=r"spec\.ref\.semver '1\.x' -> '2\.x'"):
        await got(running.run(wanted, confirmed=YES))


async def test_a_controller_that_keeps_its_books_is_no_reason_to_refuse(
    place: MakePlace, engine: MakeEngine, registry: Registry
) -> None:
    staging, running = await with_web(place, engine, registry)
    key = staging.kustomization_key("web")
    wanted = plan(patch_step(running, key, SUSPEND), inputs={str(key): running.snapshot.as_of(key)})
    conditions = [ready("True", "ReconciliationSucceeded", "fine")]
    await staging.patch(key, {"status": {"conditions": conditions}}, "status")
    receipts = await got(running.run(wanted, confirmed=YES))
    assert receipts[0].outcome is Outcome.DONE


async def test_a_version_nobody_remembers_is_refused(
    place: MakePlace, engine: MakeEngine, registry: Registry
) -> None:
    staging, running = await with_web(place, engine, registry)
    key = staging.kustomization_key("web")
    stale = dataclasses.replace(patch_step(running, key, SUSPEND), resource_version="1")
    receipts = await got(running.run(plan(stale), confirmed=YES))
    assert receipts[0].outcome is Outcome.REFUSED
    with pytest.raises(RefusedError, match="resourceVersion 1 ->"):
        await got(running.run(plan(stale, inputs={str(key): "1"}), confirmed=YES))


async def test_tags_that_moved_are_refused(
    place: MakePlace, engine: MakeEngine, registry: Registry
) -> None:
    registry.push("web", "1.0.0", BUNDLE)
    staging, running = await with_web(place, engine, registry)
    key, url = staging.kustomization_key("web"), registry.url("web")
    step = patch_step(running, key, SUSPEND)
    good = plan(step, inputs={url: tags_hash(["1.0.0"]), f"{url}:2.0.0": ""})
    registry.push("web", "1.1.0", BUNDLE | {"a": "b"})
    with pytest.raises(RefusedError, match="its list of tags"):
        await got(running.run(good, confirmed=YES))


async def test_a_step_whose_need_failed_is_skipped_and_the_rest_goes_on(
    place: MakePlace, engine: MakeEngine, registry: Registry
) -> None:
    staging, running = await with_web(place, engine, registry)
    ks, source = staging.kustomization_key("web"), staging.source_key("web")
    nowhere = ks._replace(name="nowhere")
    receipts = await got(
        running.run(
            plan(
                PatchStep("a", "a", target=nowhere, patch=SUSPEND, resource_version="3"),
                dataclasses.replace(patch_step(running, ks, SUSPEND, "b"), needs=("a",)),
                patch_step(running, source, SUSPEND, "c"),
            ),
            confirmed=YES,
        )
    )
    assert [r.outcome for r in receipts] == [Outcome.FAILED, Outcome.SKIPPED, Outcome.DONE]


async def test_an_answer_that_is_lost_is_read_back_not_repeated(
    place: MakePlace, engine: MakeEngine, registry: Registry
) -> None:
    staging, running = await with_web(place, engine, registry)
    key = staging.kustomization_key("web")
    # The write arrives, its answer does not.
    staging.server.faults.set_rules(
        Rule(methods=("PATCH",), path="kustomizations/web", cut="headers", count=1)
    )
    receipts = await got(running.run(plan(patch_step(running, key, SUSPEND)), confirmed=YES))
    assert receipts[0].outcome is Outcome.DONE
    assert "read back" in receipts[0].message


async def test_a_write_that_never_arrived_is_a_failure_and_is_not_repeated(
    place: MakePlace, engine: MakeEngine, registry: Registry
) -> None:
    staging, running = await with_web(place, engine, registry)
    key = staging.kustomization_key("web")
    staging.server.faults.set_rules(
        Rule(methods=("PATCH",), path="kustomizations/web", cut="before", count=1)
    )
    receipts = await got(running.run(plan(patch_step(running, key, SUSPEND)), confirmed=YES))
    assert receipts[0].outcome is Outcome.FAILED
    assert "nothing was written" in receipts[0].message


async def test_a_conflict_elsewhere_in_the_object_is_tried_once_more(
    place: MakePlace, engine: MakeEngine, registry: Registry
) -> None:
    staging, running = await with_web(place, engine, registry)
    key = staging.kustomization_key("web")
    staging.server.faults.set_rules(
        Rule(methods=("PATCH",), path="kustomizations/web", status=409, reason="Conflict", count=1)
    )
    receipts = await got(running.run(plan(patch_step(running, key, SUSPEND)), confirmed=YES))
    assert receipts[0].outcome is Outcome.DONE


async def test_a_request_waits_until_it_was_handled_and_says_how_it_ended(
    place: MakePlace, engine: MakeEngine, registry: Registry
) -> None:
    staging, running = await with_web(place, engine, registry)
    key, at = staging.kustomization_key("web"), "2026-11-23T18:00:00.000000001Z"
    running_plan = running.run(
        plan(
            RequestReconcile("r", "ask", target=key, at=at),
            AwaitStep("w", "wait", needs=("r",), target=key, until=Until.HANDLED, value=at),
        ),
        confirmed=YES,
    )
    asked = await got(
        running.wait_for(
            lambda s: s.get(key) is not None and REQUESTED_AT in s.get(key).annotations, PATIENCE
        )
    )
    assert asked.get(key).annotations[REQUESTED_AT] == at
    status = {
        "lastHandledReconcileAt": at,
        "conditions": [ready("False", "BuildFailed", "no such file")],
    }
    await staging.patch(key, {"status": status}, "status")
    receipts = await got(running_plan)
    assert [r.outcome for r in receipts] == [Outcome.DONE, Outcome.FAILED]
    assert receipts[1].message == "Ready=False BuildFailed: no such file"


async def test_marks_and_requests_carry_the_time_of_the_write_not_of_the_review(
    place: MakePlace, engine: MakeEngine, registry: Registry
) -> None:
    staging, running = await with_web(place, engine, registry)
    key = staging.kustomization_key("web")
    patch = {"metadata": {"annotations": {SUSPENDED_AT: AT_WRITE}}, "spec": {"suspend": True}}
    steps = (
        patch_step(running, key, patch),
        RequestReconcile("r", "ask", target=key, at=AT_WRITE),
        AwaitStep("w", "wait", needs=("r",), target=key, until=Until.HANDLED, value=AT_WRITE),
    )
    reviewed = dataclasses.replace(plan(*steps), made_at="2026-11-23T02:00:00Z")
    began = Clock().stamp()
    running_plan = running.run(reviewed, confirmed=YES)
    asked = await got(
        running.wait_for(
            lambda s: s.get(key) is not None and REQUESTED_AT in s.get(key).annotations, PATIENCE
        )
    )
    notes = asked.get(key).annotations
    assert began <= notes[SUSPENDED_AT] <= Clock().stamp()
    assert began <= notes[REQUESTED_AT] <= Clock().stamp()
    status = {
        "lastHandledReconcileAt": notes[REQUESTED_AT],
        "conditions": [ready("True", "Succeeded", "ok")],
    }
    await staging.patch(key, {"status": status}, "status")
    receipts = await got(running_plan)
    assert [r.outcome for r in receipts] == [Outcome.DONE] * 3, receipts


async def test_waiting_has_an_end(place: MakePlace, engine: MakeEngine, registry: Registry) -> None:
    staging, running = await with_web(place, engine, registry)
    step = AwaitStep(
        "w",
        "wait",
        target=staging.source_key("web"),
        until=Until.PICKED,
        value="1.5.0",
        timeout=0.05,
    )
    receipts = await got(running.run(plan(step), confirmed=None))
    assert receipts[0].outcome is Outcome.FAILED
    assert receipts[0].message.startswith("not within 0.05 s: stored is nothing")


async def test_an_awaited_state_is_that_of_after_the_write(
    place: MakePlace, engine: MakeEngine, registry: Registry
) -> None:
    """Ready from before our own patch must not pass for the outcome of it."""
    staging, running = await with_web(place, engine, registry)
    key = staging.kustomization_key("web")
    ok = {"observedGeneration": 1, "conditions": [ready("True", "ReconciliationSucceeded", "old")]}
    await staging.patch(key, {"status": ok}, "status")
    await got(running.wait_for(lambda s: s.get(key).condition("Ready") is not None, PATIENCE))
    running_plan = running.run(
        plan(
            patch_step(running, key, {"spec": {"interval": "5m"}}),
            AwaitStep("w", "wait", needs=("s1",), target=key, until=Until.READY),
        ),
        confirmed=YES,
    )
    await got(running.wait_for(lambda s: s.get(key).generation == 2, PATIENCE))
    done = ready("True", "ReconciliationSucceeded", "new", generation=2)
    await staging.patch(key, {"status": {"observedGeneration": 2, "conditions": [done]}}, "status")
    receipts = await got(running_plan)
    assert receipts[1].message == "Ready=True ReconciliationSucceeded: new"


async def test_a_tag_is_put_only_where_the_plan_saw_it(
    place: MakePlace, engine: MakeEngine, registry: Registry
) -> None:
    old = registry.push("web", "1.4.0", BUNDLE)
    new = registry.push("web", "1.5.0", BUNDLE | {"a": "new"})
    _staging, running = await with_web(place, engine, registry)
    url = registry.url("web")
    step = TagStep("t", "promote", repository=url, digest=new, tag="production", expect="")
    receipts = await got(running.run(plan(step), confirmed=YES))
    assert receipts[0].outcome is Outcome.DONE
    again = await got(running.run(plan(step), confirmed=YES))
    assert again[0].outcome is Outcome.UNCHANGED
    back = dataclasses.replace(step, digest=old)
    refused = await got(running.run(plan(back), confirmed=YES))
    assert refused[0].outcome is Outcome.REFUSED
    assert running.snapshot.tags[url].tags[-1] == "production"


async def test_a_bundle_is_packed_with_its_image_and_pushed(
    place: MakePlace, engine: MakeEngine, registry: Registry, tmp_path: Path
) -> None:
    _staging, running = await with_web(place, engine, registry)
    folder = tmp_path / "bundle"
    folder.mkdir()
    (folder / "kustomization.yaml").write_text("resources: [pod.yaml]\n")
    (folder / "pod.yaml").write_text(POD)
    step = PushStep(
        "p",
        "publish",
        repository=registry.url("web"),
        tag="1.6.0",
        folder=str(folder),
        images={"web": "registry.test/web:1.6.0"},
        source="https://git.test/web.git",
        revision="main@sha1:0123",
    )
    receipts = await got(running.run(plan(step), confirmed=YES))
    assert receipts[0].outcome is Outcome.DONE, receipts[0].message
    again = await got(running.run(plan(step), confirmed=YES))
    assert again[0].outcome is Outcome.UNCHANGED


async def test_an_object_is_applied_and_a_foreign_owner_is_not_overruled(
    place: MakePlace, engine: MakeEngine, registry: Registry
) -> None:
    staging, running = await with_web(place, engine, registry)
    obj = {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": "vars", "namespace": "apps"},
        "data": {"a": "1"},
    }
    target = Key("staging", "", "ConfigMap", "apps", "vars")
    step = ApplyStep("a", "apply", target=target, object=obj)
    first = await got(running.run(plan(step), confirmed=YES))
    assert (first[0].outcome, first[0].message) == (Outcome.DONE, "created")
    again = await got(running.run(plan(step), confirmed=YES))
    assert again[0].outcome is Outcome.UNCHANGED

    type_ = await staging.api.find("v1", "ConfigMap")
    theirs = {**obj, "data": {"a": "2"}}
    await staging.api.apply(type_, theirs, field_manager="somebody", force=True)
    mine = dataclasses.replace(step, object={**obj, "data": {"a": "3"}})
    refused = await got(running.run(plan(mine), confirmed=YES))
    assert refused[0].outcome is Outcome.REFUSED
    assert "somebody" in refused[0].message


async def test_a_circle_of_steps_is_refused_before_anything_is_written(
    place: MakePlace, engine: MakeEngine, registry: Registry
) -> None:
    staging, running = await with_web(place, engine, registry)
    key = staging.kustomization_key("web")
    one = dataclasses.replace(patch_step(running, key, SUSPEND, "a"), needs=("b",))
    two = dataclasses.replace(patch_step(running, key, SUSPEND, "b"), needs=("a",))
    with pytest.raises(RefusedError, match="circle"):
        await got(running.run(plan(one, two), confirmed=YES))
    with pytest.raises(RefusedError, match="not there"):
        await got(running.run(plan(dataclasses.replace(one, needs=("gone",))), confirmed=YES))
