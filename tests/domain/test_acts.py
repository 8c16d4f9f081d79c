"""How an act stands, from the first Step to what a person reads a day later."""

from __future__ import annotations

from dataclasses import replace

from fluxtui.domain.acts import (
    cause,
    ended,
    running,
    state,
    subjects,
    succeeded,
    tally,
    trouble,
    under_way,
)
from fluxtui.domain.plan import (
    AT_WRITE,
    AwaitStep,
    Outcome,
    Plan,
    Receipt,
    RequestReconcile,
    TagStep,
    Until,
)
from fluxtui.domain.resource import Key
from fluxtui.domain.snapshot import Act

URL = "oci://registry.example.com/acme/web"
WEB = Key("staging", "source.toolkit.fluxcd.io", "OCIRepository", "apps", "web")
TAG = TagStep("tag", "name it", repository=URL, digest="sha256:1", tag="1.0.0")
ASK = RequestReconcile("ask", "fetch it", ("tag",), target=WEB, at=AT_WRITE)
WAIT = AwaitStep("wait", "see it picked", ("ask",), target=WEB, until=Until.PICKED, value="1.0.0")
PLAN = Plan("promote", "promote web", (TAG, ASK, WAIT), ("staging",))


def said(step: str, outcome: Outcome, message: str = "") -> Receipt:
    return Receipt(PLAN.id, step, outcome, message, "2026-11-23T12:00:00Z")


def act(*receipts: Receipt, over: bool = True, cut: str = "", elsewhere: bool = False) -> Act:
    started = {"tag": "2026-11-23T11:59:00Z", "ask": "2026-11-23T11:59:30Z"}
    return Act(PLAN, receipts, over, started=started, cut=cut, elsewhere=elsewhere)


DONE = tuple(said(step.id, Outcome.DONE) for step in PLAN.steps)


def test_what_is_written_to_is_named_once_and_what_is_waited_for_is_not() -> None:
    assert subjects(PLAN) == (URL, WEB)
    assert subjects(replace(PLAN, steps=(TAG, replace(TAG, id="again"), WAIT))) == (URL,)


def test_an_act_under_way_says_how_far_it_is_and_where() -> None:
    now = act(DONE[0], over=False)
    assert state(now) == "running, 1 of 3 steps" and ended(now) == 1
    assert state(replace(now, elsewhere=True)).startswith("running in another terminal")
    assert under_way(now) == (ASK,), "the third has not begun"
    assert under_way(act(DONE[0])) == (), "it is over: nothing is under way"
    assert trouble(now) == "" and not succeeded(now)


def test_done_is_only_what_is_done_to_the_last_step() -> None:
    assert state(act(*DONE)) == "done" and succeeded(act(*DONE))
    same = (said("tag", Outcome.UNCHANGED), *DONE[1:])
    assert state(act(*same)) == "done", "already so is as good"
    assert state(act(*DONE[:2])) == "not done"
    assert cause(act(*DONE)) is None and trouble(act(*DONE)) == ""


def test_the_step_that_went_wrong_is_named_not_those_skipped_for_it() -> None:
    skipped, failed = said("wait", Outcome.SKIPPED), said("ask", Outcome.FAILED, "403")
    lost = act(DONE[0], skipped, failed)
    assert state(lost) == "not done" and cause(lost) == failed
    assert trouble(lost) == "fetch it: failed: 403"
    assert trouble(act(said("gone", Outcome.REFUSED, "no"))) == "gone: refused: no"
    assert cause(act(DONE[0], skipped)) is None


def test_an_act_cut_off_says_what_is_known_of_every_step() -> None:
    cut = act(DONE[0], said("ask", Outcome.UNKNOWN, "no answer"), cut="fluxtui was ended")
    assert state(cut) == "cut off"
    assert trouble(cut) == (
        "fluxtui was ended; 1 of 3 steps done, 1 with unknown outcome, 1 never ran"
    )
    assert tally(act()) == "0 of 3 steps done, 3 never ran"
    assert tally(act(said("tag", Outcome.UNCHANGED))) == "1 of 3 steps done, 2 never ran"
    assert tally(act(*DONE[:2], said("wait", Outcome.FAILED))) == "2 of 3 steps done, 1 failed"


def test_the_newest_word_on_a_step_counts() -> None:
    twice = act(said("tag", Outcome.UNKNOWN), *DONE)
    assert succeeded(twice) and tally(twice) == "3 of 3 steps done"


def test_leaving_cuts_off_what_runs_here_and_nothing_else() -> None:
    here, there = act(over=False), act(over=False, elsewhere=True)
    assert running((act(*DONE), here, there)) == (here,)
