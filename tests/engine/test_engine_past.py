"""The Journal pane tells what was done before: acts read back, a cut one as far as it went."""

from __future__ import annotations

import json
from pathlib import Path

from fluxtui.domain.plan import Outcome, Plan, Receipt, RequestReconcile
from fluxtui.domain.resource import Key
from fluxtui.engine.journal import Journal
from fluxtui.engine.past import past_acts
from fluxtui.ui.panes.journal import act_state

KEY = Key("staging", "kustomize.toolkit.fluxcd.io", "Kustomization", "apps", "web")


def plan(number: int) -> Plan:
    step = RequestReconcile("ask", "ask it", target=KEY, at=f"2026-11-23T10:00:{number:02}Z")
    return Plan("reconcile", f"reconcile {number}", (step,), ("staging",), made_at=step.at)


def test_acts_come_back_with_their_receipts_oldest_first(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "journal.jsonl")
    done, cut = plan(1), plan(2)
    journal.plan(done, "2026-11-23T10:00:01Z")
    journal.receipt(Receipt(done.id, "ask", Outcome.DONE, "asked", "2026-11-23T10:00:02Z"))
    journal.plan(cut, "2026-11-23T10:00:03Z")
    journal.intent(cut.id, "ask", "ask it", "2026-11-23T10:00:03Z")
    first, second = past_acts(journal, 10)
    assert (first.plan, first.finished, first.receipts[0].message) == (done, True, "asked")
    assert (second.plan, second.receipts) == (cut, ())


def test_only_the_last_ones_and_no_line_that_does_not_parse(tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    journal = Journal(path)
    for number in range(5):
        journal.plan(plan(number), "2026-11-23T10:00:00Z")
    with path.open("a") as file:
        file.write('{"type": "plan", "plan": "x", "at": "", "body": {"steps": [{"type": "?"}]}}\n')
        file.write("cut of")
    assert [act.plan.title for act in past_acts(journal, 2)] == ["reconcile 3", "reconcile 4"]


def test_without_a_journal_there_is_no_past(tmp_path: Path) -> None:
    assert past_acts(Journal(tmp_path / "none.jsonl"), 10) == ()


def test_an_act_whose_steps_never_ran_is_never_told_as_done(tmp_path: Path) -> None:
    made = plan(1)
    path = tmp_path / "journal.jsonl"
    at = "2026-11-23T10:00:01Z"
    lines = [
        {"type": "plan", "plan": made.id, "at": at, "body": made.to_json()},
        {"type": "intent", "plan": made.id, "at": at, "body": {"step": "ask", "title": "ask it"}},
    ]
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    (act,) = past_acts(Journal(path), 10)
    assert act_state(act) == ("✗ cut off", "bad")
