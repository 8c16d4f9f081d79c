"""How late a key is painted while reviews of 300 objects are rendered and judged beside the screen.

The worker process and the thread that takes its answers are the product's; the screen is as in
`screen`, with 10,000 objects of each kind. Wall time, because waiting is what is asked about.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Iterator

from textual import events
from textual.screen import Screen

from fluxtui.engine.builds.worker import Worker
from fluxtui.ui.app import FluxtuiApp
from tests.bench.measure import Row, percentile
from tests.bench.render import pairs
from tests.bench.screen import many, rest
from tests.ui.conftest import opened
from tests.ui.ui_crowd import CrowdEngine
from tests.ui.ui_delivery import NOW

KEYS = 300
_JUDGE = "fluxtui.engine.builds.judging:judged"
_FORGET = "fluxtui.engine.builds.sides:forget_builds"


def rows() -> Iterator[Row]:
    """Keys alone, then beside reviews."""
    for what, reviewing in (("key to paint, p99", False), ("the same beside reviews", True)):
        late, reviews = asyncio.run(_pressed(reviewing))
        note = f"{reviews} reviews" if reviewing else ""
        yield Row(what, percentile(late, 0.99), budget=60, note=note)


class Reviews:
    """One review after the other, in a thread with a loop of its own, as the Engine has."""

    def __init__(self) -> None:
        self.done = 0
        self._ends = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._go()))

    def __enter__(self) -> Reviews:
        self._thread.start()
        return self

    def __exit__(self, *_exc: object) -> None:
        self._ends.set()
        self._thread.join()

    async def _go(self) -> None:
        worker, review = Worker(), pairs()
        while not self._ends.is_set():
            await worker.call(_FORGET)
            await worker.call(_JUDGE, review)
            self.done += 1
        await worker.close()


async def _pressed(reviewing: bool) -> tuple[list[float], int]:
    """Milliseconds from each key to the frame that shows it."""
    engine = CrowdEngine()
    engine.give(many())
    app = FluxtuiApp(engine, config=engine.snapshot.config, user="bench", now=lambda: NOW)
    painted = asyncio.Event()
    late = []
    async with opened(app, (120, 40)) as pilot:
        await rest(pilot)
        display = app._display

        def noted(screen: Screen[object], frame: object) -> None:
            display(screen, frame)  # type: ignore[arg-type]
            painted.set()

        app._display = noted  # type: ignore[assignment, method-assign]
        reviews = Reviews()
        if reviewing:
            reviews.__enter__()
        try:
            while reviewing and not reviews.done:
                await asyncio.sleep(0.05)
            for number in range(KEYS):
                painted.clear()
                start = time.perf_counter()
                key = "down" if number % 40 < 20 else "up"
                app.post_message(events.Key(key, None))
                await painted.wait()
                late.append((time.perf_counter() - start) * 1000)
                await asyncio.sleep(0.01)
        finally:
            if reviewing:
                reviews.__exit__()
        app._display = display  # type: ignore[method-assign]
        await rest(pilot)
    return late, reviews.done
