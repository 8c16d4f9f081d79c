"""Acts on kinds that no core API serves, whole: a person's Plan, the Engine, and a controller that
the test plays."""

from __future__ import annotations

import asyncio
from typing import Any

from engine_stage import PATIENCE, MakeEngine, MakePlace, Place, flux, got, ready

from fluxtui.commands.command import Context, Target
from fluxtui.commands.registry import by_id
from fluxtui.domain import kinds
from fluxtui.domain.kinds import suspended
from fluxtui.domain.kinds.kind import REQUESTED_AT
from fluxtui.domain.marks import SUSPENDED_REASON, pin
from fluxtui.domain.plan import Outcome, Plan, Receipt
from fluxtui.domain.protection import YES
from fluxtui.domain.resource import Key, Resource
from fluxtui.domain.snapshot import Snapshot
from fluxtui.engine.engine import Engine

NOW = "2026-11-23T18:00:00.000000000Z"
FORCED, RESET = "reconcile.fluxcd.io/forceAt", "reconcile.fluxcd.io/resetAt"
WELL = {"observedGeneration": 1, "conditions": [ready("True", "Succeeded", "ok")]}
CHART = {"chart": "web", "version": "^1.4", "sourceRef": {"kind": "HelmRepository", "name": "c"}}


def planned(running: Engine, command: str, key: Key, **values: str) -> Plan:
    """What a person with the cursor on that object would review."""
    declared = by_id(command)
    context = where(running, key)
    assert declared.plan is not None and declared.disabled_reason(context) is None
    return declared.plan(context, values)


def where(running: Engine, key: Key) -> Context:
    """A person's cursor on that object."""
    return Context(running.snapshot, Target("staging", "", key), NOW, "ada")


async def until(running: Engine, key: Key, condition: Any) -> Resource:
    """The object, once that is true of it."""

    def seen(snapshot: Snapshot) -> bool:
        resource = snapshot.get(key)
        return resource is not None and bool(condition(resource))

    resource = (await got(running.wait_for(seen, PATIENCE))).get(key)
    assert resource is not None
    return resource


async def act(running: Engine, plan: Plan) -> asyncio.Future[tuple[Receipt, ...]]:
    return asyncio.wrap_future(running.run(plan, confirmed=YES))


async def ended(future: asyncio.Future[tuple[Receipt, ...]]) -> list[str]:
    """`outcome message` of each Step."""
    async with asyncio.timeout(PATIENCE):
        return [f"{r.outcome} {r.message}" for r in await future]


async def set_up(place: MakePlace, engine: MakeEngine, *kinds: str) -> tuple[Place, Engine]:
    staging: Place = await place("staging")
    await staging.namespace()
    await staging.serve(*kinds)
    return staging, engine(staging)


async def test_a_release_that_gave_up_is_reset_and_forced_and_says_so(
    place: MakePlace, engine: MakeEngine
) -> None:
    staging, running = await set_up(place, engine, "hr")
    stuck = {"observedGeneration": 1, "conditions": [ready("False", "RetriesExceeded", "4 tries")]}
    key = await staging.put("hr", "web", {"chart": {"spec": CHART}}, stuck)
    await until(running, key, lambda r: r.condition("Ready"))
    for command, annotation, field in (
        ("reconcile-reset", RESET, "lastHandledResetAt"),
        ("reconcile-force", FORCED, "lastHandledForceAt"),
    ):
        future = await act(running, planned(running, command, key))
        asked = await until(running, key, lambda r, name=annotation: name in r.annotations)
        value = asked.annotations[annotation]
        assert asked.annotations[REQUESTED_AT] == value, "or helm-controller would not heed it"
        answer = {**WELL, "lastHandledReconcileAt": value, field: value}
        await staging.patch(key, {"status": answer}, "status")
        assert [line.split()[0] for line in await ended(future)] == ["done", "done"]


async def test_a_force_that_was_not_taken_is_no_success(
    place: MakePlace, engine: MakeEngine
) -> None:
    staging, running = await set_up(place, engine, "hr")
    key = await staging.put("hr", "web", {"chart": {"spec": CHART}}, WELL)
    await until(running, key, lambda r: r.condition("Ready"))
    future = await act(running, planned(running, "reconcile-force", key))
    asked = await until(running, key, lambda r: FORCED in r.annotations)
    waits = ready("False", "DependencyNotReady", "waits for db")
    answer = {"lastHandledReconcileAt": asked.annotations[FORCED], "conditions": [waits]}
    await staging.patch(key, {"status": answer}, "status")
    _asked, waited = await ended(future)
    assert waited.startswith("failed the force was not acknowledged; Ready=False Dependency")


