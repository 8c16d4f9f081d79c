"""Starts the scripted API for each test that asks for it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp import web
from cluster_scripted import Scripted

from fluxtui.cluster import credentials
from fluxtui.cluster.briefwire import BriefWire


@pytest.fixture
async def api(tmp_path: Path) -> AsyncIterator[Scripted]:
    scripted = Scripted(tmp_path)
    app = web.Application()
    app.router.add_route("*", "/{tail:.*}", scripted.handle)
    runner = web.AppRunner(app, shutdown_timeout=0)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    assert site._server is not None
    port = site._server.sockets[0].getsockname()[1]  # type: ignore[attr-defined]
    scripted.address = f"http://127.0.0.1:{port}"
    yield scripted
    await runner.cleanup()


@pytest.fixture(params=["full", "brief"])
def each_way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Over either Wire: what an API sees and what we say of it must be the same."""
    if request.param == "brief":
        monkeypatch.setattr(credentials, "_kind_of_wire", lambda _way: BriefWire)
