"""Claims, Jobs and StatefulSets that get stuck or fail, and Pods that are ended gracefully."""

from __future__ import annotations

from fluxtui.cluster.port import Cluster
from fluxtui.world.simulator.kinds import (
    CLAIM,
    POD,
    STATEFUL_SET,
)
from tests.world.simulator_stage import (
    IMAGE,
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
from tests.world.waiting import until_one


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
