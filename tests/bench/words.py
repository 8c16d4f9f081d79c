"""What `--help`, `--version` and a small `build` cost, against Python itself in the same run."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from tests.bench.measure import Row, against, median, program

TIMES = 2.0
RUNS = 15


def rows() -> Iterator[Row]:
    """The installed program each time, as a shell starts it."""
    fluxtui = str(Path(sys.executable).parent / "fluxtui")
    peer = "import argparse, json"
    theirs = median(program(sys.executable, "-c", peer), RUNS)
    for words in (("--help",), ("--version",), ("pin", "--help")):
        ours = median(program(fluxtui, *words), RUNS)
        yield against(f"fluxtui {' '.join(words)}", ours, f"python -c '{peer}'", theirs, TIMES)
    yield _completion(fluxtui)
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "kustomization.yaml").write_text("resources: [one.yaml]\n")
        (Path(folder) / "one.yaml").write_text(
            "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: one}\n"
        )
        yield Row("fluxtui build, one object", median(program(fluxtui, "build", folder), RUNS),
                  note="mostly imports of the renderer")  # fmt: skip


def _completion(fluxtui: str) -> Row:
    line = "fluxtui pin activity --version v1."
    asked = {"_ARGCOMPLETE": "1", "_ARGCOMPLETE_SHELL": "bash", "COMP_LINE": line,
             "_ARGCOMPLETE_STDOUT_FILENAME": os.devnull, "COMP_POINT": str(len(line))}  # fmt: skip
    environ = {**os.environ, **asked}

    def answer() -> None:
        subprocess.run([fluxtui], env=environ, capture_output=True)

    return Row("one TAB: the versions of a service", median(answer, RUNS), budget=150)
