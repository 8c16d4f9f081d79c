"""A Plan becomes Receipts: checked again first, each write once, and never blindly."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest
from engine_plans import BUNDLE, SUSPEND, patch_step, plan, with_web
from engine_stage import PATIENCE, MakeEngine, MakePlace, Registry, got, ready

from fluxtui.domain.errors import RefusedError
from fluxtui.domain.plan import (
    AwaitStep,
    Outcome,
    PatchStep,
    Until,
)
from fluxtui.domain.protection import YES
from fluxtui.domain.revision import tags_hash
from fluxtui.engine.acts.journal import Journal
from fluxtui.world.faults import Rule


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
