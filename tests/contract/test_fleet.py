"""What fluxtui says of a fleet that Flux's own controllers tell, and what they answer it.

Each case of fleet/objects is looked for in `get all -A` and `status`: its state, and the words of
its reason. Then one object of each kind is suspended, resumed and reconciled by name, and what its
controller wrote is the answer. All is headless, as a person types it. Skipped where the
controllers are not built; tests/domain/test_recorded_fleet.py asks the same of their recordings.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.contract.fleet.cases import Case, cases
from tests.contract.fleet.controllers import available
from tests.contract.fleet.hand import Hand, fluxtui
from tests.contract.fleet.story import REQUEST, Fleet, told
from tests.contract.programs import CONTROL_PLANE, FLUX, program_or_skip

BLANK = {word: "example.com" for word in ("SHOP", "HOST", "REGISTRY")}
# A folder with more controllers, as for record.py; by itself only those are asked that are built.
BROUGHT = Path(os.environ["FLUXTUI_CONTROLLERS"]) if "FLUXTUI_CONTROLLERS" in os.environ else None
ASKED = dict.fromkeys((*FLUX, *available(BROUGHT)))
CASES = [case for name in ASKED for case in cases(name, BLANK)]
FAULTY = ("failing", "stalled")
READY = {"ready": "True", "failing": "False", "stalled": "False", "progressing": "Unknown"}

HEEDING = (
    "Bucket/flux-system/bundles",
    "GitRepository/flux-system/deploy",
    "HelmChart/apps/greeting",
    "HelmRelease/apps/greeting",
    "HelmRepository/apps/charts",
    "Kustomization/flux-system/settings",
    "OCIRepository/flux-system/bundle",
    "Receiver/flux-system/push",
)


@dataclass(frozen=True, slots=True)
class Said:
    """`objects`: what `get` says, by Kind/namespace/name; `causes`, `findings`: why all is not
    well."""

    objects: dict[str, dict[str, Any]]
    causes: dict[str, str]
    findings: dict[str, str]
    healthy: bool
    code: int

    def tries(self, key: str) -> bool:
        return bool(self.objects[key]["ready"] == "Unknown")

    def why(self, key: str) -> str:
        message = self.objects[key].get("message") or ""
        return "\n".join((message, self.causes.get(key, ""), self.findings.get(key, "")))


@pytest.fixture(scope="module")
def fleet(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Fleet]:
    for name in (*CONTROL_PLANE, *FLUX):
        program_or_skip(name)
    if shutil.which("git") is None:
        pytest.skip("git is not installed: the fleet's sources are read from it")
    with told(tmp_path_factory.mktemp("fleet"), BROUGHT) as found:
        yield found


@pytest.fixture(scope="module")
def said(fleet: Fleet, tmp_path_factory: pytest.TempPathFactory) -> Said:
    """Asked between two tries of what has failed, in which it is for a moment unknown."""
    home = tmp_path_factory.mktemp("home")
    for _ in range(5):
        found = ask(fleet.server.readonly_kubeconfig, home)
        trying = [case.key for case in CASES if case.state in FAULTY and found.tries(case.key)]
        if not trying:
            return found
    pytest.fail(f"always tried again: {trying}")


def ask(kubeconfig: Path, home: Path) -> Said:
    _, objects = fluxtui(kubeconfig, home, "get", "all", "-A")
    code, status = fluxtui(kubeconfig, home, "status", "-A")
    assert not objects["problems"] and not status["problems"]
    return Said(
        {key(item["object"]): item for item in objects["items"]},
        {key(item["object"]): item["message"] for item in status["causes"] if item.get("object")},
        {key(item["object"]): item["message"] for item in status["findings"] if item.get("object")},
        status["healthy"],
        code,
    )


@pytest.fixture
def hand(fleet: Fleet, said: Said, tmp_path: Path) -> Hand:
    """Not before all was asked that is asked of an untouched fleet."""
    return Hand(fleet, tmp_path)


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
    """A fault that is another's is told of by its root, which may be told of by what it stops."""
    told_of = "\n".join((*said.causes, *said.causes.values()))
    if case.state in FAULTY:
        assert case.key in told_of or (case.root and case.root in told_of)
    elif any(text.startswith("Drifted=True") for text in case.until):  # ready all the same
        assert "drifted" in said.findings[case.key] and case.drifts in said.findings[case.key]
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


