"""The Engine's own life: light to start, gone when stopped, and no question kills it."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import pytest
from engine_stage import PATIENCE, MakeEngine, MakePlace, Registry, got

from fluxtui.artifacts.client import RegistryClient
from fluxtui.cli.session import environments_known
from fluxtui.cluster.client import KubeCluster
from fluxtui.cluster.credentials import Credentials
from fluxtui.cluster.port import ApiResource, Cluster
from fluxtui.cluster.transport import Transport
from fluxtui.cluster.wire import Timeouts
from fluxtui.domain.ask import ReadLogs
from fluxtui.domain.config import Config, Environment
from fluxtui.domain.errors import ClusterError, ConfigError, FluxtuiError, RefusedError
from fluxtui.domain.knowledge import FeedState
from fluxtui.domain.plan import ApplyStep, Outcome, Plan
from fluxtui.domain.protection import YES
from fluxtui.domain.resource import Key
from fluxtui.domain.snapshot import Snapshot
from fluxtui.engine.ending import ended
from fluxtui.engine.engine import Engine
from fluxtui.engine.registries import RegistryDoor
from fluxtui.world.faults import Rule

HEAVY = [*("kubernetes", "oras", "networkx", "requests", "aiohttp", "pydantic"), "ruamel"]
HEAVY += ["semver", "re2", "textual"]
ROOT = Path(__file__).parents[2]


async def test_who_leaves_before_anything_was_seen_waits_for_nothing(
    place: MakePlace, engine: MakeEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("fluxtui.engine.beginning.LONGEST", 3600.0)
    staging = await place("staging")
    staging.server.faults.set_rules(Rule(hang=True))
    running = engine(staging)
    await asyncio.sleep(0)
    await asyncio.wait_for(asyncio.to_thread(running.stop), PATIENCE)


def test_making_an_engine_imports_nothing_heavy() -> None:
    code = (
        "import sys\n"
        "from fluxtui.domain.config import Config\n"
        "from fluxtui.engine.engine import Engine\n"
        "Engine(Config(), connect=None, registry=None).stop()\n"
        f"print([name for name in {HEAVY!r} if name in sys.modules])\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"


async def test_a_stopped_engine_leaves_no_thread_and_says_so(
    place: MakePlace, engine: MakeEngine
) -> None:
    staging = await place("staging")
    running = engine(staging)
    waiting = running.wait_for(lambda _: False, PATIENCE)
    await got(running.wait_for(lambda s: s.serial > 0, PATIENCE))
    running.stop()
    running.stop()
    assert "fluxtui-engine" not in [thread.name for thread in threading.enumerate()]
    with pytest.raises(RefusedError, match="stopped"):
        await got(waiting)
    with pytest.raises(RefusedError, match="stopped"):
        await got(running.wait_for(lambda _: True, PATIENCE))


async def test_waiting_in_vain_ends_and_a_broken_condition_is_an_error(
    place: MakePlace, engine: MakeEngine
) -> None:
    running = engine(await place("staging"))
    with pytest.raises(TimeoutError):
        await got(running.wait_for(lambda _: False, 0.01))

    def broken(_: Snapshot) -> bool:
        raise KeyError("oops")

    with pytest.raises(FluxtuiError, match="unexpected KeyError"):
        await got(running.wait_for(broken, PATIENCE))
    await got(running.wait_for(lambda s: s.serial > 0, PATIENCE))


async def test_a_context_that_is_not_there_is_a_row_with_its_reason() -> None:
    async def connect(environment: Environment) -> None:
        raise ConfigError("no context 'nowhere'", where="kubeconfig", next="known: staging")

    running = Engine(
        Config(environments=(Environment("nowhere", "nowhere"),)),
        connect=connect,  # type: ignore[arg-type]
        registry=lambda: None,
    )
    running.start()
    seen = await got(running.wait_for(lambda s: "nowhere" in s.unreachable, PATIENCE))
    assert "no context 'nowhere'" in seen.unreachable["nowhere"]
    assert {feed.state for feed in seen.feeds} == {FeedState.RETRYING}
    running.stop()


async def test_a_question_that_fails_is_an_error_and_the_engine_goes_on(
    place: MakePlace, engine: MakeEngine
) -> None:
    running = engine(await place("staging"))
    await got(running.wait_for(lambda s: any(f.state == "live" for f in s.feeds), PATIENCE))
    with pytest.raises(ClusterError):
        await got(running.ask(ReadLogs(Key("staging", "", "Pod", "apps", "gone"))))
    with pytest.raises(ClusterError, match="no such environment"):
        await got(running.ask(ReadLogs(Key("nowhere", "", "Pod", "apps", "gone"))))
    assert await got(running.wait_for(lambda s: s.serial > 0, PATIENCE))


async def test_a_kind_that_comes_by_our_own_apply_is_watched_at_once(
    place: MakePlace, engine: MakeEngine
) -> None:
    from fluxtui.engine.pace import Pace
    from fluxtui.world.apiserver.crds import flux_crds

    staging = await place("staging", crds=[])
    running = engine(staging, pace=Pace(parked=3600))
    flux = "kustomize.toolkit.fluxcd.io"

    def states(snapshot: Snapshot) -> set[FeedState]:
        return {f.state for f in snapshot.feeds if f.kind == (flux, "Kustomization")}

    await got(running.wait_for(lambda s: states(s) == {FeedState.ABSENT}, PATIENCE))
    (crd,) = [c for c in flux_crds() if c["spec"]["group"] == flux]
    kind = "CustomResourceDefinition"
    target = Key("staging", "apiextensions.k8s.io", kind, "", crd["metadata"]["name"])
    step = ApplyStep("a", "apply the CRD", target=target, object=crd)
    plan = Plan("apply", "apply", (step,), ("staging",))
    receipts = await got(running.run(plan, confirmed=YES))
    assert receipts[0].outcome is Outcome.DONE, receipts[0].message
    await got(running.wait_for(lambda s: states(s) == {FeedState.LIVE}, PATIENCE))


async def test_stopping_does_not_wait_for_a_registry_that_hangs(
    place: MakePlace, engine: MakeEngine, registry: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Lists, digests and shared tags alike: each call is left to its own time-out."""
    asked, list_tags = threading.Event(), RegistryClient.list_tags

    def noted(self: RegistryClient, *args: Any, **more: Any) -> Any:
        asked.set()
        return list_tags(self, *args, **more)

    monkeypatch.setattr(RegistryClient, "list_tags", noted)
    staging = await place("staging")
    await staging.namespace()
    await staging.source("web", registry.url("web"), semver="1.x")
    registry.server.faults.set_rules(Rule(hang=True))
    running = engine(staging)
    await got(running.wait_for(lambda s: s.get(staging.source_key("web")) is not None, PATIENCE))
    assert await asyncio.to_thread(asked.wait, PATIENCE) and _registry_thread() is not None
    began = time.monotonic()
    await asyncio.to_thread(running.stop)
    assert time.monotonic() - began < 5.0, "the registry would keep us for a minute"
    assert all(t.daemon for t in threading.enumerate() if t.name == "fluxtui-registry")


