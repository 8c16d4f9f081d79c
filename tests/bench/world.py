"""The World: how long until both environments and the registry answer."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median

from fluxtui.world.world import World
from tests.bench.measure import RUNS, Row


def rows() -> Iterator[Row]:
    """Two Kubernetes APIs, a filled registry and simulators, until all of them answer."""
    times = []
    for _ in range(RUNS + 1):
        with tempfile.TemporaryDirectory() as at:
            start = time.perf_counter()
            with World.start(folder=Path(at) / "world"):
                times.append(time.perf_counter() - start)
    yield Row("World start", median(times[1:]) * 1000, budget=1500)
