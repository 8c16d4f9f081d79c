"""Workloads that fail as in real clusters: the objects say why, in Kubernetes' own words."""

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
    NODE,
    POD,
    STATEFUL_SET,
    STORAGE_CLASS,
)
from fluxtui.world.simulator.nodelife import NOT_READY
from fluxtui.world.simulator.references import CONFIG_MAP, SECRET
from tests.world.simulator_stage import (
    NAMESPACE,
    SPEED,
    Json,
    create,
    healthy,
    image_patch,
    reason,
    template,
    waiting_reasons,
    workload,
)
from tests.world.waiting import connections_closed, until, until_one

IMAGE = "example.com/web:v1"


def pod(name: str = "web", image: str = IMAGE, fault: str = "", **spec: Any) -> Json:
    made = template(image, **spec)
    annotations = {FAULT: fault} if fault else {}
    made["metadata"] |= {"name": name, "annotations": annotations}
    return made


async def run(cluster: Cluster, ns: str, made: Json) -> None:
    made["metadata"]["namespace"] = ns
    await create(cluster, POD, made)


def waiting(found: Json, field: str = "containerStatuses") -> Json:
    statuses = found.get("status", {}).get(field) or [{}]
    return dict(statuses[0].get("state", {}).get("waiting") or {})


def condition(found: Json, type_: str) -> Json:
    conditions = found.get("status", {}).get("conditions", [])
    return next((c for c in conditions if c["type"] == type_), {})


async def told(cluster: Cluster, ns: str, *wanted: tuple[str, str]) -> None:
    """Wait until Events with these reasons and messages are there."""

    def all_there(events: list[Json]) -> bool:
        return set(wanted) <= {(e["reason"], e["message"]) for e in events}

    await until(cluster, EVENT, ns, all_there)


# -- images


@pytest.mark.parametrize("how", ["tag", "annotation"])
async def test_an_image_that_is_not_there_is_pulled_again_and_again(
    cluster: Cluster, ns: str, how: str
) -> None:
    image = "example.com/web:v2-nopull" if how == "tag" else IMAGE
    await run(cluster, ns, pod(image=image, fault="image-pull" if how == "annotation" else ""))
    error = (
        f'rpc error: code = NotFound desc = failed to pull and unpack image "{image}": failed to '
        f'resolve reference "{image}": {image}: not found'
    )
    found = await until_one(
        cluster, POD, ns, "web", lambda p: waiting(p).get("reason") == "ImagePullBackOff"
    )
    assert waiting(found)["message"] == f'Back-off pulling image "{image}": ErrImagePull: {error}'
    assert found["status"]["phase"] == "Pending"
    assert found["status"]["containerStatuses"][0]["imageID"] == ""
    unready = "containers with unready status: [web]"
    assert condition(found, "Ready")["reason"] == "ContainersNotReady"
    assert condition(found, "Ready")["message"] == unready
    assert condition(found, "PodReadyToStartContainers")["status"] == "False"
    await told(
        cluster,
        ns,
        ("Pulling", f'Pulling image "{image}"'),
        ("Failed", f'Failed to pull image "{image}": {error}'),
        ("Failed", "Error: ErrImagePull"),
        ("BackOff", f'Back-off pulling image "{image}"'),
        ("Failed", "Error: ImagePullBackOff"),
    )


async def test_a_repaired_image_lets_the_deployment_go_on(cluster: Cluster, ns: str) -> None:
    broken = workload(ns, "example.com/web:nopull", progressDeadlineSeconds=20)
    await create(cluster, DEPLOYMENT, broken)
    late = await until_one(
        cluster,
        DEPLOYMENT,
        ns,
        "web",
        lambda one: reason(one, "Progressing") == "ProgressDeadlineExceeded",
    )
    assert status(late).status is Status.FAILED
    assert condition(late, "Progressing")["message"].endswith("has timed out progressing.")
    await cluster.patch(DEPLOYMENT, ns, "web", image_patch(IMAGE), field_manager="test")
    await until_one(cluster, DEPLOYMENT, ns, "web", healthy)


async def test_a_name_that_is_no_image_is_refused_before_any_pull(
    cluster: Cluster, ns: str
) -> None:
    await run(cluster, ns, pod(image="example.com/Web:v1"))
    found = await until_one(
        cluster, POD, ns, "web", lambda p: waiting(p).get("reason") == "InvalidImageName"
    )
    assert waiting(found)["message"] == (
        'Failed to apply default image tag "example.com/Web:v1": couldn\'t parse image name '
        '"example.com/Web:v1": invalid reference format'
    )


