"""An act that is given up spares the write that is under way: its answer is awaited and told.

A request that is cut in the middle may have arrived or not, and nobody would know. Whoever gives
up (a signal, a key, the end of the terminal) comes the same way, by the Engine's `stop`.
"""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
from engine_plans import SUSPEND
from engine_stage import PATIENCE, QUICK, MakePlace, Place, Registry, got

from fluxtui.artifacts.client import RegistryClient
from fluxtui.cluster.client import connect
from fluxtui.domain.config import Config, Environment
from fluxtui.domain.plan import AwaitStep, Outcome, PatchStep, Plan, Until
from fluxtui.domain.protection import YES
from fluxtui.domain.snapshot import Act
from fluxtui.engine.acts import jobs
from fluxtui.engine.acts.journal import Journal
from fluxtui.engine.acts.past import interrupted_acts
from fluxtui.engine.engine import Engine

WHY = "the terminal was closed"


class Slow:
    """A real Cluster that gets a patch through only when the wait beside it was given up; with
    `silent`, never."""

    def __init__(self, api: Any, *, silent: bool) -> None:
        self._api, self._silent = api, silent

    def __getattr__(self, name: str) -> Any:
        return getattr(self._api, name)

    async def patch(self, *args: Any, **more: Any) -> Any:
        beside = [t for t in asyncio.all_tasks() if t.get_name() == "step wait"]
        await asyncio.wait(beside)
        if self._silent:
            await asyncio.Event().wait()
        return await self._api.patch(*args, **more)


async def given_up(
    place: MakePlace, registry: Registry, folder: Path, *, silent: bool
) -> tuple[Place, Act]:
    """A write, a wait beside it, a write after it; left in the middle, as the next start has it."""
    staging = await place("staging")
    await staging.namespace()
    await staging.source("web", registry.url("web"), tag="main")
    source = staging.source_key("web")

    async def reach(environment: Environment) -> Any:
        api = await connect(environment.kubeconfig, environment.context, name=environment.name)
        return Slow(api, silent=silent)

    engine = Engine(
        Config(environments=(staging.environment,), cache=str(folder / "cache"), user="ada"),
        connect=reach,
        registry=lambda: RegistryClient(registry.settings, environ={}, pause=lambda _seconds: None),
        journal=Journal(folder / "journal.jsonl"),
        pace=QUICK,
    )
    engine.start()
    try:
        seen = await got(engine.wait_for(lambda s: s.get(source) is not None, PATIENCE))
        write = PatchStep(
            "write", "suspend", target=source, patch=SUSPEND, resource_version=seen.as_of(source)
        )
        wait = AwaitStep("wait", "see it", target=source, until=Until.PICKED, value="2.0.0")
        more = PatchStep("more", "again", ("write",), target=source, patch=SUSPEND,
                         resource_version="")  # fmt: skip
        plan = Plan("suspend", "suspend web", (write, wait, more), ("staging",), user="ada")
        engine.run(plan, confirmed=YES)
        begun = {"write", "wait"}
        await got(engine.wait_for(lambda s: any(begun <= set(a.started) for a in s.acts), PATIENCE))
    finally:
        await asyncio.to_thread(engine.stop, WHY)
    (act,) = interrupted_acts(Journal(folder / "journal.jsonl"))
    return staging, act


async def suspended(staging: Place) -> bool:
    type_ = await staging.api.find("source.toolkit.fluxcd.io/v1", "OCIRepository")
    return bool((await staging.api.get(type_, "apps", "web"))["spec"].get("suspend"))


def outcomes(act: Act) -> dict[str, Outcome]:
    return {receipt.step: receipt.outcome for receipt in act.receipts}


async def test_the_write_under_way_is_awaited_and_told_and_nothing_begins_after_it(
    place: MakePlace, registry: Registry, tmp_path: Path
) -> None:
    staging, act = await given_up(place, registry, tmp_path, silent=False)
    assert outcomes(act) == {
        "write": Outcome.DONE,
        "wait": Outcome.UNKNOWN,
        "more": Outcome.NEVER,
    }
    assert act.cut == WHY and await suspended(staging)


async def test_a_write_that_is_not_answered_holds_nobody_up_and_is_called_unknown(
    place: MakePlace, registry: Registry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "GRACE", 0.05)
    staging, act = await given_up(place, registry, tmp_path, silent=True)
    assert outcomes(act) == {
        "write": Outcome.UNKNOWN,
        "wait": Outcome.UNKNOWN,
        "more": Outcome.NEVER,
    }
    assert act.cut == WHY and not await suspended(staging)
