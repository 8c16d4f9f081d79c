"""The delivery's workloads roll to the end in an embedded cluster, without anybody's help."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from fluxtui.cluster.client import connect
from fluxtui.cluster.port import Cluster
from fluxtui.domain.health import Status, reader_status
from fluxtui.kit.clock import Clock
from fluxtui.kustomize import FolderFiles, build
from fluxtui.world.apiserver.server import ApiServer
from fluxtui.world.scenarios.releases import FILES, lay_out, load_service
from fluxtui.world.simulator.simulator import Simulator
from tests.world.waiting import connections_closed, until_one

Json = dict[str, Any]
FIRST = ("Namespace", "CustomResourceDefinition")
CHAIN = (
    "components/clickhouse-keeper",
    "components/clickhouse-database",
    "components/clickhouse-migrations",
    "base",
    "components/processor",
)


@pytest.fixture
async def cluster(tmp_path: Path) -> AsyncIterator[Cluster]:
    """An empty cluster whose workloads live, sixty times as fast as real ones."""
    path = tmp_path / "kubeconfig"
    with ApiServer("staging") as api:
        api.write_kubeconfig(path)
        client = await connect(str(path), "staging", name="staging")
        async with Simulator(client, Clock(60)):
            yield client
        await client.close()
        await connections_closed()


async def apply(cluster: Cluster, folder: Path, path: str, namespace: str = "") -> list[Json]:
    """Apply a build, definitions first and awaited; returns what was applied."""
    objects = list(build(FolderFiles(folder), path).objects)
    applied = []
    for obj in sorted(objects, key=lambda o: o["kind"] not in FIRST):
        type_ = await cluster.find(obj["apiVersion"], obj["kind"])
        if namespace and type_.namespaced:
            obj["metadata"]["namespace"] = namespace
        new = await cluster.apply(type_, obj, field_manager="test", force=True)
        if obj["kind"] in FIRST:
            await until_one(cluster, type_, "", new["metadata"]["name"], is_current)
        applied.append(new)
    return applied


def is_current(obj: Json) -> bool:
    observed = (obj.get("status") or {}).get("observedGeneration")
    settled = observed in (None, obj["metadata"].get("generation"))
    return settled and reader_status(obj).status is Status.CURRENT


async def all_current(cluster: Cluster, applied: list[Json]) -> None:
    for obj in applied:
        type_ = await cluster.find(obj["apiVersion"], obj["kind"])
        namespace, name = obj["metadata"].get("namespace", ""), obj["metadata"]["name"]
        await until_one(cluster, type_, namespace, name, is_current)


@pytest.mark.parametrize("environment", ["staging", "production"])
async def test_the_infrastructure_comes_up(cluster: Cluster, environment: str) -> None:
    for name in ("edge-gateway", "clickhouse-operator"):
        path = f"infrastructure/{name}/overlays/{environment}"
        await all_current(cluster, await apply(cluster, FILES / "infra", path))


async def test_each_link_of_the_chain_comes_up_and_the_next_version_replaces_it(
    cluster: Cluster, tmp_path: Path
) -> None:
    operator = "infrastructure/clickhouse-operator/overlays/staging"
    await apply(cluster, FILES / "infra", operator)
    namespaces = await cluster.find("v1", "Namespace")
    space = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "activity-system"}}
    await cluster.create(namespaces, space, field_manager="test")
    service = load_service("activity")
    lay_out(service, "v1.4.2", tmp_path / "old")
    for link in CHAIN:
        await all_current(cluster, await apply(cluster, tmp_path / "old", link, "activity-system"))
    for link in ("base", "components/processor"):
        await all_current(cluster, await apply(cluster, service.config, link, "activity-system"))
    databases = await cluster.find("clickhouse.example.com/v1", "ClickHouseDatabase")
    await until_one(
        cluster,
        databases,
        "activity-system",
        "activity",
        lambda one: one.get("status", {}).get("status") == "Completed",
    )
    claims = await cluster.find("v1", "PersistentVolumeClaim")
    names = {c["metadata"]["name"] for c in (await cluster.list(claims, "activity-system")).items}
    assert names == {"clickhouse-backups", "data-clickhouse-0", "data-clickhouse-keeper-0"}


@pytest.mark.parametrize("name", ["activity-ui", "status-page"])
async def test_a_service_of_one_bundle_comes_up(cluster: Cluster, name: str) -> None:
    config = load_service(name).config
    await all_current(cluster, await apply(cluster, config, ".", "default"))


async def test_the_queue_and_its_worker_come_up(cluster: Cluster) -> None:
    config = load_service("notifications").config
    for path in ("queue", "worker"):
        await all_current(cluster, await apply(cluster, config, path, "default"))
