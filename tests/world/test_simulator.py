"""Deployments come alive as Kubernetes would have them, so that health checks can be believed; what
happened while the API or the simulator was away is made up for.
"""

from __future__ import annotations

import asyncio

from fluxtui.cluster.port import Cluster
from fluxtui.domain.health import Status, status
from fluxtui.kit.clock import Clock
from fluxtui.world.apiserver.server import ApiServer
from fluxtui.world.simulator.kinds import (
    DEPLOYMENT,
    EVENT,
    POD,
    REPLICA_SET,
)
from fluxtui.world.simulator.simulator import Simulator
from tests.world.simulator_stage import (
    NAMESPACE,
    SPEED,
    Json,
    create,
    healthy,
    image_patch,
    is_observed,
    reason,
    waiting_reasons,
    wants,
    workload,
)
from tests.world.waiting import until, until_one

# -- Deployments


async def test_a_deployment_becomes_healthy_and_says_so_as_kubernetes_does(
    cluster: Cluster, ns: str
) -> None:
    await create(cluster, DEPLOYMENT, workload(ns, replicas=2))
    done = await until_one(cluster, DEPLOYMENT, ns, "web", healthy)
    counts = {k: v for k, v in done["status"].items() if k != "conditions"}
    assert counts == {
        "observedGeneration": done["metadata"]["generation"],
        "replicas": 2,
        "updatedReplicas": 2,
        "readyReplicas": 2,
        "availableReplicas": 2,
    }
    assert reason(done, "Progressing") == "NewReplicaSetAvailable"
    assert reason(done, "Available") == "MinimumReplicasAvailable"
    assert done["metadata"]["annotations"] == {"deployment.kubernetes.io/revision": "1"}
    (replica_set,) = (await cluster.list(REPLICA_SET, ns)).items
    pods = (await cluster.list(POD, ns)).items
    assert [ref["uid"] for ref in replica_set["metadata"]["ownerReferences"]] == [
        done["metadata"]["uid"]
    ]
    digest = replica_set["metadata"]["labels"]["pod-template-hash"]
    assert {pod["metadata"]["labels"]["pod-template-hash"] for pod in pods} == {digest}
    assert all(status(pod).status is Status.CURRENT for pod in pods)
    assert all(pod["spec"]["nodeName"].startswith("node-") for pod in pods)


async def test_the_story_of_a_pod_is_told_in_events(cluster: Cluster, ns: str) -> None:
    await create(cluster, DEPLOYMENT, workload(ns))
    expected = {
        "ScalingReplicaSet",
        "SuccessfulCreate",
        "Scheduled",
        "Pulled",
        "Created",
        "Started",
    }
    events = await until(cluster, EVENT, ns, lambda found: {e["reason"] for e in found} >= expected)
    scaled = next(e for e in events if e["reason"] == "ScalingReplicaSet")
    assert scaled["message"].startswith("Scaled up replica set web-")
    assert scaled["message"].endswith("from 0 to 1")
    assert scaled["involvedObject"]["kind"] == "Deployment"
    assert {e["type"] for e in events} == {"Normal"}


async def test_an_update_replaces_pods_one_by_one_and_never_below_what_is_asked(
    cluster: Cluster, ns: str
) -> None:
    rolling = {"rollingUpdate": {"maxSurge": 1, "maxUnavailable": 0}}
    await create(cluster, DEPLOYMENT, workload(ns, replicas=3, strategy=rolling))
    await until_one(cluster, DEPLOYMENT, ns, "web", healthy)
    available: list[int] = []
    updated: list[int] = []
    sizes: list[int] = []

    def watch(found: list[Json]) -> None:
        for one in found:
            available.append(one["status"].get("availableReplicas", 0))
            if wants(one, "v2") and is_observed(one):
                updated.append(one["status"].get("updatedReplicas", 0))

    def measure(found: list[Json]) -> None:
        # What is asked for, as maxSurge means it: a status may still count a Pod that is going.
        sizes.append(sum(one["spec"]["replicas"] for one in found))

    async def patched() -> None:
        await cluster.patch(
            DEPLOYMENT, ns, "web", image_patch("example.com/web:v2"), field_manager="test"
        )

    await asyncio.gather(
        until(
            cluster,
            DEPLOYMENT,
            ns,
            lambda found: healthy(found[0]) and wants(found[0], "v2"),
            seen=watch,
        ),
        until(
            cluster,
            REPLICA_SET,
            ns,
            lambda found: sorted(one["spec"]["replicas"] for one in found) == [0, 3],
            seen=measure,
        ),
        patched(),
    )
    assert min(available) == 3
    assert max(sizes) == 4
    assert {1, 2, 3} <= set(updated)
    pods = (await cluster.list(POD, ns)).items
    assert {p["spec"]["containers"][0]["image"] for p in pods} == {"example.com/web:v2"}


