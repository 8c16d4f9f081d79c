"""A place with one source and its Kustomization, and Plans that act on them."""

from __future__ import annotations

from typing import Any

from engine_stage import PATIENCE, MakeEngine, MakePlace, Place, Registry, got

from fluxtui.domain.plan import (
    AnyStep,
    PatchStep,
    Plan,
)
from fluxtui.domain.resource import Key
from fluxtui.engine.engine import Engine

BUNDLE = {"kustomization.yaml": "resources: []\n"}
SUSPEND = {"spec": {"suspend": True}}


async def with_web(
    place: MakePlace, engine: MakeEngine, registry: Registry
) -> tuple[Place, Engine]:
    staging = await place("staging")
    await staging.namespace()
    await staging.source("web", registry.url("web"), semver="1.x")
    await staging.kustomization("web", "web")
    running = engine(staging)
    keys = (staging.source_key("web"), staging.kustomization_key("web"))
    await got(running.wait_for(lambda s: all(s.get(key) for key in keys), PATIENCE))
    return staging, running


def patch_step(running: Engine, key: Key, patch: dict[str, Any], id_: str = "s1") -> PatchStep:
    version = running.snapshot.as_of(key)
    return PatchStep(id_, "do it", target=key, patch=patch, resource_version=version)


def plan(*steps: AnyStep, inputs: dict[str, str] | None = None, **more: Any) -> Plan:
    return Plan("test", "a test", steps, ("staging",), inputs=inputs or {}, user="ada", **more)
