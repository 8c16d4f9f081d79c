"""A delivery in two environments on Flux's own controllers, and a person at a shell beside it.

`staging` and `production` are namespaces of one cluster, applied from one Git repository by a
Kustomization each, as a team has them. Workloads live by the simulator, so that a bad image really
fails its rollout. What is looked at is what the controllers wrote (`Delivery.get`), and never what
fluxtui says of it; nothing here judges.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import subprocess
import sys
import threading
import uuid
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from fluxtui.artifacts import Reference, RegistryClient, RegistrySettings, pack_files
from fluxtui.cluster.client import connect
from fluxtui.kit.clock import Clock
from fluxtui.world.simulator.simulator import Simulator
from tests.contract.fleet.cases import met, place_of
from tests.contract.fleet.story import REQUEST, Fleet, begun
from tests.contract.server import Server, wait_gone, wait_until
from tests.end_to_end.terminal import Terminal
from tests.world.apiserver.client import Client

Json = dict[str, Any]
ENVIRONMENTS = ("staging", "production")
RANGE = {"staging": ">=1.0.0-0", "production": "1.x"}
FAST, SLOW = "3s", "1h"
PARENT = "10s"  # how often what Git says is put back
_SPEED = 30.0
_PATIENCE = 120
_SOURCE, _APPLY, _HELM = (
    f"{name}.toolkit.fluxcd.io/{version}"
    for name, version in (("source", "v1"), ("kustomize", "v1"), ("helm", "v2"))
)


def bundle(image: str, **data: str) -> dict[str, bytes]:
    """The files of a build: a Deployment with this image's tag, and its settings."""
    pod = {"containers": [{"name": "web", "image": f"registry.example.com/web:{image}"}]}
    labels = {"app": "web"}
    objects = (
        {
            "apiVersion": "apps/v1",
            "kind": "Deployment",
            "metadata": {"name": "web"},
            "spec": {
                "replicas": 1,
                "progressDeadlineSeconds": 60,
                "selector": {"matchLabels": labels},
                "template": {"metadata": {"labels": labels}, "spec": pod},
            },
        },
        {
            "apiVersion": "v1",
            "kind": "ConfigMap",
            "metadata": {"name": "web"},
            "data": {"image": image, **data},
        },
    )
    return {"web.yaml": yaml.safe_dump_all(objects).encode()}


def settings(name: str) -> dict[str, bytes]:
    """A bundle that is one ConfigMap, which is well as soon as it is there."""
    body = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name}}
    return {"settings.yaml": yaml.safe_dump({**body, "data": {"greeting": name}}).encode()}


def source(namespace: str, name: str, url: str, interval: str, **ref: str) -> Json:
    """An OCIRepository."""
    spec = {"url": url, "interval": interval, "insecure": True, "ref": ref}
    return _object(_SOURCE, "OCIRepository", namespace, name, spec)


def kustomization(
    namespace: str, name: str, *, of: str = "OCIRepository", source: str = "", **spec: Any
) -> Json:
    """A Kustomization on a source of its namespace."""
    body = {
        "path": "./",
        "prune": True,
        "interval": SLOW,
        "retryInterval": "5s",
        "timeout": "1m",
        "sourceRef": {"kind": of, "name": source or name},
        **spec,
    }
    return _object(_APPLY, "Kustomization", namespace, name, body)


def release(
    namespace: str, name: str, version: str, *, chart: str = "greeting", **spec: Any
) -> Json:
    """A HelmRelease of that chart."""
    wanted = {"chart": chart, "version": version, "interval": SLOW}
    of = {"spec": {**wanted, "sourceRef": {"kind": "HelmRepository", "name": "charts"}}}
    return _object(_HELM, "HelmRelease", namespace, name, {"interval": SLOW, "chart": of, **spec})


def _object(version: str, kind: str, namespace: str, name: str, spec: Json) -> Json:
    metadata = {"name": name, "namespace": namespace}
    return {"apiVersion": version, "kind": kind, "metadata": metadata, "spec": spec}


@dataclass(frozen=True, slots=True)
class Answer:
    """What a verb said: its exit code, its document, and what it wrote beside it."""

    code: int
    document: Json
    beside: str = ""

    @property
    def outcomes(self) -> list[str]:
        return [receipt["outcome"] for receipt in self.document["receipts"]]


