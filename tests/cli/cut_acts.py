"""An act that is cut off: three Kustomizations are suspended one after the other by a real process,
which ends, or loses its API, at a place that a story chooses."""

from __future__ import annotations

import asyncio
import json
import os
import resource
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import yaml
from cli_delivery import Shell
from cli_objects import ks, put
from killed import CHILD

from fluxtui.cli.planfile import PlanFile, write
from fluxtui.cluster.client import connect
from fluxtui.commands.command import Context, Target
from fluxtui.commands.planning import plan_for
from fluxtui.domain.config import Config
from fluxtui.domain.plan import PatchStep, Plan
from fluxtui.domain.resource import Resource
from fluxtui.domain.snapshot import Snapshot
from fluxtui.engine.acts.journal import Journal
from fluxtui.engine.acts.past import past_acts
from fluxtui.world.apiserver.server import ApiServer
from fluxtui.world.http.exchange import Request, Response

NAMES = ("a", "b", "c")
ENVIRONMENT = "staging"
AT = "2026-11-23T03:12:00Z"


class CuttingServer(ApiServer):
    """Calls `before` and `after` with the number of each merge patch, around carrying it out."""

    def __init__(self, environment: str) -> None:
        super().__init__(environment)
        self.before: Callable[[int], None] = lambda _number: None
        self.after: Callable[[int], None] = lambda _number: None
        self.patches = 0

    def respond(self, request: Request) -> Response:
        if request.method != "PATCH" or "/status" in request.path:
            return super().respond(request)
        self.patches += 1
        number = self.patches
        self.before(number)
        response = super().respond(request)
        self._reconcile(request, json.loads(response.body))
        self.after(number)
        return response

    def _reconcile(self, request: Request, patched: dict[str, Any]) -> None:
        """What a controller notes of a generation that it has seen; of one suspended, nothing."""
        if patched.get("spec", {}).get("suspend") is not None:
            return
        status = {"status": {"observedGeneration": patched["metadata"]["generation"]}}
        body = json.dumps(status).encode()
        super().respond(replace(request, path=request.path + "/status", body=body, query={}))


def _begin(largest: int) -> None:
    """As from a terminal: whatever ran the tests in the background had it ignore two signals."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (largest, largest))
    for number in (signal.SIGINT, signal.SIGQUIT, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)


class Wire:
    """What lies between the program and its API: passes on, refuses, or falls silent."""

    def __init__(self, port: int) -> None:
        self._target = port
        self._sockets: list[socket.socket] = []
        self.is_silent = False
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def refuse(self) -> None:
        """Nobody listens any more."""
        _shut(self._listener)  # closed alone, it would still take who comes next
        self._listener.close()
        for each in self._sockets:
            _shut(each)

    def _accept(self) -> None:
        while True:
            try:
                near, _address = self._listener.accept()
                far = socket.create_connection(("127.0.0.1", self._target))
            except OSError:
                return
            self._sockets += [near, far]
            for pair in ((near, far), (far, near)):
                threading.Thread(target=self._pump, args=pair, daemon=True).start()

    def _pump(self, source: socket.socket, sink: socket.socket) -> None:
        try:
            while data := source.recv(65536):
                if not self.is_silent:
                    sink.sendall(data)
        except OSError:
            pass
        _shut(sink)


def _shut(each: socket.socket) -> None:
    try:
        each.shutdown(socket.SHUT_RDWR)
    except OSError:
        return


@dataclass
class Delivery:
    """Staging with three Kustomizations, and a Plan in a file that suspends them in a row."""

    shell: Shell
    server: CuttingServer
    plan: Plan
    file: Path
    children: list[subprocess.Popen[str]] = field(default_factory=list)

    def runs(
        self,
        *,
        line: int = 0,
        torn: bool = False,
        number: str = "SIGKILL",
        port: int = 0,
        largest: int = resource.RLIM_INFINITY,
        more: Sequence[str] = (),
    ) -> subprocess.Popen[str]:
        """`plan run FILE --yes` as a process of its own; `port`: by that way to the API. `largest`:
        bytes that a file of it may have."""
        settings = self.shell.folder / f"child-{port}.yaml"
        kubeconfig = self.shell.folder / "staging.kubeconfig"
        if port:
            text = kubeconfig.read_text().replace(f":{self.server.port}", f":{port}")
            kubeconfig = self.shell.folder / "wire.kubeconfig"
            kubeconfig.write_text(text)
        here = self.shell.environments[ENVIRONMENT]
        body = {"environments": {ENVIRONMENT: {**here, "kubeconfig": str(kubeconfig)}},
                "cache": "off", "journal": "journal.jsonl"}  # fmt: skip
        settings.write_text(yaml.safe_dump(body))
        words = ["--config", str(settings), "plan", "run", str(self.file), "--yes", *more]
        if port:
            words += ["--request-timeout", "2s"]
        child = subprocess.Popen(
            [sys.executable, "-c", CHILD, str(line), "torn" if torn else "whole", number, *words],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env={**os.environ, "HOME": str(self.shell.folder)},
            preexec_fn=lambda: _begin(largest),
        )
        self.children.append(child)
        return child

    def suspended(self) -> tuple[bool, ...]:
        """Of each, as the API has it."""
        objects = asyncio.run(_read(self.shell.folder / "staging.kubeconfig"))
        return tuple(bool(obj["spec"].get("suspend")) for obj in objects)

    def notes(self) -> list[dict[str, str]]:
        objects = asyncio.run(_read(self.shell.folder / "staging.kubeconfig"))
        return [obj["metadata"].get("annotations") or {} for obj in objects]

    @property
    def id(self) -> str:
        """Of the act, as the Journal has it: whoever ran the Plan stands in it."""
        return past_acts(Journal(self.shell.folder / "journal.jsonl"), 1)[0].plan.id

    def kill(self) -> None:
        for child in self.children:
            if child.poll() is None:
                child.send_signal(signal.SIGKILL)
            child.communicate()


BEFORE, AFTER = (2, False), (3, True)
"""Around the first write: its intent stands in the Journal, then half of its outcome as well."""


def killed(shell: Shell, when: tuple[int, bool], *words: str) -> str:
    """These words typed at a process that is killed at a line of its Journal; the act's id."""
    assert shell("config", "check").code == 0  # which writes the file
    line, torn = when
    child = subprocess.run(
        [
            *(sys.executable, "-c", CHILD, str(line), "torn" if torn else "whole", "SIGKILL"),
            *("--config", str(shell.folder / "fluxtui.yaml"), *words),
        ],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        env={**os.environ, "HOME": str(shell.folder)},
        check=False,
    )
    assert child.returncode == -signal.SIGKILL, child
    return past_acts(Journal(shell.folder / "journal.jsonl"), 1)[0].plan.id


