"""Every applier on one board, at the size of a large team: first rows and memory, beside its peers.

Two Kubernetes APIs, real ones where their programs are built (`make control-plane ARGS=build`),
else the World's; the app shows both, a peer the first. A peer runs only where it is on PATH.
"""

from __future__ import annotations

import base64
import json
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

import yaml

from fluxtui.domain.kinds.kind import Kind
from fluxtui.world.description import merge_kubeconfigs
from fluxtui.world.processes import Child
from tests.bench import fleet, mixed
from tests.bench.measure import RUNS, Row
from tests.bench.wire import held, place_of, spent
from tests.contract.control_plane import Launched
from tests.contract.programs import missing
from tests.contract.server import Server, crd, define
from tests.end_to_end.terminal import Terminal
from tests.world.apiserver.client import Client

_UP = 60.0
REST = 20.0  # seconds after which a program has settled
_BUSY = "says what it costs where a busy machine makes the time above say little"
TIMES, MEMORY = 1.2, 250
_READY = f"protected ✓{mixed.KUSTOMIZATIONS + mixed.RELEASES}"


@dataclass(frozen=True, slots=True)
class Program:
    """One to be timed. `seen`: texts that stand on its screen once all is there."""

    words: tuple[str, ...]
    seen: tuple[str, ...]
    environ: Mapping[str, str]


def rows() -> Iterator[Row]:
    """3,000 Kustomizations, 2,000 HelmReleases and 300 sources in two Environments."""
    with clusters() as (folder, kubeconfig, what):
        programs = {"fluxtui": _ours(folder)} | dict(_peers(folder, kubeconfig))
        times: dict[str, list[float]] = {name: [] for name in programs}
        work: dict[str, list[float]] = {name: [] for name in programs}
        memory: dict[str, float] = {}
        for number in range(RUNS + 1):
            for name, program in programs.items():
                took, busy, memory[name] = _started(program, rests=number == RUNS)
                times[name].append(took * 1000)
                work[name].append(busy * 1000)
        late = {name: median(taken[1:]) for name, taken in times.items()}
        cpu = {name: median(taken[1:]) for name, taken in work.items()}
    for name in list(programs)[1:]:
        yield Row(f"{name}, one of the environments", late[name], note=what)
        yield Row(f"{name}, CPU until then", cpu[name], note=_BUSY)
        yield Row(f"{name}, memory (PSS)", memory[name], "MiB")
    peer = late.get("flux9s")
    yield Row(
        "5,300 objects in 2 environments on screen",
        late["fluxtui"],
        budget=None if peer is None else peer * TIMES,
        beside="" if peer is None else f"{TIMES:g} x flux9s for one of them",
        note=what,
    )
    yield Row("the app, CPU until then", cpu["fluxtui"], note=_BUSY)
    yield Row("app, 5,300 objects, all processes (PSS)", memory["fluxtui"], "MiB", budget=MEMORY)


def _ours(folder: Path) -> Program:
    program = str(Path(sys.executable).parent / "fluxtui")
    seen = tuple(f"{name} ◈ {_READY}" for name in mixed.ENVIRONMENTS)
    return Program((program, "--config", str(folder / "fluxtui.yaml")), seen, {})


def _peers(folder: Path, kubeconfig: Path) -> Iterator[tuple[str, Program]]:
    """Those on PATH, at work on the first Environment in all namespaces; flux9s as it comes, and
    without the picture that it shows first."""
    found = shutil.which("flux9s")
    for name, splashless in (("flux9s", False), ("flux9s without splash", True)):
        if found:
            place = folder / name.replace(" ", "-")
            place.mkdir()
            said = {"defaultNamespace": "all", "ui": {"splashless": splashless}}
            (place / "config.yaml").write_text(yaml.safe_dump(said))
            environ = {"KUBECONFIG": str(kubeconfig), "FLUX9S_CONFIG_DIR": str(place)}
            yield name, Program((found,), (f"Total Resources: {mixed.OBJECTS}",), environ)
    if found := shutil.which("k9s"):
        words = (found, "--kubeconfig", str(kubeconfig), "-A", "-c", "kustomizations")
        yield "k9s, its Kustomizations", Program(words, (f"[{mixed.KUSTOMIZATIONS}]",), {})


