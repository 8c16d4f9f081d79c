"""A real Kubernetes control plane on 127.0.0.1: etcd, kube-apiserver, kube-controller-manager.

For tests and `make control-plane` only: its state is thrown away at the end, so nothing is synced
to disk and everything is killed, not stopped. Of the controllers only those run that the World's
API has too (garbage collection, the end of namespaces): Pods and Deployments are the simulator's,
an API client, on both. Never listens elsewhere than on loopback.
"""

from __future__ import annotations

import fcntl
import os
import secrets
import select
import shutil
import signal
import ssl
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path

import trustme

from fluxtui.world.apiserver.crds import flux_crds
from fluxtui.world.apiserver.kubeconfig import write_kubeconfig
from tests.contract.programs import CONTROL_PLANE, build, find
from tests.contract.server import Server, define
from tests.ports import free_ports
from tests.world.apiserver.client import Client

CONTROLLERS = "garbage-collector-controller,namespace-controller"
START = 120.0  # seconds; 6 on an idle machine
RBAC = "/apis/rbac.authorization.k8s.io/v1"
REPO = Path(__file__).parents[2]


class Stopped(Exception):
    """A program ended while it was waited for; the text has the end of its log."""


class ControlPlane:
    """Started by `start`, ended by `stop`; all files under `folder` (private)."""

    def __init__(self, folder: Path, name: str = "real") -> None:
        self.folder, self.name = folder, name
        self.token, self.readonly_token = secrets.token_urlsafe(24), secrets.token_urlsafe(24)
        self.closing = threading.Event()
        self._running: dict[str, subprocess.Popen[bytes]] = {}

    def start(self) -> Server:
        """Raises Stopped, TimeoutError. Another process may take a port between our choice and
        its use: then once more with others."""
        self._prepare()
        for attempt in range(3):
            try:
                return self._attempt()
            except Stopped as error:
                self.stop()
                if attempt == 2 or "address already in use" not in str(error):
                    raise
        raise AssertionError("unreachable")

    def stop(self) -> None:
        for process in reversed(self._running.values()):
            process.kill()
            process.wait()
        self._running.clear()
        shutil.rmtree(self.folder / "etcd", ignore_errors=True)

    def alive(self) -> None:
        """Raise Stopped where one of the programs has ended."""
        for name, process in self._running.items():
            if process.poll() is not None:
                log = (self.folder / f"{name}.log").read_text(errors="replace")
                raise Stopped(f"{name} ended with {process.returncode}:\n{log[-3000:]}")

    def _prepare(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        self.folder.chmod(0o700)
        authority = trustme.CA()
        authority.cert_pem.write_to_path(str(self.folder / "ca.crt"))
        leaf = authority.issue_cert("127.0.0.1", "localhost")
        leaf.private_key_pem.write_to_path(str(self.folder / "tls.key"))
        chain = b"".join(part.bytes() for part in leaf.cert_chain_pems)
        (self.folder / "tls.crt").write_bytes(chain)
        (self.folder / "tokens.csv").write_text(
            f'{self.token},fluxtui-admin,1,"system:masters"\n'
            f"{self.readonly_token},fluxtui-read-only,2\n"
        )

    def _attempt(self) -> Server:
        api, client, peer = free_ports(3)
        store, url = f"http://127.0.0.1:{client}", f"https://127.0.0.1:{api}"
        self._run_etcd(store, f"http://127.0.0.1:{peer}")
        self._await(lambda: b"true" in _fetch(f"{store}/health"), "etcd's health")
        self._run_apiserver(store, api)
        server = self._server(url, store)
        trust = ssl.create_default_context(cafile=str(server.ca_file))
        ready = f"{url}/readyz"
        self._await(lambda: _fetch(ready, self.token, trust) == b"ok", "kube-apiserver's /readyz")
        _furnish(server)
        self._run_controllers(server)
        return server

    def _run(self, name: str, *flags: str) -> None:
        found = find(name)
        assert found is not None, name
        # The kernel ends it with us, however we end.
        leash = ["setpriv", "--pdeathsig", "KILL"] if shutil.which("setpriv") else []
        with (self.folder / f"{name}.log").open("wb") as log:
            self._running[name] = subprocess.Popen(
                [*leash, str(found), *flags],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                cwd=self.folder,
                env={"HOME": str(self.folder), "PATH": os.environ["PATH"]},
            )

    def _run_etcd(self, store: str, peer: str) -> None:
        self._run(
            "etcd",
            f"--data-dir={self.folder / 'etcd'}",
            f"--listen-client-urls={store}",
            f"--advertise-client-urls={store}",
            f"--listen-peer-urls={peer}",
            f"--initial-advertise-peer-urls={peer}",
            f"--initial-cluster=default={peer}",
            "--log-level=warn",
            "--unsafe-no-fsync",
        )

    def _run_apiserver(self, store: str, port: int) -> None:
        key, public = self.folder / "tls.key", self.folder / "tls.crt"
        self._run(
            "kube-apiserver",
            f"--etcd-servers={store}",
            "--bind-address=127.0.0.1",
            f"--secure-port={port}",
            "--advertise-address=127.0.0.1",
            "--endpoint-reconciler-type=none",
            f"--tls-cert-file={public}",
            f"--tls-private-key-file={key}",
            f"--token-auth-file={self.folder / 'tokens.csv'}",
            "--authorization-mode=RBAC",
            "--service-account-issuer=https://kubernetes.default.svc.cluster.local",
            f"--service-account-key-file={public}",
            f"--service-account-signing-key-file={key}",
            "--service-cluster-ip-range=10.96.0.0/16",
            # There are no kubelets to hand tokens to, and a Pod must not wait for its account.
            "--disable-admission-plugins=ServiceAccount",
            "--allow-privileged=true",
            "--profiling=false",
        )

    def _run_controllers(self, server: Server) -> None:
        self._run(
            "kube-controller-manager",
            f"--kubeconfig={server.kubeconfig}",
            f"--authentication-kubeconfig={server.kubeconfig}",
            f"--authorization-kubeconfig={server.kubeconfig}",
            f"--controllers={CONTROLLERS}",
            "--secure-port=0",
            "--leader-elect=false",
            "--use-service-account-credentials=false",
            "--kube-api-qps=200",
            "--kube-api-burst=400",
            "--profiling=false",
        )

    def _server(self, url: str, store: str) -> Server:
        config, readonly = self.folder / "kubeconfig", self.folder / "readonly.kubeconfig"
        ca = self.folder / "ca.crt"
        pem = ca.read_bytes()
        write_kubeconfig(config, name=self.name, url=url, ca_pem=pem, token=self.token)
        token = self.readonly_token
        write_kubeconfig(readonly, name=self.name, url=url, ca_pem=pem, token=token)
        return Server(self.name, url, ca, self.token, token, config, readonly, store)

    def _await(self, good: Callable[[], bool], what: str) -> None:
        deadline = time.monotonic() + START
        while not self.closing.is_set():
            try:
                if good():
                    return
            except OSError:
                pass  # not yet listening, or answering "not ready"
            self.alive()
            if time.monotonic() > deadline:
                raise TimeoutError(f"{what}: not in {START:.0f} s; logs in {self.folder}")
            self.closing.wait(0.05)
        raise Stopped("asked to end")


def _fetch(url: str, token: str = "", trust: ssl.SSLContext | None = None) -> bytes:
    request = urllib.request.Request(url, headers={"Authorization": f"Bearer {token}"})
    with urllib.request.urlopen(request, timeout=5, context=trust) as answer:
        return bytes(answer.read())


def _furnish(server: Server) -> None:
    """What the World's API has from the start: the user who may only read, and Flux's kinds."""
    api, name = Client(server), "fluxtui-read-only"
    rules = [
        {"apiGroups": ["*"], "resources": ["*"], "verbs": ["get", "list", "watch"]},
        {"nonResourceURLs": ["*"], "verbs": ["get"]},
    ]
    api.post(f"{RBAC}/clusterroles", {"metadata": {"name": name}, "rules": rules}).ok()
    group = "rbac.authorization.k8s.io"
    binding = {
        "metadata": {"name": name},
        "roleRef": {"apiGroup": group, "kind": "ClusterRole", "name": name},
        "subjects": [{"apiGroup": group, "kind": "User", "name": name}],
    }
    api.post(f"{RBAC}/clusterrolebindings", binding).ok()
    for definition in flux_crds():
        define(api, dict(definition))
    api.close()


def serve(folder: Path | None, until: int | None, name: str) -> int:
    """Start one, say where, and hold it until SIGINT, SIGTERM or the end of process `until`."""
    for program in CONTROL_PLANE:
        build(program)
    place = folder or Path(tempfile.mkdtemp(prefix="fluxtui-control-plane-"))
    plane = ControlPlane(place, name)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: plane.closing.set())
    if until is not None:
        threading.Thread(target=_end_with, args=(until, plane.closing), daemon=True).start()
    try:
        server = plane.start()
        server.save(place / "ready.json")
        print(f"export KUBECONFIG={server.kubeconfig}", flush=True)
        print(f"read-only: {server.readonly_kubeconfig}; Ctrl-C ends it", flush=True)
        while not plane.closing.wait(1):
            plane.alive()
    except (Stopped, TimeoutError) as error:
        if not plane.closing.is_set():
            print(error, file=sys.stderr)
            return 1
    finally:
        plane.stop()
        abandoned = until is not None and not Path(f"/proc/{until}").exists()
        if folder is None or abandoned:  # nobody is left to remove it
            shutil.rmtree(place, ignore_errors=True)
    return 0