async def _read(kubeconfig: Path) -> list[dict[str, Any]]:
    cluster = await connect(str(kubeconfig), ENVIRONMENT, name="test")
    try:
        type_ = await cluster.find("kustomize.toolkit.fluxcd.io/v1", "Kustomization")
        return [dict(await cluster.get(type_, "apps", name)) for name in NAMES]
    finally:
        await cluster.close()


def delivery(shell: Shell) -> Delivery:
    """All of it, nothing suspended."""
    server = CuttingServer(ENVIRONMENT)
    server.start()
    shell.servers[ENVIRONMENT] = server
    kubeconfig = shell.folder / "staging.kubeconfig"
    server.write_kubeconfig(kubeconfig)
    shell.environments[ENVIRONMENT] = {
        "context": ENVIRONMENT, "kubeconfig": str(kubeconfig), "protected": False
    }  # fmt: skip
    objects = [ks(name, "v1.0.0@sha256:" + "a" * 64) for name in NAMES]
    put(shell, ENVIRONMENT, objects)
    server.patches = 0
    read = [Resource.from_object(ENVIRONMENT, obj) for obj in asyncio.run(_read(kubeconfig))]
    plan = _three(read)
    file = shell.folder / "three.plan"
    write(file, PlanFile(plan, (), {}, "three"))
    return Delivery(shell, server, plan, file)


def _three(resources: list[Resource]) -> Plan:
    table = {resource.key: resource for resource in resources}
    snapshot = Snapshot(
        config=Config(user="ada"),
        resources={ENVIRONMENT: {("kustomize.toolkit.fluxcd.io", "Kustomization"): table}},
    )
    steps = [
        PatchStep(
            resource.key.name,
            f"suspend {resource.key.name}",
            tuple(NAMES[number - 1 : number]) if number else (),
            "resume it",
            target=resource.key,
            patch={
                "metadata": {"annotations": {"fluxtui.dev/suspended-reason": "a drill"}},
                "spec": {"suspend": True},
            },
            resource_version=resource.resource_version,
        )
        for number, resource in enumerate(resources)
    ]
    context = Context(snapshot, Target(), AT, "ada")
    return plan_for(context, {"reason": "a drill"}, "suspend", "suspend three", steps)
