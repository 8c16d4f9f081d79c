"""An unmodified kubectl at work against the server."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from fluxtui.world.apiserver.server import ApiServer

pytestmark = [
    pytest.mark.world,
    pytest.mark.skipif(shutil.which("kubectl") is None, reason="kubectl is not on this machine"),
]

BUNDLE = """
apiVersion: v1
kind: Namespace
metadata: {name: shop}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: settings, namespace: shop}
data: {a: "1"}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop, labels: {app: web}}
spec:
  replicas: 2
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
        - name: nginx
          image: nginx:1.27
          ports: [{containerPort: 80}]
---
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: {name: app, namespace: shop}
spec: {interval: 1h, prune: true, sourceRef: {kind: OCIRepository, name: app}}
"""

Kubectl = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def kubectl(tmp_path: Path) -> Iterator[Kubectl]:
    with ApiServer("staging") as server:
        config = tmp_path / "config"
        server.write_kubeconfig(config)
        (tmp_path / "bundle.yaml").write_text(BUNDLE)
        environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(tmp_path),
            "KUBECONFIG": str(config),
        }

        def run(*words: str, ok: bool = True, **more: str) -> subprocess.CompletedProcess[str]:
            done = subprocess.run(
                ["kubectl", *words],
                capture_output=True,
                text=True,
                cwd=tmp_path,
                env=environment | more,
                timeout=180,
            )
            assert not ok or done.returncode == 0, (words, done.stdout, done.stderr)
            return done

        yield run
        assert not server.errors


def test_a_list_is_applied_and_an_unknown_kind_is_named(kubectl: Kubectl, tmp_path: Path) -> None:
    kubectl("apply", "-f", "bundle.yaml")
    whole = kubectl("get", "ks,cm,deploy", "-n", "shop", "-o", "yaml").stdout
    (tmp_path / "list.yaml").write_text(whole)
    again = kubectl("apply", "-f", "list.yaml").stdout
    assert "kustomization.kustomize.toolkit.fluxcd.io/app" in again
    (tmp_path / "unknown.yaml").write_text(
        "apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nmetadata: {name: a}\n"
    )
    refused = kubectl("apply", "-f", "unknown.yaml", ok=False).stderr
    assert 'no matches for kind "HelmRelease" in version "helm.toolkit.fluxcd.io/v2"' in refused
    assert "--validate=false" not in refused


def test_resources_are_known_by_name(kubectl: Kubectl) -> None:
    known = kubectl("api-resources", "--no-headers").stdout
    assert "kustomizations" in known and "deployments" in known


def test_a_watch_prints_changes(kubectl: Kubectl, tmp_path: Path) -> None:
    space, one = tmp_path / "space.json", tmp_path / "one.json"
    space.write_text('{"apiVersion":"v1","kind":"Namespace","metadata":{"name":"shop"}}')
    one.write_text('{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"one"}}')
    kubectl("apply", "-f", str(space))
    command = ["kubectl", "get", "cm", "-n", "shop", "-w", "--no-headers", "--output-watch-events"]
    environment = os.environ | {"KUBECONFIG": str(tmp_path / "config"), "HOME": str(tmp_path)}
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=environment
    ) as watching:
        assert watching.stdout is not None
        kubectl("apply", "-f", str(one), "-n", "shop")
        assert watching.stdout.readline().split()[:2] == ["ADDED", "one"]
        kubectl("delete", "cm", "one", "-n", "shop")
        assert watching.stdout.readline().split()[:2] == ["DELETED", "one"]
        watching.kill()


def test_a_wrong_token_is_told_to_log_in(kubectl: Kubectl) -> None:
    refused = kubectl("get", "ns", "--token", "wrong", ok=False)
    assert refused.returncode == 1
    assert "Unauthorized" in refused.stderr or "logged in" in refused.stderr