def _end_with(pid: int, closing: threading.Event) -> None:
    try:
        watched = os.pidfd_open(pid)
    except ProcessLookupError:
        closing.set()
        return
    select.select([watched], [], [])
    os.close(watched)
    closing.set()


# From tests: as a process of its own, which ends with the test run.


class Launched:
    """A control plane coming up in `folder`; ends with process `until`, or by `end`."""

    def __init__(self, folder: Path, until: int, name: str = "real") -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        command = [sys.executable, "-m", "tests.contract", "up", "--name", name]
        command += ["--folder", str(folder), "--until", str(until)]
        with (folder / "log").open("wb") as out:
            self.process = subprocess.Popen(
                command, cwd=REPO, stdin=subprocess.DEVNULL, stdout=out, stderr=out,
                start_new_session=True,
            )  # fmt: skip
        (folder / "pid").write_text(str(self.process.pid))

    def ready(self) -> Server:
        """Wait for it. Raises AssertionError with its last words where it ends instead."""
        ready, pause = self.folder / "ready.json", threading.Event()
        while not ready.exists():
            told = (self.folder / "log").read_text()
            assert self.process.poll() is None, f"no control plane: {told}"
            pause.wait(0.05)
        return Server.load(ready)

    def end(self) -> None:
        """Returns when all of it is gone."""
        self.process.terminate()
        self.process.wait(30)


_STARTED: list[Launched] = []  # outlives the test that asked first; `end_shared` ends it


def shared(folder: Path, until: int) -> Server:
    """The one of a test run, whichever of its processes needs it first."""
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "ready.json").exists():
            _STARTED.append(Launched(folder, until))
            return _STARTED[0].ready()
    return Server.load(folder / "ready.json")


def end_shared(folder: Path) -> None:
    """End it, if any was started, and remove its files. Waits until all of it is gone."""
    note = folder / "pid"
    if note.exists():
        try:
            watched = os.pidfd_open(int(note.read_text()))
        except ProcessLookupError:
            pass  # ended already
        else:
            signal.pidfd_send_signal(watched, signal.SIGTERM)
            select.select([watched], [], [], 30)
            os.close(watched)
    shutil.rmtree(folder, ignore_errors=True)
