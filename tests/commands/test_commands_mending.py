"""An act that is over is finished with what is not done: nothing is repeated blindly, nor what
somebody else has changed since.
"""

from __future__ import annotations

from dataclasses import replace

import pytest
from mended_acts import (
    BEGAN,
    DONE,
    FAILED,
    LOST,
    NEVER,
    SKIPPED,
    act,
    ask,
    ids,
    on,
    plan,
    refusal,
    refused,
    stop,
    suspended,
    three,
)

from fluxtui.commands.registry import by_id
from fluxtui.domain.errors import RefusedError, UsageError
from fluxtui.domain.kinds.kind import REQUESTED_AT
from fluxtui.domain.plan import (
    AT_WRITE,
    AnyStep,
    ApplyStep,
    AwaitStep,
    Outcome,
    PatchStep,
    Receipt,
    RequestReconcile,
    Until,
)
from fluxtui.domain.resource import Resource
from fluxtui.domain.snapshot import Act
from tests.builders import CONFIG, NOW, ks

# -- whether there is anything to do


def test_without_an_act_there_is_nothing_to_finish_or_to_undo() -> None:
    for command in ("finish", "undo"):
        assert refusal(command, on(None)).startswith("no act is meant")
        made = by_id(command).plan
        assert made is not None
        with pytest.raises(UsageError, match="no act is meant"):
            made(on(None), {})
        asks = by_id(command).questions
        assert asks(on(None), {}) == ()
    assert by_id("undo").arguments[0].default(on(None)) == ""


@pytest.mark.parametrize("command", ["finish", "undo"])
def test_what_is_running_is_left_to_run_and_where_it_runs_is_said(command: str) -> None:
    running = replace(three(DONE), finished=False)
    assert refusal(command, on(running)) == "suspend it is running"
    elsewhere = replace(running, elsewhere=True)
    assert refusal(command, on(elsewhere)) == "suspend it is running in another terminal"


def test_what_is_done_is_not_finished_but_can_be_undone() -> None:
    whole = on(three(DONE, DONE, Outcome.UNCHANGED))
    assert refusal("finish", whole) == "suspend it is done: 3 of 3 steps done"
    assert refusal("undo", whole) == ""
    for how in ((DONE, DONE), (DONE, DONE, LOST), (DONE, DONE, FAILED)):
        assert refusal("finish", on(three(*how))) == ""


def test_what_only_waited_changed_nothing() -> None:
    wait = AwaitStep("w", "wait", target=ks().key, until=Until.READY)
    assert refusal("undo", on(act(wait, w=DONE))) == "suspend it changed nothing"
    assert refusal("undo", on(act(wait, stop("a"), w=DONE))) == ""


def test_an_undo_says_what_it_undoes_until_somebody_says_it_better() -> None:
    assert by_id("undo").arguments[0].default(on(three(DONE))) == "undo of suspend it"


# -- finished


def test_what_is_done_is_left_out_and_what_is_left_waits_for_what_is_left_alone() -> None:
    made = plan("finish", on(three(DONE, FAILED, SKIPPED), *suspended("a")))
    assert [(s.id, s.needs) for s in made.steps] == [("b", ()), ("c", ("b",))]
    assert made.title == "finish: suspend it" and made.reason == "audit" and made.user == "anna"
    assert made.effects[0] == "of suspend it: 1 of 3 steps done, 1 failed, 1 skipped"
    assert made.warnings == ("suspend b: failed: connection reset",)


def test_each_write_is_planned_on_the_object_as_it_is_now() -> None:
    now = ks(name="b", resourceVersion="42")
    made = plan("finish", on(three(DONE, NEVER, NEVER), *suspended("a", "ac"), now))
    versions = [s.resource_version for s in made.steps if isinstance(s, PatchStep)]
    assert versions == ["42", "7"]


def test_why_a_step_was_not_done_is_said_where_it_was_tried() -> None:
    made = plan("finish", on(three(Outcome.REFUSED, SKIPPED, NEVER), *suspended("")))
    assert made.warnings == ("suspend a: refused: connection reset",)
    alone = plan("finish", on(act(stop("a"), a=FAILED), *suspended("", "a")))
    assert alone.warnings == ("failed: connection reset",), "of one Step its title says all"


def test_what_nobody_heard_of_is_read_back_and_not_done_twice() -> None:
    made = plan("finish", on(three(DONE, LOST, NEVER), *suspended("ab")))
    assert ids(made) == ["c"]
    label = ks(name="b").key.label
    assert made.effects[1:] == (f"read back, not done again: suspend b: {label} is so",)


def test_what_nobody_heard_of_and_did_not_arrive_is_done() -> None:
    made = plan("finish", on(three(DONE, LOST, NEVER), *suspended("a")))
    assert ids(made) == ["b", "c"]
    label = ks(name="b").key.label
    assert made.effects[1:] == (f"read back, to be done: suspend b: {label} is as before",)


