"""Engines on real servers: the World's Kubernetes API and registry, in this process."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
from engine_stage import QUICK, MakeEngine, MakePlace, Place, Registry

from fluxtui.artifacts.client import RegistryClient
from fluxtui.artifacts.settings import RegistrySettings
from fluxtui.cluster.client import connect
from fluxtui.cluster.port import Cluster
from fluxtui.domain.config import Config, Environment
from fluxtui.engine.acts.journal import Journal
from fluxtui.engine.engine import Engine
from fluxtui.engine.pace import Pace
from fluxtui.world.apiserver.server import ApiServer
from fluxtui.world.registry.server import RegistryServer


@pytest.fixture
async def place(tmp_path: Path) -> AsyncIterator[MakePlace]:
    """Starts Environments: `await place("staging")`."""
    opened: list[Place] = []

    async def make(name: str, crds: list[dict[str, Any]] | None = None, **options: Any) -> Place:
        server = ApiServer(name, crds=crds)
        server.start()
        kubeconfig = tmp_path / f"{name}.kubeconfig"
        server.write_kubeconfig(kubeconfig)
        environment = Environment(
            name, name, kubeconfig=str(kubeconfig), **{"protected": False, **options}
        )
        api = await connect(str(kubeconfig), name, name="test")
        opened.append(Place(server, environment, api))
        return opened[-1]

    yield make
    for each in opened:
        await each.api.close()
        each.server.stop()


@pytest.fixture
def registry() -> Iterator[Registry]:
    with RegistryServer() as server:
        settings = RegistrySettings(
            credentials={server.address: (server.username, server.password)}, timeout=60
        )
        with RegistryClient(settings, environ={}, pause=lambda _seconds: None) as client:
            yield Registry(server, client, settings)


@pytest.fixture
def engine(tmp_path: Path, registry: Registry) -> Iterator[MakeEngine]:
    """Starts Engines: `engine(place, ..., read_only=True)`."""
    running: list[Engine] = []

    async def reach(environment: Environment) -> Cluster:
        return await connect(environment.kubeconfig, environment.context, name=environment.name)

    def make(*places: Place, pace: Pace = QUICK, **config: Any) -> Engine:
        values = {"cache": str(tmp_path / "cache"), "user": "ada", **config}
        made = Engine(
            Config(environments=tuple(p.environment for p in places), **values),
            connect=reach,
            registry=lambda: RegistryClient(
                registry.settings, environ={}, pause=lambda _seconds: None
            ),
            journal=Journal(tmp_path / "journal.jsonl"),
            pace=pace,
        )
        running.append(made)
        made.start()
        return made

    yield make
    for each in running:
        each.stop()
