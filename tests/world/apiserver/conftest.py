"""A fresh API server for every story; it is up in a few milliseconds."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from fluxtui.world.apiserver.server import ApiServer
from tests.world.apiserver.client import Client


class Clock:
    """The World's clock, moved by hand."""

    def __init__(self) -> None:
        self.now = 1_790_000_000.0

    def __call__(self) -> float:
        return self.now

    def forward(self, seconds: float) -> None:
        self.now += seconds


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def server(clock: Clock) -> Iterator[ApiServer]:
    with ApiServer("staging", clock=clock, ring=50, namespace_delay=0.0) as server:
        yield server
        assert not server.errors, "the server met a bug of its own"


@pytest.fixture
def api(server: ApiServer) -> Iterator[Client]:
    client = Client(server)
    yield client
    client.close()