def test_where_all_of_it_is_so_by_now_nothing_is_written() -> None:
    said = refused("finish", on(three(DONE, LOST, NEVER), *suspended("abc")))
    assert said.what.startswith("nothing is left to do: read back, not done again: suspend b: ")
    assert said.what.count("read back") == 2
    assert (said.where, said.next) == ("suspend it", "nothing was written")


def test_who_asks_all_the_same_is_told_that_nothing_is_left() -> None:
    """It may have been finished in another terminal since the question was allowed."""
    made = by_id("finish").plan
    assert made is not None
    with pytest.raises(RefusedError, match="nothing is left to do: 3 of 3 steps done"):
        made(on(three(DONE, DONE, DONE), *suspended("abc")), {})


def test_what_was_done_and_is_changed_since_is_refused() -> None:
    said = refused("finish", on(three(DONE, NEVER, NEVER), *suspended("")))
    label = ks(name="a").key.label
    assert said.what == f"“suspend a” was done and is put back since: {label} is as before"
    assert said.where == "suspend it" and "act anew" in said.next


def test_what_is_neither_as_before_nor_as_wanted_is_refused_with_what_it_is() -> None:
    step = replace(stop("a"), before={"spec": {"suspend": "as it was"}})
    said = refused("finish", on(act(step, stop("b", "a"), a=FAILED), *suspended("", "ab")))
    assert said.what.startswith("suspend a: ") and "spec.suspend True -> (none)" in said.what
    moved = replace(step, before={"spec": {"interval": "1h"}})
    done = refused("finish", on(act(moved, stop("b", "a"), a=DONE), *suspended("", "ab")))
    assert done.what.startswith("“suspend a” was done and is changed since")


def test_what_cannot_be_read_back_is_refused_once_for_all_that_wait_for_it() -> None:
    waits = [
        AwaitStep(f"w{n}", f"wait {n}", ("a",), target=ks(name="gone").key, until=Until.READY)
        for n in range(2)
    ]
    said = refused("finish", on(act(stop("a"), *waits, a=DONE), *suspended("a", "a")))
    assert said.what == f"{ks(name='gone').key} is not there, or may not be read"
    lost = refused("finish", on(three(DONE, NEVER, NEVER), *suspended("a", "a")))
    assert lost.what.startswith("suspend b: ") and "; suspend c: " in lost.what


def test_what_was_done_and_cannot_be_read_now_does_not_hold_up_the_rest() -> None:
    assert ids(plan("finish", on(three(DONE, NEVER, NEVER), *suspended("", "bc")))) == ["b", "c"]


def test_what_is_applied_may_be_applied_again_read_or_not() -> None:
    made = ApplyStep("x", "apply x", target=ks(name="x").key, object={"spec": {"path": "."}})
    assert ids(plan("finish", on(act(stop("a"), made, a=DONE), *suspended("a", "a")))) == ["x"]
    done = act(stop("a"), made, x=DONE)
    assert ids(plan("finish", on(done, *suspended("", "a")))) == ["a"]


# -- what was asked, and what waits for it


def handled(target: Resource | None = None) -> AwaitStep:
    key = (target or ks()).key
    return AwaitStep("seen", "see it", ("ask",), target=key, until=Until.HANDLED, value=AT_WRITE)


def test_a_wait_for_what_was_asked_is_for_the_time_that_it_was_asked_at() -> None:
    asked = replace(act(ask(), handled(), ask=DONE), started={"ask": NOW})
    made = plan("finish", on(asked, ks()))
    (wait,) = made.steps
    assert isinstance(wait, AwaitStep) and wait.value == NOW and wait.needs == ()


def test_a_wait_for_what_is_asked_again_is_for_the_time_of_that() -> None:
    for at in (AT_WRITE, BEGAN):
        begun = replace(act(ask(at), handled(), ask=FAILED), started={"ask": NOW})
        again, wait = plan("finish", on(begun, ks())).steps
        assert isinstance(again, RequestReconcile) and again.at == AT_WRITE, "and not back then"
        assert isinstance(wait, AwaitStep) and (wait.value, wait.needs) == (AT_WRITE, ("ask",))


def test_that_another_object_is_asked_again_moves_no_wait() -> None:
    other = RequestReconcile("other", "ask other", target=ks(name="other").key, at=AT_WRITE)
    begun = act(ask(), other, handled(), ask=DONE, other=FAILED)
    begun = replace(begun, started={"ask": NOW})
    _other, wait = plan("finish", on(begun, ks(), ks(name="other"))).steps
    assert isinstance(wait, AwaitStep) and wait.value == NOW


