"""A failure that a wait finds is stale until the object changes; one that comes is the answer."""

from __future__ import annotations

import asyncio
from typing import Any

from engine_stage import PATIENCE, MakeEngine, MakePlace, Place, Registry, got, ready

from fluxtui.domain.plan import AwaitStep, Outcome, Plan, Receipt, Until
from fluxtui.domain.resource import Key
from fluxtui.engine.engine import Engine

REVISION = "1.5.0@sha256:" + "b" * 64
AT = "2026-11-23T18:00:00.000000001Z"


async def failing(
    place: MakePlace, engine: MakeEngine, registry: Registry, **more: Any
) -> tuple[Place, Engine, Key]:
    """An Engine that has seen a Kustomization fail at REVISION."""
    staging = await place("staging")
    await staging.namespace()
    await staging.source("web", registry.url("web"), semver="1.x")
    await staging.kustomization("web", "web")
    running, key = engine(staging), staging.kustomization_key("web")
    await report(staging, key, "False", "HealthCheckFailed", "old", **more)
    await got(
        running.wait_for(lambda s: s.get(key) and s.get(key).condition("Ready"), PATIENCE),
    )
    return staging, running, key


async def report(
    staging: Place, key: Key, ready_is: str, reason: str, text: str, **more: Any
) -> None:
    """What the controller writes when it has tried REVISION."""
    tried = {"lastAttemptedRevision": REVISION, "conditions": [ready(ready_is, reason, text)]}
    await staging.patch(key, {"status": {**tried, **more}}, "status")


async def waiting(
    running: Engine, key: Key, until: Until, value: str, timeout: float = PATIENCE
) -> asyncio.Future[tuple[Receipt, ...]]:
    """The outcome of a Plan that only waits, once that wait has looked for the first time."""
    step = AwaitStep("w", "wait", target=key, until=until, value=value, timeout=timeout)
    plan = Plan("test", "a test", (step,), ("staging",), inputs={}, user="ada")
    receipts = asyncio.wrap_future(running.run(plan, confirmed=None))
    await got(running.wait_for(lambda s: any("w" in act.started for act in s.acts), PATIENCE))
    return receipts


async def test_a_failure_from_before_is_not_the_outcome(
    place: MakePlace, engine: MakeEngine, registry: Registry
) -> None:
    staging, running, key = await failing(place, engine, registry)
    receipts = await waiting(running, key, Until.APPLIED, "1.5.0")
    mended = {"lastAppliedRevision": REVISION}
    await report(staging, key, "True", "ReconciliationSucceeded", "mended", **mended)
    (receipt,) = await receipts
    assert (receipt.outcome, receipt.message) == (Outcome.DONE, f"applied {REVISION}")


async def test_a_failure_that_comes_while_it_is_waited_is_the_outcome(
    place: MakePlace, engine: MakeEngine, registry: Registry
) -> None:
    staging, running, key = await failing(place, engine, registry)
    receipts = await waiting(running, key, Until.APPLIED, "1.5.0")
    await report(staging, key, "False", "HealthCheckFailed", "again")
    (receipt,) = await receipts
    assert receipt.outcome is Outcome.FAILED
    assert receipt.message == "Ready=False HealthCheckFailed: again"


async def test_the_answer_to_a_request_may_have_been_quicker_than_the_wait(
    place: MakePlace, engine: MakeEngine, registry: Registry
) -> None:
    _staging, running, key = await failing(place, engine, registry, lastHandledReconcileAt=AT)
    receipts = await waiting(running, key, Until.HANDLED, AT, timeout=2.0)
    (receipt,) = await receipts
    assert receipt.outcome is Outcome.FAILED
    assert receipt.message == "Ready=False HealthCheckFailed: old"


async def test_what_is_so_when_the_wait_begins_is_done_at_once(
    place: MakePlace, engine: MakeEngine, registry: Registry
) -> None:
    """Only a failure may be stale: nothing more would be written of an object that is well."""
    staging, running, key = await failing(place, engine, registry)
    applied = {"lastAppliedRevision": REVISION}
    await report(staging, key, "True", "ReconciliationSucceeded", "mended", **applied)
    await got(running.wait_for(lambda s: "lastAppliedRevision" in s.get(key).status, PATIENCE))
    (receipt,) = await (await waiting(running, key, Until.APPLIED, "1.5.0", timeout=2.0))
    assert (receipt.outcome, receipt.message) == (Outcome.DONE, f"applied {REVISION}")