async def test_a_release_its_chart_and_its_repository_answer_one_after_the_other(
    place: MakePlace, engine: MakeEngine
) -> None:
    staging, running = await set_up(place, engine, "hr", "hc", "helmrepo")
    repository = await staging.put("helmrepo", "c", {"url": "http://127.0.0.1:9/c"}, WELL)
    chart = await staging.put("hc", "apps-web", CHART, WELL)
    release = await staging.put("hr", "web", {"chart": {"spec": CHART}}, WELL)
    for key in (repository, chart, release):
        await until(running, key, lambda r: r.condition("Ready"))
    future = await act(running, planned(running, "reconcile-with-source", release))
    for key, behind in ((repository, chart), (chart, release), (release, None)):
        asked = await until(running, key, lambda r: REQUESTED_AT in r.annotations)
        later = running.snapshot.get(behind) if behind else None
        assert later is None or REQUESTED_AT not in later.annotations
        answer = {"lastHandledReconcileAt": asked.annotations[REQUESTED_AT]}
        await staging.patch(key, {"status": answer}, "status")
    assert all(line.startswith("done") for line in await ended(future))


async def test_what_an_annotation_suspends_is_resumed_by_a_run(
    place: MakePlace, engine: MakeEngine
) -> None:
    staging, running = await set_up(place, engine, "rset")
    well = {"conditions": [ready("True", "ReconciliationSucceeded", "applied")]}
    key = await staging.put("rset", "previews", {"resources": []}, well)
    await until(running, key, lambda r: r.condition("Ready"))
    future = await act(running, planned(running, "suspend", key, reason="audit"))
    assert all(line.startswith("done") for line in await ended(future))
    held = await until(running, key, suspended)
    assert held.annotations[SUSPENDED_REASON] == "audit"

    future = await act(running, planned(running, "resume", key))
    asked = await until(running, key, lambda r: REQUESTED_AT in r.annotations)
    assert not suspended(asked) and SUSPENDED_REASON not in asked.annotations
    answer = {**well, "lastHandledReconcileAt": asked.annotations[REQUESTED_AT]}
    await staging.patch(key, {"status": answer}, "status")
    assert all(line.startswith("done") for line in await ended(future))


async def test_an_alert_is_suspended_and_resumed_though_no_controller_answers(
    place: MakePlace, engine: MakeEngine
) -> None:
    staging, running = await set_up(place, engine, "alert")
    key = await staging.put("alert", "pager", {"providerRef": {"name": "chat"}})
    await until(running, key, lambda r: True)
    for command, held in (("suspend", True), ("resume", False)):
        future = await act(running, planned(running, command, key, reason="night"))
        outcomes = [line.split()[0] for line in await ended(future)]
        assert outcomes == [Outcome.DONE, Outcome.DONE]
        await until(running, key, lambda r, wanted=held: suspended(r) is wanted)


def releases(*versions: str) -> list[dict[str, Any]]:
    """Helm's history, the newest last."""
    entries = [
        {"version": n, "chartName": "web", "chartVersion": version, "status": "superseded"}
        for n, version in enumerate(versions, start=1)
    ]
    return [*entries[:-1], {**entries[-1], "status": "deployed"}]