def test_a_wait_for_something_else_than_a_time_stays_as_it_is() -> None:
    wait = AwaitStep("w", "wait", ("a",), target=ks().key, until=Until.APPLIED, value="1.5.0")
    (left,) = plan("finish", on(act(stop("a"), wait, a=DONE), *suspended("a", "a"), ks())).steps
    assert isinstance(left, AwaitStep) and (left.value, left.needs) == ("1.5.0", ())


def test_a_request_that_was_made_though_nobody_heard_so_is_not_made_again() -> None:
    asked = replace(act(ask(), stop("a", "ask"), ask=LOST), started={"ask": BEGAN})
    there = ks(annotations={REQUESTED_AT: NOW})
    assert ids(plan("finish", on(asked, there, *suspended("", "a")))) == ["a"]


def test_a_request_that_was_made_and_is_gone_by_now_is_no_reason_to_refuse() -> None:
    asked = act(ask(), stop("a", "ask"), ask=DONE)
    assert ids(plan("finish", on(asked, ks(), *suspended("", "a")))) == ["a"]


# -- an act that was begun to be finished before


def finishing(first: Act, *steps: AnyStep, at: str = NOW, **outcomes: Outcome) -> Act:
    later = act(*steps, command="finish", **outcomes)
    return replace(later, plan=replace(later.plan, continues=first.plan.id, made_at=at), began=at)


def test_what_was_done_to_finish_it_counts() -> None:
    first = three(DONE, FAILED, SKIPPED)
    second = finishing(first, stop("b"), stop("c", "b"), b=DONE, c=FAILED)
    where = on(first, *suspended("ab"), acts=(first, second))
    made = plan("finish", where)
    assert ids(made) == ["c"]
    assert made.effects[0] == "of suspend it: 2 of 3 steps done, 1 failed"
    third = finishing(first, stop("c"), c=DONE)
    whole = on(first, *suspended("abc"), acts=(first, second, third))
    assert refusal("finish", whole) == "suspend it is done: 3 of 3 steps done"
    assert [s for s in ids(plan("undo", whole)) if s.startswith("undo-")] == [
        "undo-c", "undo-b", "undo-a",
    ]  # fmt: skip


def test_an_act_that_finishes_another_or_undoes_this_one_does_not_count() -> None:
    first = three(DONE, FAILED, SKIPPED)
    others = finishing(act(stop("b")), stop("b"), stop("c", "b"), b=DONE, c=DONE)
    undone = replace(others.plan, command="undo", continues=first.plan.id)
    for later in (others, replace(others, plan=undone)):
        where = on(first, *suspended("a"), acts=(first, later))
        assert ids(plan("finish", where)) == ["b", "c"]


def test_what_failed_before_it_was_done_does_not_hide_that_it_was() -> None:
    first = three(DONE, FAILED, SKIPPED)
    second = finishing(first, stop("b"), stop("c", "b"), at=BEGAN, b=FAILED, c=SKIPPED)
    third = finishing(first, stop("b"), stop("c", "b"), b=DONE, c=FAILED)
    where = on(third, *suspended("ab"), acts=(first, second, third))
    assert ids(plan("finish", where)) == ["c"]


def test_what_was_begun_to_finish_it_is_finished_for_all_of_them() -> None:
    first = three(DONE, FAILED, SKIPPED)
    second = finishing(first, stop("b"), stop("c", "b"), at=BEGAN, b=DONE, c=FAILED)
    made = plan("finish", on(second, *suspended("ab"), acts=(first, second)))
    assert made.continues == first.plan.id and ids(made) == ["c"]
    third = Act(made, (Receipt(made.id, "c", DONE, "", NOW),), finished=True, began=NOW)
    for meant in (first, second):
        where = on(meant, *suspended("abc"), acts=(first, second, third))
        assert "is done" in refusal("finish", where)


def test_when_something_was_asked_to_finish_it_counts_for_what_waits() -> None:
    first = replace(act(ask(), handled(), ask=FAILED), started={"ask": BEGAN})
    second = replace(finishing(first, ask(), handled(), ask=DONE), started={"ask": NOW})
    (wait,) = plan("finish", on(first, ks(), acts=(first, second))).steps
    assert isinstance(wait, AwaitStep) and wait.value == NOW


def test_an_undo_belongs_to_its_act_and_to_all_the_environments_of_that() -> None:
    far = replace(three(DONE, NEVER, NEVER).plan, environments=("production",))
    first = replace(three(DONE, NEVER, NEVER), plan=far)
    for command in ("undo", "finish"):
        made = plan(command, on(first, *suspended("a")))
        assert made.environments == ("staging", "production")
        assert made.continues == far.id


def test_no_way_leads_into_a_place_that_is_read_only() -> None:
    shut = replace(CONFIG, read_only=True)
    for command in ("undo", "finish"):
        where = on(three(DONE, NEVER, NEVER), *suspended("a"), config=shut)
        assert "read-only" in refused(command, where).what
