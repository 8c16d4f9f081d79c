"""The Journal pane tells what was done before: acts read back, a cut one as far as it went."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

from fluxtui.domain.config import Config
from fluxtui.domain.plan import Outcome, Plan, Receipt, RequestReconcile
from fluxtui.domain.resource import Key
from fluxtui.engine.acts.journal import Journal
from fluxtui.engine.acts.past import past_acts
from fluxtui.engine.acts.recall import Recall
from fluxtui.engine.publication.store import Store
from fluxtui.ui.actwords import act_state
from tests.scripted import HandClock

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


def test_what_another_session_does_is_told_as_it_goes(tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    other, store = Journal(path), Store(Config())
    recall = Recall(Journal(path), store, HandClock())

    def acts() -> list[tuple[str, bool]]:
        recall.look()
        return [(act.plan.title, act.finished) for act in store.take(0.0).half.acts]

    made = plan(1)
    other.plan(made, "2026-11-23T10:00:01Z")
    other.intent(made.id, "ask", "ask it", "2026-11-23T10:00:01Z")
    assert acts() == [("reconcile 1", False)]
    mine = plan(2)
    number = store.act(mine, "2026-11-23T10:00:02Z")
    other.plan(mine, "2026-11-23T10:00:02Z")  # as our own line in the same file would be
    assert acts() == [("reconcile 1", False), ("reconcile 2", False)]
    other.receipt(Receipt(made.id, "ask", Outcome.DONE, "asked", "2026-11-23T10:00:03Z"))
    other.over(made.id)
    store.finish(number, "2026-11-23T10:00:04Z")
    assert acts() == [("reconcile 1", True), ("reconcile 2", True)]


def test_acts_of_all_sessions_stand_in_the_order_they_were_begun_in(tmp_path: Path) -> None:
    """One of this session does not stay above those that a shell did after it."""
    path = tmp_path / "journal.jsonl"
    other, store = Journal(path), Store(Config())
    recall = Recall(Journal(path), store, HandClock())
    other.plan(plan(1), "2026-11-23T10:00:01Z")
    store.finish(store.act(plan(2), "2026-11-23T10:00:02Z"), "2026-11-23T10:00:02.5Z")
    other.plan(plan(3), "2026-11-23T10:00:03Z")
    recall.look()
    store.finish(store.act(plan(4), "2026-11-23T10:00:04Z"), "2026-11-23T10:00:04.5Z")
    other.plan(plan(5), "2026-11-23T10:00:05Z")
    recall.look()
    acts = store.take(0.0).half.acts
    assert [act.plan.title for act in acts] == [f"reconcile {number}" for number in range(1, 6)]
    assert [act.plan.title for act in acts if act.finished] == ["reconcile 2", "reconcile 4"]


async def test_it_is_read_again_only_when_it_has_grown(tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    other, store = Journal(path), Store(Config())
    hand = HandClock()
    recall = Recall(Journal(path), store, hand)
    recall.look()
    marks = [recall._journal.mark()]
    other.plan(plan(1), "2026-11-23T10:00:01Z")
    marks.append(recall._journal.mark())
    assert marks[0] is None and marks[1] is not None
    watching = asyncio.ensure_future(recall.run())
    while not store.is_new:
        await asyncio.sleep(0)
    watching.cancel()
    assert [act.plan.title for act in store.take(0.0).half.acts] == ["reconcile 1"]
