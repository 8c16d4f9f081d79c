"""What fluxtui says of a fleet that Flux's own controllers tell, headless, as a person asks.

Each case of fleet/objects is looked for in `get all -A` and `status`: its state, and the words of
its reason. Skipped where the controllers are not built; tests/domain/test_recorded_fleet.py asks
the same of their recordings.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.contract.fleet.cases import Case, cases
from tests.contract.fleet.story import Fleet, told
from tests.contract.programs import CONTROL_PLANE, FLUX, program_or_skip

BLANK = {word: "example.com" for word in ("SHOP", "HOST", "REGISTRY")}
CASES = [case for name in FLUX for case in cases(name, BLANK)]
READY = {"ready": "True", "failing": "False", "stalled": "False", "progressing": "Unknown"}


@dataclass(frozen=True, slots=True)
class Said:
    """`objects`: what `get` says, by Kind/namespace/name; `causes`, `findings`: why all is not
    well."""

    objects: dict[str, dict[str, Any]]
    causes: dict[str, str]
    findings: dict[str, str]
    healthy: bool
    code: int

    def why(self, key: str) -> str:
        message = self.objects[key].get("message") or ""
        return "\n".join((message, self.causes.get(key, ""), self.findings.get(key, "")))


@pytest.fixture(scope="module")
def fleet(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Fleet]:
    for name in (*CONTROL_PLANE, *FLUX):
        program_or_skip(name)
    if shutil.which("git") is None:
        pytest.skip("git is not installed: the fleet's sources are read from it")
    with told(tmp_path_factory.mktemp("fleet")) as found:
        yield found


@pytest.fixture(scope="module")
def said(fleet: Fleet, tmp_path_factory: pytest.TempPathFactory) -> Said:
    home = tmp_path_factory.mktemp("home")
    _, objects = fluxtui(fleet, home, "get", "all", "-A")
    code, status = fluxtui(fleet, home, "status", "-A")
    assert not objects["problems"] and not status["problems"]
    return Said(
        {key(item["object"]): item for item in objects["items"]},
        {key(item["object"]): item["message"] for item in status["causes"] if item.get("object")},
        {key(item["object"]): item["message"] for item in status["findings"] if item.get("object")},
        status["healthy"],
        code,
    )


def fluxtui(fleet: Fleet, home: Path, *words: str) -> tuple[int, dict[str, Any]]:
    done = subprocess.run(
        [sys.executable, "-m", "fluxtui", *words, "-o", "json"],
        env={
            "PATH": os.environ["PATH"],
            "HOME": str(home),
            "KUBECONFIG": str(fleet.server.readonly_kubeconfig),
            "PYTHONPATH": ":".join(sys.path),
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout, done.stderr
    return done.returncode, json.loads(done.stdout)


def key(named: dict[str, str]) -> str:
    return f"{named['kind']}/{named['namespace']}/{named['name']}"


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.key)
def test_its_state_and_reason_are_the_controllers(said: Said, case: Case) -> None:
    item = said.objects[case.key]
    assert item["suspended"] is (case.state == "suspended")
    if case.state in READY:
        assert item["ready"] == READY[case.state], item
    if case.state == "static":
        assert item["ready"] not in ("True", "False", "Unknown"), item
    why = said.why(case.key)
    assert all(word.lower() in why.lower() for word in case.words), why


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.key)
def test_every_fault_is_among_the_causes_and_nothing_else(said: Said, case: Case) -> None:
    """A source that has failed may be told of as the cause of what waits for it."""
    told_of = "\n".join((*said.causes, *said.causes.values()))
    if case.state in ("failing", "stalled"):
        assert case.key in told_of
    elif case.state in ("ready", "static"):
        assert case.key not in said.findings


def test_the_path_of_a_webhook_is_said_nowhere(fleet: Fleet, said: Said) -> None:
    receiver = next(case for case in fleet.cases if case.key == "Receiver/flux-system/push")
    path = fleet.live(receiver)["status"]["webhookPath"]
    assert path.startswith("/hook/")
    assert path not in json.dumps([said.objects, said.causes, said.findings])


def test_a_fleet_with_faults_is_not_well(said: Said) -> None:
    assert not said.healthy
    assert said.code == 1
