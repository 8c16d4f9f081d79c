"""What each kind of Step does: asking, waiting, tagging, pushing and applying, each once."""

from __future__ import annotations

import dataclasses
from pathlib import Path

from engine_plans import BUNDLE, patch_step, plan, with_web
from engine_stage import PATIENCE, MakeEngine, MakePlace, Registry, got, ready

from fluxtui.domain.kinds.kind import REQUESTED_AT
from fluxtui.domain.marks import SUSPENDED_AT
from fluxtui.domain.plan import (
    AT_WRITE,
    ApplyStep,
    AwaitStep,
    Outcome,
    PushStep,
    RequestReconcile,
    TagStep,
    Until,
)
from fluxtui.domain.protection import YES
from fluxtui.domain.resource import Key
from fluxtui.kit.clock import Clock

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


async def test_nothing_waits_for_what_waits_itself_for_what_has_failed(
    place: MakePlace, engine: MakeEngine, registry: Registry
) -> None:
    """Its controller says so; what runs all the same is waited for to its end."""
    staging, running = await with_web(place, engine, registry)
    names = ("db", "api", "app", "free")
    await staging.kustomization("db", "web")
    for name, needed in (("api", "db"), ("app", "api"), ("free", "db")):
        await staging.kustomization(name, "web", dependsOn=[{"name": needed}])
    keys = [staging.kustomization_key(name) for name in names]
    held = [ready("False", "DependencyNotReady", "dependency is not ready")]
    for key in keys[1:3]:
        await staging.patch(
            key, {"status": {"observedGeneration": 1, "conditions": held}}, "status"
        )
    seen = (*keys[1:3],)
    await got(running.wait_for(lambda s: all((r := s.get(k)) and r.status for k in seen), PATIENCE))
    waits = (
        AwaitStep(name, f"see {name}", target=key, until=Until.READY, timeout=PATIENCE)
        for name, key in zip(names, keys, strict=True)
    )
    act = running.run(plan(*waits), confirmed=YES)
    await got(running.wait_for(lambda s: bool(s.acts) and len(s.acts[0].started) == 4, PATIENCE))
    stalled = [ready("True", "BuildFailed", "x") | {"type": "Stalled"},
               ready("False", "BuildFailed", "bad migration")]  # fmt: skip
    await staging.patch(
        keys[0], {"status": {"observedGeneration": 1, "conditions": stalled}}, "status"
    )
    await got(running.wait_for(lambda s: len(s.acts[0].receipts) == 3, PATIENCE))
    fine = [ready("True", "ReconciliationSucceeded", "fine")]
    await staging.patch(
        keys[3], {"status": {"observedGeneration": 1, "conditions": fine}}, "status"
    )
    receipts = await got(act)
    assert [(r.outcome, r.message) for r in receipts[1:3]] == [
        (Outcome.SKIPPED, f"waits for {keys[0].label}, which failed"),
        (Outcome.SKIPPED, f"waits for {keys[1].label}, which was not reached"),
    ]
    assert (receipts[0].outcome, receipts[3].outcome) == (Outcome.FAILED, Outcome.DONE)


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
    more = dataclasses.replace(step, object={**obj, "data": {"a": "1", "b": "2"}})
    other = await got(running.run(plan(more), confirmed=YES))
    assert (other[0].outcome, other[0].message) == (Outcome.DONE, "configured")

    type_ = await staging.api.find("v1", "ConfigMap")
    theirs = {**obj, "data": {"a": "2"}}
    await staging.api.apply(type_, theirs, field_manager="somebody", force=True)
    mine = dataclasses.replace(step, object={**obj, "data": {"a": "3"}})
    refused = await got(running.run(plan(mine), confirmed=YES))
    assert refused[0].outcome is Outcome.REFUSED
    assert "somebody" in refused[0].message


async def test_an_act_without_steps_is_over_at_once(
    place: MakePlace, engine: MakeEngine, registry: Registry
) -> None:
    _staging, running = await with_web(place, engine, registry)
    assert await got(running.run(plan(), confirmed=YES)) == ()
