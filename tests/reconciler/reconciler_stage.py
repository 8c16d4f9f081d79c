"""A small delivery to tell stories with: a real API, a real registry, and the Reconciler on both.

Nothing here is faked: bundles are pushed by the client, objects go through the embedded API. What
a kubelet would do (Deployments becoming ready) the stories write into status themselves. Waiting is
done on watches, never on time.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import yaml

from fluxtui.artifacts import Reference, RegistryClient, RegistrySettings, pack_files
from fluxtui.cluster.client import connect
from fluxtui.cluster.port import ApiResource, Cluster, Json
from fluxtui.domain.errors import NotFound
from fluxtui.reconciler.reconciler import Reconciler
from tests.stepped import SteppedClock

NS = "team"
HOST = "registry.example.com"
LIMIT = 240.0

Bundle = Mapping[str, str]


def config_map(name: str, **data: str) -> str:
    return yaml.safe_dump(
        {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name}, "data": data}
    )


def deployment(name: str, image: str = "app:1", replicas: int = 1) -> str:
    container = {"name": "app", "image": image}
    return yaml.safe_dump(
        {
            "apiVersion": "apps/v1",
            "kind": "Deployment",
            "metadata": {"name": name},
            "spec": {
                "replicas": replicas,
                "selector": {"matchLabels": {"app": name}},
                "template": {
                    "metadata": {"labels": {"app": name}},
                    "spec": {"containers": [container]},
                },
            },
        }
    )


class Stage:
    """The scene: `push` bundles, `apply` objects, `until` something is so."""

    def __init__(self, cluster: Cluster, settings: RegistrySettings, folder: Path) -> None:
        self.cluster = cluster
        self.settings = settings
        self.clock = SteppedClock()
        self.folder = folder
        self.registry = RegistryClient(settings)
        self._task: asyncio.Task[None] | None = None
        self.reconciler: Reconciler | None = None
        self.server: Any = None
        self.api: Any = None

    # -- the registry

    async def push(self, repository: str, tag: str, files: Bundle, **annotations: str) -> str:
        """Publish a bundle; the manifest's digest."""
        packed = pack_files({name: text.encode() for name, text in files.items()})
        pushed = await asyncio.to_thread(
            self.registry.push,
            Reference(HOST, repository, tag),
            packed,
            source="https://git.example.com/it",
            revision=f"{tag}@sha1:abc",
            created="2026-01-01T00:00:00Z",
            annotations=annotations,
            force=True,
        )
        return pushed.digest

    # -- the cluster

    async def apply(self, *objects: Json, manager: str = "fluxtui-test") -> None:
        for obj in objects:
            type_ = await self.cluster.find(obj["apiVersion"], obj["kind"])
            await self.cluster.apply(type_, obj, field_manager=manager, force=True)

    async def type(self, kind: str) -> ApiResource:
        served = (await self.cluster.discover()).values()
        return next(t for t in served if t.kind == kind)  # the core group's Event comes first

    async def get(self, kind: str, name: str, namespace: str = NS) -> Json | None:
        try:
            return await self.cluster.get(await self.type(kind), namespace, name)
        except NotFound:
            return None

    async def patch(self, kind: str, name: str, patch: Mapping[str, Any], sub: str = "") -> Json:
        return await self.cluster.patch(
            await self.type(kind), NS, name, patch, field_manager="person", subresource=sub
        )

    async def delete(self, kind: str, name: str) -> None:
        await self.cluster.delete(await self.type(kind), NS, name)

    async def request(self, kind: str, name: str, token: str) -> None:
        annotation = {"reconcile.fluxcd.io/requestedAt": token}
        await self.patch(kind, name, {"metadata": {"annotations": annotation}})

    async def roll_out(self, name: str) -> None:
        """What controllers and kubelets would write once the Deployment's Pods are up."""
        found = await self.get("Deployment", name)
        assert found is not None
        replicas = found["spec"].get("replicas", 1)
        counts = ("replicas", "updatedReplicas", "readyReplicas", "availableReplicas")
        status: Json = dict.fromkeys(counts, replicas)
        status["observedGeneration"] = found["metadata"]["generation"]
        status["conditions"] = [
            {"type": "Available", "status": "True"},
            {"type": "Progressing", "status": "True", "reason": "NewReplicaSetAvailable"},
        ]
        await self.patch("Deployment", name, {"status": status}, sub="status")

    async def settled(self) -> None:
        """Let the runs under way end, so that their Events are there and retries are planned."""
        assert self.reconciler is not None
        async with asyncio.timeout(LIMIT):
            await self.reconciler.settled()

    async def until_waiting(self) -> None:
        """Until somebody waits on the clock for what has not happened yet (a health wait)."""
        async with asyncio.timeout(LIMIT):
            await self.clock.until_awaited(5.0)

    async def pass_time(self, seconds: float) -> None:
        """Let the runs under way end, then time pass."""
        await self.settled()
        self.clock.advance(seconds)

    async def events(self, name: str) -> list[tuple[str, str, str]]:
        """(type, reason, message) of the Events about an object, oldest first."""
        await self.settled()
        listing = await self.cluster.list(await self.type("Event"), NS)
        mine = [e for e in listing.items if e["involvedObject"]["name"] == name]
        mine.sort(key=lambda e: int(e["metadata"]["resourceVersion"]))
        return [(e["type"], e["reason"], e["message"]) for e in mine]

    async def until(
        self, kind: str, name: str, so: Callable[[Json | None], object], namespace: str = NS
    ) -> Any:
        """The object as soon as it is so (None: gone); fails with its last state after a while."""
        type_ = await self.type(kind)
        last: Json | None = None
        try:
            async with asyncio.timeout(LIMIT):
                while True:
                    listing = await self.cluster.list(
                        type_, namespace, field_selector=f"metadata.name={name}"
                    )
                    last = listing.items[0] if listing.items else None
                    if so(last):
                        return last
                    async for event in self.cluster.watch(
                        type_,
                        namespace,
                        resource_version=listing.resource_version,
                        field_selector=f"metadata.name={name}",
                    ):
                        if event.type == "BOOKMARK":
                            continue
                        last = None if event.type == "DELETED" else event.object
                        if so(last):
                            return last
        except TimeoutError:
            raise AssertionError(
                f"{kind} {name} never became so:\n{yaml.safe_dump(last)}"
            ) from None

    async def until_condition(
        self, kind: str, name: str, type_: str, status: str, reason: str = ""
    ) -> Json:
        def so(obj: Json | None) -> bool:
            found = condition(obj, type_)
            return found.get("status") == status and reason in ("", found.get("reason"))

        return await self.until(kind, name, so)

    async def until_ready(self, kind: str, name: str) -> Json:
        """Ready for its present spec."""

        def so(obj: Json | None) -> bool:
            return (
                obj is not None
                and condition(obj, "Ready").get("status") == "True"
                and obj["status"].get("observedGeneration") == obj["metadata"]["generation"]
            )

        return await self.until(kind, name, so)

    # -- the Reconciler

    async def start(self, **options: Any) -> Reconciler:
        self.reconciler = Reconciler(
            self.cluster,
            self.settings,
            clock=self.clock,
            storage=self.folder / "storage",
            **options,
        )
        self._task = asyncio.create_task(self.reconciler.run())
        ready = asyncio.create_task(self.reconciler.running.wait())
        await asyncio.wait({self._task, ready}, return_when=asyncio.FIRST_COMPLETED)
        ready.cancel()
        if self._task.done():
            task, self._task = self._task, None
            task.result()
        return self.reconciler

    async def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
            self._task = None

    async def close(self) -> None:
        await self.stop()
        await self.cluster.close()
        await asyncio.to_thread(self.registry.close)


