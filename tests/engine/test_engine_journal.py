"""What the Journal keeps, and what it survives."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from fluxtui.domain.plan import Outcome, PatchStep, Plan, Receipt
from fluxtui.domain.resource import Key
from fluxtui.engine.acts.journal import Journal

TARGET = Key("prod", "source.toolkit.fluxcd.io", "OCIRepository", "apps", "web")
STEP = PatchStep("s1", "suspend it", target=TARGET, patch={"spec": {}}, resource_version="4")
PLAN = Plan("suspend", "suspend web", (STEP,), ("prod",), reason="trouble", user="ada")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "state" / "journal.jsonl"


def test_plan_intent_and_outcome_are_read_back_in_order(file: Path) -> None:
    journal = Journal(file)
    journal.plan(PLAN, "2026-11-23T18:00:00Z")
    journal.intent(PLAN.id, "s1", "suspend it", "2026-11-23T18:00:01Z")
    receipt = Receipt(PLAN.id, "s1", Outcome.DONE, "4 -> 5", "2026-11-23T18:00:02Z")
    journal.receipt(receipt)

    plan, intent, outcome = Journal(file).read()
    assert (plan.type, intent.type, outcome.type) == ("plan", "intent", "receipt")
    assert Plan.from_json(plan.body) == PLAN
    assert intent.body["outcome"] == "intent"
    assert outcome.receipt() == receipt
    assert intent.receipt() is None


def test_only_its_owner_may_read_it(file: Path) -> None:
    file.parent.mkdir()
    file.write_text("")
    file.chmod(0o644)
    Journal(file).plan(PLAN, "now")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_a_line_cut_by_a_crash_costs_only_itself(file: Path) -> None:
    journal = Journal(file)
    journal.plan(PLAN, "one")
    with file.open("a") as handle:
        handle.write('{"type": "intent", "pl')
    journal.plan(PLAN, "two")
    assert [entry.at for entry in journal.read()] == ["one", "two"]


def test_without_a_path_nothing_is_kept() -> None:
    journal = Journal("")
    journal.plan(PLAN, "now")
    assert list(journal.read()) == []


def test_a_folder_that_cannot_be_written_is_an_error_not_a_silence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(OSError):
        Journal(tmp_path / "file" / "journal.jsonl").plan(PLAN, "now")


def test_a_journal_is_settled_when_every_step_has_its_outcome(file: Path) -> None:
    """Whoever asks once then need not read what was done: nothing is to be reminded of."""
    journal = Journal(file)
    assert journal.is_settled()
    journal.plan(PLAN, "2026-11-23T18:00:00Z")
    assert not journal.is_settled()
    for step in PLAN.steps:
        journal.receipt(Receipt(PLAN.id, step.id, Outcome.DONE, "ok", "2026-11-23T18:00:01Z"))
    assert journal.is_settled()
    journal.plan(PLAN, "2026-11-23T18:00:02Z")
    assert not journal.is_settled(), "the same Plan runs again"
    for step in PLAN.steps:
        journal.receipt(Receipt(PLAN.id, step.id, Outcome.FAILED, "no", "2026-11-23T18:00:03Z"))
    assert journal.is_settled()
    journal.interrupted(PLAN.id, "fluxtui was left", "2026-11-23T18:00:04Z")
    assert not journal.is_settled()
