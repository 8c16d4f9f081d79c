"""The same path on real bundles of a real service and the infra repository around them.

Everything goes through the command line, as a platform team would do it: `fluxtui apply`,
`fluxtui artifact push`, a mirror map that leads the manifests' registry home.
"""

from __future__ import annotations

import base64
import json
import shutil
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from fluxtui.cli.embedded import Embedded, embedded
from fluxtui.cli.session import known, running
from fluxtui.cli.story import settled
from fluxtui.cluster.client import connect

DATA = Path(__file__).parents[3] / "shared" / "data"
HOST = "oci://registry.example.com"
STAGING_TAG = "v0.4.1-staging-test-deploy-hotfix-tls"

pytestmark = [
    pytest.mark.world,
    pytest.mark.timeout(900),
    pytest.mark.skipif(not DATA.is_dir(), reason="no real bundles beside this checkout"),
]


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Embedded]:
    """A World with a Reconciler and nothing applied."""
    with embedded(tmp_path_factory.mktemp("real"), speed=20) as delivery:
        yield delivery


def fluxtui(delivery: Embedded, *words: str) -> str:
    """Run the command line; it must succeed."""
    program = [sys.executable, "-m", "fluxtui", "--config", str(delivery.config_file)]
    done = subprocess.run([*program, *words], capture_output=True, text=True)
    assert done.returncode == 0, f"{words}\n{done.stdout}\n{done.stderr}"
    return done.stdout


def unpacked(folder: Path, bundle: str, version: str) -> str:
    """The files of a real bundle, in a folder of their own."""
    target = folder / bundle / version
    target.mkdir(parents=True)
    with tarfile.open(DATA / bundle / "bundles" / f"{version}.tar.gz") as archive:
        archive.extractall(target, filter="data")
    return str(target)


def infra_with_oci_root(folder: Path) -> str:
    """The infra repository, its root swapped for the OCI one as its own comment says."""
    target = folder / "infra"
    shutil.copytree(DATA / "infra", target)
    for environment in ("staging", "production"):
        listing = target / "clusters" / environment / "flux-system" / "kustomization.yaml"
        text = listing.read_text()
        listing.write_text(text.replace("- root.yaml", "- alternatives/root-oci.yaml"))
    return str(target)


async def give_what_operators_make(delivery: Embedded, environment: str) -> None:
    """The Secret by which milo-iam applies to another control plane (here the same one), and the
    trust bundle."""
    path = delivery.world.kubeconfig
    config = {**json.loads(path.read_text()), "current-context": environment}
    cluster = await connect(str(path), environment, name=environment)
    try:
        namespaces = await cluster.find("v1", "Namespace")
        secrets = await cluster.find("v1", "Secret")
        for name in ("activity-system", "milo-system"):
            body = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}}
            await cluster.apply(namespaces, body, field_manager="platform-team")
        secret = {
            "apiVersion": "v1",
            "kind": "Secret",
            "metadata": {"name": "milo-controlplane-kubeconfig", "namespace": "activity-system"},
            "data": {"value": base64.b64encode(json.dumps(config).encode()).decode()},
        }
        await cluster.apply(secrets, secret, field_manager="platform-team")
        # What trust-manager spreads in a real cluster: the UI's pods mount it.
        bundle = {
            "apiVersion": "v1",
            "kind": "ConfigMap",
            "metadata": {"name": "platform-trust-bundle", "namespace": "activity-system"},
            "data": {"ca.crt": "-----BEGIN CERTIFICATE-----"},
        }
        config_maps = await cluster.find("v1", "ConfigMap")
        await cluster.apply(config_maps, bundle, field_manager="platform-team")
    finally:
        await cluster.close()


async def test_the_real_delivery_rolls_to_the_end(world: Embedded, tmp_path: Path) -> None:
    for environment in ("staging", "production"):
        fluxtui(world, "apply", "-e", environment, str(DATA / "crds"), "--yes")
        await give_what_operators_make(world, environment)
    for bundle, repository in (
        ("activity", f"{HOST}/datum/activity-kustomize"),
        ("activity-ui", f"{HOST}/datum/activity-ui-kustomize"),
    ):
        folder = unpacked(tmp_path, bundle, "v0.4.1")
        fluxtui(world, "artifact", "push", f"{repository}:v0.4.1", "--path", folder,
                "--source", "https://git.example.com/activity", "--revision", "v0.4.1")  # fmt: skip
        fluxtui(world, "artifact", "tag", f"{repository}:v0.4.1", "--tag", STAGING_TAG)
    infra = f"{HOST}/platform/infra:staging"
    fluxtui(world, "artifact", "push", infra, "--path", infra_with_oci_root(tmp_path))
    fluxtui(world, "artifact", "tag", infra, "--tag", "production", "--move")
    for environment in ("staging", "production"):
        root = DATA / "infra" / "clusters" / environment / "flux-system" / "alternatives"
        fluxtui(world, "apply", "-e", environment, str(root / "root-oci.yaml"), "--yes")
    with running(world.config()) as engine:
        snapshot = engine.wait_for(lambda s: known(s) and settled(s), 600).result(610)
    rows = {row.service: row.lines for row in snapshot.board.rows}
    activity = rows["datum/activity-kustomize"]
    assert activity["staging"][0].running.version == STAGING_TAG
    assert activity["production"][0].running.version == "v0.4.1"
    assert "production" not in rows["datum/activity-ui-kustomize"]
    assert len(snapshot.board.chains["staging"]) >= 20


def test_the_board_and_the_diffs_speak_of_it(world: Embedded) -> None:
    board = json.loads(fluxtui(world, "versions", "-o", "json"))
    assert {row["service"] for row in board["items"]} >= {
        "datum/activity-kustomize",
        "platform/infra",
    }
    patches = fluxtui(world, "diff", "ks/activity-apiserver", "-e", "production", "--patches")
    assert "Deployment/activity-system/activity-apiserver" in patches
    assert "spec.replicas" in patches
