"""Nothing is written to a protected Environment that was not named, whoever made the Plan and how.

Real servers: what counts as a write is what their stores say afterwards.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from engine_stage import PATIENCE, MakeEngine, MakePlace, Place, Registry, got

from fluxtui.artifacts.reference import Reference
from fluxtui.commands import artifacts
from fluxtui.commands.apply import apply_plan
from fluxtui.commands.command import Context, Target
from fluxtui.commands.proposing import Proposal, advance, proposal, propose
from fluxtui.commands.registry import ACTS, by_id
from fluxtui.domain.config import ServiceConfig
from fluxtui.domain.errors import RefusedError
from fluxtui.domain.kinds import helmchart, helmrelease
from fluxtui.domain.plan import (
    AnyStep,
    ApplyStep,
    DeleteStep,
    PatchStep,
    Plan,
    PushStep,
    RequestReconcile,
    TagStep,
)
from fluxtui.domain.protection import YES, Confirmed
from fluxtui.domain.resource import Key
from fluxtui.engine.engine import Engine
from fluxtui.world.faults import Rule

BUNDLE = {"kustomization.yaml": "resources: []\n"}
NAMESPACE = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "new"}}
VALUES = {
    "reason": "a drill",
    "publish": {"version": "1.2.0"},
    "publish-bad": {"version": "1.2.0", "failure": "crash loop"},
    "promote": {"version": "1.2.0", "from": "2.0.0-rc.1"},
    "pin": {"version": "1.0.0"},
    "range": {"semver": "1.1.x"},
}
NOT_ENOUGH: tuple[Confirmed, ...] = (None, YES, frozenset({"staging"}))


class Delivery:
    """staging is open, production is protected; both follow one repository."""

    def __init__(self, staging: Place, production: Place, registry: Registry, folder: Path) -> None:
        self.staging, self.production, self.registry = staging, production, registry
        self.folder, self.url = folder, registry.url("web")
        self.digests = {
            tag: registry.push("web", tag, {**BUNDLE, "of.txt": tag}, minute)
            for minute, tag in enumerate(("1.0.0", "1.1.0", "2.0.0-rc.1"))
        }

    def revision(self, tag: str) -> str:
        return f"{tag}@{self.digests[tag]}"

    async def deploy(self) -> None:
        for place, semver, tag in (
            (self.staging, ">=2.0.0-0", "2.0.0-rc.1"),
            (self.production, "1.x", "1.1.0"),
        ):
            await place.namespace()
            for name in ("web", "held"):
                await place.source(name, self.url, semver=semver)
                await place.stored(name, self.revision(tag))
                await place.kustomization(name, name)
                before = self.revision("1.0.0" if tag == "1.1.0" else tag)
                history = [
                    _entry(self.revision(tag), "2026-11-23T19:00:00Z"),
                    _entry(before, "2026-11-22T19:00:00Z"),
                ]
                applied = {"lastAppliedRevision": self.revision(tag), "history": history}
                await place.patch(place.kustomization_key(name), {"status": applied}, "status")
        await self.production.serve("hr", "hc")
        await self.production.put("hr", "release", {"chartRef": {"kind": "HelmChart", "name": "x"}})
        await self.production.put("hc", "x", {"chart": "x"})

    @property
    def chart(self) -> Key:
        return Key("production", *helmchart.KIND.id, "apps", "x")

    @property
    def release(self) -> Key:
        return Key("production", *helmrelease.KIND.id, "apps", "release")

    def server_texts(self) -> tuple[Any, ...]:
        """All that is stored, by the stores themselves."""
        tags = self.registry.client.list_tags(Reference.parse(self.url))
        digests = {tag: self.registry.client.resolve(_at(self.url, tag)).digest for tag in tags}
        places = (self.staging, self.production)
        return digests, *(place.server.state.store.rv for place in places)


def _entry(revision: str, at: str) -> dict[str, Any]:
    return {
        "digest": revision.partition("@")[2],
        "firstReconciled": at,
        "lastReconciled": at,
        "lastReconciledDuration": "1s",
        "lastReconciledStatus": "ReconciliationSucceeded",
        "totalReconciliations": 1,
        "metadata": {"revision": revision},
    }


def _at(url: str, tag: str) -> Reference:
    return Reference.parse(f"{url}:{tag}")


@pytest.fixture
async def delivery(place: MakePlace, registry: Registry, tmp_path: Path) -> Delivery:
    folder = tmp_path / "bundle"
    folder.mkdir()
    (folder / "kustomization.yaml").write_text("resources: []\n")
    made = Delivery(
        await place("staging"), await place("production", protected=True), registry, folder
    )
    await made.deploy()
    return made


async def running_on(delivery: Delivery, engine: MakeEngine) -> Engine:
    rehearsals = {"crash loop": {"app": "{version}-crashloop"}}
    service = ServiceConfig(
        "web", (delivery.url,), str(delivery.folder), ("app",), rehearsals=rehearsals
    )
    running = engine(delivery.staging, delivery.production, services=(service,))
    sources = [place.source_key("held") for place in (delivery.staging, delivery.production)]
    waited = (*sources, delivery.release, delivery.chart)

    def known(snapshot: Any) -> bool:
        listed = snapshot.tags.get(delivery.url)
        return all(snapshot.get(key) for key in waited) and bool(listed and listed.listed_at)

    await got(running.wait_for(known, PATIENCE))
    return running


def context(running: Engine, target: Target) -> Context:
    return Context(running.snapshot, target, "2026-11-23T20:00:00.5Z", "ada")


async def proposed(running: Engine, act: str, target: Target) -> Proposal:
    more = VALUES.get(act, {})
    values = {"reason": "a drill", **(more if isinstance(more, dict) else {})}
    proposing = propose(by_id(act), context(running, target), values)
    step = advance(proposing)
    while not isinstance(step, Proposal):
        await got(running.ask(step))
        step = advance(proposing, context(running, target))
    return step


async def refused_each_time(
    running: Engine, delivery: Delivery, plan: Plan, said: Iterable[Confirmed] = NOT_ENOUGH
) -> None:
    before = delivery.server_texts()
    for confirmed in said:
        with pytest.raises(RefusedError, match=r"not confirmed|production is protected"):
            await got(running.run(plan, confirmed=confirmed))
    assert delivery.server_texts() == before, plan.command


async def seen_at(running: Engine, key: Key, version: str) -> None:
    await got(running.wait_for(lambda snapshot: snapshot.as_of(key) == version, PATIENCE))


async def pinned_and_suspended(running: Engine, delivery: Delivery) -> None:
    """For what only then can be done; each named, so that it goes through."""
    held = delivery.production.source_key("held")
    for act in ("pin", "suspend"):
        made = await proposed(running, act, Target("production", "web", held))
        writes = replace(made.plan, steps=made.plan.steps[:1])
        (receipt,) = await got(running.run(writes, confirmed=frozenset({"production"})))
        assert receipt.ok, receipt
        await seen_at(running, held, receipt.message.rpartition(" ")[2])


async def frozen(running: Engine) -> None:
    """For the one act that lifts it."""
    made = await proposed(running, "freeze", Target("production"))
    writes = [step for step in made.plan.steps if isinstance(step, PatchStep)]
    plan = replace(made.plan, steps=tuple(replace(step, needs=()) for step in writes))
    receipts = await got(running.run(plan, confirmed=frozenset({"production"})))
    for step, receipt in zip(writes, receipts, strict=True):
        assert receipt.ok, receipt
        await seen_at(running, step.target, receipt.message.rpartition(" ")[2])


async def test_no_act_runs_on_a_protected_environment_that_nobody_named(
    delivery: Delivery, engine: MakeEngine
) -> None:
    running = await running_on(delivery, engine)
    await pinned_and_suspended(running, delivery)
    web, held = (delivery.production.source_key(name) for name in ("web", "held"))
    demanded = {
        f"reconcile{source}-{word}": delivery.release
        for source in ("", "-with-source")
        for word in ("force", "reset")
    }
    targets = {"unpin": held, "resume": held, **demanded}
    for command in sorted(ACTS, key=lambda act: act.id == "unfreeze"):
        target = Target("production", "web", targets.get(command.id, web))
        if command.id == "unfreeze":
            await frozen(running)
        if command.id == "promote":
            target = Target("staging", "web", delivery.staging.source_key("web"))
        made = await proposed(running, command.id, target)
        assert made.demand.names == ("production",), command.id
        await refused_each_time(running, delivery, made.plan)


async def test_the_verbs_that_have_no_key_are_judged_as_well(
    delivery: Delivery, engine: MakeEngine
) -> None:
    running, url = await running_on(delivery, engine), delivery.url
    newest = delivery.digests["2.0.0-rc.1"]
    at = context(running, Target())
    plans = (
        apply_plan(at, "production", [NAMESPACE], origin="new.yaml"),
        artifacts.push_plan(at, url, "1.3.0", str(delivery.folder), present="").plan,
        artifacts.tag_plan(at, url, newest, {"1.3.0": ""}).plan,
        artifacts.delete_plan(
            at, url, delivery.digests["1.1.0"], tag="1.1.0", shared=(), all_tags=False
        ).plan,
        artifacts.delete_plan(
            at, url, delivery.digests["1.1.0"], tag="", shared=("1.1.0",), all_tags=True
        ).plan,
    )
    for plan in plans:
        assert proposal(plan, running.snapshot).demand.names == ("production",), plan.title
        await refused_each_time(running, delivery, plan)


@pytest.mark.parametrize("step", ["patch", "reconcile", "apply", "tag", "push", "delete", "clear"])
async def test_a_plan_that_says_nothing_of_itself_is_judged_by_its_steps(
    delivery: Delivery, engine: MakeEngine, step: str
) -> None:
    running, url = await running_on(delivery, engine), delivery.url
    key = delivery.production.source_key("web")
    namespace = Key("production", "", "Namespace", "", "new")
    runs, newest = delivery.digests["1.1.0"], delivery.digests["2.0.0-rc.1"]
    steps: dict[str, AnyStep] = {
        "patch": PatchStep(
            "s", "do it", target=key, patch={"spec": {"suspend": True}}, resource_version=""
        ),
        "reconcile": RequestReconcile("s", "do it", target=key, at="now"),
        "apply": ApplyStep("s", "do it", target=namespace, object=NAMESPACE),
        "tag": TagStep("s", "do it", repository=url, digest=newest, tag="1.9.0"),
        "push": PushStep(
            "s", "do it", repository=url, tag="1.9.0", folder=str(delivery.folder), images={}
        ),
        "delete": DeleteStep("s", "do it", repository=url, digest=runs, tag="1.1.0"),
        "clear": DeleteStep("s", "do it", repository=url, digest=runs),
    }
    silent = Plan("anything", "an act", (steps[step],), ())
    await refused_each_time(running, delivery, silent)
    assert [r.ok for r in await got(running.run(silent, confirmed=frozenset({"production"})))] == [
        True
    ]


async def test_an_environment_that_cannot_be_read_now_counts_as_protected(
    delivery: Delivery, engine: MakeEngine, place: MakePlace
) -> None:
    """Open by the configuration, but nobody can say what it would pick."""
    silent = await place("far")
    silent.server.faults.set_rules(Rule(status=503))
    running = engine(delivery.staging, silent)
    await got(
        running.wait_for(lambda s: "far" in s.unreachable and delivery.url in s.tags, PATIENCE)
    )
    step = TagStep(
        "s", "do it", repository=delivery.url, digest=delivery.digests["1.0.0"], tag="0.1.0"
    )
    with pytest.raises(RefusedError, match="far is protected, and not named"):
        await got(running.run(Plan("tag", "an act", (step,), ()), confirmed=YES))


async def test_what_became_protected_since_the_review_is_asked_again(
    delivery: Delivery, engine: MakeEngine
) -> None:
    """Reviewed while production would not pick it; its range was edited meanwhile."""
    running = await running_on(delivery, engine)
    step = TagStep(
        "s", "do it", repository=delivery.url, digest=delivery.digests["1.0.0"], tag="3.0.0"
    )
    plan = Plan("tag", "an act", (step,), ())
    assert proposal(plan, running.snapshot).demand.names == ()
    key = delivery.production.source_key("web")
    await delivery.production.patch(key, {"spec": {"ref": {"semver": ">=1.0.0"}}})

    def edited(snapshot: Any) -> bool:
        source = snapshot.get(key)
        return source is not None and source.spec["ref"]["semver"] == ">=1.0.0"

    await got(running.wait_for(edited, PATIENCE))
    await refused_each_time(running, delivery, plan, (YES,))


async def test_two_protected_environments_are_both_named(
    place: MakePlace, engine: MakeEngine, registry: Registry
) -> None:
    eu, us = await place("eu", protected=True), await place("us", protected=True)
    for each in (eu, us):
        await each.namespace()
        await each.source("web", registry.url("web"), semver="1.x")
    running = engine(eu, us)
    keys = (eu.source_key("web"), us.source_key("web"))
    await got(running.wait_for(lambda s: all(s.get(key) for key in keys), PATIENCE))
    steps = tuple(
        RequestReconcile(f"s{number}", "ask", target=key, at="now")
        for number, key in enumerate(keys)
    )
    plan = Plan("reconcile", "both", steps, ())
    with pytest.raises(RefusedError, match="us is protected, and not named"):
        await got(running.run(plan, confirmed=frozenset({"eu"})))
    receipts = await asyncio.wait_for(
        asyncio.wrap_future(running.run(plan, confirmed=frozenset({"eu", "us"}))), PATIENCE
    )
    assert all(receipt.ok for receipt in receipts)