async def test_a_call_that_outlives_the_engine_leaves_no_connection_open(
    registry: Registry,
) -> None:
    """Its answer comes after the idle connections were ended: its own must end too."""
    registry.push("web", "1.0.0", {"kustomization.yaml": "resources: []\n"})
    registry.server.faults.set_rules(Rule(latency=0.3))
    client = RegistryClient(registry.settings, environ={}, pause=lambda _seconds: None)
    registries = RegistryDoor(lambda: client)
    call = asyncio.create_task(registries.list_tags(registry.url("web")))
    async with asyncio.timeout(PATIENCE):
        while (thread := _registry_thread()) is None or registries._client is None:
            await asyncio.sleep(0)
    call.cancel()
    registries.close()
    await asyncio.to_thread(thread.join, PATIENCE)
    assert not any(client.connections._idle.values())


def _registry_thread() -> threading.Thread | None:
    return next((t for t in threading.enumerate() if t.name == "fluxtui-registry"), None)


async def test_whoever_wants_one_answer_watches_nothing(place: MakePlace) -> None:
    """A watch is a connection and a request for each feed that nobody will read from."""
    staging = await place("staging")
    asked: list[str] = []

    class Listing(KubeCluster):
        def watch(self, type_: ApiResource, *args: Any, **more: Any) -> Any:
            asked.append(f"watch {type_.kind}")
            return super().watch(type_, *args, **more)

        async def list(self, type_: ApiResource, *args: Any, **more: Any) -> Any:
            asked.append(f"list {type_.kind}")
            return await super().list(type_, *args, **more)

    async def connect(environment: Environment) -> Cluster:
        credentials = Credentials(environment.kubeconfig, environment.context, wire="brief")
        return Listing(Transport(environment.name, credentials, Timeouts()))

    running = Engine(
        Config(environments=(staging.environment,)),
        connect=connect,
        registry=lambda: None,
        brief=True,
        events=False,
    )
    running.start()
    await got(running.wait_for(environments_known, PATIENCE))
    running.stop()
    assert "list Kustomization" in asked and "list Event" not in asked
    assert len(asked) == len(set(asked)) and not [text for text in asked if "watch" in text]


async def test_a_task_that_swallowed_its_cancel_is_cancelled_again() -> None:
    """aiohttp takes a cancel for its own when a request's time is up in the same turn: with
    `--request-timeout 1s` the Engine was left at that very moment, and never ended."""
    swallowed = asyncio.Event()

    async def deaf() -> None:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            swallowed.set()
        await asyncio.Event().wait()

    task = asyncio.create_task(deaf())
    await asyncio.sleep(0)
    async with asyncio.timeout(PATIENCE):
        await ended([task, None], again=0.01)
    assert swallowed.is_set() and task.cancelled()
