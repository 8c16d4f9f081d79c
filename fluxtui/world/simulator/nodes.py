"""The nodes the simulated Pods run on, and the storage their claims are of: both are always well,
and there from the start, so that `kubectl get nodes` and `describe` have something to show."""

from __future__ import annotations

from fluxtui.cluster.port import Json
from fluxtui.world.simulator.kinds import NODE, STORAGE_CLASS
from fluxtui.world.simulator.state import KUBELET, SimState

STANDARD = "standard"
"""The default StorageClass."""


NODES = {"node-a1": "zone-a", "node-a2": "zone-a", "node-b1": "zone-b"}
"""Their zones, by name."""


async def register_nodes(state: SimState) -> None:
    """Make nodes and storage known, as a cluster's provider does; harmless when they are."""
    storage = {
        "apiVersion": "storage.k8s.io/v1",
        "kind": "StorageClass",
        "metadata": {
            "name": STANDARD,
            "annotations": {"storageclass.kubernetes.io/is-default-class": "true"},
        },
        "provisioner": "world.fluxtui.dev/simulated",
    }
    await state.create(STORAGE_CLASS, storage)
    for name, zone in NODES.items():
        node = await state.create(NODE, _node(name, zone), manager=KUBELET)
        if node is not None:
            await state.set_status(NODE, node, _status(state.stamp()), manager=KUBELET)


def _node(name: str, zone: str) -> Json:
    labels = {
        "kubernetes.io/hostname": name,
        "kubernetes.io/os": "linux",
        "kubernetes.io/arch": "amd64",
        "topology.kubernetes.io/zone": zone,
    }
    return {
        "apiVersion": "v1",
        "kind": "Node",
        "metadata": {"name": name, "labels": labels},
        "spec": {},
    }


def _status(now: str) -> Json:
    room = {"cpu": "16", "memory": "64Gi", "pods": "110", "ephemeral-storage": "200Gi"}
    ready = {
        "type": "Ready",
        "status": "True",
        "reason": "KubeletReady",
        "message": "simulated node is ready",
        "lastHeartbeatTime": now,
        "lastTransitionTime": now,
    }
    return {
        "capacity": room,
        "allocatable": room,
        "conditions": [ready],
        "addresses": [{"type": "InternalIP", "address": "127.0.0.1"}],
        "nodeInfo": {
            "kubeletVersion": "v1.36.2-simulated",
            "operatingSystem": "linux",
            "architecture": "amd64",
            "osImage": "simulated",
            "containerRuntimeVersion": "simulated://1",
        },
    }
