"""Waiting for what an API will say, without sleeping: a list, then a watch."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Callable
from typing import Any, cast

from fluxtui.cluster.port import ApiResource, Cluster
from fluxtui.cluster.streams import WatchEvent
from fluxtui.domain.errors import ClusterError

Json = dict[str, Any]
LONGEST = 180.0
"""Real seconds until a test gives up."""


async def until(
    cluster: Cluster,
    type_: ApiResource,
    namespace: str,
    holds: Callable[[list[Json]], bool],
    *,
    seen: Callable[[list[Json]], None] | None = None,
) -> list[Json]:
    """The objects of a namespace as soon as `holds` is true of them; `seen` gets every state."""
    objects: dict[str, Json] = {}
    async with asyncio.timeout(LONGEST):
        while True:
            try:
                listing = await cluster.list(type_, namespace)
                objects = {o["metadata"]["name"]: o for o in listing.items}
                if _settled(list(objects.values()), holds, seen):
                    return list(objects.values())
                events = cluster.watch(type_, namespace, resource_version=listing.resource_version)
                async with contextlib.aclosing(
                    cast(AsyncGenerator[WatchEvent, None], events)
                ) as news:
                    async for event in news:
                        name = event.object["metadata"].get("name", "")
                        if event.type == "BOOKMARK":
                            continue
                        objects.pop(name, None)
                        if event.type != "DELETED":
                            objects[name] = event.object
                        if _settled(list(objects.values()), holds, seen):
                            return list(objects.values())
            except ClusterError:
                # The connection was cut: what counts is what the API says once it is back.
                await asyncio.sleep(0)


def _settled(
    objects: list[Json],
    holds: Callable[[list[Json]], bool],
    seen: Callable[[list[Json]], None] | None,
) -> bool:
    if holds(objects):
        return True
    if seen is not None:
        seen(objects)
    return False


async def until_one(
    cluster: Cluster,
    type_: ApiResource,
    namespace: str,
    name: str,
    holds: Callable[[Json], bool],
) -> Json:
    """One object as soon as it is there and `holds` is true of it."""

    def it(objects: list[Json]) -> bool:
        return any(o["metadata"]["name"] == name and holds(o) for o in objects)

    found = await until(cluster, type_, namespace, it)
    return next(o for o in found if o["metadata"]["name"] == name)


async def connections_closed() -> None:
    """Cut what a closed client left open and wait until it is gone.

    A watch that is given up says farewell by TLS, for which a server busy with it lets one wait; a
    loop that ends before would leave the sockets behind.
    """
    transports = asyncio.get_running_loop()._transports  # type: ignore[attr-defined]
    async with asyncio.timeout(LONGEST):
        while left := [one for one in transports.values() if one._sock is not None]:
            for transport in left:
                transport.abort()
            await asyncio.sleep(0)
