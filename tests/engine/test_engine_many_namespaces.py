"""Many namespaces on real connections: all of it is seen, and an act gets through at once."""

from __future__ import annotations

import asyncio
from collections import Counter

import pytest
from engine_stage import PATIENCE, MakeEngine, MakePlace, Place, flux, got

from fluxtui.domain import kinds
from fluxtui.domain.knowledge import FeedState
from fluxtui.domain.plan import Outcome, PatchStep, Plan
from fluxtui.domain.protection import YES
from fluxtui.domain.resource import Key
from fluxtui.domain.snapshot import Feed, Snapshot
from fluxtui.engine.engine import Engine
from fluxtui.world.faults import Rule

MANY = 40
AT_ONCE = 20.0
"""Seconds within which an act must be through, on a busy machine; a watch lasts for minutes."""
POD = ("", "Pod")


def names(count: int = MANY) -> list[str]:
    return [f"team-{n:02}" for n in range(count)]


async def delivered(staging: Place) -> list[Key]:
    """A Kustomization for each of many namespaces, and a Pod in the last."""
    await staging.namespace()
    for name in names():
        await staging.kustomization(name, "web", targetNamespace=name)
    await staging.namespace(names()[-1])
    await staging.create(
        {
            "apiVersion": "v1",
            "kind": "Pod",
            "metadata": {"name": "web", "namespace": names()[-1]},
            "spec": {"containers": [{"name": "web", "image": "web"}]},
        }
    )
    return [staging.kustomization_key(name) for name in names()]


def feeds_of(snapshot: Snapshot) -> list[Feed]:
    """Those that are open; a kind without its CRD has none, only a row that says so."""
    core = {kind.id for kind in kinds.ALL if kind.core}
    served = {*core, ("source.toolkit.fluxcd.io", "GitRepository")}  # by the World
    flux = {kind.id for kind in kinds.ALL} - served
    return [feed for feed in snapshot.feeds if feed.kind not in flux]


def all_seen(snapshot: Snapshot) -> bool:
    pod = Key("staging", *POD, names()[-1], "web")
    states = {feed.state for feed in snapshot.feeds if feed.kind == POD}
    return snapshot.get(pod) is not None and states == {FeedState.LIVE}


async def suspends(running: Engine, key: Key) -> None:
    """An act on the object is done, and seen, at once."""
    step = PatchStep(
        "s1",
        "suspend",
        target=key,
        patch={"spec": {"suspend": True}},
        resource_version=running.snapshot.as_of(key),
    )
    async with asyncio.timeout(AT_ONCE):
        (receipt,) = await got(
            running.run(Plan("test", "a test", (step,), ("staging",), user="ada"), confirmed=YES)
        )
    assert receipt.outcome is Outcome.DONE


async def test_the_pods_of_many_namespaces_take_one_watch_a_kind(
    place: MakePlace, engine: MakeEngine
) -> None:
    staging = await place("staging")
    keys = await delivered(staging)
    running = engine(staging)
    await got(running.wait_for(lambda s: all(s.get(key) for key in keys), PATIENCE))
    running.interest(frozenset(keys))
    snapshot = await got(running.wait_for(all_seen, PATIENCE))
    assert Counter(f.namespace for f in snapshot.feeds if f.kind == POD) == {"": 1}
    assert not [f for f in snapshot.findings if f.code == "watches"]
    await suspends(running, keys[0])
    running.interest(frozenset())
    await got(running.wait_for(lambda s: not [f for f in s.feeds if f.kind == POD], PATIENCE))


async def test_where_that_is_not_allowed_acts_get_through_and_the_cause_is_named(
    place: MakePlace, engine: MakeEngine
) -> None:
    staging = await place("staging")
    keys = await delivered(staging)
    running = engine(staging)
    await got(running.wait_for(lambda s: all(s.get(key) for key in keys), PATIENCE))
    everywhere = r"^/api/v1/(pods|events|persistentvolumeclaims)(\?|$)|/apps/v1/replicasets(\?|$)"
    refused = Rule(path=everywhere, status=403, reason="Forbidden", message="not in all of them")
    staging.server.faults.set_rules(refused)
    running.interest(frozenset(keys))

    snapshot = await got(running.wait_for(all_seen, PATIENCE))
    pods = Counter(f.namespace for f in snapshot.feeds if f.kind == POD)
    assert pods == dict.fromkeys(names(), 1), "each namespace has been listed"
    (finding,) = (f for f in snapshot.findings if f.code == "watches")
    assert "staging may have 96 watches open" in finding.message
    assert f"of {len(feeds_of(snapshot))} feeds are asked now and then" in finding.message
    await suspends(running, keys[-1])

    running.interest(frozenset(keys[:2]))
    await got(
        running.wait_for(lambda s: not [f for f in s.findings if f.code == "watches"], PATIENCE)
    )


