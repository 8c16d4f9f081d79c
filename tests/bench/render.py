"""Rendering: 300 Deployments through namespace, labels, images and a patch; a promotion review."""

from __future__ import annotations

import json
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from subprocess import run

import yaml

from fluxtui.artifacts.packing import pack_files
from fluxtui.domain.resource import Key
from fluxtui.engine.builds import judging
from fluxtui.engine.builds import sides as builds
from fluxtui.kustomize import FolderFiles, build
from tests.bench.measure import Row, against, median, program

PATCH = "- op: replace\n  path: /spec/replicas\n  value: 3\n"
SESSION = b"a session's masking key"
MEMORY = """
import re, sys
from pathlib import Path
from fluxtui.kustomize import FolderFiles, build
def peak():  # since this program began; getrusage would count its parent's memory, too
    return int(re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())[1]) / 1024
build(FolderFiles(Path(sys.argv[1], "idle")))
idle = peak()
build(FolderFiles(Path(sys.argv[1], "all")))
print(peak() - idle)
"""


def rows() -> Iterator[Row]:
    """300 Deployments, beside kubectl kustomize where there is one; then a promotion review."""
    with tempfile.TemporaryDirectory() as at:
        folder = Path(at, "all")
        _write(folder, 300)
        _write(Path(at, "idle"), 1)
        ours = median(lambda: build(FolderFiles(folder)))
        explained = median(lambda: build(FolderFiles(folder), origins=True))
        if shutil.which("kubectl"):
            theirs = median(program("kubectl", "kustomize", str(folder)))
            yield against("render 300 objects", ours, "kubectl kustomize", theirs, 0.6)
            yield against("render 300, with Origins", explained, "kubectl kustomize", theirs, 1.2)
        else:
            yield Row("render 300 objects", ours, note="(no kubectl here)")
            yield Row("render 300, with Origins", explained, note="(no kubectl here)")
        peak = run([sys.executable, "-c", MEMORY, at], check=True, capture_output=True, text=True)
        yield Row("render 300 objects, peak above idle", float(peak.stdout), "MiB", 60)
    review = pairs()
    yield Row("promotion review, 2 versions x 6", median(_compared(review)), budget=400)
    yield Row("the same, with dangers", median(_judged(review)), budget=400)
    yield Row("the same, nothing unpacked", median(_judged(review, cold=True)), budget=1500)


def _write(folder: Path, count: int) -> None:
    folder.mkdir()
    (folder / "all.yaml").write_text(_manifests(count, "1"))
    spec = {
        "resources": ["all.yaml"],
        "namespace": "bench",
        "labels": [{"pairs": {"team": "bench"}}],
        "images": [{"name": "app", "newTag": "2"}],
        "patches": [{"patch": PATCH, "target": {"kind": "Deployment"}}],
    }
    (folder / "kustomization.yaml").write_text(yaml.safe_dump(spec))


def pairs() -> builds.BuildReview:
    """Six Kustomizations of 50 objects each, from one version to the next, bundles unpacked."""
    bundles = {}
    for version in ("1", "2"):
        files = {f"part{n}/all.yaml": _manifests(50, version).encode() for n in range(6)}
        bundles[version] = builds.Bundle(pack_files(files).data)
    both = []
    for n in range(6):
        spec = {
            "path": f"./part{n}",
            "targetNamespace": "bench",
            "patches": [{"patch": PATCH, "target": {"kind": "Deployment"}}],
        }
        obj = {"metadata": {"name": f"part{n}", "namespace": "flux-system"}, "spec": spec}
        left, right = (builds.Side(version, json.loads(json.dumps(obj))) for version in bundles)
        key = Key("bench", "kustomize.toolkit.fluxcd.io", "Kustomization", "flux-system", f"p{n}")
        both.append(builds.Pair(key, "1", "2", left, right))
    return builds.BuildReview(SESSION, tuple(both), bundles, {})


def _compared(review: builds.BuildReview) -> Callable[[], object]:
    def work() -> None:
        builds.forget_builds()
        parts = builds.compare(review)
        assert all(len(part.changes) == 50 and not part.error for part in parts)

    return work


def _judged(review: builds.BuildReview, *, cold: bool = False) -> Callable[[], object]:
    """What a person waits for: every rule over both builds, and what is to be asked of clusters."""

    def work() -> None:
        builds.forget_builds(files=cold)
        parts, wanted = judging.judged(review)
        assert all(len(part.compared.changes) == 50 for part in parts) and wanted

    return work


def _manifests(count: int, version: str) -> str:
    return yaml.safe_dump_all([_deployment(f"app-{n}", version) for n in range(count)])


def _deployment(name: str, version: str) -> dict[str, object]:
    labels = {"app": name}
    pod = {
        "containers": [{"name": "app", "image": f"app:{version}", "ports": [{"containerPort": 80}]}]
    }
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
