"""Both servers, for tests that may see no difference: `server` is each of them in turn."""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from fluxtui.world.apiserver.server import ApiServer
from tests.contract.control_plane import shared
from tests.contract.programs import CONTROL_PLANE, program_or_skip
from tests.contract.server import Server
from tests.world.apiserver.client import Client


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The embedded API, one for each test process."""
    folder = tmp_path_factory.mktemp("world")
    config, readonly, ca = folder / "kubeconfig", folder / "readonly", folder / "ca.crt"
    with ApiServer("world") as api:
        api.write_kubeconfig(config)
        api.write_kubeconfig(readonly, read_only=True)
        ca.write_bytes(api.ca_pem)
        yield Server(
            "world",
            api.url,
            ca,
            api.token,
            api.read_only_token,
            config,
            readonly,
            forget=api.compact,
        )
        assert not api.errors, "the server met a bug of its own"


@pytest.fixture(scope="session")
def real() -> Server:
    """The real one, shared by all processes of the test run."""
    for name in CONTROL_PLANE:
        program_or_skip(name)
    pid, _, folder = os.environ["FLUXTUI_TEST_RUN"].partition(":")
    return shared(Path(folder), int(pid))


@pytest.fixture(scope="session", params=["world", "real"])
def server(request: pytest.FixtureRequest) -> Server:
    found: Server = request.getfixturevalue(request.param)
    return found


@pytest.fixture
def api(server: Server) -> Iterator[Client]:
    """Raw requests as the cluster's admin."""
    client = Client(server)
    yield client
    client.close()


@pytest.fixture
def reader(server: Server) -> Iterator[Client]:
    """Raw requests as the user who may only get, list and watch."""
    client = Client(server, server.readonly_token)
    yield client
    client.close()


@pytest.fixture
def ns(api: Client) -> str:
    """A namespace of this test's own. It stays: ending one takes a real server many seconds."""
    name = f"t-{uuid.uuid4().hex[:10]}"
    api.post("/api/v1/namespaces", {"metadata": {"name": name}}).ok()
    return name


@pytest.fixture
def group() -> str:
    """An API group of this test's own, for `define(api, crd(group))`."""
    return f"g{uuid.uuid4().hex[:10]}.example.com"


@pytest.fixture
def maps(ns: str) -> str:
    return f"/api/v1/namespaces/{ns}/configmaps"
