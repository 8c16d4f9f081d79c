"""The app on a large fleet, as a person runs it: memory, first rows, and what one change costs.

The fleet is real: Kubernetes APIs in processes of their own, filled by their own protocol; the app
is the installed one in a pseudo-terminal.
"""

from __future__ import annotations

import select
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from statistics import median

import yaml

from fluxtui.world.description import merge_kubeconfigs
from fluxtui.world.processes import Child
from tests.bench import fleet
from tests.bench.measure import RUNS, Row, percentile
from tests.bench.wire import Wire, fill, place_of, resident
from tests.end_to_end.terminal import Terminal

_UP = 60.0
CHANGES = 40


def rows() -> Iterator[Row]:
    """500 Kustomizations in one Environment, then 10,000 Flux objects in four."""
    with clusters(("prod",), 560) as (folder, kubeconfig):
        times = [_until_seen(folder) for _ in range(RUNS + 1)]
        yield Row(
            "500 Kustomizations on screen", median(times[1:]) * 1000, note="from process start"
        )
        yield from _one_change(folder, kubeconfig)
    with clusters(fleet.ENVIRONMENTS, 10_000) as (folder, _kubeconfig):
        terminal = _app(folder)
        try:
            terminal.sees("✓2250", within=300)
            _quiet(terminal)
            held = resident(terminal.pid)
        finally:
            terminal.kill()
        yield Row("app, 10,000 Flux objects, 4 environments", held, "MiB", budget=200)


@contextmanager
def clusters(names: tuple[str, ...], many: int) -> Iterator[tuple[Path, Path]]:
    """Kubernetes APIs with so many Flux objects in all; a folder with `fluxtui.yaml`, and the
    kubeconfig."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        parts = []
        children = []
        for name in names:
            parts.append(folder / f"{name}.kubeconfig")
            words = ["--environment", name, "--kubeconfig", str(parts[-1])]
            log = folder / f"{name}.log"
            children.append(Child(name, "fluxtui.world.apiserver", words, log=log))
            stack.callback(children[-1].end)
        for child in children:
            child.ready(_UP)
        kubeconfig = folder / "kubeconfig"
        merge_kubeconfigs(parts, kubeconfig)
        fill(kubeconfig, names, many)
        config = {
            "environments": {n: {"context": n, "kubeconfig": str(kubeconfig)} for n in names},
            # Nobody listens there: what is measured has no registry in it.
            "registries": {"mirrors": {"registry.example.com": "127.0.0.1:9"}},
        }
        (folder / "fluxtui.yaml").write_text(yaml.safe_dump(config))
        yield folder, kubeconfig


def _app(folder: Path) -> Terminal:
    program = str(Path(sys.executable).parent / "fluxtui")
    return Terminal([program, "--config", str(folder / "fluxtui.yaml")], 120, 40)


def _until_seen(folder: Path) -> float:
    start = time.perf_counter()
    terminal = _app(folder)
    try:
        terminal.sees("✓504", within=60)
        return time.perf_counter() - start
    finally:
        terminal.kill()


def _one_change(folder: Path, kubeconfig: Path) -> Iterator[Row]:
    """One object in sight changes: how late, and how many bytes."""
    terminal = _app(folder)
    late, size = [], []
    try:
        terminal.sees("✓504", within=60)
        terminal.types("3")
        # Quiet is when each of the 56 repositories has been missed once: the first time is news.
        terminal.sees("service-0-0", "+55 more", within=60)
        with Wire(kubeconfig, "prod") as wire:
            for number in range(CHANGES):
                _quiet(terminal)
                before = terminal.received
                # Not the row under the cursor: that one has its sentences below the table, too.
                obj = fleet.changed(0, 1)
                revision = f"v1.5.{number:03}@sha256:{number + CHANGES:064x}"
                obj["status"].update(lastAppliedRevision=revision, lastAttemptedRevision=revision)
                start = time.perf_counter()
                wire.request("PATCH", f"{place_of(obj)}/status", {"status": obj["status"]})
                terminal.sees(f"v1.5.{number:03}", within=20)
                late.append((time.perf_counter() - start) * 1000)
                _quiet(terminal)
                size.append(terminal.received - before)
    finally:
        terminal.kill()
    yield Row(
        "change to painted row, quiet, median", median(late), note="p95 below: also the noise"
    )
    yield Row("change to painted row, quiet, p95", percentile(late, 0.95), budget=40)
    yield Row("one changed row, bytes", median(size), "B", budget=600)


def _quiet(terminal: Terminal, seconds: float = 0.5) -> None:
    """Until nothing has come for that long."""
    while select.select([terminal.fd], [], [], seconds)[0]:
        terminal.read(0)