async def test_a_release_goes_back_to_the_chart_before_and_is_let_go_again(
    place: MakePlace, engine: MakeEngine
) -> None:
    staging, running = await set_up(place, engine, "hr", "hc")
    chart = await staging.put("hc", "apps-web", CHART, {**WELL, "artifact": {"revision": "1.5.0"}})
    ran = {"history": releases("1.4.2", "1.5.0"), "lastAttemptedRevision": "1.5.0"}
    key = await staging.put("hr", "web", {"chart": {"spec": CHART}}, {**WELL, **ran})
    for known in (chart, key):
        await until(running, known, lambda r: r.condition("Ready"))
    version = by_id("rollback").arguments[0].default(where(running, key))
    assert version == "1.4.2"
    future = await act(running, planned(running, "rollback", key, version=version, reason="slow"))

    held = await until(running, key, lambda r: r.spec["chart"]["spec"]["version"] == "1.4.2")
    mark = pin(held)
    assert mark is not None and (mark.by, mark.reason) == ("ada", "slow")
    await staging.patch(chart, {"status": {"artifact": {"revision": "1.4.2"}}}, "status")
    back = {"history": releases("1.4.2", "1.5.0", "1.4.2"), "lastAttemptedRevision": "1.4.2"}
    await staging.patch(key, {"status": {**back, "observedGeneration": 2}}, "status")
    assert [line.split(";")[0] for line in await ended(future)][1:] == [
        "done stored 1.4.2",
        "done applied 1.4.2",
    ]

    future = await act(running, planned(running, "unpin", key))
    free = await until(running, key, lambda r: r.spec["chart"]["spec"]["version"] == "^1.4")
    assert not any(name.startswith("fluxtui.dev/") for name in free.annotations)
    good = ready("True", "UpgradeSucceeded", "ok", free.generation)
    observed = {"observedGeneration": free.generation, "conditions": [good]}
    await staging.patch(key, {"status": observed}, "status")
    assert all(line.startswith("done") for line in await ended(future))


async def test_a_parent_that_declares_the_version_is_named_before_the_pin(
    place: MakePlace, engine: MakeEngine
) -> None:
    staging, running = await set_up(place, engine, "hr")
    await staging.kustomization("apps", "web")
    release = kinds.by_short("hr")
    assert release is not None
    labels = {
        "kustomize.toolkit.fluxcd.io/name": "apps",
        "kustomize.toolkit.fluxcd.io/namespace": "apps",
    }
    made = flux(release.api_version, release.kind, "web", {"chart": {"spec": CHART}})
    made["metadata"]["labels"] = labels
    type_ = await staging.api.find(release.api_version, release.kind)
    await staging.api.apply(type_, made, field_manager="kustomize-controller")
    key = Key("staging", *release.id, "apps", "web")
    await until(running, key, lambda r: True)
    await until(running, staging.kustomization_key("apps"), lambda r: True)
    (warning, *_more) = planned(running, "pin", key, version="1.4.0").warnings
    assert warning.startswith("Kustomization/apps/apps declares spec.chart.spec.version and puts")
    assert "within 1m" in warning


async def test_git_is_held_on_the_commit_that_ran_before(
    place: MakePlace, engine: MakeEngine
) -> None:
    staging, running = await set_up(place, engine)
    one, two = (f"main@sha1:{digit * 40}" for digit in "12")
    spec = {"url": "https://git.test/fleet", "interval": "1m", "ref": {"branch": "main"}}
    stored = {
        "revision": two,
        "digest": f"sha256:{'0' * 64}",
        "path": "gitrepository/apps/fleet/x.tar.gz",
        "url": "http://source-controller/x.tar.gz",
        "lastUpdateTime": NOW,
    }
    source = await staging.put("gitrepo", "fleet", spec, {**WELL, "artifact": stored})
    await staging.kustomization("apps", "", sourceRef={"kind": "GitRepository", "name": "fleet"})
    key = staging.kustomization_key("apps")
    history = [
        {
            "digest": f"sha256:{digit * 64}",
            "firstReconciled": at,
            "lastReconciled": at,
            "lastReconciledDuration": "1s",
            "lastReconciledStatus": "ReconciliationSucceeded",
            "totalReconciliations": 1,
            "metadata": {"revision": revision},
        }
        for digit, revision, at in (("2", two, NOW), ("1", one, "2026-11-22T18:00:00Z"))
    ]
    ran = {"lastAppliedRevision": two, "lastAttemptedRevision": two, "history": history}
    await staging.patch(key, {"status": ran}, "status")
    await until(running, source, lambda r: r.condition("Ready"))
    await until(running, key, lambda r: r.status.get("history"))
    version = by_id("rollback").arguments[0].default(where(running, key))
    assert version == "1" * 40
    future = await act(running, planned(running, "rollback", key, version=version, reason="bad"))
    held = await until(running, source, lambda r: "commit" in r.spec["ref"])
    assert held.spec["ref"] == {"branch": "main", "commit": version}
    await staging.patch(source, {"status": {"artifact": {"revision": one}}}, "status")
    applied = {"lastAppliedRevision": one, "lastAttemptedRevision": one}
    await staging.patch(key, {"status": applied}, "status")
    assert all(line.startswith("done") for line in await ended(future))
