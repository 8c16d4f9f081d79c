"""A registry on loopback and a plain HTTP client that shares no code with fluxtui's own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
import requests

from fluxtui.world.registry import RegistryServer


@dataclass
class Browser:
    """Requests to one registry with its Basic credentials."""

    server: RegistryServer
    session: requests.Session

    def __call__(self, method: str, path: str, **arguments: Any) -> requests.Response:
        url = path if "://" in path else self.server.url + path
        arguments.setdefault("auth", (self.server.username, self.server.password))
        return self.session.request(method, url, timeout=120, **arguments)


@pytest.fixture
def server() -> Iterator[RegistryServer]:
    with RegistryServer() as server:
        yield server


@pytest.fixture
def browse(server: RegistryServer) -> Iterator[Browser]:
    with requests.Session() as session:
        session.trust_env = False
        yield Browser(server, session)
