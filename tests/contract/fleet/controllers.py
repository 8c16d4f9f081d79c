"""Flux's controllers as processes beside a real control plane, each in its own folder.

They are asked for what makes them quick (dependencies and retries looked at every second or two)
and for nothing else: what they decide is theirs. They listen on 127.0.0.1 alone, send no events
and end with the process that started them. Kinds are defined from the CRDs of the same modules.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import threading
import time
import urllib.request
from pathlib import Path
from typing import Any, Self

import yaml

from tests.contract.control_plane import free_ports
from tests.contract.programs import FLUX, find, flux_crd_files
from tests.contract.server import Server, wait_until
from tests.world.apiserver.client import CRDS, Client

START = 90.0
_COMMON = (
    "--enable-leader-election=false",
    "--min-retry-delay=500ms",
    "--max-retry-delay=5s",
    "--kube-api-qps=200",
    "--kube-api-burst=400",
)
_QUICK = ("--events-addr=", "--watch-all-namespaces", "--requeue-dependency=2s")
_EXTERNAL = "--feature-gates=ExternalArtifact=true"


class Controllers:
    """All of Flux's that are built, until the end of the `with`."""

    def __init__(self, server: Server, folder: Path) -> None:
        self.server, self.folder = server, folder
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
        storage, *ports = free_ports(3 + 2 * len(FLUX))
        self.storage = f"127.0.0.1:{storage}"
        kept = self.folder / "storage"
        kept.mkdir()
        (self.folder / "tmp").mkdir()
        receiver, events, *ports = ports
        own = {
            "source-controller": (
                *_QUICK,
                f"--storage-path={kept}",
                f"--storage-addr={self.storage}",
                f"--storage-adv-addr={self.storage}",
            ),
            "kustomize-controller": (*_QUICK, _EXTERNAL, "--http-retry=1"),
            "helm-controller": (*_QUICK, _EXTERNAL, "--http-retry=1"),
            "notification-controller": (
                "--watch-all-namespaces",
                f"--receiverAddr=127.0.0.1:{receiver}",
                f"--events-addr=127.0.0.1:{events}",
            ),
        }
        healths = {}
        for name in FLUX:
            if find(name) is not None:
                health = ports.pop()
                flags = (*_COMMON, *own[name], f"--health-addr=127.0.0.1:{health}")
                self._run(name, *flags, "--metrics-addr=127.0.0.1:0")
                healths[name] = f"http://127.0.0.1:{health}/healthz"
        self._await(healths)

    def _run(self, name: str, *flags: str) -> None:
        leash = ["setpriv", "--pdeathsig", "KILL"] if shutil.which("setpriv") else []
        with (self.folder / f"{name}.log").open("wb") as log:
            self.running[name] = subprocess.Popen(
                [*leash, str(find(name)), *flags],
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


def define_kinds(api: Client) -> None:
    """Every kind of Flux, as the modules' own CRDs say it; replaces what is there already."""
    defined = []
    for path in flux_crd_files():
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
