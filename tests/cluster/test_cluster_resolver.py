"""Names that are not found in time hold nothing up but what needs them."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from cluster_scripted import Scripted

from fluxtui.cluster.client import connect
from fluxtui.cluster.port import ApiResource
from fluxtui.domain.errors import Unreachable

PODS = ApiResource("", "v1", "Pod", "pods")
SILENT = 64
"""Look-ups that get no answer: more than the threads that a loop shares."""


@pytest.fixture
def silent_dns(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A DNS that answers for nobody until the test is over."""
    over = threading.Event()
    real = socket.getaddrinfo

    def getaddrinfo(host: Any, *rest: Any, **more: Any) -> Any:
        if str(host).endswith(".example.com"):
            over.wait()
            raise socket.gaierror(socket.EAI_AGAIN, "try again")
        return real(host, *rest, **more)

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    yield
    over.set()


async def test_a_silent_dns_of_some_delays_no_other_and_no_end(
    api: Scripted, silent_dns: None
) -> None:
    api.answers({"kind": "Pod"})
    stuck = []
    clusters = []
    for number in range(SILENT):
        path = api.kubeconfig(server=f"http://api{number}.example.com:6443")
        clusters.append(await connect(path, None, name="silent"))
        stuck.append(asyncio.create_task(clusters[-1].get(PODS, "ns", "a")))
    port = api.address.rpartition(":")[2]
    path = api.kubeconfig(server=f"http://localhost:{port}")
    clusters.append(await connect(path, None, name="staging"))
    async with asyncio.timeout(20):
        await asyncio.sleep(0)
        assert await clusters[-1].get(PODS, "ns", "a") == {"kind": "Pod"}
        assert await asyncio.to_thread(lambda: "free") == "free"
        for task in stuck:
            task.cancel()
        await asyncio.gather(*stuck, return_exceptions=True)
        for cluster in clusters:
            await cluster.close()


async def test_a_name_that_is_not_there_is_said(
    api: Scripted, monkeypatch: pytest.MonkeyPatch
) -> None:
    def getaddrinfo(*_rest: Any, **_more: Any) -> Any:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    path = api.kubeconfig(server="http://api.example.com:6443")
    cluster = await connect(path, None, name="staging")
    with pytest.raises(Unreachable, match="host name is not known"):
        await cluster.get(PODS, "ns", "a")
    await cluster.close()
