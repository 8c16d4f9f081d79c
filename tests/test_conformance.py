"""The reference implementations' own answers, where the cases are (../shared; else skipped)."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
RUNNER = ROOT.parent / "shared" / "conformance" / "run.py"
SETS = {
    "semver,kstatus,envsubst,ignore,artifact": "100",
    "kustomize": "100",
    "flux": "100",
    "real": "100",
}


@pytest.mark.skipif(not RUNNER.is_file(), reason="no ../shared/conformance beside this clone")
@pytest.mark.parametrize("sets", SETS)
def test_the_open_cases_hold(sets: str) -> None:
    words = [str(RUNNER), "--adapter", "tests/adapter.py", "--only", sets, "--min", SETS[sets]]
    done = subprocess.run(
        [sys.executable, *words, "--show", "5"], cwd=ROOT, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]
