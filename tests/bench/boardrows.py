"""The board with 2,000 rows beside the board with 20, plain and in groups: CPU of one step of the
cursor, of folding all groups, and of one row that changed for the worse.

In this process, behind an Engine that answers from memory, as `screen`. CPU and not wall time.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from statistics import median

from textual import events
from textual.pilot import Pilot

from fluxtui.domain.board import HealthLine, Level
from fluxtui.domain.snapshot import Snapshot
from fluxtui.ui.app import FluxtuiApp
from tests.bench.measure import Row
from tests.bench.screen import TIMES, cpu, rest
from tests.ui.conftest import opened
from tests.ui.ui_delivery import NOW
from tests.ui.ui_engine import ScriptedEngine
from tests.ui.ui_fleet_rows import many

FEW, MANY = 20, 2000
BURST = 16  # steps that arrive at once; FEW has room for as many
GROUPED = ("right_square_bracket",) * 2
AS_FEW = 1.5  # a step among MANY costs at most so many times what it costs among FEW
FOLD_BUDGET, WORSE_BUDGET = 80.0, 40.0  # ms


def rows() -> Iterator[Row]:
    """One line a number of rows and what is done."""
    yield from asyncio.run(_measured())


async def _measured() -> list[Row]:
    out: list[Row] = []
    few: dict[bool, float] = {}
    for count in (FEW, MANY):
        for keys in ((), GROUPED):
            engine = ScriptedEngine(many(count))
            config = engine.snapshot.config
            app = FluxtuiApp(engine, config=config, user="bench", now=lambda: NOW)
            async with opened(app, (120, 40)) as pilot:
                await pilot.press(*keys)
                await rest(pilot)
                what = f"board of {count}{', in groups' if keys else ''}"
                steps = [await _steps(pilot, app) / BURST for _ in range(TIMES)]
                step = median(steps[1:])
                limit = few.setdefault(bool(keys), step) * AS_FEW
                beside = f"{AS_FEW} x a board of {FEW}"
                out.append(Row(f"{what}, one step, CPU", step, budget=limit, beside=beside))
                worse = [await _worse(pilot, engine, number) for number in range(TIMES)]
                figure = median(worse[1:])
                out.append(Row(f"{what}, one row fails, CPU", figure, budget=WORSE_BUDGET))
                if keys:
                    folds = [await _folds(pilot, app) for _ in range(TIMES)]
                    figure = median(folds[1:])
                    out.append(Row(f"{what}, fold all, CPU", figure, budget=FOLD_BUDGET))
    return out


async def _steps(pilot: Pilot[None], app: FluxtuiApp) -> float:
    """CPU milliseconds of a burst of steps down, from the top."""
    await pilot.press("home")
    return await cpu(pilot, lambda: _press(app, *["down"] * BURST))


async def _folds(pilot: Pilot[None], app: FluxtuiApp) -> float:
    return await cpu(pilot, lambda: _press(app, "F"))


def _press(app: FluxtuiApp, *keys: str) -> None:
    for key in keys:
        app.post_message(events.Key(key, None))


async def _worse(pilot: Pilot[None], engine: ScriptedEngine, number: int) -> float:
    return await cpu(pilot, lambda: engine.give(_failing(engine.snapshot, 3 * number)))


def _failing(snapshot: Snapshot, at: int) -> Snapshot:
    """That row fails in staging."""
    services = list(snapshot.board.rows)
    at %= len(services)
    (line,) = services[at].lines["staging"]
    failed = replace(line, health=HealthLine(Level.FAILED, "no such host"))
    services[at] = replace(services[at], lines={**services[at].lines, "staging": (failed,)})
    board = replace(snapshot.board, rows=tuple(services))
    return replace(snapshot, serial=snapshot.serial + 1, board=board)
