"""Logs as an on-call engineer reads them: what failed comes first, the rest is a key away."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from textual.pilot import Pilot

from fluxtui.domain.errors import Forbidden
from fluxtui.domain.knowledge import FeedState
from fluxtui.domain.resource import Key, Resource
from fluxtui.domain.snapshot import Feed, Snapshot
from fluxtui.ui.screens.logs import Logs
from tests.ui.conftest import MakeApp, opened
from tests.ui.frame import screen_text, sees, text, until
from tests.ui.ui_delivery import night
from tests.ui.ui_engine import ScriptedEngine
from tests.ui.ui_log import ScriptedLog

NAME = "clickhouse-migrations-x7k2p"
LABELS = {"job-name": "clickhouse-migrations"}
SMALL, WIDE = (80, 24), (200, 50)


def pod(name: str = NAME, *, restarts: int = 3, running: bool = False) -> Resource:
    crashed = {"terminated": {"exitCode": 62, "reason": "Error"}}
    waits: dict[str, Any] = {"waiting": {"reason": "CrashLoopBackOff"}}
    statuses = [
        {"name": "proxy", "state": {"running": {}}, "ready": True},
        {
            "name": "migrate",
            "state": {"running": {}} if running else waits,
            "ready": running,
            "lastState": crashed,
            "restartCount": restarts,
        },
    ]
    return Resource.from_object(
        "staging",
        {
            "apiVersion": "v1",
            "kind": "Pod",
            "metadata": {"name": name, "namespace": "activity-system", "labels": LABELS},
            "spec": {"containers": [{"name": "proxy"}, {"name": "migrate"}]},
            "status": {"containerStatuses": statuses},
        },
    )


def job() -> Resource:
    return Resource.from_object(
        "staging",
        {
            "apiVersion": "batch/v1",
            "kind": "Job",
            "metadata": {"name": "clickhouse-migrations", "namespace": "activity-system"},
            "spec": {"selector": {"matchLabels": LABELS}},
        },
    )


def with_pods(*pods: Resource) -> Snapshot:
    snapshot = night()
    tables: dict[tuple[str, str], dict[Key, Resource]] = {
        kind: dict(table) for kind, table in snapshot.resources["staging"].items()
    }
    tables[("", "Pod")] = {p.key: p for p in pods}
    tables[("batch", "Job")] = {job().key: job()}
    return replace(snapshot, resources={**snapshot.resources, "staging": tables})


async def open_log(pilot: Pilot[None], engine: ScriptedEngine) -> ScriptedLog:
    """From the board to the log of the Pod under the root blocker."""
    await pilot.press("enter", "down", "down", "l")
    assert await until(pilot, lambda: isinstance(pilot.app.screen, Logs) and bool(engine.logs))
    await sees(pilot, "column exists")
    return engine.logs[-1]


async def test_of_two_containers_the_failing_one_is_read(
    make_app: MakeApp, engine: ScriptedEngine
) -> None:
    app = make_app(with_pods(pod()))
    async with opened(app, SMALL) as pilot:
        log = await open_log(pilot, engine)
        assert (log.question.pod.name, log.question.container) == (NAME, "migrate")
        await sees(pilot, "✗ migrate CrashLoopBackOff ×3")
        await pilot.press("c")
        assert await until(pilot, lambda: len(engine.logs) == 2)
        assert engine.logs[-1].question.container == "proxy"
        assert log.closed


async def test_the_run_before_and_the_times_are_asked_for(
    make_app: MakeApp, engine: ScriptedEngine
) -> None:
    app = make_app(with_pods(pod()))
    async with opened(app, SMALL) as pilot:
        await open_log(pilot, engine)
        await pilot.press("p")
        await sees(pilot, "the run before this one")
        await pilot.press("t")
        assert await until(pilot, lambda: len(engine.logs) == 3)
        asked = engine.logs[-1].question
        assert asked.previous and asked.timestamps


async def test_new_lines_keep_the_end_in_sight_until_one_goes_up(
    make_app: MakeApp, engine: ScriptedEngine
) -> None:
    for size in (SMALL, WIDE):
        async with opened(make_app(with_pods(pod())), size) as pilot:
            log = await open_log(pilot, engine)
            log.write(*(f"line {n:03}" for n in range(200)))
            await sees(pilot, "line 199")
            await pilot.press("home")
            await sees(pilot, "migration 004 begins")
            log.write("line 200")
            await sees(pilot, "held, f goes to the end")
            assert "line 200" not in text(pilot.app)
            await pilot.press("f")
            await sees(pilot, "line 200")
            assert "migration 004 begins" not in text(pilot.app)


async def test_a_container_that_runs_again_is_followed_on(
    make_app: MakeApp, engine: ScriptedEngine
) -> None:
    app = make_app(with_pods(pod()))
    async with opened(app, SMALL) as pilot:
        log = await open_log(pilot, engine)
        log.write(state="ended")
        await sees(pilot, "ended")
        engine.give(with_pods(pod(restarts=4, running=True)))
        assert await until(pilot, lambda: len(engine.logs) == 2)
        assert engine.logs[-1].question == log.question


async def test_other_pods_of_the_workload_are_reached(
    make_app: MakeApp, engine: ScriptedEngine
) -> None:
    app = make_app(with_pods(pod("a-well", running=True, restarts=0), pod(NAME)))
    async with opened(app, SMALL) as pilot:
        await pilot.press("enter", "down", "l")
        assert await until(pilot, lambda: bool(engine.logs))
        assert engine.logs[-1].question.pod.name == NAME
        await sees(pilot, "1 of 2")
        await pilot.press("right_square_bracket")
        await sees(pilot, "Pod a-well", "2 of 2")


async def test_why_a_log_ends_is_said_beside_what_came(
    make_app: MakeApp, engine: ScriptedEngine
) -> None:
    app = make_app(with_pods(pod()))
    async with opened(app, SMALL) as pilot:
        log = await open_log(pilot, engine)
        error = str(Forbidden("pods/log may not be read", where="staging"))
        log.write(state="failed", error=error)
        await sees(pilot, "pods/log may not be read")


async def test_what_programs_write_is_data(make_app: MakeApp, engine: ScriptedEngine) -> None:
    app = make_app(with_pods(pod()))
    async with opened(app, SMALL) as pilot:
        log = await open_log(pilot, engine)
        await sees(pilot, "\\e[31mpanic: column exists")
        log.write("x" * 5_000, "", "[bold]no markup[/bold] \u202egnp.exe")
        await sees(pilot, "[bold]no markup[/bold]")
        assert not any("\u202e" in line for line in screen_text(pilot.app))


async def test_search_and_leaving_take_one_step_each(
    make_app: MakeApp, engine: ScriptedEngine
) -> None:
    app = make_app(with_pods(pod()))
    async with opened(app, SMALL) as pilot:
        log = await open_log(pilot, engine)
        await pilot.press("slash", *"panic", "enter")
        assert await until(pilot, lambda: "migration 004" not in text(pilot.app))
        await pilot.press("escape")
        await sees(pilot, "migration 004")
        await pilot.press("escape")
        assert await until(pilot, lambda: not isinstance(pilot.app.screen, Logs))
        assert await until(pilot, lambda: log.closed)


async def test_an_object_without_pods_says_so(make_app: MakeApp, engine: ScriptedEngine) -> None:
    app = make_app(with_pods())
    async with opened(app, SMALL) as pilot:
        await pilot.press("enter", "l")
        assert await until(pilot, lambda: isinstance(pilot.app.screen, Logs))
        await sees(pilot, "No Pods yet")
        assert not engine.logs
        wanted = engine.interests[-1]
        assert any(key.name == "clickhouse-migrations" for key in wanted)


def with_feed(state: FeedState, *pods: Resource) -> Snapshot:
    feed = Feed("staging", ("", "Pod"), "", state)
    seen = with_pods(*pods)
    return replace(seen, feeds=(*seen.feeds, feed), serial=seen.serial + 1)


async def test_a_pod_is_called_gone_only_when_the_pods_there_are_known(
    make_app: MakeApp, engine: ScriptedEngine
) -> None:
    app = make_app(with_feed(FeedState.LIVE, pod()))
    async with opened(app, SMALL) as pilot:
        await open_log(pilot, engine)
        engine.give(with_feed(FeedState.STARTING))
        assert await until(pilot, lambda: "migrate Crash" not in text(pilot.app))
        assert "gone" not in text(pilot.app)
        engine.give(with_feed(FeedState.LIVE))
        await sees(pilot, "the Pod is gone")


async def test_an_object_whose_pods_are_over_is_not_waited_for(
    make_app: MakeApp, engine: ScriptedEngine
) -> None:
    app = make_app(with_feed(FeedState.LIVE))
    async with opened(app, SMALL) as pilot:
        await pilot.press("enter", "l")
        await sees(pilot, "It has no Pod now")
