"""A change in a cluster reaches the Snapshot, and trouble in one place stays there."""

from __future__ import annotations

import dataclasses
import threading

from engine_stage import PATIENCE, MakeEngine, MakePlace, Registry, got, ready

from fluxtui.domain.kinds import kustomization, ocirepository
from fluxtui.domain.knowledge import FeedState
from fluxtui.domain.snapshot import Snapshot


def of_kind(snapshot: Snapshot, name: str) -> list[str]:
    return sorted(key.name for key in snapshot.table(name, kustomization.KIND))


async def test_what_is_there_and_what_comes_is_in_the_snapshot(
    place: MakePlace, engine: MakeEngine, registry: Registry
) -> None:
    staging = await place("staging")
    await staging.namespace()
    await staging.source("web", registry.url("web"), semver="1.x")
    await staging.kustomization("web", "web")
    running = engine(staging)

    await got(running.wait_for(lambda s: of_kind(s, "staging") == ["web"], PATIENCE))
    await staging.kustomization("api", "web")
    both = await got(running.wait_for(lambda s: of_kind(s, "staging") == ["api", "web"], PATIENCE))
    assert both.table("staging", ocirepository.KIND)[staging.source_key("web")].spec["ref"] == {
        "semver": "1.x"
    }
    assert both.board.row("web") is not None
    assert [n.key.name for n in both.board.chains["staging"]] == ["api", "web"]


async def test_only_what_changed_is_a_new_object(
    place: MakePlace, engine: MakeEngine, registry: Registry
) -> None:
    staging, production = await place("staging"), await place("production")
    for each in (staging, production):
        await each.namespace()
        await each.kustomization("web", "web")
        await each.kustomization("api", "web")
    running = engine(staging, production)
    before = await got(
        running.wait_for(
            lambda s: len(of_kind(s, "staging")) == len(of_kind(s, "production")) == 2, PATIENCE
        )
    )
    key = staging.kustomization_key("web")
    await staging.patch(key, {"spec": {"suspend": True}})
    after = await got(
        running.wait_for(lambda s: bool(s.get(key) and s.get(key).spec.get("suspend")), PATIENCE)
    )
    api = staging.kustomization_key("api")
    assert after.get(api) is before.get(api)
    assert (
        after.resources["production"][kustomization.KIND.id]
        is (before.resources["production"][kustomization.KIND.id])
    )
    assert after.serial > before.serial


async def test_an_unreachable_environment_delays_no_other(
    place: MakePlace, engine: MakeEngine
) -> None:
    staging, production = await place("staging"), await place("production")
    await staging.namespace()
    await staging.kustomization("web", "web")
    production.server.set_unreachable(True)
    running = engine(staging, production)

    seen = await got(
        running.wait_for(
            lambda s: of_kind(s, "staging") == ["web"] and "production" in s.unreachable, PATIENCE
        )
    )
    assert "staging" not in seen.unreachable
    assert any(f.code == "unreachable" and f.environment == "production" for f in seen.findings)

    production.server.set_unreachable(False)
    await got(running.wait_for(lambda s: not s.unreachable, PATIENCE))


async def test_history_forgotten_by_the_api_is_listed_again(
    place: MakePlace, engine: MakeEngine
) -> None:
    staging = await place("staging")
    await staging.namespace()
    await staging.kustomization("web", "web")
    running = engine(staging)
    await got(running.wait_for(lambda s: of_kind(s, "staging") == ["web"], PATIENCE))

    staging.server.compact()
    await staging.kustomization("api", "web")
    await got(running.wait_for(lambda s: of_kind(s, "staging") == ["api", "web"], PATIENCE))


async def test_the_reader_is_woken_and_woken_again(place: MakePlace, engine: MakeEngine) -> None:
    staging = await place("staging")
    await staging.namespace()
    running = engine(staging)
    woken = threading.Semaphore(0)
    running.on_change(woken.release)
    assert woken.acquire(timeout=PATIENCE)
    running.seen()
    await staging.kustomization("web", "web")
    key = staging.kustomization_key("web")
    await got(running.wait_for(lambda s: s.get(key) is not None, PATIENCE))
    assert woken.acquire(timeout=PATIENCE)


async def test_pods_are_watched_only_while_somebody_looks(
    place: MakePlace, engine: MakeEngine
) -> None:
    staging = await place("staging")
    await staging.namespace()
    await staging.kustomization("web", "web")
    container = {"name": "web", "image": "web:1"}
    meta = {"name": "web-0", "namespace": "apps"}
    await staging.create(
        {"apiVersion": "v1", "kind": "Pod", "metadata": meta, "spec": {"containers": [container]}}
    )
    running = engine(staging)
    pods = ("", "Pod")
    before = await got(running.wait_for(lambda s: of_kind(s, "staging") == ["web"], PATIENCE))
    assert not before.table("staging", pods)

    running.interest(frozenset({staging.kustomization_key("web")}))
    open_ = await got(running.wait_for(lambda s: bool(s.table("staging", pods)), PATIENCE))
    assert any(f.kind == pods and f.state is FeedState.LIVE for f in open_.feeds)

    running.interest(frozenset())
    closed = await got(running.wait_for(lambda s: not s.table("staging", pods), PATIENCE))
    assert all(f.kind != pods for f in closed.feeds)


async def test_two_environments_on_one_context_share_its_feeds(
    place: MakePlace, engine: MakeEngine
) -> None:
    shared = await place("shared")
    await shared.namespace("apps")
    await shared.kustomization("web", "web")
    other = dataclasses.replace(
        shared, environment=dataclasses.replace(shared.environment, name="other")
    )
    narrow = dataclasses.replace(
        shared,
        environment=dataclasses.replace(shared.environment, name="narrow", namespaces=("empty",)),
    )
    running = engine(shared, other, narrow)
    seen = await got(
        running.wait_for(lambda s: of_kind(s, "shared") == of_kind(s, "other") == ["web"], PATIENCE)
    )
    assert of_kind(seen, "narrow") == []


async def test_a_change_of_health_is_in_the_time_line(place: MakePlace, engine: MakeEngine) -> None:
    staging = await place("staging")
    await staging.namespace()
    await staging.kustomization("web", "web")
    key = staging.kustomization_key("web")
    running = engine(staging)
    await got(running.wait_for(lambda s: s.get(key) is not None, PATIENCE))
    failed = ready("False", "BuildFailed", "no such file")
    await staging.patch(key, {"status": {"conditions": [failed]}}, "status")
    seen = await got(running.wait_for(lambda s: bool(s.changes), PATIENCE))
    assert seen.changes[0].what == "not ready (BuildFailed): no such file"
    assert seen.changes[0].severity == "error"
    await staging.patch(key, {"spec": {"suspend": True}})
    seen = await got(running.wait_for(lambda s: len(s.changes) == 2, PATIENCE))
    assert seen.changes[0].what == "suspended"
