"""Claims, Jobs and StatefulSets that get stuck or fail, and Pods that are ended gracefully."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from fluxtui.cluster.client import connect
from fluxtui.cluster.port import ApiResource, Cluster
from fluxtui.domain.health import Status, reader_status
from fluxtui.kit.clock import Clock
from fluxtui.world.apiserver.server import ApiServer
from fluxtui.world.simulator import Simulator
from fluxtui.world.simulator.kinds import (
    CLAIM,
    DEPLOYMENT,
    POD,
    STATEFUL_SET,
)
from tests.world.simulator_stage import (
    IMAGE,
    NAMESPACE,
    SPEED,
    ask,
    claim,
    condition,
    create,
    healthy,
    image_patch,
    mounting,
    pod,
    run,
    told,
    waiting_reasons,
    workload,
)
from tests.world.waiting import connections_closed, until, until_one


async def test_a_claim_without_storage_stays_pending_and_so_does_its_pod(
    cluster: Cluster, ns: str
) -> None:
    await ask(cluster, ns, claim(storageClassName="gone"))
    await run(cluster, ns, pod(volumes=mounting()))
    await told(cluster, ns, ("ProvisioningFailed", 'storageclass.storage.k8s.io "gone" not found'))
    found = await until_one(cluster, POD, ns, "web", lambda p: bool(condition(p, "PodScheduled")))
    assert condition(found, "PodScheduled")["message"] == (
        "0/3 nodes are available: pod has unbound immediate PersistentVolumeClaims."
    )
    assert (await cluster.get(CLAIM, ns, "data"))["status"]["phase"] == "Pending"


# -- StatefulSets


async def test_a_broken_pod_blocks_a_stateful_set_until_somebody_deletes_it(
    cluster: Cluster, ns: str
) -> None:
    made = workload(ns, name="db", replicas=2, serviceName="db")
    await create(cluster, STATEFUL_SET, made)
    await until_one(cluster, STATEFUL_SET, ns, "db", healthy)
    bad = image_patch("example.com/web:v2-crashloop")
    await cluster.patch(STATEFUL_SET, ns, "db", bad, field_manager="test")
    await until_one(cluster, POD, ns, "db-1", lambda p: "CrashLoopBackOff" in waiting_reasons(p))
    repaired = image_patch("example.com/web:v3")
    await cluster.patch(STATEFUL_SET, ns, "db", repaired, field_manager="test")
    seen = await until_one(
        cluster,
        STATEFUL_SET,
        ns,
        "db",
        lambda one: one["status"].get("observedGeneration") == one["metadata"]["generation"],
    )
    assert not healthy(seen)
    still = await cluster.get(POD, ns, "db-1")
    assert still["spec"]["containers"][0]["image"].endswith("crashloop"), "it is not replaced"
    assert (await cluster.get(POD, ns, "db-0"))["spec"]["containers"][0]["image"] == IMAGE
    await cluster.delete(POD, ns, "db-1")
    done = await until_one(cluster, STATEFUL_SET, ns, "db", healthy)
    assert done["status"]["updatedReplicas"] == 2


# -- an API that ends Pods gracefully, as real ones do


@pytest.fixture
async def graceful(tmp_path: Path) -> AsyncIterator[Cluster]:
    with ApiServer("graceful", graceful_pods=True) as server:
        path = tmp_path / "graceful"
        server.write_kubeconfig(path)
        client = await connect(str(path), "graceful", name="graceful")
        async with Simulator(client, Clock(SPEED), seed=1):
            yield client
        await client.close()
        await connections_closed()
        assert server.errors == []


async def test_a_deleted_pod_is_ended_by_its_kubelet(graceful: Cluster) -> None:
    await create(graceful, NAMESPACE, {"metadata": {"name": "shop"}})
    await create(graceful, DEPLOYMENT, workload("shop", replicas=2))
    await until_one(graceful, DEPLOYMENT, "shop", "web", healthy)
    await graceful.patch(
        DEPLOYMENT, "shop", "web", image_patch("example.com/web:v2"), field_manager="test"
    )
    await until(
        graceful,
        POD,
        "shop",
        lambda found: (
            len(found) == 2
            and all(p["spec"]["containers"][0]["image"].endswith("v2") for p in found)
        ),
    )
    await told(graceful, "shop", ("Killing", "Stopping container web"))
    await graceful.delete(DEPLOYMENT, "shop", "web")
    await until(graceful, POD, "shop", lambda found: not found)


async def test_a_namespace_with_everything_in_it_comes_to_its_end(graceful: Cluster) -> None:
    await create(graceful, NAMESPACE, {"metadata": {"name": "shop"}})
    await ask(graceful, "shop", claim())
    await run(graceful, "shop", pod(volumes=mounting()))
    await until_one(
        graceful, POD, "shop", "web", lambda p: reader_status(p).status is Status.CURRENT
    )
    await graceful.delete(NAMESPACE, "", "shop")
    spaces = ApiResource("", "v1", "Namespace", "namespaces", namespaced=False)
    await until(
        graceful,
        spaces,
        "",
        lambda found: "shop" not in {one["metadata"]["name"] for one in found},
    )
