"""Registry clients by credentials: OCIRepositories with the same pull secret share connections.

Requests run in threads (oras is synchronous) and at most a few at once. This module only asks.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import replace
from typing import TypeVar

from fluxtui.artifacts import PullSecret, Reference, RegistryClient, RegistrySettings
from fluxtui.artifacts.manifest import Descriptor
from fluxtui.artifacts.results import Pulled
from fluxtui.kit.clock import Clock

T = TypeVar("T")
_AT_ONCE = 8
_MOST_CLIENTS = 32


class SourceAccess:
    """What one OCIRepository may use: its registry client."""

    def __init__(self, client: RegistryClient, gate: asyncio.Semaphore) -> None:
        self._client = client
        self._gate = gate

    async def list_tags(self, reference: Reference) -> list[str]:
        """All tags. Raises RegistryError."""
        return await self._call(lambda: self._client.list_tags(reference))

    async def resolve(self, reference: Reference) -> Descriptor:
        """What a tag points to. Raises RegistryError."""
        return await self._call(lambda: self._client.resolve(reference))

    async def pull(self, reference: Reference, layer_media_type: str) -> Pulled:
        """The chosen layer. Raises RegistryError, ArtifactError."""
        return await self._call(
            lambda: self._client.pull(reference, layer_media_type=layer_media_type)
        )

    async def _call(self, work: Callable[[], T]) -> T:
        async with self._gate:
            return await asyncio.to_thread(work)


class SourceRegistries:
    """All registries, reached with the given settings and each object's own pull Secrets."""

    def __init__(self, settings: RegistrySettings, clock: Clock) -> None:
        self._settings = replace(settings, read_only=True)
        self._clock = clock
        self._gate = asyncio.Semaphore(_AT_ONCE)
        self._clients: dict[object, RegistryClient] = {}

    def access(
        self, reference: Reference, secrets: tuple[PullSecret, ...], *, insecure: bool = False
    ) -> SourceAccess:
        """A client for the repository with these Secrets before the settings' own credentials.

        A Secret is for the host that is written in the object; the mirror the user chose for that
        one gets it only where it may be sent in the clear or over TLS (the client sees to that).
        Raises ConfigError when a Secret's entry cannot be read.
        """
        host = reference.registry
        key = (secrets, host if insecure else "")
        client = self._clients.get(key)
        if client is None:
            settings = self._settings
            settings = replace(
                settings, plain_http=settings.plain_http | ({host} if insecure else frozenset())
            )
            speed = self._clock.speed
            client = RegistryClient(settings, pause=lambda s: time.sleep(s / speed))
            while len(self._clients) >= _MOST_CLIENTS:
                self._clients.pop(next(iter(self._clients))).close()
            self._clients[key] = client
        if secrets:
            client.lend(reference, secrets, first=True)
        return SourceAccess(client, self._gate)

    def close(self) -> None:
        """End all connections."""
        for client in self._clients.values():
            client.close()
        self._clients.clear()