@dataclass
class Delivery:
    """The fleet, its registry's client, and the folder that the person's files are in."""

    fleet: Fleet
    folder: Path
    registry: RegistryClient
    config: Path = field(init=False)

    def __post_init__(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        self.config = self.folder / "fluxtui.yaml"
        # Unsorted: stages come in the order in which they are named.
        self.config.write_text(yaml.safe_dump(self._config(), sort_keys=False))

    def _config(self) -> Json:
        place = {"context": self.server.name, "kubeconfig": str(self.server.kubeconfig)}
        environments = {
            name: {**place, "namespaces": [name], "protected": name == "production"}
            for name in ENVIRONMENTS
        }
        files = {"journal": str(self.folder / "journal.jsonl"), "cache": str(self.folder / "cache")}
        return {"environments": environments, **files}

    @property
    def server(self) -> Server:
        return self.fleet.server

    def configure(self, **more: Any) -> None:
        """More of the configuration."""
        text = yaml.safe_dump({**self._config(), **more}, sort_keys=False)
        self.config.write_text(text)

    def url(self, name: str) -> str:
        """The repository of that name."""
        return f"oci://{self.fleet.places['REGISTRY']}/acme/{name}"

    def push(self, name: str, tag: str, files: dict[str, bytes]) -> str:
        """Publish a build; its digest."""
        pushed = self.registry.push(
            Reference.parse(f"{self.url(name)}:{tag}"),
            pack_files(files),
            source="https://git.example/acme",
            revision="main@sha1:0a1b",
            created="2026-01-01T00:00:00Z",
        )
        return str(pushed.digest)

    def commit(self, files: dict[str, Sequence[Json] | None], message: str) -> None:
        """Commit these objects to Git, by the files that hold them."""
        texts = {
            path: None if objects is None else yaml.safe_dump_all(objects)
            for path, objects in files.items()
        }
        self.fleet.git.commit(texts, message)

    def charts(self, namespace: str) -> Json:
        """The HelmRepository of that namespace."""
        spec = {"url": f"{self.fleet.places['SHOP']}/charts", "interval": SLOW}
        return _object(_SOURCE, "HelmRepository", namespace, "charts", spec)

    def git(self, namespace: str, name: str, **ref: str) -> Json:
        """A GitRepository of that namespace."""
        url = f"{self.fleet.places['SHOP']}/git/deploy.git"
        spec = {"url": url, "interval": SLOW, "ref": ref}
        return _object(_SOURCE, "GitRepository", namespace, name, spec)

    def till(self, version: str) -> None:
        """Commit production's release of that version."""
        objects = (self.charts("production"), release("production", "till", version))
        self.commit({"environments/production/till.yaml": objects}, f"till {version}")

    @contextlib.contextmanager
    def _api(self) -> Iterator[Client]:
        """A connection of its own: a verb may take longer than an API keeps an idle one."""
        with contextlib.closing(Client(self.server)) as client:
            yield client

    def create(self, *objects: Json) -> None:
        with self._api() as api:
            for obj in objects:
                api.post(place_of(obj).rpartition("/")[0], obj).ok()

    def get(self, key: str) -> Json:
        """What is live, by Kind/namespace/name."""
        with self._api() as api:
            return api.get(_path(key)).ok()

    def patch(self, key: str, patch: Json, manager: str = "somebody") -> None:
        with self._api() as api:
            api.patch(_path(key), patch, fieldManager=manager).ok()

    def wait(self, key: str, good: Callable[[Json], bool]) -> Json:
        """Until what is live is so. Raises AssertionError with its last state."""
        with self._api() as api:
            return wait_until(api, _path(key), good, _PATIENCE)

    def gone(self, key: str) -> None:
        """Return once nothing of that name is live."""
        with self._api() as api:
            wait_gone(api, _path(key), _PATIENCE)

    def ready(self, *keys: str) -> None:
        for key in keys:
            self.wait(key, lambda found: met(("Ready=True",), found))

    def ask(self, key: str) -> None:
        """Another's request, as `flux reconcile` has it."""
        at = uuid.uuid4().hex
        self.patch(key, {"metadata": {"annotations": {REQUEST: at}}})
        self.wait(key, lambda found: found["status"].get("lastHandledReconcileAt") == at)

    def __call__(self, *words: str) -> Answer:
        """A verb in a process of its own."""
        done = subprocess.run(
            [*self.words, *words, "-o", "json"],
            env={**os.environ, "HOME": str(self.folder)},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.stdout, done.stderr
        return Answer(done.returncode, json.loads(done.stdout), done.stderr)

    @property
    def words(self) -> list[str]:
        return [sys.executable, "-m", "fluxtui", "--config", str(self.config)]

    @contextlib.contextmanager
    def screen(self) -> Iterator[Terminal]:
        """The program on a terminal of 120 x 40."""
        terminal = Terminal(self.words, 120, 40)
        try:
            yield terminal
        finally:
            terminal.kill()


_API = {
    "OCIRepository": (_SOURCE, "ocirepositories"),
    "GitRepository": (_SOURCE, "gitrepositories"),
    "HelmRepository": (_SOURCE, "helmrepositories"),
    "HelmChart": (_SOURCE, "helmcharts"),
    "Kustomization": (_APPLY, "kustomizations"),
    "HelmRelease": (_HELM, "helmreleases"),
    "Deployment": ("apps/v1", "deployments"),
    "StatefulSet": ("apps/v1", "statefulsets"),
}


def _path(key: str) -> str:
    kind, namespace, name = key.split("/")
    if kind == "ConfigMap":
        return f"/api/v1/namespaces/{namespace}/configmaps/{name}"
    version, plural = _API[kind]
    return f"/apis/{version}/namespaces/{namespace}/{plural}/{name}"


@contextlib.contextmanager
def delivery(folder: Path) -> Iterator[Delivery]:
    """A delivery that is well everywhere; its processes end with the `with`."""
    with empty(folder) as found, simulated(found.server):
        _open(found)
        yield found


@contextlib.contextmanager
def empty(folder: Path) -> Iterator[Delivery]:
    """Both environments, with nothing in them, where no workload lives."""
    with (
        begun(folder / "fleet") as fleet,
        contextlib.closing(RegistryClient(RegistrySettings(), environ={})) as client,
    ):
        for name in ENVIRONMENTS:
            fleet.api.post("/api/v1/namespaces", {"metadata": {"name": name}}).ok()
        yield Delivery(fleet, folder / "home", client)


def _open(delivery: Delivery) -> None:
    """What both environments begin with: `shop` by ranges, in production a release as well."""
    for version in ("1.0.0", "1.1.0"):
        delivery.push("shop", f"v{version}", bundle(version))
    delivery.till("1.0.0")
    files: dict[str, Sequence[Json] | None] = {}
    for name in ENVIRONMENTS:
        interval = FAST if name == "staging" else SLOW
        of = source(name, "shop", delivery.url("shop"), interval, semver=RANGE[name])
        applies = kustomization(name, "shop", wait=True, targetNamespace=name)
        files[f"environments/{name}/shop.yaml"] = (of, applies)
    delivery.commit(files, "deliver")
    for name in ENVIRONMENTS:
        delivery.create(*roots(delivery, name))
    delivery.ready(*(f"Kustomization/{e}/{n}" for e in ENVIRONMENTS for n in ("infra", "shop")))
    delivery.ready("HelmRelease/production/till")


def roots(delivery: Delivery, environment: str, interval: str = PARENT) -> tuple[Json, Json]:
    """What a person applies by hand: Git, and the Kustomization of all that is there."""
    git = delivery.git(environment, "infra", branch="main")
    path = f"./environments/{environment}"
    root = kustomization(environment, "infra", of="GitRepository", path=path, interval=interval)
    return git, root


@contextlib.contextmanager
def simulated(server: Server) -> Iterator[None]:
    """The workloads of a cluster live, in a thread of their own."""
    begins, ends = threading.Event(), threading.Event()

    async def live() -> None:
        cluster = await connect(str(server.kubeconfig), server.name, name=server.name)
        try:
            async with Simulator(cluster, Clock(_SPEED), seed=1):
                begins.set()
                await asyncio.to_thread(ends.wait)
        finally:
            await cluster.close()

    thread = threading.Thread(target=lambda: asyncio.run(live()), daemon=True)
    thread.start()
    try:
        assert begins.wait(_PATIENCE), "the simulator has not begun"
        yield
    finally:
        ends.set()
        thread.join(_PATIENCE)
