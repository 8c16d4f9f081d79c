"""A cluster whose workloads live, for stories about them."""

from __future__ import annotations

import itertools
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from fluxtui.cluster.client import connect
from fluxtui.cluster.port import Cluster
from fluxtui.kit.clock import Clock
from fluxtui.world.apiserver.server import ApiServer
from fluxtui.world.simulator.simulator import Simulator
from tests.world.simulator_stage import NAMESPACE, SPEED, create
from tests.world.waiting import connections_closed

_NUMBERS = itertools.count()


@pytest.fixture(scope="module")
def api(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ApiServer]:
    with ApiServer("staging") as server:
        yield server
        assert server.errors == []


@pytest.fixture
async def cluster(api: ApiServer, tmp_path: Path) -> AsyncIterator[Cluster]:
    path = tmp_path / "kubeconfig"
    api.write_kubeconfig(path)
    client = await connect(str(path), "staging", name="staging")
    yield client
    await client.close()
    await connections_closed()


@pytest.fixture
async def simulator(cluster: Cluster) -> AsyncIterator[Simulator]:
    async with Simulator(cluster, Clock(SPEED), seed=1) as running:
        yield running


@pytest.fixture
async def ns(cluster: Cluster, simulator: Simulator) -> str:
    """A namespace of the test's own, in a cluster whose workloads live."""
    name = f"test-{next(_NUMBERS)}"
    await create(cluster, NAMESPACE, {"metadata": {"name": name}})
    return name
