"""One change with the Chain open: what the screen's own thread spends on it, few nodes or many.

The Snapshots are made beforehand; what is timed is from a newer Snapshot to the lines that are to
be painted again.
"""

from __future__ import annotations

import asyncio
import statistics
import time
from collections.abc import Iterator
from dataclasses import replace

from fluxtui.domain.snapshot import Snapshot
from fluxtui.ui.app import FluxtuiApp
from tests.bench.measure import Row
from tests.ui.conftest import opened
from tests.ui.ui_crowd import crowd, node
from tests.ui.ui_delivery import CONFIG, NOW
from tests.ui.ui_engine import ScriptedEngine

FEW, MANY = 500, 3_000
CHANGES = 30


def rows() -> Iterator[Row]:
    """Flat: the larger cluster beside the smaller one."""
    few = asyncio.run(_cost(FEW))
    many = asyncio.run(_cost(MANY))
    yield Row(f"one change, Chain open, {FEW} nodes", few, note="CPU of the screen's thread")
    yield Row(f"one change, Chain open, {MANY:,} nodes", many, budget=few * 2, beside=f"{FEW}")


async def _cost(many: int) -> float:
    """Milliseconds of CPU, median."""
    names = tuple(f"n{number:05}" for number in range(many))
    first = replace(crowd(), findings=(), acts=(), changes=())
    first = replace(
        first, board=replace(first.board, chains={"staging": tuple(node(n) for n in names)})
    )
    app = FluxtuiApp(ScriptedEngine(first), config=CONFIG, user="bench", now=lambda: NOW)
    times = []
    async with opened(app) as pilot:
        await pilot.press("3")
        await pilot.pause()
        for snapshot in _changes(first):
            start = time.thread_time()
            app.main._show(snapshot)
            times.append((time.thread_time() - start) * 1000)
            await pilot.pause()
    return statistics.median(times)


def _changes(first: Snapshot) -> Iterator[Snapshot]:
    """The same with one node in sight that runs something else, again and again."""
    nodes = list(first.board.chains["staging"])
    for number in range(CHANGES):
        nodes[3] = replace(nodes[3], running=f"v1.0.{number}")
        board = replace(first.board, chains={"staging": tuple(nodes)})
        yield replace(first, serial=first.serial + number + 1, board=board)
