"""What a headless verb costs on the demo, against `kubectl get ks -A` in the same run."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from fluxtui.cli.demo import apply_roots
from fluxtui.cli.embedded import embedded
from tests.bench.measure import Row, against, median, program

TIMES = 3.0
RUNS = 9
TRIES = 60


def rows() -> Iterator[Row]:
    """The installed program each time, once the whole delivery is there."""
    fluxtui = str(Path(sys.executable).parent / "fluxtui")
    with tempfile.TemporaryDirectory() as at, embedded(Path(at) / "demo", speed=20) as delivery:
        problem = apply_roots(delivery)
        assert not problem, problem
        config = ("--config", str(delivery.config_file))
        for _ in range(TRIES):
            if not subprocess.run([fluxtui, *config, "status"], capture_output=True).returncode:
                break
        theirs = None
        if shutil.which("kubectl"):
            kubeconfig = str(delivery.world.kubeconfig)
            theirs = median(program("kubectl", "--kubeconfig", kubeconfig, "get", "ks", "-A"), RUNS)
        for words in (("versions", "-o", "json"), ("chain", "-o", "json")):
            ours = median(program(fluxtui, *config, *words), RUNS)
            what = f"fluxtui {' '.join(words)}, the demo"
            if theirs is None:
                yield Row(what, ours, note="(no kubectl here)")
            else:
                yield against(what, ours, "kubectl get ks -A", theirs, TIMES)
