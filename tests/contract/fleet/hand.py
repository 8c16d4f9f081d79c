"""A person at a shell beside a fleet: verbs in processes of their own, and what they printed.

Nothing here judges: what came of an act is asked of the cluster by whoever typed it.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.contract.fleet.story import Fleet


def fluxtui(kubeconfig: Path, home: Path, *words: str) -> tuple[int, dict[str, Any]]:
    """The exit code, and the document."""
    done = subprocess.run(
        [sys.executable, "-m", "fluxtui", *words, "-o", "json"],
        env={
            "PATH": os.environ["PATH"],
            "HOME": str(home),
            "KUBECONFIG": str(kubeconfig),
            "PYTHONPATH": ":".join(sys.path),
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout, done.stderr
    return done.returncode, json.loads(done.stdout)


@dataclass(frozen=True, slots=True)
class Hand:
    """A person who may write, and does without being asked again."""

    fleet: Fleet
    home: Path

    def __call__(self, *words: str) -> tuple[int, dict[str, str]]:
        """The exit code, and the last Receipt; of what was refused the error."""
        sure = ("--yes", "--confirm", self.fleet.server.name, "--reason", "a story")
        code, act = fluxtui(self.fleet.server.kubeconfig, self.home, *words, *sure)
        return code, act["receipts"][-1] if "receipts" in act else act
