"""The Wire of the screen: first lists over lines, and from the first watch on over one session."""

from __future__ import annotations

import asyncio
import json

from aiohttp import web
from cluster_scripted import Scripted, line

from fluxtui.cluster.client import connect
from fluxtui.cluster.earlywire import EarlyWire
from fluxtui.cluster.port import ApiResource, Cluster

PODS = ApiResource("", "v1", "Pod", "pods")


class Peers:
    """Who asked for what: (path, connection, whether by the library)."""

    def __init__(self, api: Scripted) -> None:
        self.asked: list[tuple[str, object, bool]] = []
        api.handler = self.handle

    async def handle(self, request: web.Request) -> web.StreamResponse:
        assert request.transport is not None
        library = "deflate" in request.headers.get("Accept-Encoding", "")
        self.asked.append((request.path, request.transport.get_extra_info("peername"), library))
        await asyncio.sleep(0)
        if "watch" in request.query:
            body = line("ADDED", {"kind": "Pod", "metadata": {"name": "new"}})
            return web.Response(body=body)
        return web.Response(body=json.dumps({"kind": "Pod"}).encode())


async def connected(api: Scripted) -> Cluster:
    return await connect(api.kubeconfig(), None, name="staging", wire="early")


async def test_first_questions_go_over_a_few_lines_without_the_library(api: Scripted) -> None:
    peers, cluster = Peers(api), await connected(api)
    await asyncio.gather(*(cluster.get(PODS, "ns", str(number)) for number in range(40)))
    await cluster.close()
    assert len({peer for _path, peer, _library in peers.asked}) <= EarlyWire.lines_at_once
    assert not any(library for _path, _peer, library in peers.asked)


async def test_from_the_first_watch_on_the_library_has_everything(api: Scripted) -> None:
    """Lines know nothing of what an hour does to a connection."""
    peers, cluster = Peers(api), await connected(api)
    await cluster.get(PODS, "ns", "before")
    async for event in cluster.watch(PODS, "ns", resource_version="1"):
        assert event.object["metadata"]["name"] == "new"
        break
    await cluster.get(PODS, "ns", "after")
    wire = cluster._transport._credentials._wire  # type: ignore[attr-defined]
    assert not wire._idle, "no line is kept for nobody"
    await cluster.close()
    assert [library for _path, _peer, library in peers.asked] == [False, True, True]