# -- containers


async def test_a_container_without_memory_is_killed_and_says_so(cluster: Cluster, ns: str) -> None:
    await run(cluster, ns, pod(fault="oom-killed"))
    found = await until_one(
        cluster,
        POD,
        ns,
        "web",
        lambda p: waiting(p).get("reason") == "CrashLoopBackOff",
    )
    (container,) = found["status"]["containerStatuses"]
    last = container["lastState"]["terminated"]
    assert (last["reason"], last["exitCode"]) == ("OOMKilled", 137)
    uid = found["metadata"]["uid"]
    assert waiting(found)["message"].endswith(
        f"restarting failed container=web pod=web_{ns}({uid})"
    )
    assert waiting(found)["message"].startswith("back-off ")
    assert status(found).status is Status.FAILED


async def test_only_the_container_that_is_named_fails(cluster: Cluster, ns: str) -> None:
    made = pod(fault="crash-loop=sidecar")
    made["spec"]["containers"].append({"name": "sidecar", "image": "example.com/proxy:v1"})
    await run(cluster, ns, made)
    found = await until_one(
        cluster, POD, ns, "web", lambda p: "CrashLoopBackOff" in waiting_reasons(p)
    )
    web, sidecar = found["status"]["containerStatuses"]
    assert "running" in web["state"] and "waiting" in sidecar["state"]
    assert found["status"]["phase"] == "Running"


async def test_a_missing_secret_or_key_stops_the_container_until_it_is_there(
    cluster: Cluster, ns: str
) -> None:
    made = pod()
    made["spec"]["containers"][0]["env"] = [
        {"name": "A", "valueFrom": {"secretKeyRef": {"name": "login", "key": "password"}}},
        {
            "name": "B",
            "valueFrom": {"secretKeyRef": {"name": "none", "key": "x", "optional": True}},
        },
    ]
    await run(cluster, ns, made)
    found = await until_one(
        cluster, POD, ns, "web", lambda p: waiting(p).get("reason") == "CreateContainerConfigError"
    )
    assert waiting(found)["message"] == 'secret "login" not found'
    await told(cluster, ns, ("Failed", 'Error: secret "login" not found'))
    secret = {"metadata": {"name": "login", "namespace": ns}, "data": {"user": "eA=="}}
    await create(cluster, SECRET, secret)
    said = f"couldn't find key password in Secret {ns}/login"
    await until_one(cluster, POD, ns, "web", lambda p: waiting(p).get("message") == said)
    change = {"data": {"password": "eA=="}}
    await cluster.patch(SECRET, ns, "login", change, field_manager="test")
    await until_one(cluster, POD, ns, "web", lambda p: reader_status(p).status is Status.CURRENT)


async def test_a_volume_of_a_missing_config_map_keeps_the_pod_from_starting(
    cluster: Cluster, ns: str
) -> None:
    volume = {
        "name": "config",
        "configMap": {"name": "settings", "items": [{"key": "a", "path": "a"}]},
    }
    await run(cluster, ns, pod(volumes=[volume]))
    mount = 'MountVolume.SetUp failed for volume "config" : '
    await told(cluster, ns, ("FailedMount", f'{mount}configmap "settings" not found'))
    found = await cluster.get(POD, ns, "web")
    assert waiting(found) == {"reason": "ContainerCreating"}
    settings = {"metadata": {"name": "settings", "namespace": ns}, "data": {"b": "1"}}
    await create(cluster, CONFIG_MAP, settings)
    gone = "configmap references non-existent config key: a"
    await told(cluster, ns, ("FailedMount", mount + gone))
    change = {"data": {"a": "1"}}
    await cluster.patch(CONFIG_MAP, ns, "settings", change, field_manager="test")
    await until_one(cluster, POD, ns, "web", lambda p: reader_status(p).status is Status.CURRENT)


async def test_a_failing_init_container_holds_the_others_back(cluster: Cluster, ns: str) -> None:
    inits = [{"name": "setup", "image": "example.com/setup:v1"}]
    await run(cluster, ns, pod(fault="init-fail=setup", initContainers=inits))
    found = await until_one(
        cluster,
        POD,
        ns,
        "web",
        lambda p: waiting(p, "initContainerStatuses").get("reason") == "CrashLoopBackOff",
    )
    assert found["status"]["phase"] == "Pending"
    assert waiting(found) == {"reason": "PodInitializing"}
    assert condition(found, "Initialized")["reason"] == "ContainersNotInitialized"
    said = "containers with incomplete status: [setup]"
    assert condition(found, "Initialized")["message"] == said


