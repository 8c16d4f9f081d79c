"""Flux's own source-controller pulls what fluxtui pushed and reports the same revision.

A real binary, built by `make control-plane ARGS=build`, as tests/contract/programs.py says.
"""

from __future__ import annotations

import base64
import json
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from fluxtui.artifacts import (
    Reference,
    RegistryClient,
    apply_source_ignore,
    pack_files,
    unpack_files,
)
from fluxtui.world.apiserver.crds import flux_crds
from fluxtui.world.apiserver.server import ApiServer
from fluxtui.world.registry import RegistryServer
from tests.contract.programs import program_or_skip
from tests.ports import free_port
from tests.world.apiserver.client import Client

from .conftest import publish

GROUP = "source.toolkit.fluxcd.io"
OBJECTS = f"/apis/{GROUP}/v1/namespaces/flux-system/ocirepositories"
OTHERS = {
    "Bucket": "buckets",
    "ExternalArtifact": "externalartifacts",
    "HelmChart": "helmcharts",
    "HelmRepository": "helmrepositories",
}
FILES = {
    "base/kustomization.yaml": b"resources: []\n",
    ".sourceignore": b"*.md\n",
    "README.md": b"left out\n",
    "logo.png": b"kept, as there is a user pattern",
    "ünï/日本.yaml": b"a: 1\n",
    "d" * 90 + "/" + "f" * 90: b"a long name",
}


@pytest.fixture(scope="module")
def program() -> Path:
    return program_or_skip("source-controller")


def bare_crd(kind: str, plural: str) -> dict[str, Any]:
    """Just enough of a kind for the controller's watch on it."""
    schema = {"type": "object", "x-kubernetes-preserve-unknown-fields": True}
    version = {
        "name": "v1", "served": True, "storage": True, "subresources": {"status": {}},
        "schema": {"openAPIV3Schema": schema},
    }  # fmt: skip
    names = {"kind": kind, "plural": plural, "singular": kind.lower(), "listKind": f"{kind}List"}
    return {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": f"{plural}.{GROUP}"},
        "spec": {"group": GROUP, "names": names, "scope": "Namespaced", "versions": [version]},
    }


@pytest.fixture
def api(program: Path, tmp_path: Path) -> Iterator[Client]:
    """A Kubernetes API with a running source-controller."""
    crds = [*flux_crds(), *(bare_crd(*pair) for pair in OTHERS.items())]
    with ApiServer("staging", crds=crds) as server:
        server.write_kubeconfig(tmp_path / "kubeconfig")
        client = Client(server)
        namespace = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "flux-system"}}
        client.post("/api/v1/namespaces", namespace).ok()
        (tmp_path / "storage").mkdir()
        storage = f"127.0.0.1:{free_port()}"
        with (tmp_path / "log").open("wb") as log:
            controller = subprocess.Popen(
                [
                    str(program),
                    "--metrics-addr=127.0.0.1:0",
                    f"--health-addr=127.0.0.1:{free_port()}",
                    f"--storage-path={tmp_path / 'storage'}",
                    f"--storage-addr={storage}",
                    f"--storage-adv-addr={storage}",
                    "--events-addr=",
                    "--enable-leader-election=false",
                ],
                env={
                    "KUBECONFIG": str(tmp_path / "kubeconfig"),
                    "RUNTIME_NAMESPACE": "flux-system",
                    "HOME": str(tmp_path),
                    "TUF_ROOT": str(tmp_path),
                },
                stdout=log,
                stderr=log,
            )
            try:
                yield client
            finally:
                controller.terminate()
                controller.wait(30)
                client.close()


