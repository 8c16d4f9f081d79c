"""Registry clients by credentials: OCIRepositories with the same pull secret share connections.

Requests run in threads (oras is synchronous) and at most a few at once. This module only asks.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TypeVar

from fluxtui.artifacts import Reference, RegistryClient, RegistrySettings
from fluxtui.artifacts.manifest import Descriptor
from fluxtui.artifacts.results import Pulled
from fluxtui.reconciler.clock import Clock

T = TypeVar("T")
_AT_ONCE = 8
_MOST_CLIENTS = 32


class Access:
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


class Registries:
    """All registries, reached with the given settings and each object's own credentials."""

    def __init__(self, settings: RegistrySettings, clock: Clock) -> None:
        self._settings = replace(settings, read_only=True)
        self._clock = clock
        self._gate = asyncio.Semaphore(_AT_ONCE)
        self._clients: dict[object, RegistryClient] = {}

    def access(
        self, host: str, credentials: Mapping[str, tuple[str, str]], *, insecure: bool = False
    ) -> Access:
        """A client for the host with these credentials besides the settings' own."""
        key = (tuple(sorted(credentials.items())), host if insecure else "")
        client = self._clients.get(key)
        if client is None:
            settings = self._settings
            settings = replace(
                settings,
                credentials={**settings.credentials, **_mirrored(settings, credentials)},
                plain_http=settings.plain_http | ({host} if insecure else frozenset()),
            )
            speed = self._clock.speed
            client = RegistryClient(settings, pause=lambda s: time.sleep(s / speed))
            while len(self._clients) >= _MOST_CLIENTS:
                self._clients.pop(next(iter(self._clients))).close()
            self._clients[key] = client
        return Access(client, self._gate)

    def close(self) -> None:
        """End all connections."""
        for client in self._clients.values():
            client.close()
        self._clients.clear()


def _mirrored(
    settings: RegistrySettings, credentials: Mapping[str, tuple[str, str]]
) -> dict[str, tuple[str, str]]:
    """Credentials by the hosts that will really be asked.

    A pull secret names the host that is written in the object; the mirror the user chose for it
    gets the secret only where it may be sent in the clear or over TLS (the client sees to that).
    """
    found = dict(credentials)
    for host, pair in credentials.items():
        real, _ = settings.located(host, "")
        found.setdefault(real, pair)
    return found
