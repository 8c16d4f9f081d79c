"""The World's two servers fail in one vocabulary; our two clients survive it, or say what it was.

The same Rules are set on an API and on a registry. No real server has such a switch, so that these
stories are about the World's alone.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import pytest

from fluxtui.artifacts import Reference, RegistryClient, RegistrySettings
from fluxtui.cluster.client import connect
from fluxtui.cluster.port import ApiResource, Cluster
from fluxtui.cluster.wire import Timeouts
from fluxtui.domain.errors import (
    ClusterError,
    Expired,
    FluxtuiError,
    RegistryDenied,
    RegistryError,
    RegistryUnreachable,
    Throttled,
    Unauthorized,
    Unreachable,
)
from fluxtui.world.apiserver.server import ApiServer
from fluxtui.world.faults import Rule
from fluxtui.world.registry import RegistryServer
from tests.world.apiserver.client import MAPS, Client, config_map
from tests.world.waiting import connections_closed

Json = dict[str, Any]
CONFIG_MAP = ApiResource("", "v1", "ConfigMap", "configmaps")
LONG, SHORT = 30.0, 0.3
"""Seconds without a byte until a client gives up: patient, and where silence is expected."""
TAGS = [f"1.{n}.0" for n in range(5)]


class Stage(Protocol):
    """One server with its client."""

    def fail(
        self,
        rules: Sequence[Json] = (),
        *,
        unreachable: bool = False,
        token_expired: bool = False,
    ) -> None:
        """These faults and no others."""

    async def read(self, *, patient: bool = True) -> int:
        """How many things a list of several pages has. Raises FluxtuiError."""


@dataclass
class Api:
    client: Client
    cluster: Cluster
    hasty: Cluster

    server: ApiServer

    def fail(
        self,
        rules: Sequence[Json] = (),
        *,
        unreachable: bool = False,
        token_expired: bool = False,
    ) -> None:
        self.server.set_unreachable(unreachable)
        self.server.faults.token_expired = token_expired
        self.server.faults.set_rules(*(Rule(**rule) for rule in rules))

    async def read(self, *, patient: bool = True) -> int:
        cluster = self.cluster if patient else self.hasty
        return len((await cluster.list(CONFIG_MAP, "default", page=2)).items)


@dataclass
class Registry:
    server: RegistryServer
    client: RegistryClient
    hasty: RegistryClient
    pauses: list[float]

    def fail(
        self,
        rules: Sequence[Json] = (),
        *,
        unreachable: bool = False,
        token_expired: bool = False,
    ) -> None:
        faults = self.server.faults
        faults.unreachable, faults.token_expired = unreachable, token_expired
        faults.set_rules(*(Rule(**rule) for rule in rules))

    async def read(self, *, patient: bool = True) -> int:
        reference = Reference.parse(f"oci://{self.server.address}/team/app")
        client = self.client if patient else self.hasty
        return len(await asyncio.to_thread(client.list_tags, reference))


@pytest.fixture
async def api(tmp_path: Path) -> AsyncIterator[Api]:
    with ApiServer("staging", crds=()) as server:
        path = tmp_path / "kubeconfig"
        server.write_kubeconfig(path)
        client = Client(server)
        for tag in TAGS:
            client.post(MAPS, config_map(tag, {"k": "v" * 300})).ok()
        cluster, hasty = [
            await connect(
                str(path),
                "staging",
                name="staging",
                timeouts=Timeouts(connect=LONG, read=wait, total=LONG, idle=wait),
            )
            for wait in (LONG, SHORT)
        ]
        yield Api(client, cluster, hasty, server)
        await cluster.close()
        await hasty.close()
        client.close()
        await connections_closed()
        assert server.errors == []


@pytest.fixture
def registry() -> Iterator[Registry]:
    with RegistryServer() as server:
        raw = json.dumps({"schemaVersion": 2, "mediaType": "a/b", "layers": []}).encode()
        digest = server.store.put_manifest("team/app", TAGS[0], raw, "a/b").digest
        server.store.put_tags("team/app", TAGS, digest)
        server.turn(page_size=2)
        login = {server.address: (server.username, server.password)}
        patient, hasty = (RegistrySettings(credentials=login, timeout=t) for t in (LONG, SHORT))
        pauses: list[float] = []
        with (
            RegistryClient(patient, environ={}, pause=pauses.append) as client,
            RegistryClient(hasty, environ={}, pause=pauses.append) as other,
        ):
            yield Registry(server, client, other, pauses)


@pytest.fixture(params=["api", "registry"])
def stage(request: pytest.FixtureRequest) -> Stage:
    found: Stage = request.getfixturevalue(request.param)
    return found


def is_api(stage: Stage) -> bool:
    return isinstance(stage, Api)


async def problem(stage: Stage, *, patient: bool = True) -> FluxtuiError:
    with pytest.raises(FluxtuiError) as caught:
        await stage.read(patient=patient)
    return caught.value


async def test_all_is_well_without_a_fault(stage: Stage) -> None:
    assert await stage.read() == len(TAGS)


async def test_too_many_requests_say_when_to_come_back(stage: Stage) -> None:
    stage.fail(rules=[{"status": 429, "retry_after": 7, "count": 1}])
    if isinstance(stage, Registry):
        assert await stage.read() == len(TAGS), "a read is tried again by itself"
        assert stage.pauses == [7.0]
        stage.fail(rules=[{"status": 429, "retry_after": 60}])
        error = await problem(stage)
        assert isinstance(error, RegistryError) and error.status == 429
        assert error.next == "try again in 60 s"
    else:
        error = await problem(stage)
        assert isinstance(error, Throttled) and error.retry_after == 7
        assert await stage.read() == len(TAGS)


@pytest.mark.parametrize("status", [500, 502, 503])
async def test_a_burst_of_errors_passes(stage: Stage, status: int) -> None:
    stage.fail(rules=[{"status": status, "count": 2}])
    if is_api(stage):
        for _ in range(2):
            error = await problem(stage)
            assert isinstance(error, ClusterError) and error.status == status
    assert await stage.read() == len(TAGS)


async def test_errors_without_end_are_reported(stage: Stage) -> None:
    stage.fail(rules=[{"status": 503, "message": "being moved"}])
    error = await problem(stage)
    assert isinstance(error, ClusterError | RegistryError) and error.status == 503
    assert "being moved" in str(error)
    stage.fail()
    assert await stage.read() == len(TAGS)


@pytest.mark.parametrize("cut", ["before", "headers", "middle"])
async def test_a_connection_that_is_cut_is_made_anew(stage: Stage, cut: str) -> None:
    stage.fail(rules=[{"cut": cut, "count": 1, "methods": ["GET"]}])
    if is_api(stage):
        try:
            assert await stage.read() == len(TAGS), "cut before an answer: asked again"
        except Unreachable:
            assert await stage.read() == len(TAGS)
    else:
        assert await stage.read() == len(TAGS)
    stage.fail(rules=[{"cut": cut}])
    assert isinstance(await problem(stage), Unreachable | RegistryUnreachable)


@pytest.mark.parametrize("fault", [{"hang": True}, {"stall": 60}])
async def test_a_half_open_connection_is_given_up_in_time(stage: Stage, fault: Json) -> None:
    stage.fail(rules=[fault])
    error = await problem(stage, patient=False)
    assert isinstance(error, Unreachable | RegistryUnreachable)
    assert "no answer in time" in str(error)
    stage.fail()
    assert await stage.read() == len(TAGS)


async def test_slow_answers_slow_pages_and_slow_bodies_arrive(stage: Stage) -> None:
    began = asyncio.get_running_loop().time()
    stage.fail(rules=[{"latency": 0.05}])
    assert await stage.read() == len(TAGS)
    assert asyncio.get_running_loop().time() - began >= 0.15, "three pages, each of them late"
    stage.fail(rules=[{"slow": 0.2, "count": 1, "path": "configmaps|tags/list"}])
    began = asyncio.get_running_loop().time()
    assert await stage.read() == len(TAGS)
    assert asyncio.get_running_loop().time() - began >= 0.15


async def test_an_expired_token_is_said_to_be_one(stage: Stage) -> None:
    if isinstance(stage, Registry):
        stage.server.turn(bearer=True)
    assert await stage.read() == len(TAGS)
    stage.fail(token_expired=True)
    assert isinstance(await problem(stage), Unauthorized | RegistryDenied)
    stage.fail(token_expired=False)
    assert await stage.read() == len(TAGS)


async def test_a_server_that_is_away_comes_back(stage: Stage) -> None:
    stage.fail(unreachable=True)
    assert isinstance(await problem(stage), Unreachable | RegistryUnreachable)
    stage.fail(unreachable=False)
    assert await stage.read() == len(TAGS)


async def test_only_what_a_rule_names_is_hit(stage: Stage) -> None:
    stage.fail(rules=[{"path": "/other/", "status": 500}, {"methods": ["DELETE"], "hang": True}])
    assert await stage.read() == len(TAGS)


# -- what only an API has


async def test_history_that_is_gone_is_told_from_other_errors(api: Api) -> None:
    version = (await api.cluster.list(CONFIG_MAP, "default")).resource_version
    api.client.post(MAPS, config_map("late")).ok()
    api.server.compact()
    with pytest.raises(Expired):
        await _watch(api.cluster, version)
    api.fail(rules=[{"status": 410, "path": "configmaps", "count": 1}])
    with pytest.raises(Expired):
        await api.cluster.get(CONFIG_MAP, "default", "late")
    api.fail(rules=[{"status": 410, "path": "configmaps", "count": 1}])
    assert await api.read() == len(TAGS) + 1, "a list whose pages expired begins anew"


async def test_a_watch_that_is_cut_ends_and_begins_again(api: Api) -> None:
    version = (await api.cluster.list(CONFIG_MAP, "default")).resource_version
    began = asyncio.Event()

    def seen() -> None:
        began.set()

    watching = asyncio.create_task(_watch(api.cluster, version, seen))
    api.client.post(MAPS, config_map("first")).ok()
    await asyncio.wait_for(began.wait(), 30)
    api.server.faults.cut_watches()
    api.server.state.store.wake()
    try:
        assert await asyncio.wait_for(watching, 30) == ["first"]
    except Unreachable:
        assert watching.done(), "a line that is cut may also be told as one"
    api.client.post(MAPS, config_map("second")).ok()
    assert (await _watch(api.cluster, version, most=2)) == ["first", "second"]


@pytest.mark.parametrize("fault", [{"stall": 60}, {"cut": "middle"}, {"cut": "headers"}])
async def test_a_watch_that_falls_silent_or_breaks_is_unreachable(api: Api, fault: Json) -> None:
    version = (await api.cluster.list(CONFIG_MAP, "default")).resource_version
    api.client.post(MAPS, config_map("late")).ok()
    api.fail(rules=[{**fault, "count": 1, "path": "configmaps"}])
    with pytest.raises(Unreachable):
        await _watch(api.hasty, version)
    assert await _watch(api.cluster, version, most=1) == ["late"]


async def _watch(
    cluster: Cluster, version: str, seen: Callable[[], None] | None = None, most: int = 100
) -> list[str]:
    names: list[str] = []
    events: Any = cluster.watch(CONFIG_MAP, "default", resource_version=version)
    async with aclosing(events) as news:
        async for event in news:
            if event.type == "BOOKMARK":
                continue
            names.append(str(event.object["metadata"]["name"]))
            if seen is not None:
                seen()
            if len(names) >= most:
                break
    return names
