"""Containers that fail as in real clusters: the Pod says why, in the kubelet's own words."""

from __future__ import annotations

from fluxtui.cluster.port import Cluster
from fluxtui.domain.health import Status, reader_status, status
from fluxtui.world.simulator.kinds import (
    DEPLOYMENT,
    POD,
)
from tests.world.simulator_stage import (
    IMAGE,
    condition,
    create,
    healthy,
    image_patch,
    pod,
    reason,
    run,
    told,
    waiting,
    waiting_reasons,
    workload,
)
from tests.world.waiting import until_one

# -- images


async def test_an_image_that_is_not_there_is_pulled_again_and_again(
    cluster: Cluster, ns: str
) -> None:
    image = "example.com/web:v2-nopull"
    await run(cluster, ns, pod(image=image))
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


# -- containers


async def test_a_container_without_memory_is_killed_and_says_so(cluster: Cluster, ns: str) -> None:
    await run(cluster, ns, pod(image="example.com/web:v1-oomkilled"))
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


async def test_only_the_container_of_that_image_fails(cluster: Cluster, ns: str) -> None:
    made = pod()
    sidecar_image = "example.com/proxy:v1-crashloop"
    made["spec"]["containers"].append({"name": "sidecar", "image": sidecar_image})
    await run(cluster, ns, made)
    found = await until_one(
        cluster, POD, ns, "web", lambda p: "CrashLoopBackOff" in waiting_reasons(p)
    )
    web, sidecar = found["status"]["containerStatuses"]
    assert "running" in web["state"] and "waiting" in sidecar["state"]
    assert found["status"]["phase"] == "Running"


async def test_a_failing_init_container_holds_the_others_back(cluster: Cluster, ns: str) -> None:
    inits = [{"name": "setup", "image": "example.com/setup:v1-crashloop"}]
    await run(cluster, ns, pod(initContainers=inits))
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
        {"name": "fetch", "image": "example.com/fetch:v1"},
        {"name": "setup", "image": "example.com/setup:v1"},
    ]
    await run(cluster, ns, pod(initContainers=inits))
    found = await until_one(
        cluster, POD, ns, "web", lambda p: reader_status(p).status is Status.CURRENT
    )
    fetch, setup = found["status"]["initContainerStatuses"]
    ended = [one["state"]["terminated"] for one in (fetch, setup)]
    assert [one["reason"] for one in ended] == ["Completed", "Completed"]
    assert ended[0]["finishedAt"] <= ended[1]["startedAt"] and setup["ready"]
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
