"""The whole delivery, on two real clusters: the infra repository, bundles, fluxtui's Reconciler.

What `fluxtui demo` plays on the embedded World, act by act and checked, with a kube-apiserver in
the place of each embedded API. Pods and their controllers are the World's simulator, an API client;
garbage collection and the end of namespaces are Kubernetes' own.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from fluxtui.cli.demo import apply_roots
from fluxtui.cli.embedded import Embedded, embedded
from fluxtui.cli.story import play
from fluxtui.world.world import ENVIRONMENTS
from tests.contract.control_plane import Launched
from tests.contract.programs import CONTROL_PLANE, program_or_skip
from tests.contract.server import Server, wait_gone
from tests.world.apiserver.client import Client

FLUX = "/apis/kustomize.toolkit.fluxcd.io/v1/kustomizations"


@pytest.fixture(scope="module")
def clusters(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Server]]:
    """A control plane of its own for each environment, as both have the same namespaces."""
    for name in CONTROL_PLANE:
        program_or_skip(name)
    folder = tmp_path_factory.mktemp("clusters")
    starting = {name: Launched(folder / name, os.getpid(), name) for name in ENVIRONMENTS}
    try:
        yield {name: launched.ready() for name, launched in starting.items()}
    finally:
        for launched in starting.values():
            launched.end()


@pytest.fixture(scope="module")
def delivery(
    clusters: dict[str, Server], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Embedded]:
    apis = {name: server.kubeconfig for name, server in clusters.items()}
    with embedded(tmp_path_factory.mktemp("delivery"), speed=20, apis=apis) as running:
        yield running


def test_the_whole_story_ends_as_it_should(
    delivery: Embedded, clusters: dict[str, Server], capfd: pytest.CaptureFixture[str]
) -> None:
    assert apply_roots(delivery) == ""
    code = play(delivery, delivery.config())
    told = capfd.readouterr()
    assert code == 0, told.err + told.out[-6000:] + logs(delivery.world.description.logs)
    for name, server in clusters.items():
        api = Client(server)
        found = {
            item["metadata"]["name"]: {
                c["type"]: c["status"] for c in item["status"]["conditions"]
            }["Ready"]
            for item in api.get(FLUX).ok()["items"]
        }
        assert len(found) >= 6, (name, found)
        assert set(found.values()) == {"True"}, (name, found)
        for pod in api.get("/api/v1/pods").ok()["items"]:
            # What was rolled over, pruned or deleted on the way really ends.
            if "deletionTimestamp" in pod["metadata"]:
                metadata = pod["metadata"]
                wait_gone(
                    api, f"/api/v1/namespaces/{metadata['namespace']}/pods/{metadata['name']}"
                )
        api.close()


def logs(folder: Path) -> str:
    return "".join(f"\n== {path.name}\n{path.read_text()[-2000:]}" for path in folder.glob("*.log"))
