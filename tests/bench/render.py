"""Rendering: 300 Deployments through namespace, labels, images and a patch."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import yaml

from fluxtui.kustomize import build
from fluxtui.kustomize.files import FolderFiles
from tests.bench.measure import Row, against, median, program


def rows() -> Iterator[Row]:
    """300 Deployments through namespace, labels, images and a patch, beside kubectl kustomize."""
    with tempfile.TemporaryDirectory() as at:
        folder = Path(at)
        names = [f"app-{n}" for n in range(300)]
        objects = [_deployment(name) for name in names]
        (folder / "all.yaml").write_text(yaml.safe_dump_all(objects))
        patch = "- op: replace\n  path: /spec/replicas\n  value: 3\n"
        spec = {
            "resources": ["all.yaml"],
            "namespace": "bench",
            "labels": [{"pairs": {"team": "bench"}}],
            "images": [{"name": "app", "newTag": "2"}],
            "patches": [{"patch": patch, "target": {"kind": "Deployment"}}],
        }
        (folder / "kustomization.yaml").write_text(yaml.safe_dump(spec))
        ours = median(lambda: build(FolderFiles(folder)))
        if not shutil.which("kubectl"):
            yield Row("render 300 objects", ours, note="(no kubectl here)")
            return
        theirs = median(program("kubectl", "kustomize", at))
        yield against("render 300 objects", ours, "kubectl kustomize", theirs, 0.6)


def _deployment(name: str) -> dict[str, object]:
    labels = {"app": name}
    pod = {"containers": [{"name": "app", "image": "app:1", "ports": [{"containerPort": 80}]}]}
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": name},
        "spec": {
            "replicas": 1,
            "selector": {"matchLabels": labels},
            "template": {"metadata": {"labels": labels}, "spec": pod},
        },
    }
