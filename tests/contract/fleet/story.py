"""The fleet's life: everything is brought up, then what a person or a commit does to it.

`told` gives a control plane on which Flux's controllers have said all they will say of every case;
tests ask fluxtui about it, and `record` writes it down. Waits are for what the controllers write,
never for time.
"""

from __future__ import annotations

import base64
import contextlib
import json
import signal
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Any

from fluxtui.artifacts import Reference, RegistryClient, RegistrySettings, pack_files
from fluxtui.artifacts.publish import put_blob
from fluxtui.domain.selection import HELM_CHART
from fluxtui.world.registry import RegistryServer
from tests.contract.control_plane import ControlPlane
from tests.contract.fleet.cases import Case, cases, met
from tests.contract.fleet.controllers import Controllers, available, define_kinds
from tests.contract.fleet.servers import GitRepository, Shop, chart
from tests.contract.server import Server, wait_until
from tests.world.apiserver.client import Client

NAMESPACES = ("flux-system", "apps")
REQUEST = "reconcile.fluxcd.io/requestedAt"
_WAIT = 120  # seconds, for a story's whole part


def _config_map(name: str, namespace: str = "apps") -> str:
    return (
        "apiVersion: v1\nkind: ConfigMap\n"
        f"metadata: {{name: {name}, namespace: {namespace}}}\ndata: {{greeting: hello}}\n"
    )


def _workload(kind: str, name: str, more: str, spec: str = "") -> str:
    api = "apps/v1" if kind == "Deployment" else "batch/v1"
    pod = f"containers: [{{name: main, image: 'registry.example.com/main:1'}}]{_END[kind]}"
    return (
        f"apiVersion: {api}\nkind: {kind}\nmetadata: {{name: {name}, namespace: apps{more}}}\n"
        f"spec: {{{spec}template: {{metadata: {{labels: {{app: x}}}}, spec: {{{pod}}}}}}}\n"
    )


_END = {"Deployment": "", "Job": ", restartPolicy: Never"}
_SELECTOR = "selector: {matchLabels: {app: x}}, "
_HOOK = ", annotations: {helm.sh/hook: pre-install}"
_RELEASE = "'{{ .Release.Name }}'"
_FILES = {
    "settings/settings.yaml": _config_map("settings"),
    "checkout/checkout.yaml": _config_map("checkout"),
    "broken/kustomization.yaml": "resources: [absent.yaml]\n",
    "nowhere/settings.yaml": _config_map("settings", "nowhere"),
    "rollout/web.yaml": _workload("Deployment", "web", "", _SELECTOR),
    "rollout-slow/slow.yaml": _workload("Deployment", "slow", "", _SELECTOR),
}
# With what an API writes otherwise than a chart: amounts, and fields that are empty.
_SHOP = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: shop}
spec:
  replicas: {{ .Values.replicas }}
  selector: {matchLabels: {app: shop}}
  template:
    metadata: {labels: {app: shop}, annotations: {}}
    spec:
      nodeSelector: {}
      hostNetwork: false
      containers:
      - name: shop
        image: registry.example.com/shop:{{ .Chart.AppVersion }}
        env:
        - {name: DATABASE, value: "postgres://shop:{{ .Values.db.password }}@db"}
        - {name: EMPTY, value: ""}
        resources: {limits: {cpu: 1000m, memory: 1024Mi}}
