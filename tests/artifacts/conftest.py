"""A real registry on loopback and clients that never really wait."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from fluxtui.artifacts import (
    Packed,
    Pushed,
    Reference,
    RegistryClient,
    RegistrySettings,
    pack_files,
)
from fluxtui.world.registry import RegistryServer

REPOSITORY = "acme/activity"
CREATED = "2026-11-23T18:00:00Z"


@dataclass
class Clock:
    """Time that passes only when told to."""

    now: float = 1000.0

    def __call__(self) -> float:
        return self.now


@dataclass
class Pauses:
    """Stands in for sleeping: remembers what was asked for."""

    taken: list[float] = field(default_factory=list)

    def __call__(self, seconds: float) -> None:
        self.taken.append(seconds)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def pauses() -> Pauses:
    return Pauses()


@pytest.fixture
def registry(clock: Clock) -> Iterator[RegistryServer]:
    """The World's registry with random credentials; its tokens age by `clock`."""
    with RegistryServer(clock=clock) as server:
        yield server


ClientMaker = Callable[..., RegistryClient]


@pytest.fixture
def make_client(clock: Clock, pauses: Pauses) -> Iterator[ClientMaker]:
    """Clients that are closed at the end; no environment unless a test gives one."""
    made: list[RegistryClient] = []

    def make(environ: dict[str, str] | None = None, **settings: Any) -> RegistryClient:
        client = RegistryClient(
            RegistrySettings(**settings), environ=environ or {}, clock=clock, pause=pauses
        )
        made.append(client)
        return client

    yield make
    for client in made:
        client.close()


@pytest.fixture
def client(registry: RegistryServer, make_client: ClientMaker) -> RegistryClient:
    """A client that knows the registry's credentials."""
    return make_client(credentials={registry.address: (registry.username, registry.password)})


@pytest.fixture
def reference(registry: RegistryServer) -> Reference:
    return Reference.parse(f"oci://{registry.address}/{REPOSITORY}:v1.0.0")


@pytest.fixture
def bundle() -> Packed:
    return pack_files({"base/kustomization.yaml": b"resources: []\n", "README.md": b"hello\n"})


def publish(client: RegistryClient, reference: Reference, packed: Packed, **more: Any) -> Pushed:
    """A push with the words that do not matter to the test."""
    words = {"source": "https://git.example/acme", "revision": "main@sha1:0a1b", "created": CREATED}
    return client.push(reference, packed, **{**words, **more})
