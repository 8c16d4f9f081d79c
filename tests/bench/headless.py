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
from tests.bench.measure import Row, against, in_turns, program

TIMES = 3.0
RUNS = 15
TRIES = 60
WORDS = (("versions", "-o", "json"), ("chain", "-o", "json"))


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
        works = [program(fluxtui, *config, *words) for words in WORDS]
        if shutil.which("kubectl"):
            kubeconfig = str(delivery.world.kubeconfig)
            works.append(program("kubectl", "--kubeconfig", kubeconfig, "get", "ks", "-A"))
        # In turns: what else the machine does then costs each of them the same.
        *ours, last = in_turns(works, RUNS)
        theirs = last if len(works) > len(WORDS) else None
        for words, figure in zip(WORDS, ours if theirs is not None else (*ours, last), strict=True):
            what = f"fluxtui {' '.join(words)}, the demo"
            if theirs is None:
                yield Row(what, figure, note="(no kubectl here)")
            else:
                yield against(what, figure, "kubectl get ks -A", theirs, TIMES)
