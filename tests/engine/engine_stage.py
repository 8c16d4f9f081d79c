"""What the Engine's stories are told with: Environments, a registry, and futures awaited."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Any, TypeVar

from fluxtui.artifacts.client import RegistryClient
from fluxtui.artifacts.packing import pack_files
from fluxtui.artifacts.reference import Reference
from fluxtui.artifacts.settings import RegistrySettings
from fluxtui.cluster.port import Cluster
from fluxtui.domain import kinds
from fluxtui.domain.config import Environment
from fluxtui.domain.kinds import kustomization, ocirepository
from fluxtui.domain.kinds.kind import Kind
from fluxtui.domain.resource import Key
from fluxtui.engine.engine import Engine
from fluxtui.engine.pace import Pace
from fluxtui.world.apiserver.server import ApiServer
from fluxtui.world.registry.server import RegistryServer

T = TypeVar("T")
PATIENCE = 120.0
QUICK = Pace(first=0.05, most=0.2, healthy=10.0, parked=0.1, listing=0.2)


async def got(future: Future[T]) -> T:
    """The result of one of the Engine's futures."""
    async with asyncio.timeout(PATIENCE):
        return await asyncio.wrap_future(future)


@dataclass
class Place:
    """One Environment: its server, a client of the test's own, and shortcuts to write objects."""

    server: ApiServer
    environment: Environment
    api: Cluster

    def source_key(self, name: str) -> Key:
        return Key(self.environment.name, *ocirepository.KIND.id, "apps", name)

    def kustomization_key(self, name: str) -> Key:
        return Key(self.environment.name, *kustomization.KIND.id, "apps", name)

    async def create(self, obj: dict[str, Any]) -> dict[str, Any]:
        type_ = await self.api.find(obj["apiVersion"], obj["kind"])
        return await self.api.create(type_, obj, field_manager="test")

    async def serve(self, *short: str) -> None:
        """Have the API serve these kinds, with a status of its own each."""
        for word in short:
            kind = kinds.by_short(word)
            assert kind is not None
            await self.create(definition(kind))

    async def put(
        self, short: str, name: str, spec: dict[str, Any], status: dict[str, Any] | None = None
    ) -> Key:
        """An object of any of Flux's kinds; its key."""
        kind = kinds.by_short(short)
        assert kind is not None
        await self.create(flux(kind.api_version, kind.kind, name, spec))
        key = Key(self.environment.name, *kind.id, "apps", name)
        if status is not None:
            await self.patch(key, {"status": status}, "status")
        return key

    async def namespace(self, name: str = "apps") -> None:
        meta = {"name": name}
        await self.create({"apiVersion": "v1", "kind": "Namespace", "metadata": meta})

    async def source(self, name: str, url: str, **ref: str) -> None:
        spec = {"interval": "1m", "url": url, "ref": ref}
        await self.create(flux("source.toolkit.fluxcd.io/v1", "OCIRepository", name, spec))

    async def kustomization(self, name: str, source: str, **more: Any) -> None:
        reference = {"kind": "OCIRepository", "name": source}
        spec = {"interval": "1m", "prune": True, "path": "./", "sourceRef": reference, **more}
        await self.create(flux("kustomize.toolkit.fluxcd.io/v1", "Kustomization", name, spec))

    async def patch(self, key: Key, patch: dict[str, Any], subresource: str = "") -> None:
        kind = kinds.of(key)
        assert kind is not None
        type_ = await self.api.find(kind.api_version, key.kind)
        await self.api.patch(
            type_, key.namespace, key.name, patch, field_manager="test", subresource=subresource
        )

    async def stored(self, name: str, revision: str) -> None:
        """What source-controller writes when it has stored an artifact."""
        artifact = {
            "revision": revision,
            "digest": "sha256:" + "0" * 64,
            "path": "p",
            "url": "http://x/p",
            "lastUpdateTime": "2026-11-23T18:00:00Z",
        }
        await self.patch(self.source_key(name), {"status": {"artifact": artifact}}, "status")


def definition(kind: Kind) -> dict[str, Any]:
    """A CustomResourceDefinition of that kind which lets every field through."""
    schema = {"type": "object", "x-kubernetes-preserve-unknown-fields": True}
    names = {
        "plural": kind.plural,
        "singular": kind.kind.lower(),
        "kind": kind.kind,
        "listKind": f"{kind.kind}List",
    }
    version = {
        "name": kind.version,
        "served": True,
        "storage": True,
        "schema": {"openAPIV3Schema": schema},
        "subresources": {"status": {}},
    }
    return {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": f"{kind.plural}.{kind.group}"},
        "spec": {
            "group": kind.group,
            "names": names,
            "scope": "Namespaced",
            "versions": [version],
        },
    }


def flux(api_version: str, kind: str, name: str, spec: dict[str, Any]) -> dict[str, Any]:
    meta = {"name": name, "namespace": "apps"}
    return {"apiVersion": api_version, "kind": kind, "metadata": meta, "spec": spec}


def ready(status: str, reason: str, message: str, generation: int = 1) -> dict[str, Any]:
    return {
        "type": "Ready",
        "status": status,
        "reason": reason,
        "message": message,
        "observedGeneration": generation,
        "lastTransitionTime": "2026-11-23T18:00:00Z",
    }


MakePlace = Callable[..., Any]
MakeEngine = Callable[..., Engine]


@dataclass
class Registry:
    """The registry, and shortcuts to publish."""

    server: RegistryServer
    client: RegistryClient
    settings: RegistrySettings = field(default_factory=RegistrySettings)

    def url(self, repository: str) -> str:
        return f"oci://{self.server.address}/{repository}"

    def push(self, repository: str, tag: str, files: dict[str, str], minute: int = 0) -> str:
        """Publish a bundle; the digest."""
        packed = pack_files({name: text.encode() for name, text in files.items()})
        pushed = self.client.push(
            Reference.parse(f"{self.url(repository)}:{tag}"),
            packed,
            source="https://git.test/bundles.git",
            revision=f"{tag}@sha1:0123",
            created=f"2026-11-23T17:{minute:02}:00Z",
        )
        return pushed.digest