def _started(program: Program, *, rests: bool) -> tuple[float, float, float]:
    """Seconds from the start of the process until all is on screen, and those of CPU; MiB of all
    its processes a while later (0 where it is not to rest)."""
    environ = [f"{name}={value}" for name, value in program.environ.items()]
    start = time.perf_counter()
    terminal = Terminal(["/usr/bin/env", *environ, *program.words], 160, 50)
    try:
        terminal.sees(*program.seen, within=_UP)
        late, busy = time.perf_counter() - start, spent(terminal.pid)
        end = time.monotonic() + REST if rests else 0.0
        while (left := end - time.monotonic()) > 0:
            terminal.read(left)
        return late, busy, held(terminal.pid) if rests else 0.0
    finally:
        terminal.kill()


@contextmanager
def clusters() -> Iterator[tuple[Path, Path, str]]:
    """A folder with `fluxtui.yaml`, a kubeconfig of both contexts, and what serves them."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        real = not missing()
        start = _real if real else _world
        parts = [start(stack, folder, name) for name in mixed.ENVIRONMENTS]
        kubeconfig = folder / "kubeconfig"
        merge_kubeconfigs(parts, kubeconfig)
        with ThreadPoolExecutor(len(parts)) as pool:
            list(pool.map(_fill, parts))
        config = {
            "environments": {
                name: {"context": name, "kubeconfig": str(kubeconfig)}
                for name in mixed.ENVIRONMENTS
            },
            "registries": {"mirrors": {"registry.example.com": "127.0.0.1:9"}},
        }
        (folder / "fluxtui.yaml").write_text(yaml.safe_dump(config))
        yield folder, kubeconfig, "kube-apiserver" if real else "the World's API"


def _real(stack: ExitStack, folder: Path, name: str) -> Path:
    plane = Launched(folder / name, os.getpid(), name)
    stack.callback(plane.end)
    return plane.ready().kubeconfig


def _world(stack: ExitStack, folder: Path, name: str) -> Path:
    kubeconfig = folder / f"{name}.kubeconfig"
    words = ["--environment", name, "--kubeconfig", str(kubeconfig)]
    child = Child(name, "fluxtui.world.apiserver", words, log=folder / f"{name}.log")
    stack.callback(child.end)
    child.ready(_UP)
    return kubeconfig


def _fill(kubeconfig: Path) -> None:
    with closing(Client(_served(kubeconfig))) as api:
        for kind in mixed.KINDS:
            if api.get(f"/apis/{kind.group}/{kind.version}/{kind.plural}").status == 404:
                define(api, _definition(kind))
        for number in range(fleet.SPACES):
            api.post("/api/v1/namespaces", {"metadata": {"name": f"team-{number}"}}).ok()
        for obj in mixed.objects():
            meta = {k: obj["metadata"][k] for k in ("name", "namespace", "labels", "annotations")}
            place = place_of(obj)
            api.post(place.rpartition("/")[0], {**obj, "metadata": meta}).ok()
            api.patch(f"{place}/status", {"status": obj["status"]}).ok()


def _served(kubeconfig: Path) -> Server:
    """What a private kubeconfig of ours leads to."""
    config = json.loads(kubeconfig.read_text())
    cluster = config["clusters"][0]["cluster"]
    ca = kubeconfig.with_suffix(".ca")
    ca.write_bytes(base64.b64decode(cluster["certificate-authority-data"]))
    token = config["users"][0]["user"]["token"]
    name = config["current-context"]
    return Server(name, cluster["server"], ca, token, "", kubeconfig, kubeconfig)


def _definition(kind: Kind) -> dict[str, Any]:
    """A CRD that takes any spec and status, under the kind's own names."""
    made = crd(kind.group, kind.kind, kind.plural, subresources={"status": {}})
    made["spec"]["versions"][0]["name"] = kind.version
    return made
