"""`make bench`: what fluxtui costs beside a peer measured in the same run; medians of five.

Never a test: a busy machine must not fail a build. A peer that is not on this machine is said so.
"""

from __future__ import annotations

import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import yaml

from tests.end_to_end.terminal import Terminal

RUNS = 5
EMPTY_APP = """
from textual.app import App
from textual.widgets import Static
class Empty(App):
    def compose(self): yield Static("fluxtui")
Empty().run()
"""
OUR_APP = """
from fluxtui.ui.app import FluxtuiApp
from fluxtui.domain.config import Config
NOW = "2026-01-01T00:00:00Z"
FluxtuiApp(lambda: None, config=Config(), user="bench", now=lambda: NOW).run()
"""


def median(work: Callable[[], object]) -> float:
    """Seconds, median of five after one to warm up."""
    times = []
    for _ in range(RUNS + 1):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return statistics.median(times[1:])


def program(*words: str) -> Callable[[], object]:
    """A program run to its end."""
    return lambda: subprocess.run(words, check=True, capture_output=True)


def line(what: str, ours: float, peer: str = "", theirs: float = 0.0) -> None:
    """One row."""
    beside = f"{theirs * 1000:8.0f} ms  {peer}   ratio {ours / theirs:.2f}" if theirs else peer
    print(f"{what:<42}{ours * 1000:8.0f} ms   {beside}", flush=True)


def painted(code: str) -> Callable[[], object]:
    """From the start of a process to its first text on a real terminal; then it is ended."""

    def run() -> None:
        terminal = Terminal([sys.executable, "-c", code], 120, 40)
        try:
            terminal.sees("fluxtui", within=20)
        finally:
            terminal.kill()

    return run


def first_paint() -> None:
    """Process start to first text in a pseudo-terminal, beside an empty Textual app."""
    line("first paint", median(painted(OUR_APP)), "empty app", median(painted(EMPTY_APP)))


def selection() -> None:
    """Every tag with its reason."""
    from fluxtui.domain.selection import Policy
    from fluxtui.domain.versions import select

    tags = [f"v{n // 100}.{n % 100}.{n % 7}{'-rc.1' if n % 3 else ''}" for n in range(10_000)]
    line("Selection with reasons, 10,000 tags", median(lambda: select(tags, Policy(">=1.0.0"))))


def render() -> None:
    """300 Deployments through namespace, labels, images and a patch, beside kubectl kustomize."""
    from fluxtui.kustomize import build
    from fluxtui.kustomize.files import FolderFiles

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
        if shutil.which("kubectl"):
            theirs = median(program("kubectl", "kustomize", at))
            line("render 300 objects", ours, "kubectl kustomize", theirs)
        else:
            line("render 300 objects", ours, "(no kubectl here)")


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


def world() -> None:
    """Two Kubernetes APIs, a filled registry and simulators, until all of them answer."""
    from fluxtui.world.world import World

    def start() -> None:
        with tempfile.TemporaryDirectory() as at, World.start(folder=Path(at) / "world"):
            pass

    line("World start and end", median(start))


if __name__ == "__main__":
    for part in (first_paint, selection, render, world):
        part()