async def test_init_containers_run_one_after_the_other(cluster: Cluster, ns: str) -> None:
    inits = [
        {"name": "proxy", "image": "example.com/proxy:v1", "restartPolicy": "Always"},
        {"name": "setup", "image": "example.com/setup:v1"},
    ]
    await run(cluster, ns, pod(initContainers=inits))
    found = await until_one(
        cluster, POD, ns, "web", lambda p: reader_status(p).status is Status.CURRENT
    )
    proxy, setup = found["status"]["initContainerStatuses"]
    assert "running" in proxy["state"]
    assert setup["state"]["terminated"]["reason"] == "Completed" and setup["ready"]
    assert condition(found, "Initialized")["status"] == "True"


async def test_a_probe_that_never_passes_leaves_the_pod_unready(cluster: Cluster, ns: str) -> None:
    await create(
        cluster, DEPLOYMENT, workload(ns, "example.com/web:neverready", progressDeadlineSeconds=15)
    )
    await told(
        cluster,
        ns,
        ("Unhealthy", "Readiness probe failed: HTTP probe failed with statuscode: 503"),
    )
    late = await until_one(
        cluster,
        DEPLOYMENT,
        ns,
        "web",
        lambda one: reason(one, "Progressing") == "ProgressDeadlineExceeded",
    )
    assert late["status"]["unavailableReplicas"] == 1
    (found,) = (await cluster.list(POD, ns)).items
    assert found["status"]["phase"] == "Running"
    assert found["status"]["containerStatuses"][0]["started"] is True


# -- scheduling

_EVICTION = "preemption: 0/3 nodes are available: "
_HOPELESS = _EVICTION + "3 Preemption is not helpful for scheduling."


@pytest.mark.parametrize(
    ("spec", "why"),
    [
        ({"nodeSelector": {"disk": "ssd"}},
         f"3 node(s) didn't match Pod's node affinity/selector. {_HOPELESS}"),
        ({"affinity": {"nodeAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": {
            "nodeSelectorTerms": [{"matchExpressions": [{
                "key": "topology.kubernetes.io/zone", "operator": "In", "values": ["z"]}]}]}}}},
         f"3 node(s) didn't match Pod's node affinity/selector. {_HOPELESS}"),
        ({"volumes": [{"name": "d", "persistentVolumeClaim": {"claimName": "none"}}]},
         f'persistentvolumeclaim "none" not found. {_HOPELESS}'),
    ],
)  # fmt: skip
async def test_a_pod_that_fits_nowhere_says_why_for_every_node(
    cluster: Cluster, ns: str, spec: Json, why: str
) -> None:
    await run(cluster, ns, pod(**spec))
    found = await until_one(cluster, POD, ns, "web", lambda p: bool(condition(p, "PodScheduled")))
    scheduled = condition(found, "PodScheduled")
    assert (scheduled["status"], scheduled["reason"]) == ("False", "Unschedulable")
    assert scheduled["message"] == f"0/3 nodes are available: {why}"
    assert found["status"]["phase"] == "Pending"
    await told(cluster, ns, ("FailedScheduling", scheduled["message"]))


async def test_a_pod_that_asks_for_too_much_waits_for_room(cluster: Cluster, ns: str) -> None:
    made = pod()
    made["spec"]["containers"][0]["resources"] = {"requests": {"cpu": "40", "memory": "1Ti"}}
    await run(cluster, ns, made)
    found = await until_one(cluster, POD, ns, "web", lambda p: bool(condition(p, "PodScheduled")))
    assert condition(found, "PodScheduled")["message"] == (
        "0/3 nodes are available: 3 Insufficient cpu, 3 Insufficient memory. "
        f"{_EVICTION}3 No preemption victims found for incoming pod."
    )


