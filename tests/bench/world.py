"""The World: how long until it answers, what it holds, how fast it serves."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median

from fluxtui.world.world import World
from tests.bench.measure import RUNS, Row
from tests.bench.wire import Wire, fill, resident

OBJECTS = 10_000
GETS = 2_000


def rows() -> Iterator[Row]:
    """Two Kubernetes APIs, a filled registry and simulators, until all answer; then full."""
    times = []
    for _ in range(RUNS + 1):
        with tempfile.TemporaryDirectory() as at:
            start = time.perf_counter()
            with World.start(folder=Path(at) / "world"):
                times.append(time.perf_counter() - start)
    yield Row("World start", median(times[1:]) * 1000, budget=1500)
    with tempfile.TemporaryDirectory() as at, World.start(folder=Path(at) / "world") as world:
        fill(world.kubeconfig, world.description.environments, OBJECTS)
        held = sum(resident(pid) for pid in world.pids())
        yield Row(f"World with {OBJECTS:,} objects, all processes", held, "MiB", budget=300)
        with Wire(world.kubeconfig, world.description.environments[0]) as wire:
            rates = [_rate(wire) for _ in range(RUNS)]
        yield Row("World, simple GETs by one client", median(rates), "/s", budget=1000, floor=True)


def _rate(wire: Wire) -> float:
    start = time.perf_counter()
    for _ in range(GETS):
        wire.request("GET", "/api/v1/namespaces/team-1")
    return GETS / (time.perf_counter() - start)
