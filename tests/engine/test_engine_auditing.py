"""With `audit: {events: true}` an act leaves an Event on what it writes; without, nothing."""

from __future__ import annotations

from typing import Any

import pytest
from engine_stage import MakeEngine, MakePlace, Place, got

from fluxtui.domain.plan import Outcome, PatchStep, Plan, Receipt
from fluxtui.domain.protection import YES
from fluxtui.engine.engine import Engine
from fluxtui.world.faults import Rule


async def events(place: Place) -> list[dict[str, Any]]:
    type_ = await place.api.find("v1", "Event")
    listed = await place.api.list(type_, "apps")
    return [e for e in listed.items if e["source"].get("component") == "fluxtui"]


async def suspend(place: Place, running: Engine, *, again: bool = False) -> Receipt:
    key = place.kustomization_key("web")
    seen = await got(running.wait_for(lambda s: s.get(key) is not None, 30))
    step = PatchStep("s", "suspend web", target=key, patch={"spec": {"suspend": True}},
                     resource_version="" if again else seen.as_of(key))  # fmt: skip
    plan = Plan("suspend", "suspend web in staging", (step,), ("staging",), reason="a drill",
                user="ada", approver="ben", made_at=str(again))  # fmt: skip
    (receipt,) = await got(running.run(plan, confirmed=YES))
    return receipt


async def prepared(place: MakePlace) -> Place:
    staging: Place = await place("staging")
    await staging.namespace()
    await staging.kustomization("web", "web")
    return staging


async def test_it_says_who_did_what_and_why_on_the_object(
    place: MakePlace, engine: MakeEngine
) -> None:
    staging = await prepared(place)
    running = engine(staging, audit_events=True)
    receipt = await suspend(staging, running)
    assert receipt.outcome is Outcome.DONE and "Event" not in receipt.message
    (event,) = await events(staging)
    key = staging.kustomization_key("web")
    web = running.snapshot.get(key)
    assert web is not None
    assert event["involvedObject"] == {
        "apiVersion": "kustomize.toolkit.fluxcd.io/v1", "kind": "Kustomization",
        "namespace": "apps", "name": "web", "uid": web.uid,
    }  # fmt: skip
    assert (event["type"], event["reason"]) == ("Normal", "FluxtuiSuspend")
    assert event["message"] == (
        f"suspend web in staging by ada, approved by ben: a drill (suspend web; act {receipt.plan})"
    )
    assert event["metadata"]["annotations"] == {"fluxtui.dev/act": receipt.plan}
    unchanged = await suspend(staging, running, again=True)
    assert unchanged.outcome is Outcome.UNCHANGED and len(await events(staging)) == 1


async def test_without_it_there_is_none(place: MakePlace, engine: MakeEngine) -> None:
    staging = await prepared(place)
    assert (await suspend(staging, engine(staging))).ok
    assert await events(staging) == []


@pytest.mark.parametrize(
    ("rule", "why"),
    [
        ({"status": 403, "message": "events is forbidden: ada may not create"}, "may not create"),
        ({"hang": True}, "no answer within 0.2 s"),
        ({"cut": "before"}, ""),
    ],
)
async def test_one_that_cannot_be_written_is_told_and_fails_nothing(
    rule: dict[str, Any], why: str, place: MakePlace, engine: MakeEngine,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr("fluxtui.engine.acts.auditing.PATIENCE", 0.2 if "hang" in rule else 30)
    staging = await prepared(place)
    running = engine(staging, audit_events=True)
    staging.server.faults.set_rules(Rule(methods=("POST",), path="/events", **rule))
    receipt = await suspend(staging, running)
    assert receipt.outcome is Outcome.DONE
    assert "no Event was written: " in receipt.message and why in receipt.message
    staging.server.faults.clear()
    assert await events(staging) == []
