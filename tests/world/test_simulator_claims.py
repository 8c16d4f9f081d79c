"""Claims, Jobs and StatefulSets that get stuck or fail, and Pods that are ended gracefully."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from fluxtui.cluster.client import connect
from fluxtui.cluster.port import ApiResource, Cluster
from fluxtui.domain.health import Status, reader_status, status
from fluxtui.reconciler.clock import Clock
from fluxtui.world.apiserver.server import ApiServer
from fluxtui.world.simulator import Simulator
from fluxtui.world.simulator.claims import FAILS, PROTECTION
from fluxtui.world.simulator.fates import FAULT
from fluxtui.world.simulator.kinds import (
    CLAIM,
    DEPLOYMENT,
    EVENT,
    JOB,
    POD,
    STATEFUL_SET,
    STORAGE_CLASS,
)
from tests.world.simulator_stage import (
    IMAGE,
    NAMESPACE,
    SPEED,
    Json,
    ask,
    claim,
    condition,
    create,
    healthy,
    image_patch,
    mounting,
    pod,
    run,
    template,
    told,
    waiting_reasons,
    workload,
)
from tests.world.waiting import connections_closed, until, until_one

_HOPELESS = "preemption: 0/3 nodes are available: 3 Preemption is not helpful for scheduling."


# -- claims


async def test_a_claim_of_no_class_gets_the_default_one(cluster: Cluster, ns: str) -> None:
    await ask(cluster, ns, claim())
    bound = await until_one(
        cluster, CLAIM, ns, "data", lambda c: c["status"].get("phase") == "Bound"
    )
    assert bound["spec"]["storageClassName"] == "standard"
    assert bound["metadata"]["finalizers"] == [PROTECTION]


@pytest.mark.parametrize(
    ("class_", "reason_", "text"),
    [
        ("", "FailedBinding",
         "no persistent volumes available for this claim and no storage class is set"),
        ("gone", "ProvisioningFailed", 'storageclass.storage.k8s.io "gone" not found'),
    ],
)  # fmt: skip
async def test_a_claim_without_storage_stays_pending_and_so_does_its_pod(
    cluster: Cluster, ns: str, class_: str, reason_: str, text: str
) -> None:
    await ask(cluster, ns, claim(storageClassName=class_))
    await run(cluster, ns, pod(volumes=mounting()))
    await told(cluster, ns, (reason_, text))
    found = await until_one(cluster, POD, ns, "web", lambda p: bool(condition(p, "PodScheduled")))
    assert condition(found, "PodScheduled")["message"] == (
        "0/3 nodes are available: pod has unbound immediate PersistentVolumeClaims. " + _HOPELESS
    )
    assert (await cluster.get(CLAIM, ns, "data"))["status"]["phase"] == "Pending"


async def test_a_class_may_wait_for_the_first_consumer(cluster: Cluster, ns: str) -> None:
    name = f"late-{ns}"
    late = {
        "metadata": {"name": name},
        "provisioner": "world.fluxtui.dev/simulated",
        "volumeBindingMode": "WaitForFirstConsumer",
    }
    await create(cluster, STORAGE_CLASS, late)
    await ask(cluster, ns, claim(storageClassName=name))
    said = "waiting for first consumer to be created before binding"
    await told(cluster, ns, ("WaitForFirstConsumer", said))
    await run(cluster, ns, pod(volumes=mounting()))
    await until_one(cluster, POD, ns, "web", lambda p: reader_status(p).status is Status.CURRENT)
    assert (await cluster.get(CLAIM, ns, "data"))["status"]["phase"] == "Bound"


async def test_storage_may_fail_or_nobody_provide_it(cluster: Cluster, ns: str) -> None:
    other = {"metadata": {"name": f"other-{ns}"}, "provisioner": "csi.example.com"}
    await create(cluster, STORAGE_CLASS, other)
    full = claim("full")
    full["metadata"]["annotations"] = {FAULT: FAILS}
    await ask(cluster, ns, full)
    await ask(cluster, ns, claim("other", storageClassName=f"other-{ns}"))
    events = await until(
        cluster,
        EVENT,
        ns,
        lambda found: (
            {"ProvisioningFailed", "ExternalProvisioning"} <= {e["reason"] for e in found}
        ),
    )
    said = {e["reason"]: e["message"] for e in events}
    assert said["ProvisioningFailed"].startswith(
        'failed to provision volume with StorageClass "standard": rpc error: '
    )
    assert "external provisioner 'csi.example.com'" in said["ExternalProvisioning"]


async def test_a_claim_in_use_is_terminating_until_its_pod_is_gone(
    cluster: Cluster, ns: str
) -> None:
    await ask(cluster, ns, claim())
    await run(cluster, ns, pod(volumes=mounting()))
    await until_one(cluster, POD, ns, "web", lambda p: reader_status(p).status is Status.CURRENT)
    await cluster.delete(CLAIM, ns, "data")
    stuck = await cluster.get(CLAIM, ns, "data")
    assert stuck["metadata"]["finalizers"] == [PROTECTION]
    assert status(stuck).status is Status.TERMINATING
    await run(cluster, ns, pod("late", volumes=mounting()))
    refused = await until_one(
        cluster, POD, ns, "late", lambda p: bool(condition(p, "PodScheduled"))
    )
    assert (
        'persistentvolumeclaim "data" is being deleted'
        in (condition(refused, "PodScheduled")["message"])
    )
    await cluster.delete(POD, ns, "web")
    await until(cluster, CLAIM, ns, lambda found: not found)


# -- Jobs


def job(**spec: Any) -> Json:
    program = spec.pop("program", "example.com/migrate:v1-crashloop")
    return {
        "metadata": {"name": "migrate"},
        "spec": {"template": template(program, restartPolicy="Never"), **spec},
    }


@pytest.mark.parametrize(
    ("spec", "why", "text"),
    [
        ({"backoffLimit": 1}, "BackoffLimitExceeded",
         "Job has reached the specified backoff limit"),
        ({"activeDeadlineSeconds": 20, "program": "example.com/migrate:nopull"},
         "DeadlineExceeded", "Job was active longer than specified deadline"),
    ],
)  # fmt: skip
async def test_a_job_fails_for_a_reason(
    cluster: Cluster, ns: str, spec: Json, why: str, text: str
) -> None:
    made = job(**dict(spec))
    made["metadata"]["namespace"] = ns
    await create(cluster, JOB, made)
    failed = await until_one(
        cluster, JOB, ns, "migrate", lambda one: condition(one, "Failed") != {}
    )
    for type_ in ("FailureTarget", "Failed"):
        found = condition(failed, type_)
        assert (found["status"], found["reason"], found["message"]) == ("True", why, text)
    assert reader_status(failed).status is Status.FAILED
    assert "active" not in failed["status"]
    await told(cluster, ns, (why, text))


async def test_a_failure_policy_ends_a_job_at_once(cluster: Cluster, ns: str) -> None:
    rules = [{"action": "FailJob", "onExitCodes": {"operator": "In", "values": [1]}}]
    made = job(podFailurePolicy={"rules": rules})
    made["metadata"]["namespace"] = ns
    await create(cluster, JOB, made)
    failed = await until_one(
        cluster, JOB, ns, "migrate", lambda one: condition(one, "Failed") != {}
    )
    (one,) = (await cluster.list(POD, ns)).items
    assert condition(failed, "Failed")["reason"] == "PodFailurePolicy"
    assert condition(failed, "Failed")["message"] == (
        f"Container web for pod {ns}/{one['metadata']['name']} failed with exit code 1 matching "
        "FailJob rule at index 0"
    )


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
