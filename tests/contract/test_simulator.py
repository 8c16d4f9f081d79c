"""The simulator is an ordinary API client: its workloads live, and fail, on a real API as well.

What a real API refuses (a status it cannot decode, a deletion without a second word) shows
here and nowhere else.
"""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest

from fluxtui.cluster.client import connect
from fluxtui.cluster.port import Cluster
from fluxtui.domain.health import Status, reader_status
from fluxtui.kit.clock import Clock
from fluxtui.world.apiserver.server import ApiServer
from fluxtui.world.simulator.kinds import CLAIM, DEPLOYMENT, JOB, POD, STATEFUL_SET
from fluxtui.world.simulator.simulator import Simulator
from tests.contract.control_plane import Launched
from tests.contract.programs import CONTROL_PLANE, program_or_skip
from tests.contract.server import Server
from tests.world.simulator_stage import (
    SPEED,
    create,
    healthy,
    image_patch,
    reason,
    template,
    wants,
    workload,
)
from tests.world.waiting import connections_closed, until, until_one

Json = dict[str, Any]


@pytest.fixture(scope="module", params=["world", "real"])
def server(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Server]:
    """One of its own: a simulator takes every workload in a cluster for its charge."""
    folder = tmp_path_factory.mktemp("simulated")
    if request.param == "world":
        config, ca = folder / "kubeconfig", folder / "ca.crt"
        with ApiServer("world") as api:
            api.write_kubeconfig(config)
            ca.write_bytes(api.ca_pem)
            yield Server("world", api.url, ca, api.token, "", config, config)
            assert not api.errors, "the server met a bug of its own"
        return
    for name in CONTROL_PLANE:
        program_or_skip(name)
    launched = Launched(folder / "real", os.getpid())
    try:
        yield launched.ready()
    finally:
        launched.end()


@pytest.fixture
async def cluster(server: Server) -> AsyncIterator[Cluster]:
    """The API, its workloads alive."""
    client = await connect(str(server.kubeconfig), server.name, name=server.name)
    async with Simulator(client, Clock(SPEED), seed=1):
        yield client
    await client.close()
    await connections_closed()


async def test_a_deployment_rolls_out_rolls_on_and_goes(cluster: Cluster, ns: str) -> None:
    await create(cluster, DEPLOYMENT, workload(ns, replicas=2))
    await until_one(cluster, DEPLOYMENT, ns, "web", healthy)
    await cluster.patch(
        DEPLOYMENT, ns, "web", image_patch("example.com/web:v2"), field_manager="test"
    )
    await until_one(cluster, DEPLOYMENT, ns, "web", lambda d: healthy(d) and wants(d, "v2"))
    await until(cluster, POD, ns, lambda found: len(found) == 2)
    await cluster.delete(DEPLOYMENT, ns, "web")
    await until(cluster, POD, ns, lambda found: not found)


async def test_a_stateful_set_and_its_claims_come_up_in_order(cluster: Cluster, ns: str) -> None:
    claim = {
        "metadata": {"name": "data"},
        "spec": {
            "accessModes": ["ReadWriteOnce"],
            "resources": {"requests": {"storage": "1Gi"}},
        },
    }
    made = workload(ns, name="db", replicas=2, serviceName="db", volumeClaimTemplates=[claim])
    await create(cluster, STATEFUL_SET, made)
    await until_one(cluster, STATEFUL_SET, ns, "db", healthy)
    claims = (await cluster.list(CLAIM, ns)).items
    assert [c["metadata"]["name"] for c in claims] == ["data-db-0", "data-db-1"]
    assert {c["status"]["phase"] for c in claims} == {"Bound"}
    await cluster.delete(STATEFUL_SET, ns, "db")


def _first(found: Json, field: str = "containerStatuses") -> str:
    statuses = found.get("status", {}).get(field) or [{}]
    return str((statuses[0].get("state", {}).get("waiting") or {}).get("reason"))


@pytest.mark.parametrize(
    ("tag", "init", "wanted"),
    [
        ("v1-nopull", "", "ImagePullBackOff"),
        ("v1-crashloop", "", "CrashLoopBackOff"),
        ("v1-oomkilled", "", "CrashLoopBackOff"),
        ("v1", "v1-crashloop", "PodInitializing"),
    ],
)
async def test_a_pod_that_fails_says_so_in_a_status_that_is_accepted(
    cluster: Cluster, ns: str, tag: str, init: str, wanted: str
) -> None:
    inits = [{"name": "setup", "image": f"example.com/setup:{init}"}] if init else []
    made = template(f"example.com/web:{tag}", initContainers=inits)
    made["metadata"] |= {"name": "web", "namespace": ns}
    await create(cluster, POD, made)

    def failed(pod: Json) -> bool:
        if init:
            return _first(pod, "initContainerStatuses") == "CrashLoopBackOff"
        return wanted in (_first(pod), reason(pod, "PodScheduled"))

    await until_one(cluster, POD, ns, "web", failed)


async def test_a_job_fails_and_leaves_its_pods(cluster: Cluster, ns: str) -> None:
    job = {
        "metadata": {"name": "migrate", "namespace": ns},
        "spec": {
            "backoffLimit": 0,
            "template": template("example.com/migrate:v1-crashloop", restartPolicy="Never"),
        },
    }
    await create(cluster, JOB, job)
    failed = await until_one(
        cluster, JOB, ns, "migrate", lambda one: reader_status(one).status is Status.FAILED
    )
    assert reason(failed, "Failed") == "BackoffLimitExceeded"


async def test_a_job_completes(cluster: Cluster, ns: str) -> None:
    job = {
        "metadata": {"name": "migrate", "namespace": ns},
        "spec": {"template": template("example.com/migrate:v1", restartPolicy="Never")},
    }
    await create(cluster, JOB, job)
    done = await until_one(cluster, JOB, ns, "migrate", lambda one: reason(one, "Complete") != "")
    assert done["status"]["succeeded"] == 1