---
apiVersion: v1
kind: Secret
metadata: {name: shop}
stringData: {password: {{ .Values.db.password | quote }}}
"""
_GREETING = """\
apiVersion: v1
kind: ConfigMap
metadata: {name: shop}
data: {greeting: {{ .Values.greeting | quote }}}
"""
_CHARTS: tuple[tuple[str, str, dict[str, str]], ...] = (
    ("greeting", "1.0.0", {"greeting.yaml": _config_map(_RELEASE)}),
    ("greeting", "1.1.0", {"greeting.yaml": _config_map(_RELEASE)}),
    ("greeting", "2.0.0", {"greeting.yaml": _config_map(_RELEASE, "nowhere")}),
    ("hooked", "1.0.0", {"hook.yaml": _workload("Job", _RELEASE, _HOOK)}),
    ("shop", "1.0.0", {"shop.yaml": _SHOP}),
    ("shop", "1.1.0", {"shop.yaml": _SHOP, "greeting.yaml": _GREETING}),
    ("server", "1.0.0", {"server.yaml": _workload("Deployment", _RELEASE, "", _SELECTOR)}),
)
_SECRETS = {
    "private-login": {"username": "fleet", "password": "wrong"},
    "receiver-token": {"token": "fleet"},
    "keys": {"key": "none"},
}


@dataclass(frozen=True, slots=True)
class Fleet:
    """`places` are the words of the objects and the addresses put in for them; `processes` the
    controllers that run; `charts` what the Helm repository offers, by file name."""

    server: Server
    api: Client
    cases: Sequence[Case]
    places: dict[str, str]
    storage: str
    folder: Path  # of all files of the servers and controllers
    git: GitRepository
    processes: Mapping[str, subprocess.Popen[bytes]]
    charts: dict[str, bytes]

    def live(self, case: Case) -> dict[str, Any]:
        return self.api.get(case.path).ok()


@contextlib.contextmanager
def begun(folder: Path, brought: Path | None = None) -> Iterator[Fleet]:
    """A fleet of which nothing is told yet: the servers, and the controllers that are built or
    `brought` along. Its processes end with the `with`."""
    git = GitRepository(folder / "git")
    git.commit(_FILES, "everything")
    plane = ControlPlane(folder / "plane", "fleet")
    with (
        RegistryServer(credentials=None) as registry,
        Shop(git) as shop,
        contextlib.ExitStack() as ends,
    ):
        _stock(shop, registry)
        places = {"SHOP": shop.url, "HOST": shop.address, "REGISTRY": registry.address}
        try:
            server = plane.start()
            api = ends.enter_context(contextlib.closing(Client(server)))
            define_kinds(api, brought)
            _prepare(api)
            programs = available(brought)
            with Controllers(server, folder / "controllers", programs) as controllers:
                fleet = [case for name in controllers.running for case in cases(name, places)]
                stored, running = controllers.storage, controllers.running
                yield Fleet(server, api, fleet, places, stored, folder, git, running, shop.charts)
                controllers.alive()
        finally:
            plane.stop()


@contextlib.contextmanager
def told(folder: Path, brought: Path | None = None) -> Iterator[Fleet]:
    """A fleet of which everything is told."""
    with begun(folder, brought) as fleet:
        _live(fleet.api, fleet.cases, fleet.git)
        yield fleet


def show() -> int:
    """A fleet to look at, until Ctrl-C or SIGTERM."""
    closing = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: closing.set())
    with (
        tempfile.TemporaryDirectory(prefix="fluxtui-fleet-") as folder,
        told(Path(folder)) as fleet,
    ):
        print(f"export KUBECONFIG={fleet.server.kubeconfig}", flush=True)
        print(f"{len(fleet.cases)} objects in every state; Ctrl-C ends it", flush=True)
        closing.wait()
    return 0


def _stock(shop: Shop, registry: RegistryServer) -> None:
    for name, version, templates in _CHARTS:
        shop.charts[f"{name}-{version}.tgz"] = chart(name, version, templates)
    shop.objects |= {"a.yaml": b"a: 1\n", "b.yaml": b"b: 2\n"}
    reference = Reference.parse(f"oci://{registry.address}/acme/bundle:v1.0.0")
    with contextlib.closing(RegistryClient(RegistrySettings(), environ={})) as client:
        client.push(
            reference,
            pack_files({name: text.encode() for name, text in _FILES.items()}),
            source="https://git.example/acme",
            revision="main@sha1:0a1b",
            created="2026-01-01T00:00:00Z",
        )
        _push_chart(client, registry, shop.charts["greeting-1.0.0.tgz"])


def _push_chart(client: RegistryClient, registry: RegistryServer, archive: bytes) -> None:
    """As `helm push` does."""
    reference = Reference.parse(f"oci://{registry.address}/acme/charts/greeting:1.0.0")
    blobs = {HELM_CHART: archive, "application/vnd.cncf.helm.config.v1+json": b"{}"}
    layer, config = (
        {"mediaType": media, "digest": f"sha256:{sha256(data).hexdigest()}", "size": len(data)}
        for media, data in blobs.items()
    )
    for part, data in zip((layer, config), blobs.values(), strict=True):
        put_blob(client, reference, data, str(part["digest"]))
    media = "application/vnd.oci.image.manifest.v1+json"
    manifest = {"schemaVersion": 2, "mediaType": media, "config": config, "layers": [layer]}
    client.put_manifest(reference, json.dumps(manifest).encode(), media)


def _prepare(api: Client) -> None:
    for name in NAMESPACES:
        api.post("/api/v1/namespaces", {"metadata": {"name": name}}).ok()
    for name, data in _SECRETS.items():
        secret = {k: base64.b64encode(v.encode()).decode() for k, v in data.items()}
        body = {"metadata": {"name": name}, "data": secret}
        api.post("/api/v1/namespaces/flux-system/secrets", body).ok()


def _live(api: Client, fleet: Sequence[Case], git: GitRepository) -> None:
    for case in fleet:
        if not case.is_made:
            api.post(case.folder, dict(case.object)).ok()
    _await(api, {case: case.first for case in fleet if case.later is not None})
    for case in fleet:
        if case.later:
            api.patch(case.path, case.later).ok()
        if case.drifts:
            edited = f"/api/v1/namespaces/apps/configmaps/{case.drifts}"
            api.patch(edited, {"data": {"greeting": "good bye"}}).ok()
            _ask(api, case)
    git.commit({"checkout/checkout.yaml": None}, "nobody needs it")
    deploy = next(case for case in fleet if case.key == "GitRepository/flux-system/deploy")
    _ask(api, deploy)
    _await(api, {case: case.until for case in fleet})


def _ask(api: Client, case: Case) -> None:
    api.patch(case.path, {"metadata": {"annotations": {REQUEST: "again"}}}).ok()


def _await(api: Client, asked: Mapping[Case, tuple[str, ...]]) -> None:
    """Until every case has its conditions; AssertionError with all that have not in time."""
    deadline, missed = time.monotonic() + _WAIT, []
    for case, conditions in asked.items():
        while (left := int(deadline - time.monotonic())) > 0:
            # A watch ends early where a FluxInstance writes the kind's definition anew.
            with contextlib.suppress(AssertionError):
                if case.is_made:
                    _await_made(api, case, left)
                wait_until(api, case.path, partial(met, conditions), left)
                break
        else:
            status = api.get(case.path).json.get("status")
            missed.append(f"{case.key} has not said {conditions}: {json.dumps(status)}")
    assert not missed, "\n".join(missed)


def _await_made(api: Client, case: Case, seconds: int) -> None:
    only = {"fieldSelector": f"metadata.name={case.object['metadata']['name']}"}
    listed = api.get(case.folder, **only).ok()
    if not listed["items"]:
        version = listed["metadata"]["resourceVersion"]
        query = {**only, "resourceVersion": version, "timeoutSeconds": str(seconds)}
        with api.watch(case.folder, **query) as stream:
            assert any(change == "ADDED" for change, _ in stream), case.key
