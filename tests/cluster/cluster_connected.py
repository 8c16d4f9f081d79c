"""A client of the scripted API, and the kinds that its tests ask for."""

from __future__ import annotations

from typing import Any

from cluster_scripted import Scripted

from fluxtui.cluster.client import connect
from fluxtui.cluster.port import ApiResource, Cluster

PODS = ApiResource("", "v1", "Pod", "pods")
DEPLOYMENTS = ApiResource("apps", "v1", "Deployment", "deployments")


async def connected(api: Scripted, **more: Any) -> Cluster:
    return await connect(api.kubeconfig(), None, name="staging", **more)
