"""The real bundles and an infra repository of the usual layout, rolled out to the end.

The files live beside the checkout and are not part of it; without them this is skipped.
"""

from __future__ import annotations

import asyncio
import base64
from pathlib import Path
from typing import Any

import pytest
import yaml
from reconciler_stage import HOST, Stage, condition

from fluxtui.artifacts import Packed, Reference, pack_files, unpack_files
from fluxtui.kit.clock import Clock
from fluxtui.world.simulator.simulator import Simulator

DATA = Path(__file__).parents[2].parent / "shared" / "data"
pytestmark = pytest.mark.skipif(not DATA.is_dir(), reason=f"the real data is not at {DATA}")
SPEED = 10.0


def bundle(service: str, version: str) -> Packed:
    return pack_files(unpack_files((DATA / service / "bundles" / f"{version}.tar.gz").read_bytes()))


def infra() -> Packed:
    """The infra repository with its OCI root instead of its git one."""
    root = DATA / "infra"
    files = {
        path.relative_to(root).as_posix(): path.read_bytes()
        for path in root.rglob("*")
        if path.is_file()
    }
    for name in files:
        if name.endswith("/flux-system/kustomization.yaml"):
            files[name] = files[name].replace(b"root.yaml", b"alternatives/root-oci.yaml")
    return pack_files(files)


async def publish(stage: Stage, repository: str, tag: str, packed: Packed) -> None:
    await asyncio.to_thread(
        stage.registry.push,
        Reference(HOST, repository, tag),
        packed,
        source="https://git.example.com/it",
        revision=tag,
        created="2026-01-01T00:00:00Z",
        force=True,
    )


async def bootstrapped(stage: Stage, environment: str, version: str) -> None:
    """Everything a cluster has before Flux: operators' CRDs, namespaces, secrets; and the root."""
    tag = version if environment == "production" else "v0.0.0-staging-test-deploy-1"
    await publish(stage, "datum/activity-kustomize", tag, bundle("activity", version))
    ui = bundle("activity-ui", "v0.4.1")
    await publish(stage, "datum/activity-ui-kustomize", tag, ui)
    await publish(stage, "platform/infra", environment, infra())
    for path in sorted((DATA / "crds").glob("*.yaml")):
        await stage.apply(*filter(None, yaml.safe_load_all(path.read_text())))
    stage.cluster.forget_discovery()
    for name in ("flux-system", "activity-system", "milo-system"):
        await stage.apply({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}})
    kubeconfig = (stage.folder / "kubeconfig").read_bytes()
    await stage.apply(
        {
            "apiVersion": "v1",
            "kind": "Secret",
            "metadata": {"name": "milo-controlplane-kubeconfig", "namespace": "activity-system"},
            "data": {"value": base64.b64encode(kubeconfig).decode()},
        },
        {  # what trust-manager spreads: the UI's pods mount it
            "apiVersion": "v1",
            "kind": "ConfigMap",
            "metadata": {"name": "platform-trust-bundle", "namespace": "activity-system"},
            "data": {"ca.crt": "-----BEGIN CERTIFICATE-----"},
        },
    )
    folder = DATA / "infra" / "clusters" / environment / "flux-system"
    for name in ("alternatives/root-oci.yaml", "cluster-settings.yaml"):
        await stage.apply(*yaml.safe_load_all((folder / name).read_text()))


@pytest.mark.parametrize("environment", ["staging", "production"])
async def test_the_real_delivery_rolls_to_the_end(stage: Stage, environment: str) -> None:
    await bootstrapped(stage, environment, "v0.4.1")
    stage.clock = Clock(SPEED)
    async with Simulator(stage.cluster, stage.clock):
        await stage.start()
        await stage.until(
            "Kustomization",
            "activity-system",
            lambda o: condition(o, "Ready").get("status") == "True",
            namespace="flux-system",
        )
        listing = await stage.cluster.list(await stage.type("Kustomization"))
        mine = [o for o in listing.items if o["metadata"]["namespace"] == "activity-system"]
        assert len(mine) >= 8
        # Their parent waits for them, so all of them are ready when it is.
        assert [o["metadata"]["name"] for o in mine if not ready(o)] == []
        await stage.stop()


def ready(obj: dict[str, Any]) -> bool:
    return condition(obj, "Ready").get("status") == "True"


async def test_an_old_bundle_fails_where_it_lacks_something_and_only_there(stage: Stage) -> None:
    await bootstrapped(stage, "staging", "v0.2.0")
    stage.clock = Clock(SPEED)
    async with Simulator(stage.cluster, stage.clock):
        await stage.start()
        for name, reason, words in (
            ("activity-etcd", "ArtifactFailed", "kustomization path not found"),
            ("activity-apiserver", "DependencyNotReady", "activity-etcd' is not ready"),
        ):
            await stage.until(
                "Kustomization",
                name,
                lambda o, reason=reason, words=words: (
                    condition(o, "Ready").get("reason") == reason
                    and words in condition(o, "Ready")["message"]
                ),
                namespace="activity-system",
            )
        await stage.until(
            "Kustomization", "clickhouse-keeper", ready_or_none, namespace="activity-system"
        )
        await stage.stop()


def ready_or_none(obj: dict[str, Any] | None) -> bool:
    return obj is not None and ready(obj)
