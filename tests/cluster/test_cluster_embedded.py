"""The client on the embedded API: every method of the port once, over TLS with a token."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from fluxtui.cluster.client import connect
from fluxtui.cluster.port import ApiResource, Cluster, Json
from fluxtui.cluster.streams import LogOptions
from fluxtui.domain.errors import (
    ClusterError,
    Conflict,
    Expired,
    Forbidden,
    NotFound,
    Unauthorized,
    Unreachable,
)
from fluxtui.world.apiserver.server import ApiServer
from tests.ports import free_port

pytestmark = pytest.mark.usefixtures("each_way")
MAPS = ApiResource("", "v1", "ConfigMap", "configmaps")
PODS = ApiResource("", "v1", "Pod", "pods")


@pytest.fixture
def server() -> Iterator[ApiServer]:
    with ApiServer("staging", ring=4) as api:
        yield api
        assert not api.errors


@pytest.fixture
async def cluster(server: ApiServer, tmp_path: Path) -> AsyncIterator[Cluster]:
    server.write_kubeconfig(tmp_path / "kubeconfig")
    found = await connect(str(tmp_path / "kubeconfig"), "staging", name="staging")
    yield found
    await found.close()


def config_map(name: str = "a", **data: str) -> Json:
    return {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": name, "namespace": "default"},
        "data": data,
    }


async def test_objects_are_created_read_changed_and_deleted(cluster: Cluster) -> None:
    made = await cluster.create(MAPS, config_map(x="1"), field_manager="me")
    with pytest.raises(Conflict) as caught:
        await cluster.create(MAPS, config_map(), field_manager="me")
    assert caught.value.reason == "AlreadyExists"
    patched = await cluster.patch(MAPS, "default", "a", {"data": {"x": "2"}}, field_manager="me")
    assert patched["data"] == {"x": "2"}
    operations = [{"op": "replace", "path": "/data/x", "value": "3"}]
    await cluster.patch(MAPS, "default", "a", operations, field_manager="me")
    with pytest.raises(Conflict):
        await cluster.update(MAPS, made, field_manager="me")
    fresh = await cluster.get(MAPS, "default", "a")
    assert fresh["data"] == {"x": "3"}
    assert await cluster.exists(MAPS, "default", "a")
    assert not await cluster.exists(MAPS, "default", "b")
    await cluster.update(MAPS, {**fresh, "data": {"x": "4"}}, field_manager="me")
    with pytest.raises(Conflict):
        await cluster.delete(MAPS, "default", "a", uid="another")
    await cluster.delete(MAPS, "default", "a", dry_run=True)
    await cluster.delete(MAPS, "default", "a", uid=fresh["metadata"]["uid"])
    with pytest.raises(NotFound):
        await cluster.get(MAPS, "default", "a")


async def test_apply_knows_conflicts_and_dry_runs(cluster: Cluster) -> None:
    await cluster.apply(MAPS, config_map(x="1"), field_manager="one")
    with pytest.raises(Conflict) as caught:
        await cluster.apply(MAPS, config_map(x="2"), field_manager="two")
    assert caught.value.causes[0][0] == ".data.x"
    seen = await cluster.apply(
        MAPS, config_map(x="2"), field_manager="two", force=True, dry_run=True
    )
    assert seen["data"] == {"x": "2"}
    assert (await cluster.get(MAPS, "default", "a"))["data"] == {"x": "1"}
    await cluster.apply(MAPS, config_map(x="2"), field_manager="two", force=True)
    assert (await cluster.get(MAPS, "default", "a"))["data"] == {"x": "2"}


async def test_lists_page_and_watches_go_on_from_there(cluster: Cluster) -> None:
    for name in ("a", "b", "c"):
        await cluster.create(MAPS, config_map(name), field_manager="me")
    listing = await cluster.list(MAPS, "default", page=1)
    assert [o["metadata"]["name"] for o in listing.items] == ["a", "b", "c"]
    events = cluster.watch(MAPS, "default", resource_version=listing.resource_version)
    await cluster.create(MAPS, config_map("d"), field_manager="me")
    await cluster.delete(MAPS, "default", "a")
    seen = []
    async for event in events:
        if event.type != "BOOKMARK":
            seen.append((event.type, event.object["metadata"]["name"]))
        if len(seen) == 2:
            break
    await events.aclose()  # type: ignore[attr-defined]
    assert seen == [("ADDED", "d"), ("DELETED", "a")]


async def test_a_watch_from_too_far_back_is_expired(cluster: Cluster) -> None:
    first = await cluster.create(MAPS, config_map("a0"), field_manager="me")
    for number in range(20):
        await cluster.create(MAPS, config_map(f"b{number}"), field_manager="me")
    with pytest.raises(Expired):
        async for _ in cluster.watch(
            MAPS, "default", resource_version=first["metadata"]["resourceVersion"]
        ):
            pass


async def test_discovery_knows_flux_and_forgets(cluster: Cluster) -> None:
    known = await cluster.discover()
    flux = known["kustomize.toolkit.fluxcd.io", "Kustomization"]
    assert (flux.version, flux.plural, flux.namespaced) == ("v1", "kustomizations", True)
    assert known["", "Namespace"].namespaced is False
    assert (await cluster.find("apps/v1", "Deployment")).plural == "deployments"
    cluster.forget_discovery()
    with pytest.raises(NotFound):
        await cluster.find("example.com/v1", "Widget")


async def test_rights_are_asked_for_and_refusals_are_forbidden(
    cluster: Cluster, server: ApiServer, tmp_path: Path
) -> None:
    assert await cluster.can_i("delete", MAPS, "default")
    server.write_kubeconfig(tmp_path / "reader", read_only=True)
    reader = await connect(str(tmp_path / "reader"), None, name="reader")
    try:
        assert await reader.can_i("list", MAPS, "default")
        assert not await reader.can_i("delete", MAPS, "default")
        with pytest.raises(Forbidden):
            await reader.create(MAPS, config_map(), field_manager="me")
    finally:
        await reader.close()


async def test_a_wrong_token_is_unauthorized_and_a_stopped_api_unreachable(tmp_path: Path) -> None:
    # A port of its own: a stopped server's is free, for another test's server too.
    server = ApiServer("staging", port=free_port())
    server.start()
    path = tmp_path / "wrong"
    server.write_kubeconfig(path)
    path.write_text(path.read_text().replace(server.token, "wrong"))
    stranger = await connect(str(path), None, name="staging")
    try:
        with pytest.raises(Unauthorized):
            await stranger.discover()
    finally:
        server.stop()
    try:
        with pytest.raises(Unreachable):
            await stranger.discover()
    finally:
        await stranger.close()


async def test_many_watches_and_requests_share_one_client(cluster: Cluster) -> None:
    listing = await cluster.list(MAPS, "default")
    seen: list[str] = []
    done = asyncio.Event()

    async def follow() -> None:
        async for event in cluster.watch(
            MAPS, "default", resource_version=listing.resource_version
        ):
            if event.type == "ADDED":
                seen.append(event.object["metadata"]["name"])
                if len(seen) == 40:
                    done.set()
                return

    tasks = [asyncio.create_task(follow()) for _ in range(40)]
    await cluster.create(MAPS, config_map("all"), field_manager="me")
    async with asyncio.timeout(120):
        await done.wait()
    await asyncio.gather(*tasks)
    assert set(seen) == {"all"}


async def test_a_log_is_read_and_followed_to_the_end_of_its_container(cluster: Cluster) -> None:
    pod: Json = {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "web", "namespace": "default"},
        "spec": {"containers": [{"name": "app", "image": "acme/web:v1"}]},
    }
    await cluster.create(PODS, pod, field_manager="me")
    began = "2026-11-29T08:00:00Z"
    over = {"exitCode": 1, "startedAt": began, "finishedAt": "2026-11-29T08:00:04Z"}
    status = {"name": "app", "image": "i", "imageID": "", "ready": False, "restartCount": 0}
    body = {"status": {"containerStatuses": [{**status, "state": {"terminated": over}}]}}
    await cluster.patch(PODS, "default", "web", body, field_manager="me", subresource="status")
    options = LogOptions(tail=3, timestamps=True)
    text = await cluster.logs("default", "web", options)
    lines = [line async for line in cluster.follow_logs("default", "web", options)]
    assert lines == text.splitlines()
    assert lines and all(line.startswith("2026-11-29T08:00:0") for line in lines)
    with pytest.raises(ClusterError, match="previous terminated container"):
        await cluster.logs("default", "web", LogOptions(previous=True))
    with pytest.raises(ClusterError, match="container no is not valid"):
        [line async for line in cluster.follow_logs("default", "web", LogOptions("no"))]
