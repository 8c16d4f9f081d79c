"""What the client makes of a watch: whole events, an end that is told, silence and a cut."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from aiohttp import web
from cluster_connected import PODS, connected
from cluster_scripted import Scripted, line, status

from fluxtui.cluster.port import Cluster
from fluxtui.cluster.streams import WatchEvent
from fluxtui.cluster.wire import Timeouts
from fluxtui.domain import errors

pytestmark = pytest.mark.usefixtures("each_way")


async def watched(cluster: Cluster) -> list[WatchEvent]:
    return [event async for event in cluster.watch(PODS, "ns", resource_version="5")]


def streaming(*chunks: bytes, end: asyncio.Event | None = None) -> Any:
    async def handler(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        for chunk in chunks:
            await response.write(chunk)
        if end is not None:
            await end.wait()
        return response

    return handler


async def test_a_watch_gives_whole_events_however_the_bytes_arrive(api: Scripted) -> None:
    pod = {"kind": "Pod", "metadata": {"name": "ä", "resourceVersion": "6"}}
    stream = line("ADDED", pod) + b"\n" + line("BOOKMARK", {"metadata": {"resourceVersion": "9"}})
    api.handler = streaming(stream[:7], stream[7:40], stream[40:])
    cluster = await connected(api)
    try:
        events = await watched(cluster)
    finally:
        await cluster.close()
    assert [(e.type, e.object["metadata"]["resourceVersion"]) for e in events] == [
        ("ADDED", "6"),
        ("BOOKMARK", "9"),
    ]
    assert "resourceVersion=5" in api.requests[0][1]
    assert "allowWatchBookmarks=true" in api.requests[0][1]


async def test_a_watch_that_is_too_old_is_expired_either_way(api: Scripted) -> None:
    cluster = await connected(api)
    try:
        api.handler = streaming(line("ERROR", status(410, "Expired", "too old")))
        with pytest.raises(errors.Expired, match="too old"):
            await watched(cluster)
        api.answers(status(410, "Gone", "too old"), status=410)
        with pytest.raises(errors.Expired):
            await watched(cluster)
    finally:
        await cluster.close()


async def test_a_watch_cut_in_mid_line_is_unreachable(api: Scripted) -> None:
    api.handler = streaming(line("ADDED", {"kind": "Pod"})[:10])
    cluster = await connected(api)
    try:
        with pytest.raises(errors.Unreachable, match="mid-line"):
            await watched(cluster)
    finally:
        await cluster.close()


async def test_a_silent_watch_is_given_up(api: Scripted) -> None:
    end = asyncio.Event()
    api.handler = streaming(line("ADDED", {"kind": "Pod"}), end=end)
    cluster = await connected(api, timeouts=Timeouts(idle=0.1))
    try:
        with pytest.raises(errors.Unreachable):
            await watched(cluster)
    finally:
        end.set()
        await cluster.close()


async def test_a_watch_can_be_cancelled(api: Scripted) -> None:
    end, first = asyncio.Event(), asyncio.Event()
    api.handler = streaming(line("ADDED", {"kind": "Pod"}), end=end)
    cluster = await connected(api)

    async def follow() -> None:
        async for _ in cluster.watch(PODS, resource_version="1"):
            first.set()

    task = asyncio.create_task(follow())
    await first.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    end.set()
    await cluster.close()