@pytest.mark.parametrize("target", HEEDING)
def test_its_controller_answers_a_request_and_a_resume(hand: Hand, target: str) -> None:
    code, receipt = hand("suspend", target)
    assert (code, receipt["outcome"]) == (0, "done")
    live = hand.fleet.live(_case(hand, target))
    assert live["spec"]["suspend"] is True
    assert "a story" in live["metadata"]["annotations"].values()

    code, receipt = hand("resume", target)
    assert (code, receipt["outcome"]) == (0, "done"), receipt
    assert "Ready=True" in receipt["message"]
    assert "suspend" not in hand.fleet.live(_case(hand, target))["spec"]

    code, receipt = hand("reconcile", target)
    assert (code, receipt["outcome"]) == (0, "done"), receipt
    live = hand.fleet.live(_case(hand, target))
    assert live["status"]["lastHandledReconcileAt"] == live["metadata"]["annotations"][REQUEST]


@pytest.mark.parametrize("target", ["Alert/flux-system/everything", "Provider/flux-system/chat"])
def test_what_no_controller_answers_is_suspended_and_resumed_all_the_same(
    hand: Hand, target: str
) -> None:
    for verb, suspended in (("suspend", True), ("resume", None)):
        code, receipt = hand(verb, target)
        assert (code, receipt["outcome"]) == (0, "done"), receipt
        assert hand.fleet.live(_case(hand, target))["spec"].get("suspend") is suspended


def test_a_request_that_fails_says_why(hand: Hand) -> None:
    code, receipt = hand("reconcile", "ks/flux-system/path-gone")
    assert (code, receipt["outcome"]) == (1, "failed")
    assert "kustomization path not found" in receipt["message"]


def test_a_release_is_made_again_by_force_and_tried_again_after_a_reset(hand: Hand) -> None:
    before = hand.fleet.live(_case(hand, "HelmRelease/apps/upgraded"))
    code, receipt = hand("reconcile", "hr/apps/upgraded", "--force")
    assert (code, receipt["outcome"]) == (0, "done"), receipt
    after = hand.fleet.live(_case(hand, "HelmRelease/apps/upgraded"))
    assert after["status"]["history"][0]["version"] > before["status"]["history"][0]["version"]

    code, receipt = hand("reconcile", "hr/apps/no-retries", "--reset")
    assert (code, receipt["outcome"]) == (1, "failed")
    status = hand.fleet.live(_case(hand, "HelmRelease/apps/no-retries"))["status"]
    assert status["lastHandledResetAt"] == status["lastHandledReconcileAt"]


def test_a_release_is_held_on_a_chart_and_follows_its_range_again(hand: Hand) -> None:
    case = _case(hand, "HelmRelease/apps/upgraded")
    wish = hand.fleet.live(case)["spec"]["chart"]["spec"]["version"]
    code, receipt = hand("pin", "hr/apps/upgraded", "--version", "1.0.0")
    assert (code, receipt["outcome"], receipt["message"]) == (0, "done", "applied 1.0.0")
    status = hand.fleet.live(case)["status"]
    newest = max(status["history"], key=lambda entry: entry["version"])
    assert (newest["chartVersion"], newest["status"]) == ("1.0.0", "deployed")

    code, receipt = hand("unpin", "hr/apps/upgraded")
    assert (code, receipt["outcome"]) == (0, "done"), receipt
    live = hand.fleet.live(case)
    assert live["spec"]["chart"]["spec"]["version"] == wish
    assert not [name for name in live["metadata"].get("annotations", ()) if "pin" in name]
    assert live["status"]["lastAttemptedRevision"] == wish


def test_a_release_is_asked_after_its_repository_and_its_chart(hand: Hand) -> None:
    code, receipt = hand("reconcile", "hr/apps/upgraded", "--with-source")
    assert (code, receipt["outcome"]) == (0, "done"), receipt
    asked = [
        hand.fleet.live(_case(hand, name))["status"]["lastHandledReconcileAt"]
        for name in ("HelmRepository/apps/charts", "HelmRelease/apps/upgraded")
    ]
    assert asked == sorted(asked) and len(set(asked)) == 2


def _case(hand: Hand, target: str) -> Case:
    return next(case for case in hand.fleet.cases if case.key == target)
