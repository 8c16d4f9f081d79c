"""A Cluster that answers by a script, and a clock turned by hand.

Only for what a real server cannot show on demand: the exact sequence of refusals, and how long the
Engine waits after each. Everything else is tested on the World's servers.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from typing import Any

from fluxtui.cluster.port import ApiResource, Json, Listing
from fluxtui.cluster.streams import WatchEvent
from fluxtui.domain.knowledge import FeedState
from fluxtui.kit.clock import Clock

KUSTOMIZATIONS = ApiResource("kustomize.toolkit.fluxcd.io", "v1", "Kustomization", "kustomizations")


class HandClock(Clock):
    """Sleeping on it takes no time but moves it on; `slept` is what was asked for."""

    def __init__(self) -> None:
        super().__init__()
        self.seconds = 0.0
        self.slept: list[float] = []

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.seconds += seconds
        await asyncio.sleep(0)

    def now(self) -> float:
        return self.seconds

    def monotonic(self) -> float:
        return self.seconds


class Script:
    """Answers `list` and `watch` in the order given; parks for ever when the script is over."""

    name = "scripted"

    def __init__(
        self,
        lists: Sequence[Listing | Exception] = (),
        watches: Sequence[Sequence[WatchEvent | Exception | Callable[[], None]]] = (),
    ) -> None:
        self._lists = list(lists)
        self._watches = list(watches)
        self.listed = 0
        self.watched_from: list[str] = []
        self.forgotten = 0
        self.sought = 0
        self.asked: list[ApiResource] = []
        self.over = asyncio.Event()

    async def find(self, api_version: str, kind: str) -> ApiResource:
        self.sought += 1
        return KUSTOMIZATIONS

    def forget_discovery(self) -> None:
        self.forgotten += 1

    async def list(self, type_: ApiResource, namespace: str = "", **_: Any) -> Listing:
        self.listed += 1
        self.asked.append(type_)
        if not self._lists:
            await self._park()
        answer = self._lists.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    async def watch(
        self, type_: ApiResource, namespace: str = "", *, resource_version: str, **_: Any
    ) -> AsyncIterator[WatchEvent]:
        self.watched_from.append(resource_version)
        if not self._watches:
            await self._park()
        for entry in self._watches.pop(0):
            if isinstance(entry, Exception):
                raise entry
            if isinstance(entry, WatchEvent):
                yield entry
            else:
                entry()

    async def _park(self) -> None:
        self.over.set()
        await asyncio.Event().wait()


class Notes:
    """A Sink that writes down what it is told."""

    def __init__(self) -> None:
        self.objects: dict[str, str] = {}
        self.states: list[tuple[FeedState, str]] = []

    async def replace(self, objects: Sequence[Json]) -> None:
        self.objects.clear()
        for obj in objects:
            self.put(obj)

    def put(self, obj: Json) -> None:
        self.objects[obj["metadata"]["name"]] = obj["metadata"]["resourceVersion"]

    def drop(self, obj: Json) -> None:
        self.objects.pop(obj["metadata"]["name"], None)

    def state(
        self, state: FeedState, message: str = "", *, next: str = "", trouble: str = ""
    ) -> None:
        self.states.append((state, message))


def obj(name: str, version: int | str) -> Json:
    return {
        "apiVersion": "kustomize.toolkit.fluxcd.io/v1",
        "kind": "Kustomization",
        "metadata": {"name": name, "namespace": "apps", "resourceVersion": str(version)},
        "spec": {"sourceRef": {"kind": "OCIRepository", "name": "web"}},
    }


def added(name: str, version: int) -> WatchEvent:
    return WatchEvent("ADDED", obj(name, version))


def bookmark(version: int) -> WatchEvent:
    return WatchEvent("BOOKMARK", {"metadata": {"resourceVersion": str(version)}})