async def test_nodes_may_be_cordoned_or_tainted(cluster: Cluster, ns: str) -> None:
    taint = {"key": "only", "value": "batch", "effect": "NoSchedule"}
    here = {"nodeSelector": {"kubernetes.io/hostname": "node-b1"}}
    await cluster.patch(NODE, "", "node-b1", {"spec": {"taints": [taint]}}, field_manager="test")
    try:
        await run(cluster, ns, pod(**here))
        await run(
            cluster, ns, pod("tolerant", tolerations=[{**taint, "operator": "Equal"}], **here)
        )
        await until_one(
            cluster, POD, ns, "tolerant", lambda p: p["spec"].get("nodeName") == "node-b1"
        )
        found = await until_one(
            cluster, POD, ns, "web", lambda p: bool(condition(p, "PodScheduled"))
        )
        assert condition(found, "PodScheduled")["message"] == (
            "0/3 nodes are available: 1 node(s) had untolerated taint(s), "
            f"2 node(s) didn't match Pod's node affinity/selector. {_HOPELESS}"
        )
    finally:
        await cluster.patch(NODE, "", "node-b1", {"spec": {"taints": None}}, field_manager="test")
    await until_one(cluster, POD, ns, "web", lambda p: bool(p["spec"].get("nodeName")))


async def test_a_node_that_is_not_heard_of_takes_its_pods_along(cluster: Cluster, ns: str) -> None:
    here = {"nodeSelector": {"kubernetes.io/hostname": "node-a2"}}
    await run(cluster, ns, pod(**here))
    await until_one(
        cluster, POD, ns, "web", lambda p: condition(p, "Ready").get("status") == "True"
    )
    ill: Json = {"metadata": {"annotations": {FAULT: NOT_READY}}}
    await cluster.patch(NODE, "", "node-a2", ill, field_manager="test")
    try:
        await until_one(
            cluster, POD, ns, "web", lambda p: condition(p, "Ready").get("status") == "False"
        )
        node = await cluster.get(NODE, "", "node-a2")
        assert (condition(node, "Ready")["status"], condition(node, "Ready")["reason"]) == (
            "Unknown",
            "NodeStatusUnknown",
        )
        assert {(t["key"], t["effect"]) for t in node["spec"]["taints"]} == {
            ("node.kubernetes.io/unreachable", "NoSchedule"),
            ("node.kubernetes.io/unreachable", "NoExecute"),
        }
        await told(cluster, ns, ("NodeNotReady", "Node is not ready"))
        await run(cluster, ns, pod("late", **here))
        refused = await until_one(
            cluster, POD, ns, "late", lambda p: bool(condition(p, "PodScheduled"))
        )
        assert "1 node(s) had untolerated taint(s)" in condition(refused, "PodScheduled")["message"]
    finally:
        well: Json = {"metadata": {"annotations": {FAULT: None}}}
        await cluster.patch(NODE, "", "node-a2", well, field_manager="test")
    for name in ("web", "late"):
        await until_one(
            cluster, POD, ns, name, lambda p: condition(p, "Ready").get("status") == "True"
        )


async def test_a_spread_that_cannot_be_kept_is_not_scheduled(cluster: Cluster, ns: str) -> None:
    spread = {
        "maxSkew": 1,
        "topologyKey": "kubernetes.io/hostname",
        "whenUnsatisfiable": "DoNotSchedule",
        "labelSelector": {"matchLabels": {"app": "web"}},
    }
    made = workload(ns, replicas=3)
    made["spec"]["template"]["spec"]["topologySpreadConstraints"] = [{**spread}]
    await create(cluster, DEPLOYMENT, made)
    await until_one(cluster, DEPLOYMENT, ns, "web", healthy)
    found = (await cluster.list(POD, ns)).items
    assert len({one["spec"]["nodeName"] for one in found}) == 3
    only = {"nodeSelector": {"kubernetes.io/hostname": "node-a1"}}
    zones = {**spread, "topologyKey": "example.com/rack"}
    await run(cluster, ns, pod("rackless", topologySpreadConstraints=[zones], **only))
    refused = await until_one(
        cluster, POD, ns, "rackless", lambda p: bool(condition(p, "PodScheduled"))
    )
    assert (
        "1 node(s) didn't match pod topology spread constraints (missing required label)"
        in condition(refused, "PodScheduled")["message"]
    )


# -- claims


def claim(name: str = "data", **spec: Any) -> Json:
    return {
        "metadata": {"name": name},
        "spec": {
            "accessModes": ["ReadWriteOnce"],
            "resources": {"requests": {"storage": "1Gi"}},
            **spec,
        },
    }


def mounting(name: str = "data") -> list[Json]:
    return [{"name": "data", "persistentVolumeClaim": {"claimName": name}}]


async def ask(cluster: Cluster, ns: str, made: Json) -> None:
    made["metadata"]["namespace"] = ns
    await create(cluster, CLAIM, made)


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
