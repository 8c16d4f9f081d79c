"""The screen alone with 10,000 objects of each kind in one Environment: CPU of one changed object
and of a moment in which nothing changed, view by view, and how long a sheet takes to open.

Everything is in this process, behind an Engine that answers from memory: what is measured is what
laying out and painting costs. CPU and not wall time, so that a busy machine says the same.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from statistics import median

from textual import events
from textual.pilot import Pilot
from textual.screen import Screen

from fluxtui.domain.board import Board, ChainNode, Line
from fluxtui.domain.board import Row as Service
from fluxtui.domain.resource import Resource
from fluxtui.domain.snapshot import Snapshot
from fluxtui.ui.app import FluxtuiApp
from tests.bench.measure import Row
from tests.ui.conftest import opened
from tests.ui.frame import text
from tests.ui.ui_crowd import (
    CrowdEngine,
    change,
    crowd,
    node,
    selection,
    service,
    tag_list,
)
from tests.ui.ui_delivery import KS, NOW, OCI, ks, oci
from tests.ui.ui_flux_objects import HOST, kustomization, source

MANY = 10_000
TIMES = 7
VIEWS = {"1": "Versions", "2": "Tags", "3": "Chain", "4": "Diff", "5": "Events", "6": "Journal"}
CHANGED_BUDGET, TICK_BUDGET, SHEET_BUDGET = 5.0, 1.0, 25.0  # ms


def rows() -> Iterator[Row]:
    """One line a view and moment."""
    yield from asyncio.run(_measured())


async def _measured() -> list[Row]:
    out: list[Row] = []
    engine = CrowdEngine()
    engine.give(many())
    app = FluxtuiApp(engine, config=engine.snapshot.config, user="bench", now=lambda: NOW)
    async with opened(app, (120, 40)) as pilot:
        idle = median([await cpu(pilot, lambda: None) for _ in range(TIMES)])
        for key, view in VIEWS.items():
            await pilot.press(key)
            await rest(pilot)
            changed = []
            for number in range(TIMES):
                news = _one_changed(engine.snapshot, number)
                changed.append(await cpu(pilot, lambda n=news: engine.give(n)))  # type: ignore[misc]
            ticks = [await cpu(pilot, app.main._pass_time) for _ in range(TIMES)]
            for what, figures, budget in (
                ("one object changed", changed, CHANGED_BUDGET),
                ("nothing changed for 5 s", ticks, TICK_BUDGET),
            ):
                figure = max(0.0, median(figures[1:]) - idle)
                out.append(Row(f"{view} of {MANY}, {what}, CPU", figure, budget=budget))
        await pilot.press("3")
        opening = [await _to_frame(pilot, app) for _ in range(TIMES)]
        figure = median(opening[1:])
        out.append(Row("YAML, key to painted frame, CPU", figure, budget=SHEET_BUDGET))
    return out


def many() -> Snapshot:
    """So many services, nodes and tags; findings, acts and changes as a bad night has them."""
    names = tuple(f"n{number:05}" for number in range(MANY))
    few = crowd(names[:300])
    some = few.resources["staging"]
    resources = {OCI: dict(some[OCI]), KS: dict(some[KS])}
    for name in names[300:]:
        key, holder = oci("staging", name, "apps"), ks("staging", name, "apps")
        resources[OCI][key] = source(key, name, NOW, semver=">=0.0.0")
        resources[KS][holder] = kustomization(holder, name, ".")
    picks = selection(names)
    return replace(
        few,
        serial=1,
        resources={"staging": resources},
        board=Board(
            ("staging",),
            tuple(Service(name, name, {"staging": (service(name),)}) for name in names),
            {"staging": tuple(node(name) for name in names)},
        ),
        tags={f"{HOST}/many": tag_list(names)},
        selections=dict.fromkeys(few.selections, picks),
        findings=few.findings[:20],
    )


def _one_changed(snapshot: Snapshot, number: int) -> Snapshot:
    """The second row of every view says something else."""
    at, version = 1, f"v1.0.{number}"
    board = snapshot.board
    name = board.rows[at].service
    line: Line = replace(service(name), running=replace(service(name).running, text=version))
    services = list(board.rows)
    services[at] = Service(name, name, {"staging": (line,)})
    nodes: list[ChainNode] = list(board.chains["staging"])
    nodes[at] = replace(node(name), running=version)
    table = dict(snapshot.resources["staging"][KS])
    key = ks("staging", name, "apps")
    body = dict(table[key].as_object())
    body["metadata"] = {**body["metadata"], "resourceVersion": version}
    table[key] = Resource.from_object("staging", body)
    kinds = {**snapshot.resources["staging"], KS: table}
    return replace(
        snapshot,
        serial=snapshot.serial + 1,
        resources={"staging": kinds},
        board=Board(board.environments, tuple(services), {"staging": tuple(nodes)}),
        changes=(change(f"x{number}"), *snapshot.changes[:-1]),
    )


async def _to_frame(pilot: Pilot[None], app: FluxtuiApp) -> float:
    """CPU milliseconds of this thread from the key until the text is handed to the terminal."""
    await rest(pilot)
    stamps: list[float] = []
    looked = [0.0]
    display = app._display

    def noted(screen: Screen[object], frame: object) -> None:
        display(screen, frame)  # type: ignore[arg-type]
        done = time.thread_time()
        if not stamps and "apiVersion" in text(app):
            stamps.append(done - looked[0])
        looked[0] += time.thread_time() - done  # what looking costs is ours

    app._display = noted  # type: ignore[assignment, method-assign]
    start = time.thread_time()
    app.post_message(events.Key("y", "y"))
    await rest(pilot)
    app._display = display  # type: ignore[method-assign]
    await pilot.press("escape")
    return (stamps[0] - start) * 1000


async def cpu(pilot: Pilot[None], does: Callable[[], object]) -> float:
    """CPU milliseconds of this thread until nothing is left to do."""
    await rest(pilot)
    start = time.thread_time()
    does()
    await rest(pilot)
    return (time.thread_time() - start) * 1000


async def rest(pilot: Pilot[None]) -> None:
    """Until the app is idle and has painted."""
    for _ in range(3):
        await pilot.pause()
