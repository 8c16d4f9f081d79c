"""StatefulSets with their claims, Jobs, disruption budgets and custom resources come alive too."""

from __future__ import annotations

from typing import Any

import pytest

from fluxtui.cluster.port import ApiResource, Cluster
from fluxtui.domain.health import Status, reader_status, status
from fluxtui.world.simulator.kinds import (
    CLAIM,
    CRD,
    DEPLOYMENT,
    DISRUPTION_BUDGET,
    JOB,
    POD,
    STATEFUL_SET,
)
from tests.world.simulator_stage import (
    Json,
    create,
    healthy,
    image_patch,
    reason,
    template,
    wants,
    workload,
)
from tests.world.waiting import until, until_one

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