@pytest.mark.parametrize("allowed", [True, False])
async def test_many_configured_namespaces_are_all_seen_and_nothing_else_is(
    place: MakePlace, engine: MakeEngine, allowed: bool
) -> None:
    staging = await place("staging", namespaces=tuple([*names(16), "apps"]))
    await staging.namespace()
    for name in ("aside", *names(16)):
        await staging.namespace(name)
        app = flux("kustomize.toolkit.fluxcd.io/v1", "Kustomization", "app", {})
        app["metadata"]["namespace"] = name
        app["spec"] = {"interval": "1m", "prune": True, "path": "./",
                       "sourceRef": {"kind": "OCIRepository", "name": "web"}}  # fmt: skip
        await staging.create(app)
    if not allowed:
        everywhere = r"^/(api/v1|apis/[^/]+/[^/]+)/(?!namespaces/)[a-z]+(\?|$)"
        rule = Rule(path=everywhere, status=403, reason="Forbidden", message="not in all of them")
        staging.server.faults.set_rules(rule)
    running = engine(staging)
    states: set[FeedState] = set()

    def seen(name: str) -> Key:
        return Key("staging", "kustomize.toolkit.fluxcd.io", "Kustomization", name, "app")

    def settled(snapshot: Snapshot) -> bool:
        now = {feed.state for feed in feeds_of(snapshot)}
        states.update(now)
        return all(snapshot.get(seen(name)) for name in names(16)) and now == {FeedState.LIVE}

    snapshot = await got(running.wait_for(settled, PATIENCE))
    assert states == {FeedState.STARTING, FeedState.LIVE}, "nobody takes the refusal for an answer"
    assert snapshot.get(seen("aside")) is None
    rationed = [f for f in snapshot.findings if f.code == "watches"]
    assert bool(rationed) is not allowed
    assert {bool(feed.namespace) for feed in feeds_of(snapshot)} == {not allowed}
    await suspends(running, seen(names(16)[-1]))


async def test_what_has_not_been_listed_yet_is_starting_and_never_live(
    place: MakePlace, engine: MakeEngine
) -> None:
    staging = await place("staging")
    keys = await delivered(staging)
    running = engine(staging)
    await got(running.wait_for(lambda s: all(s.get(key) for key in keys), PATIENCE))
    staging.server.faults.set_rules(Rule(path=r"/pods(\?|$)", hang=True))
    running.interest(frozenset(keys[:1]))
    snapshot = await got(running.wait_for(lambda s: any(f.kind == POD for f in s.feeds), PATIENCE))
    assert [f.state for f in snapshot.feeds if f.kind == POD] == [FeedState.STARTING]


@pytest.mark.parametrize("wider", [True, False])
async def test_a_pod_in_sight_stays_in_sight_when_more_or_less_is_looked_at(
    place: MakePlace, engine: MakeEngine, wider: bool
) -> None:
    """Other feeds take over, in their own time: what was known meanwhile is not forgotten."""
    staging = await place("staging")
    keys = await delivered(staging)
    one, all_ = frozenset({keys[-1]}), frozenset(keys)
    before, after = (one, all_) if wider else (all_, one)
    pod = Key("staging", *POD, names()[-1], "web")
    running = engine(staging)
    await got(running.wait_for(lambda s: all(s.get(key) for key in keys), PATIENCE))
    running.interest(before)
    await got(running.wait_for(all_seen, PATIENCE))
    staging.server.faults.set_rules(Rule(path="/pods", latency=0.5))
    sightings: list[bool] = []
    scope = "" if wider else names()[-1]

    def handed_over(snapshot: Snapshot) -> bool:
        sightings.append(snapshot.get(pod) is not None)
        feeds = [feed for feed in snapshot.feeds if feed.kind == POD]
        return all(f.namespace == scope and f.state is FeedState.LIVE for f in feeds)

    running.interest(after)
    await got(running.wait_for(handed_over, PATIENCE))
    assert all(sightings), "it was gone for a while"
