"""The reference implementations' own answers, where the conformance cases are at hand."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
RUNNER = ROOT.parent / "shared" / "conformance" / "run.py"


@pytest.mark.skipif(not RUNNER.exists(), reason="no ../shared/conformance beside this checkout")
def test_every_open_case_of_the_renderer_holds() -> None:
    done = subprocess.run(
        [
            sys.executable,
            str(RUNNER),
            *("--adapter", str(ROOT / "tests" / "adapter_kustomize.py")),
            *("--only", "kustomize,flux,real", "--show", "5", "--min", "100"),
        ],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        timeout=120,
    )
    assert done.returncode == 0, done.stdout + done.stderr
