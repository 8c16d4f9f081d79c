"""Pods that fit nowhere, and nodes that are not well: the scheduler says why, node by node."""

from __future__ import annotations

import pytest

from fluxtui.cluster.port import Cluster
from fluxtui.world.simulator.fates import FAULT
from fluxtui.world.simulator.kinds import (
    DEPLOYMENT,
    NODE,
    POD,
)
from fluxtui.world.simulator.nodelife import NOT_READY
from tests.world.simulator_stage import (
    Json,
    condition,
    create,
    healthy,
    pod,
    run,
    told,
    workload,
)
from tests.world.waiting import until_one

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
