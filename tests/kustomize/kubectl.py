"""`kubectl kustomize` beside us: one generated tree built by both.

FLUXTUI_TREES sets how many trees each of the differential test files tries.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from fluxtui.domain.errors import BuildError
from fluxtui.kustomize import build, load_manifests
from fluxtui.kustomize.files import FolderFiles

KUBECTL = shutil.which("kubectl")
TREES = int(os.environ.get("FLUXTUI_TREES", "100"))
KNOWN = re.compile(r"Kustomize Version: v5\.(?:[5-9]|\d\d)\.")


def unfit() -> str:
    """Why there is nothing to compare with here, "" when there is."""
    if KUBECTL is None:
        return "kubectl is not installed here"
    words = [KUBECTL, "version", "--client"]
    said = subprocess.run(words, capture_output=True, text=True, timeout=60).stdout
    return "" if KNOWN.search(said) else f"kubectl's kustomize is older than v5.5: {said!r}"


NEEDS_KUBECTL = pytest.mark.skipif(bool(why := unfit()), reason=why)
# The same trees in every run: what fails once fails again, and nothing fails by chance.
ALIKE = settings(
    max_examples=TREES,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)


def by_identity(objects: Any) -> list[str]:
    """Objects in an order that does not depend on the builder's."""
    return sorted(json.dumps(obj, sort_keys=True) for obj in objects)


def both_build_the_same(files: dict[str, str], folder: str) -> None:
    """Asserts that both refuse the tree, or that the same objects come out."""
    with TemporaryDirectory() as name:
        for path, text in files.items():
            at = Path(name, path)
            at.parent.mkdir(exist_ok=True)
            at.write_text(text)
        command = [str(KUBECTL), "kustomize", "--load-restrictor", "LoadRestrictionsNone"]
        theirs = subprocess.run(
            [*command, str(Path(name, folder))], capture_output=True, text=True, timeout=120
        )
        try:
            ours = build(FolderFiles(Path(name)), folder)
        except BuildError as problem:
            assert theirs.returncode != 0, f"we refuse what kubectl builds: {problem}"
            return
        assert theirs.returncode == 0, f"we build what kubectl refuses: {theirs.stderr}"
        assert by_identity(ours.objects) == by_identity(load_manifests(theirs.stdout))