async def raise_stage(kubeconfig: Path, settings: RegistrySettings, folder: Path) -> Stage:
    cluster = await connect(str(kubeconfig), None, name="staging")
    stage = Stage(cluster, settings, folder)
    await stage.apply({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": NS}})
    return stage


def condition(obj: Json | None, type_: str) -> Json:
    for item in ((obj or {}).get("status") or {}).get("conditions") or []:
        if item["type"] == type_:
            return dict(item)
    return {}


def source(name: str = "app", repository: str = "acme/app", **spec: Any) -> Json:
    return {
        "apiVersion": "source.toolkit.fluxcd.io/v1",
        "kind": "OCIRepository",
        "metadata": {"name": name, "namespace": NS},
        "spec": {
            "interval": "5m",
            "url": f"oci://{HOST}/{repository}",
            "ref": {"semver": ">=0.0.0"},
            **spec,
        },
    }


def kustomization(
    name: str = "app", uses: str = "app", after: tuple[str, ...] = (), **spec: Any
) -> Json:
    return {
        "apiVersion": "kustomize.toolkit.fluxcd.io/v1",
        "kind": "Kustomization",
        "metadata": {"name": name, "namespace": NS},
        "spec": {
            "interval": "1h",
            "retryInterval": "1m",
            "timeout": "3m",
            "prune": True,
            "path": "./",
            "targetNamespace": NS,
            "sourceRef": {"kind": "OCIRepository", "name": uses},
            **({"dependsOn": [{"name": n} for n in after]} if after else {}),
            **spec,
        },
    }
