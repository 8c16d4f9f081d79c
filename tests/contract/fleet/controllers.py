"""Flux's controllers as processes beside a real control plane.

They are asked for what makes them quick (dependencies are looked at every two seconds) and for
nothing else: what they decide is theirs. They listen on 127.0.0.1 alone, send no events
and end with the process that started them. Kinds are defined from the CRDs of the same modules.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import threading
import time
import urllib.request
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Self

import yaml

from tests.contract.programs import FLUX, find, flux_crd_files
from tests.contract.server import Server, wait_until
from tests.ports import free_port, free_ports
from tests.world.apiserver.client import CRDS, Client

START = 90.0
MORE = (
    "flux-operator",
    "image-reflector-controller",
    "image-automation-controller",
    "source-watcher",
)
_COMMON = (
    "--enable-leader-election=false",
    "--min-retry-delay=2s",  # doubled each time: what fails is soon left alone
)
_KIND = ("--events-addr=", "--watch-all-namespaces", "--kube-api-qps=200", "--kube-api-burst=400")
_QUICK = (*_KIND, "--requeue-dependency=2s")
_EXTERNAL = "--feature-gates=ExternalArtifact=true"


class Controllers:
    """All of Flux's that are built, until the end of the `with`."""

    def __init__(self, server: Server, folder: Path, programs: Mapping[str, Path]) -> None:
        self.server, self.folder, self.programs = server, folder, programs
        self.storage = ""  # where source-controller serves artifacts
        self.running: dict[str, subprocess.Popen[bytes]] = {}

    def __enter__(self) -> Self:
        self.folder.mkdir(parents=True, exist_ok=True)
        try:
            self._start()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        for process in self.running.values():
            process.kill()
            process.wait()
        self.running.clear()

    def alive(self) -> None:
        for name, process in self.running.items():
            assert process.poll() is None, f"{name} ended:\n{self.log(name)[-3000:]}"

    def log(self, name: str) -> str:
        return (self.folder / f"{name}.log").read_text(errors="replace")

    def _start(self) -> None:
        (self.folder / "tmp").mkdir()
        healths = {}
        for name, program in self.programs.items():
            health = free_port()
            flags = (*_COMMON, *self._own(name), f"--health-addr=127.0.0.1:{health}")
            self._run(name, program, *flags, "--metrics-addr=127.0.0.1:0")
            healths[name] = f"http://127.0.0.1:{health}/healthz"
        self._await(healths)

    def _own(self, name: str) -> tuple[str, ...]:
        first, second = (f"127.0.0.1:{port}" for port in free_ports(2))
        kept = self.folder / f"{name}-storage"
        kept.mkdir()
        stores = (
            f"--storage-path={kept}",
            f"--storage-addr={first}",
            f"--storage-adv-addr={first}",
        )
        match name:
            case "source-controller":
                self.storage = first
                return (*_QUICK, *stores)
            case "source-watcher":
                return (*_QUICK, *stores, "--http-retry=1")
            case "image-reflector-controller":
                return (*_QUICK, stores[0])
            case "image-automation-controller":
                return _KIND
            case "notification-controller":
                listens = (f"--receiverAddr={first}", f"--events-addr={second}")
                return ("--watch-all-namespaces", *listens)
            case "flux-operator":
                data = f"--storage-path={self.programs[name].parent / 'data'}"
                return (_QUICK[-1], "--web-server-port=0", "--reporting-interval=5s", data)
        return (*_QUICK, _EXTERNAL, "--http-retry=1")

    def _run(self, name: str, program: Path, *flags: str) -> None:
        leash = ["setpriv", "--pdeathsig", "KILL"] if shutil.which("setpriv") else []
        with (self.folder / f"{name}.log").open("wb") as log:
            self.running[name] = subprocess.Popen(
                [*leash, str(program), *flags],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                cwd=self.folder,
                env={
                    "PATH": os.environ["PATH"],
                    "KUBECONFIG": str(self.server.kubeconfig),
                    "RUNTIME_NAMESPACE": "flux-system",
                    "HOME": str(self.folder),
                    "TMPDIR": str(self.folder / "tmp"),
                    "TUF_ROOT": str(self.folder),
                    "GODEBUG": "fips140=on",  # flux-operator wants it
                },
            )

    def _await(self, healths: dict[str, str]) -> None:
        pause, deadline = threading.Event(), time.monotonic() + START
        for name, url in healths.items():
            while True:
                try:
                    with urllib.request.urlopen(url, timeout=5):
                        break
                except OSError:
                    self.alive()
                    assert time.monotonic() < deadline, f"{name} is not healthy: {self.log(name)}"
                    pause.wait(0.05)


def available(brought: Path | None) -> dict[str, Path]:
    """The controllers there are: those that are built, and in the folder `brought` those of
    MORE that somebody has, which the build does not make."""
    built = {name: path for name in FLUX if (path := find(name)) is not None}
    others = {} if brought is None else {name: brought / name for name in MORE}
    return built | {name: path for name, path in others.items() if path.exists()}


def define_kinds(api: Client, brought: Path | None) -> None:
    """Every kind of Flux, as the controllers' own CRDs say it; replaces what is there already."""
    files = [*(() if brought is None else sorted(brought.glob("crds/*.yaml"))), *flux_crd_files()]
    defined = []
    for path in files:
        for crd in yaml.load_all(path.read_text(), Loader=yaml.CSafeLoader):
            if crd and crd.get("kind") == "CustomResourceDefinition":
                name = crd["metadata"]["name"]
                place = f"{CRDS}/{name}"
                api.apply(place, crd, manager="fleet", force="true").ok()
                defined.append(place)
    for place in defined:
        wait_until(api, place, _established)


def _established(crd: dict[str, Any]) -> bool:
    conditions = (crd.get("status") or {}).get("conditions") or ()
    return any(c["type"] == "Established" and c["status"] == "True" for c in conditions)
