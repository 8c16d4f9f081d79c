"""Write requirements/{run,dev}.txt: pinned, hashed, without any package registry's address."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parent.parent
HEAD = "# Pinned and hashed. Made by `make requirements`; do not edit.\n"
FLAGS = (
    "--quiet",
    "--generate-hashes",
    "--no-emit-index-url",
    "--no-emit-find-links",
    "--no-emit-trusted-host",
    "--strip-extras",
    "--allow-unsafe",
    "--no-annotate",
    "--no-header",
)


def pin(name: str, *extras: str) -> None:
    """Compile one file from pyproject.toml's dependencies and these extras."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "out.txt"
        words = [sys.executable, "-m", "piptools", "compile", *FLAGS, "--output-file", str(out)]
        words += [f"--extra={extra}" for extra in extras]
        subprocess.run([*words, str(ROOT / "pyproject.toml")], check=True, cwd=ROOT)
        (ROOT / "requirements" / f"{name}.txt").write_text(HEAD + out.read_text())


if __name__ == "__main__":
    pin("run", "build", "demo")
    pin("dev", "build", "demo", "dev")
