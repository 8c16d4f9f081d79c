"""The Flux controllers of each environment: which there are, of which version, and whether ready.

Nothing is assumed of a cluster: what cannot be read is a problem with its reason, and not taken for
"no controllers".
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fluxtui.cli.session import connect_to
from fluxtui.domain.config import Environment
from fluxtui.domain.errors import FluxtuiError

PART_OF_FLUX = "app.kubernetes.io/part-of=flux"
DISTRIBUTION = "app.kubernetes.io/version"
PATIENCE = 10.0


@dataclass(frozen=True, slots=True)
class Controller:
    """One Deployment of Flux's; `version` is its image's tag, or digest."""

    namespace: str
    name: str
    version: str
    ready: bool


@dataclass(frozen=True, slots=True)
class Controllers:
    """Those of an Environment, or `problem`. `flux` is the distribution's version, or ""."""

    environment: str
    flux: str = ""
    found: tuple[Controller, ...] = ()
    problem: str = ""


async def controllers_of(environments: Sequence[Environment]) -> list[Controllers]:
    """All at once: one that does not answer delays no other."""
    return list(await asyncio.gather(*map(_controllers, environments)))


async def _controllers(environment: Environment) -> Controllers:
    try:
        async with asyncio.timeout(PATIENCE):
            deployments = await _deployments(environment)
    except TimeoutError:
        return Controllers(environment.name, problem=f"no answer within {PATIENCE:.0f} s")
    except FluxtuiError as error:
        return Controllers(environment.name, problem=str(error))
    controllers = sorted(map(_controller, deployments), key=lambda c: (c.namespace, c.name))
    labels = (d["metadata"].get("labels") or {} for d in deployments)
    flux = next((str(carried[DISTRIBUTION]) for carried in labels if carried.get(DISTRIBUTION)), "")
    return Controllers(environment.name, flux, tuple(controllers))


async def _deployments(environment: Environment) -> Sequence[Mapping[str, Any]]:
    cluster = await connect_to(environment, wire="brief")
    try:
        type_ = await cluster.find("apps/v1", "Deployment")
        return (await cluster.list(type_, label_selector=PART_OF_FLUX)).items
    finally:
        await cluster.close()


def _controller(deployment: Mapping[str, Any]) -> Controller:
    meta, status = deployment["metadata"], deployment.get("status") or {}
    containers = (deployment.get("spec") or {}).get("template", {}).get("spec", {})
    image = str((containers.get("containers") or [{}])[0].get("image", ""))
    name, _at, digest = image.partition("@")
    tag = name.rpartition(":")[2] if ":" in name.rpartition("/")[2] else ""
    replicas = (deployment.get("spec") or {}).get("replicas", 1)
    ready = bool(replicas) and status.get("readyReplicas", 0) >= replicas
    return Controller(meta.get("namespace", ""), meta["name"], tag or digest, ready)
