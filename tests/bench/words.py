"""What `--help`, `--version` and a small `build` cost, against Python itself in the same run."""

from __future__ import annotations

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
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "kustomization.yaml").write_text("resources: [one.yaml]\n")
        (Path(folder) / "one.yaml").write_text(
            "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: one}\n"
        )
        yield Row("fluxtui build, one object", median(program(fluxtui, "build", folder), RUNS),
                  note="mostly imports of the renderer")  # fmt: skip