def ready(api: Client, name: str, tmp_path: Path) -> dict[str, Any]:
    """The object once it is Ready or has failed; the watch itself is the wait."""
    deadline = time.monotonic() + 60
    with api.watch(OBJECTS, resourceVersion="0", timeoutSeconds="60") as stream:
        for _, found in stream:
            status = found.get("status", {})
            told = any(
                c["type"] == "Ready" and c["status"] != "Unknown"
                for c in status.get("conditions", [])
            )
            # The controller patches its conditions first and the rest a moment later.
            acted = status.get("observedGeneration") == found["metadata"]["generation"]
            if found["metadata"]["name"] == name and told and acted:
                return dict(status)
            if time.monotonic() > deadline:
                break
    pytest.fail(f"no answer: {(tmp_path / 'log').read_text()[-3000:]}")


def pushed_by_hand(
    registry: RegistryServer, url: str, docker_config: bytes, tmp_path: Path
) -> dict[str, Any]:
    """`fluxtui artifact push` of a folder, as a person types it; what it told."""
    folder, home = tmp_path / "bundle", tmp_path / "home"
    for name, data in FILES.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
    home.mkdir()
    (home / "config.json").write_bytes(docker_config)
    words = ["artifact", "push", url, "--path", str(folder), "--revision", "main@sha1:0a1b"]
    done = subprocess.run(
        [sys.executable, "-m", "fluxtui", *words, "-o", "json"],
        env={"HOME": str(home), "DOCKER_CONFIG": str(home), "PYTHONPATH": ":".join(sys.path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    told: dict[str, Any] = json.loads(done.stdout)
    return told


def test_the_controller_reports_our_revision_and_stores_what_we_say_it_keeps(
    api: Client, registry: RegistryServer, client: RegistryClient, reference: Reference,
    tmp_path: Path,
) -> None:  # fmt: skip
    registry.turn(bearer=True)
    pushed = publish(client, reference, pack_files(FILES))
    login = {"username": registry.username, "password": registry.password}
    config = json.dumps({"auths": {registry.address: login}}).encode()
    secret = {
        "apiVersion": "v1", "kind": "Secret", "type": "kubernetes.io/dockerconfigjson",
        "metadata": {"name": "pull"},
        "data": {".dockerconfigjson": base64.b64encode(config).decode()},
    }  # fmt: skip
    api.post("/api/v1/namespaces/flux-system/secrets", secret).ok()
    spec = {
        "url": reference.url, "interval": "1m", "secretRef": {"name": "pull"},
        "ref": {"semver": ">=1.0.0"},
    }  # fmt: skip
    source = {
        "apiVersion": f"{GROUP}/v1", "kind": "OCIRepository", "metadata": {"name": "activity"},
        "spec": spec,
    }  # fmt: skip
    api.post(OBJECTS, source).ok()
    status = ready(api, "activity", tmp_path)
    assert status["artifact"]["revision"] == client.pull(reference).revision
    assert status["artifact"]["revision"] == f"v1.0.0@{pushed.digest}"
    assert status["artifact"]["metadata"] == dict(client.pull(reference).annotations)
    stored = (tmp_path / "storage" / status["artifact"]["path"]).read_bytes()
    assert unpack_files(stored) == apply_source_ignore(FILES)

    by_digest = {"spec": {"ref": {"semver": None, "digest": pushed.digest}}}
    api.patch(f"{OBJECTS}/activity", by_digest).ok()
    status = ready(api, "activity", tmp_path)
    wanted = client.pull(reference.with_digest(pushed.digest)).revision
    assert status["artifact"]["revision"] == wanted == pushed.digest

    told = pushed_by_hand(registry, f"{reference.url}:v2.0.0", config, tmp_path)
    api.patch(f"{OBJECTS}/activity", {"spec": {"ref": {"digest": None, "tag": "v2.0.0"}}}).ok()
    status = ready(api, "activity", tmp_path)
    assert status["artifact"]["revision"] == f"v2.0.0@{told['digest']}"
    assert status["artifact"]["metadata"]["org.opencontainers.image.revision"] == "main@sha1:0a1b"
    stored = (tmp_path / "storage" / status["artifact"]["path"]).read_bytes()
    packed = {name: data for name, data in FILES.items() if not name.endswith(".png")}
    assert unpack_files(stored) == apply_source_ignore(packed)
