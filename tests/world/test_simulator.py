"""Workloads come alive as Kubernetes would have them, so that health checks can be believed."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from fluxtui.cluster.port import ApiResource, Cluster
from fluxtui.domain.health import Status, reader_status, status
from fluxtui.kit.clock import Clock
from fluxtui.world.apiserver.server import ApiServer
from fluxtui.world.simulator.kinds import (
    CLAIM,
    CRD,
    DEPLOYMENT,
    DISRUPTION_BUDGET,
    EVENT,
    JOB,
    POD,
    REPLICA_SET,
    STATEFUL_SET,
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
    template,
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


# -- StatefulSets and claims


async def test_a_stateful_set_comes_up_in_order_each_pod_with_its_claim(
    cluster: Cluster, ns: str
) -> None:
    claims = [
        {
            "metadata": {"name": "data"},
            "spec": {
                "accessModes": ["ReadWriteOnce"],
                "resources": {"requests": {"storage": "1Gi"}},
            },
        }
    ]
    await create(
        cluster,
        STATEFUL_SET,
        workload(ns, name="db", replicas=3, serviceName="db", volumeClaimTemplates=claims),
    )
    too_early: list[str] = []

    def watch(found: list[Json]) -> None:
        ready = {p["metadata"]["name"] for p in found if reader_status(p).status is Status.CURRENT}
        for pod in found:
            number = int(pod["metadata"]["name"].rpartition("-")[2])
            if any(f"db-{earlier}" not in ready for earlier in range(number)):
                too_early.append(pod["metadata"]["name"])

    await until(
        cluster,
        POD,
        ns,
        lambda found: (
            len(found) == 3 and all(reader_status(p).status is Status.CURRENT for p in found)
        ),
        seen=watch,
    )
    assert too_early == []
    done = await until_one(cluster, STATEFUL_SET, ns, "db", healthy)
    assert done["status"]["currentRevision"] == done["status"]["updateRevision"]
    bound = await until(
        cluster,
        CLAIM,
        ns,
        lambda found: len(found) == 3 and all(status(c).status is Status.CURRENT for c in found),
    )
    assert sorted(c["metadata"]["name"] for c in bound) == [
        "data-db-0",
        "data-db-1",
        "data-db-2",
    ]


async def test_a_stateful_set_updates_from_the_highest_number_down(
    cluster: Cluster, ns: str
) -> None:
    await create(cluster, STATEFUL_SET, workload(ns, name="db", replicas=3, serviceName="db"))
    await until_one(cluster, STATEFUL_SET, ns, "db", healthy)
    order: list[str] = []

    def watch(found: list[Json]) -> None:
        for pod in found:
            name = pod["metadata"]["name"]
            if pod["spec"]["containers"][0]["image"].endswith("v2") and name not in order:
                order.append(name)

    new = image_patch("example.com/web:v2")
    await cluster.patch(STATEFUL_SET, ns, "db", new, field_manager="test")
    await until(
        cluster,
        POD,
        ns,
        lambda found: (
            len(found) == 3
            and all(p["spec"]["containers"][0]["image"].endswith("v2") for p in found)
        ),
        seen=watch,
    )
    assert order[:2] == ["db-2", "db-1"]
    done = await until_one(
        cluster,
        STATEFUL_SET,
        ns,
        "db",
        lambda one: healthy(one) and wants(one, "v2"),
    )
    assert done["status"]["updatedReplicas"] == 3


# -- Jobs and DaemonSets


async def test_a_job_runs_to_its_end(cluster: Cluster, ns: str) -> None:
    job = {
        "metadata": {"name": "migrate", "namespace": ns},
        "spec": {"template": template("example.com/migrate:v1", restartPolicy="OnFailure")},
    }
    await create(cluster, JOB, job)
    done = await until_one(cluster, JOB, ns, "migrate", healthy)
    assert done["status"]["succeeded"] == 1
    assert "active" not in done["status"]
    assert reason(done, "Complete") == "CompletionsReached"
    assert done["status"]["completionTime"] >= done["status"]["startTime"]


@pytest.mark.parametrize("restart", ["Never", "OnFailure"])
async def test_a_job_whose_program_crashes_fails_after_its_back_off_limit(
    cluster: Cluster, ns: str, restart: str
) -> None:
    job = {
        "metadata": {"name": "migrate", "namespace": ns},
        "spec": {
            "backoffLimit": 1,
            "template": template("example.com/migrate:v1-crashloop", restartPolicy=restart),
        },
    }
    await create(cluster, JOB, job)
    failed = await until_one(
        cluster, JOB, ns, "migrate", lambda one: status(one).status is Status.FAILED
    )
    assert reason(failed, "Failed") == "BackoffLimitExceeded"


async def test_a_disruption_budget_counts_the_pods_it_guards(cluster: Cluster, ns: str) -> None:
    budget = {
        "metadata": {"name": "web", "namespace": ns},
        "spec": {"maxUnavailable": 1, "selector": {"matchLabels": {"app": "web"}}},
    }
    await create(cluster, DISRUPTION_BUDGET, budget)
    await create(cluster, DEPLOYMENT, workload(ns, replicas=3))
    counted = await until_one(
        cluster,
        DISRUPTION_BUDGET,
        ns,
        "web",
        lambda one: one.get("status", {}).get("currentHealthy") == 3,
    )
    assert counted["status"]["desiredHealthy"] == 2
    assert counted["status"]["disruptionsAllowed"] == 1


# -- custom resources


def definition(plural: str, kind: str, group: str = "db.example.org") -> Json:
    schema = {"type": "object", "x-kubernetes-preserve-unknown-fields": True}
    return {
        "metadata": {"name": f"{plural}.{group}"},
        "spec": {
            "group": group,
            "scope": "Namespaced",
            "names": {"kind": kind, "plural": plural, "singular": kind.lower()},
            "versions": [
                {
                    "name": "v1",
                    "served": True,
                    "storage": True,
                    "subresources": {"status": {}},
                    "schema": {"openAPIV3Schema": schema},
                }
            ],
        },
    }


async def test_a_custom_resource_is_made_healthy_again_for_every_generation(
    cluster: Cluster, ns: str
) -> None:
    await create(cluster, CRD, definition("stores", "Store"))
    store = ApiResource("db.example.org", "v1", "Store", "stores")
    await until_one(
        cluster, CRD, "", "stores.db.example.org", lambda o: status(o).status is Status.CURRENT
    )
    await create(cluster, store, {"metadata": {"name": "main", "namespace": ns}, "spec": {"n": 1}})

    def completed(one: Json) -> bool:
        return healthy(one) and one.get("status", {}).get("status") == "Completed"

    first = await until_one(cluster, store, ns, "main", completed)
    assert first["status"]["observedGeneration"] == 1
    await cluster.patch(store, ns, "main", {"spec": {"n": 2}}, field_manager="test")
    second = await until_one(
        cluster,
        store,
        ns,
        "main",
        lambda one: completed(one) and one["status"]["observedGeneration"] == 2,
    )
    assert second["status"]["conditions"][0]["observedGeneration"] == 2


async def test_a_status_that_its_schema_types_otherwise_is_respected(
    cluster: Cluster, ns: str
) -> None:
    crd = definition("meters", "Meter")
    integer: dict[str, Any] = {"type": "object", "properties": {"status": {"type": "integer"}}}
    integer["x-kubernetes-preserve-unknown-fields"] = True
    version = crd["spec"]["versions"][0]
    version["schema"]["openAPIV3Schema"]["properties"] = {"status": integer}
    await create(cluster, CRD, crd)
    meter = ApiResource("db.example.org", "v1", "Meter", "meters")
    await until_one(
        cluster, CRD, "", "meters.db.example.org", lambda o: status(o).status is Status.CURRENT
    )
    await create(cluster, meter, {"metadata": {"name": "m", "namespace": ns}})
    done = await until_one(
        cluster, meter, ns, "m", lambda one: reason(one, "Ready") == "Reconciled"
    )
    assert healthy(done)
    assert "status" not in done["status"]


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
