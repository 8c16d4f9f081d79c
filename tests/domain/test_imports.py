"""What a Snapshot holds can be imported for first paint without the libraries that compute it."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LIGHT = ("selection", "safetext", "durations", "chain", "inventory", "health", "objectdiff")
HEAVY = ("semver", "re2", "networkx", "yaml", "kubernetes", "ruamel", "textual")


def test_the_values_of_the_domain_import_nothing_heavy() -> None:
    program = "import sys, " + ", ".join(f"fluxtui.domain.{name}" for name in LIGHT)
    program += f"\nprint([m for m in {HEAVY!r} if m in sys.modules])"
    done = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert done.stdout.strip() == "[]"
