"""What the Journal keeps, and what it survives."""

from __future__ import annotations

import json
import resource
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from fluxtui.cli.forms import plans
from fluxtui.domain.plan import Outcome, PatchStep, Plan, Receipt
from fluxtui.domain.resource import Key
from fluxtui.engine.acts.journal import Journal
from fluxtui.engine.acts.past import past_acts, told
from tests.cli.documents import checked

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


FOREIGN = [
    *("", "null", "7", "[]", "{}", '"plan"', "\x00\x00", "[" * 20_000, '{"type": "plan"}'),
    '{"type": "party", "plan": "x", "at": "now", "body": {}}',
    '{"type": "plan", "plan": "x", "at": "now", "body": []}',
    '{"type": "plan", "plan": 7, "at": "now", "body": {}}',
    '{"type": "plan", "plan": "x", "at": null, "body": {}}',
    '{"type": "plan", "plan": "x", "at": "now", "body": {"steps": 7, "environments": "here"}}',
    '{"type": "plan", "plan": "x", "at": "now", "body": {"steps": [7], "environments": []}}',
    '{"type": "receipt", "plan": "x", "at": "now", "body": {"outcome": "glorious", "step": {}}}',
    '{"type": "intent", "plan": ["x"], "at": "now", "body": {}}',
]


@pytest.mark.parametrize("line", FOREIGN)
def test_a_line_of_somebody_else_costs_nothing(file: Path, line: str) -> None:
    journal = Journal(file)
    journal.plan(PLAN, "one")
    with file.open("ab") as handle:
        handle.write(line.encode() + b"\xff\xfe\n" + line.encode() + b"\r\n")
    receipt = Receipt(PLAN.id, "s1", Outcome.DONE, "4 -> 5", "2026-11-23T18:00:02Z")
    journal.receipt(receipt)
    journal.over(PLAN.id)
    (act,) = past_acts(Journal(file), 9)
    assert (act.plan, act.receipts) == (PLAN, (receipt,))
    lines = told(Journal(file))
    assert [e.plan for e in lines if e.type == "plan"] == [PLAN.id]
    checked(json.dumps(plans.journal(lines)), "Journal")


def test_processes_that_write_at_once_write_whole_lines(file: Path) -> None:
    code = (
        "import sys\n"
        "from tests.engine.test_engine_journal import Journal, PLAN\n"
        "j = Journal(sys.argv[1])\n"
        "for n in range(40): j.intent(PLAN.id, 's1', sys.argv[2] * (n * 97), 'now')\n"
    )
    root = Path(__file__).parents[2]
    children = [
        subprocess.Popen([sys.executable, "-c", code, str(file), letter], cwd=root)
        for letter in "abcd"
    ]
    assert [child.wait(60) for child in children] == [0, 0, 0, 0]
    titles = [entry.body["title"] for entry in Journal(file).read()]
    assert len(titles) == len(file.read_text().splitlines()) == 160
    assert all(len(set(title)) <= 1 for title in titles)


def test_what_does_not_fit_is_taken_back_and_nothing_is_held(file: Path) -> None:
    """A Plan is written only where its outcomes would fit, too."""
    journal = Journal(file)
    journal.intent(PLAN.id, "s1", "x" * 10_000, "now")
    was = file.read_bytes()
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    try:
        # The Plan alone would fit; of one line a part would.
        resource.setrlimit(resource.RLIMIT_FSIZE, (len(was) + 2500, limits[1]))
        with pytest.raises(OSError) as raised:
            journal.plan(PLAN, "now")
        assert raised.value.filename == str(file)
        with pytest.raises(OSError):
            journal.intent(PLAN.id, "s1", "y" * 4000, "now")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert file.read_bytes() == was
    assert [p.name for p in file.parent.iterdir()] == [file.name]


def test_a_full_disk_is_an_error(file: Path) -> None:
    file.parent.mkdir()
    file.symlink_to("/dev/full")
    mode = Path("/dev/full").stat().st_mode
    with pytest.raises(OSError, match="No space left"):
        Journal(file).plan(PLAN, "now")
    assert Path("/dev/full").stat().st_mode == mode
    assert [p.name for p in file.parent.iterdir()] == [file.name]


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