async def test_a_crashing_image_blocks_the_update_and_the_old_pods_go_on(
    cluster: Cluster, ns: str
) -> None:
    await create(cluster, DEPLOYMENT, workload(ns, replicas=2, progressDeadlineSeconds=30))
    await until_one(cluster, DEPLOYMENT, ns, "web", healthy)
    bad = image_patch("example.com/web:v2-crashloop")
    await cluster.patch(DEPLOYMENT, ns, "web", bad, field_manager="test")

    late = await until_one(
        cluster,
        DEPLOYMENT,
        ns,
        "web",
        lambda one: reason(one, "Progressing") == "ProgressDeadlineExceeded",
    )
    assert status(late).status is Status.FAILED
    assert late["status"]["availableReplicas"] == 2
    crashing = [
        pod
        for pod in await until(
            cluster,
            POD,
            ns,
            lambda found: any(
                sum(s["restartCount"] for s in p.get("status", {}).get("containerStatuses", []))
                for p in found
                if "CrashLoopBackOff" in waiting_reasons(p)
            ),
        )
        if "CrashLoopBackOff" in waiting_reasons(pod)
    ]
    assert [status(pod).status for pod in crashing] == [Status.FAILED]
    (told,) = [
        e
        for e in await until(
            cluster, EVENT, ns, lambda found: any(e["reason"] == "BackOff" for e in found)
        )
        if e["reason"] == "BackOff"
    ]
    assert told["type"] == "Warning"
    assert told["message"].startswith("Back-off restarting failed container web in pod web-")


async def test_going_back_takes_the_old_replica_set_again(cluster: Cluster, ns: str) -> None:
    await create(cluster, DEPLOYMENT, workload(ns, replicas=2))
    await until_one(cluster, DEPLOYMENT, ns, "web", healthy)
    (first,) = (await cluster.list(REPLICA_SET, ns)).items
    bad = image_patch("example.com/web:v2-crashloop")
    await cluster.patch(DEPLOYMENT, ns, "web", bad, field_manager="test")
    await until(
        cluster, POD, ns, lambda found: any("CrashLoopBackOff" in waiting_reasons(p) for p in found)
    )
    good = image_patch("example.com/web:v1")
    await cluster.patch(DEPLOYMENT, ns, "web", good, field_manager="test")
    done = await until_one(
        cluster,
        DEPLOYMENT,
        ns,
        "web",
        lambda one: healthy(one) and wants(one, "v1"),
    )
    again = await cluster.get(REPLICA_SET, ns, first["metadata"]["name"])
    assert again["spec"]["replicas"] == 2
    assert done["metadata"]["annotations"]["deployment.kubernetes.io/revision"] == "3"
    await until(cluster, POD, ns, lambda found: len(found) == 2)


async def test_scaling_down_and_deleting_take_the_pods_along(cluster: Cluster, ns: str) -> None:
    await create(cluster, DEPLOYMENT, workload(ns, replicas=3))
    await until_one(cluster, DEPLOYMENT, ns, "web", healthy)
    await cluster.patch(DEPLOYMENT, ns, "web", {"spec": {"replicas": 1}}, field_manager="test")
    await until_one(
        cluster,
        DEPLOYMENT,
        ns,
        "web",
        lambda one: healthy(one) and one["status"]["replicas"] == 1,
    )
    await cluster.delete(DEPLOYMENT, ns, "web")
    await until(cluster, POD, ns, lambda found: not found)
    await until(cluster, REPLICA_SET, ns, lambda found: not found)


# -- trouble


async def test_what_happened_while_the_api_was_away_is_made_up_for(
    api: ApiServer, cluster: Cluster, ns: str
) -> None:
    api.set_unreachable(True)
    api.set_unreachable(False)
    await until(cluster, POD, ns, lambda _: True)
    await create(cluster, DEPLOYMENT, workload(ns))
    await until_one(cluster, DEPLOYMENT, ns, "web", healthy)
    api.compact()
    await create(cluster, DEPLOYMENT, workload(ns, name="second"))
    await until_one(cluster, DEPLOYMENT, ns, "second", healthy)


async def test_a_new_simulator_goes_on_where_the_last_one_stopped(
    api: ApiServer, cluster: Cluster
) -> None:
    name = "handed-over"
    await create(cluster, NAMESPACE, {"metadata": {"name": name}})
    async with Simulator(cluster, Clock(SPEED)):
        await create(cluster, DEPLOYMENT, workload(name, replicas=2))
        await until(cluster, POD, name, lambda found: len(found) == 2)
    async with Simulator(cluster, Clock(SPEED)):
        await until_one(cluster, DEPLOYMENT, name, "web", healthy)
    assert len((await cluster.list(POD, name)).items) == 2
