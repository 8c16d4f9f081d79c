"""Refuses to work beside a live Flux: two controllers on the same objects would fight for ever."""

from __future__ import annotations

from fluxtui.cluster.port import ApiResource, Cluster
from fluxtui.domain.errors import NotFound, RefusedError
from fluxtui.reconciler.objects import spec_of

_DEPLOYMENTS = ApiResource("apps", "v1", "Deployment", "deployments")
_NAMESPACE = "flux-system"
_CONTROLLERS = ("source-controller", "kustomize-controller")


async def refuse_beside_flux(cluster: Cluster) -> None:
    """Raises RefusedError when Flux's controllers are deployed there (and not scaled to zero)."""
    for name in _CONTROLLERS:
        try:
            deployment = await cluster.get(_DEPLOYMENTS, _NAMESPACE, name)
        except NotFound:
            continue
        if spec_of(deployment).get("replicas") != 0:
            raise RefusedError(
                f"a Flux is at work here (Deployment {_NAMESPACE}/{name})",
                where=cluster.name,
                next="stop it first, or say --force-beside-flux if you know that it is dead",
            )
