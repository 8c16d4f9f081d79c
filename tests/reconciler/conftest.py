"""One API server and one registry per story: they are cheap, and stories must not meet."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from reconciler_git import DEPLOY
from reconciler_stage import HOST, Stage, raise_stage

from fluxtui.artifacts import RegistrySettings
from fluxtui.world.apiserver.server import ApiServer
from fluxtui.world.registry import RegistryServer
from tests.contract.fleet.servers import GitRepository, Shop


def lax_crds() -> list[dict[str, Any]]:
    """Flux's kinds without a schema, as an old installation may have them."""
    found = []
    for group, kind, plural in (
        ("source.toolkit.fluxcd.io", "OCIRepository", "ocirepositories"),
        ("kustomize.toolkit.fluxcd.io", "Kustomization", "kustomizations"),
    ):
        schema = {"type": "object", "x-kubernetes-preserve-unknown-fields": True}
        version = {
            "name": "v1",
            "served": True,
            "storage": True,
            "schema": {"openAPIV3Schema": schema},
            "subresources": {"status": {}},
        }
        found.append(
            {
                "apiVersion": "apiextensions.k8s.io/v1",
                "kind": "CustomResourceDefinition",
                "metadata": {"name": f"{plural}.{group}"},
                "spec": {
                    "group": group,
                    "names": {"kind": kind, "plural": plural, "singular": kind.lower()},
                    "scope": "Namespaced",
                    "versions": [version],
                },
            }
        )
    return found


@asynccontextmanager
async def raised(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, api: ApiServer
) -> AsyncIterator[Stage]:
    with api, RegistryServer() as registry:
        kubeconfig = tmp_path / "kubeconfig"
        api.write_kubeconfig(kubeconfig)
        settings = RegistrySettings(
            mirrors={HOST: registry.address},
            credentials={registry.address: (registry.username, registry.password)},
        )
        stage = await raise_stage(kubeconfig, settings, tmp_path)
        stage.server = registry
        stage.api = api
        try:
            yield stage
        finally:
            await stage.close()
    assert not api.errors
    # A fault of the API is logged in one line; a fault of ours with its traceback.
    assert [r.getMessage() for r in caplog.get_records("call") if r.exc_info] == []


@pytest.fixture
async def stage(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> AsyncIterator[Stage]:
    async with raised(tmp_path, caplog, ApiServer("staging")) as stage:
        yield stage


@pytest.fixture
async def lax_stage(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> AsyncIterator[Stage]:
    """A stage whose API takes malformed Flux objects."""
    async with raised(tmp_path, caplog, ApiServer("staging", crds=lax_crds())) as stage:
        yield stage


@pytest.fixture
def git(tmp_path: Path) -> GitRepository:
    repository = GitRepository(tmp_path / "deploy")
    repository.commit(DEPLOY, "Deliver one thing")
    return repository


@pytest.fixture
def shop(git: GitRepository) -> Iterator[Shop]:
    with Shop(git) as shop:
        yield shop
