"""An act that is over is finished with what is not done, or undone as far as it stands: nothing is
repeated blindly, and what somebody else has changed since is neither repeated nor taken back."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from fluxtui.commands.command import Context
from fluxtui.commands.registry import by_id
from fluxtui.domain.errors import RefusedError, UsageError
from fluxtui.domain.kinds.fluxoperator import SUSPENDS
from fluxtui.domain.kinds.kind import REQUESTED_AT
from fluxtui.domain.plan import (
    AT_WRITE,
    AnyStep,
    ApplyStep,
    AwaitStep,
    Outcome,
    PatchStep,
    Plan,
    Receipt,
    RequestReconcile,
    Until,
)
from fluxtui.domain.resource import Resource
from fluxtui.domain.snapshot import Act
from tests.builders import CONFIG, NOW, context, ks, snapshot
from tests.commands.flux_objects import obj

BEGAN = "2026-11-23T03:00:00Z"
STOP = {"spec": {"suspend": True}}
GO = {"spec": {"suspend": None}}
DONE, LOST, FAILED = Outcome.DONE, Outcome.UNKNOWN, Outcome.FAILED
SKIPPED, NEVER = Outcome.SKIPPED, Outcome.NEVER


def stop(name: str, *needs: str, before: Any = GO, **more: Any) -> PatchStep:
    """Suspend the Kustomization of that name."""
    return PatchStep(
        name, f"suspend {name}", needs, "resume it", target=ks(name=name).key, patch=STOP,
        resource_version="6", before=before, **more,
    )  # fmt: skip


def act(*steps: AnyStep, command: str = "suspend", **outcomes: Outcome) -> Act:
    """One that is over; `outcomes`: id of a Step -> how it ended, in that order."""
    plan = Plan(command, f"{command} it", steps, ("staging",), reason="audit", user="ben")
    says = "connection reset"
    receipts = tuple(Receipt(plan.id, i, how, says, BEGAN) for i, how in outcomes.items())
    return Act(plan, receipts, finished=True, began=BEGAN)


def three(*how: Outcome) -> Act:
    """Three are suspended one after the other."""
    outcomes = dict(zip("abc", how, strict=False))
    return act(stop("a"), stop("b", "a"), stop("c", "b"), **outcomes)


def on(meant: Act | None, *resources: Resource, acts: Any = (), **more: Any) -> Context:
    return context(snapshot(*resources, acts=tuple(acts), **more), act=meant)


def suspended(names: str, of: str = "abc") -> tuple[Resource, ...]:
    """Those of them, the first letters of `of` that stand in `names`, are suspended."""
    return tuple(ks(name=name, suspend=name in names) for name in of)


def refusal(command: str, where: Context) -> str:
    return by_id(command).disabled_reason(where) or ""


def plan(command: str, where: Context, **values: str) -> Plan:
    declared = by_id(command)
    assert refusal(command, where) == "" and declared.plan is not None
    return declared.plan(where, values)


def refused(command: str, where: Context) -> RefusedError:
    with pytest.raises(RefusedError) as error:
        plan(command, where)
    return error.value


def ids(made: Plan) -> list[str]:
    return [step.id for step in made.steps]


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
    assert said.what == f"suspend a was done and is changed since: {label} is as before"
    assert said.where == "suspend it" and "act anew" in said.next


def test_what_is_neither_as_before_nor_as_wanted_is_refused_with_what_it_is() -> None:
    step = replace(stop("a"), before={"spec": {"suspend": "as it was"}})
    said = refused("finish", on(act(step, stop("b", "a"), a=FAILED), *suspended("", "ab")))
    assert said.what.startswith("suspend a: ") and "spec.suspend True -> (none)" in said.what
    moved = replace(step, before={"spec": {"interval": "1h"}})
    done = refused("finish", on(act(moved, stop("b", "a"), a=DONE), *suspended("", "ab")))
    assert done.what.startswith("suspend a was done and is changed since")


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


def ask(at: str = AT_WRITE) -> RequestReconcile:
    return RequestReconcile("ask", "ask it", target=ks().key, at=at)


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


# -- undone


def test_the_last_is_undone_first_and_each_waits_until_that_is_written() -> None:
    made = plan("undo", on(three(DONE, DONE, DONE), *suspended("abc")), reason="over")
    assert [(s.id, s.needs) for s in made.steps] == [
        ("undo-c", ()), ("undone-c", ("undo-c",)),
        ("undo-b", ("undo-c",)), ("undone-b", ("undo-b",)),
        ("undo-a", ("undo-b",)), ("undone-a", ("undo-a",)),
    ]  # fmt: skip
    assert made.title == "undo: suspend it" and made.reason == "over"
    label = ks(name="c").key.label
    assert made.effects[0] == f"{label} in staging: spec.suspend True -> (none)"
    assert made.warnings == ()


def test_what_is_put_back_is_what_was_there_and_it_is_seen_to_run_again() -> None:
    seen = ks(name="a", suspend=True, resourceVersion="42")
    back, wait = plan("undo", on(act(stop("a"), a=DONE), seen)).steps
    assert isinstance(back, PatchStep) and isinstance(wait, AwaitStep)
    assert (back.patch, back.resource_version, back.target) == (GO, "42", seen.key)
    assert (wait.until, wait.timeout) == (Until.RESUMED, 900.0)
    assert wait.title == f"wait until {seen.key.label} has reconciled"


def test_what_was_resumed_is_seen_suspended_again() -> None:
    resumed = PatchStep(
        "a", "resume a", target=ks(name="a").key, patch=GO, resource_version="6", before=STOP
    )
    _back, wait = plan("undo", on(act(resumed, command="resume", a=DONE), ks(name="a"))).steps
    assert isinstance(wait, AwaitStep)
    assert (wait.until, wait.timeout) == (Until.SUSPENDED, 60.0)
    assert wait.title == f"see {ks(name='a').key.label} suspended"


def test_of_notes_beside_a_change_the_change_is_shown_and_of_notes_alone_the_notes() -> None:
    noted = {"metadata": {"annotations": {"who": "ben"}}}
    gone = {"metadata": {"annotations": {"who": None}}}
    seen = ks(name="a", suspend=True, annotations={"who": "ben"})
    both = replace(stop("a", before={**GO, **gone}), patch={**STOP, **noted})
    made = plan("undo", on(act(both, a=DONE), seen))
    assert made.effects[0].endswith("in staging: spec.suspend True -> (none)")
    notes = replace(stop("a", before=gone), patch=noted)
    made = plan("undo", on(act(notes, a=DONE), seen))
    assert made.effects[0].endswith("in staging: metadata.annotations.who 'ben' -> (none)")
    (_back, wait) = made.steps
    assert isinstance(wait, AwaitStep) and wait.until is Until.SUSPENDED, "it was all the time"


def test_a_suspension_in_a_note_is_seen_to_come_back_too() -> None:
    """An object of the operator's is suspended by an annotation."""
    resumed, held = {SUSPENDS.annotation: None}, {SUSPENDS.annotation: SUSPENDS.value}
    teams = obj("rset", "teams")
    step = PatchStep(
        "a", "resume teams", target=teams.key, patch={"metadata": {"annotations": resumed}},
        resource_version="6", before={"metadata": {"annotations": held}},
    )  # fmt: skip
    _back, wait = plan("undo", on(act(step, command="resume", a=DONE), teams)).steps
    assert isinstance(wait, AwaitStep) and wait.until is Until.SUSPENDED


def test_a_wait_is_neither_undone_nor_named() -> None:
    wait = AwaitStep("w", "see it", ("a",), target=ks(name="a").key, until=Until.SUSPENDED)
    made = plan("undo", on(act(stop("a"), wait, a=DONE, w=DONE), *suspended("a", "a")))
    assert ids(made) == ["undo-a", "undone-a"] and made.warnings == ()


def test_what_was_so_already_or_never_done_is_not_undone() -> None:
    for how in (Outcome.UNCHANGED, FAILED, SKIPPED, Outcome.REFUSED, NEVER):
        made = plan("undo", on(three(DONE, how), *suspended("abc")))
        assert ids(made) == ["undo-a", "undone-a"]


def test_what_nobody_heard_of_is_undone_where_it_arrived() -> None:
    arrived = plan("undo", on(three(DONE, LOST, SKIPPED), *suspended("ab")))
    assert ids(arrived)[0] == "undo-b"
    never = plan("undo", on(three(DONE, LOST, SKIPPED), *suspended("a")))
    label = ks(name="b").key.label
    assert ids(never)[0] == "undo-a"
    assert never.effects[0] == f"suspend b: {label} is as before; nothing to undo"
    assert never.warnings == ()


def test_what_others_have_changed_since_stays_and_is_said() -> None:
    moved = replace(stop("b"), before={"spec": {"suspend": "as it was"}})
    made = plan("undo", on(act(stop("a"), moved, a=DONE, b=DONE), *suspended("a", "ab")))
    assert ids(made) == ["undo-a", "undone-a"]
    (stays,) = made.warnings
    assert stays.startswith("suspend b: ") and stays.endswith("; it is left as it is")


def test_who_stays_for_the_same_reason_is_counted() -> None:
    gone = {"staging": "connection refused"}
    said = refused("undo", on(three(DONE, DONE, DONE), *suspended(""), unreachable=gone))
    why = "staging cannot be reached: connection refused; it is left as it is"
    assert said.what == f"nothing of it can be undone: suspend c and 2 steps more: {why}"
    assert (said.where, said.next) == ("suspend it", "nothing was written")
    alone = refused("undo", on(act(stop("a"), a=DONE), *suspended(""), unreachable=gone))
    assert alone.what == f"nothing of it can be undone: {why}"
    two = refused("undo", on(three(DONE, DONE), *suspended(""), unreachable=gone))
    assert "suspend b and 1 step more: " in two.what


def test_where_nothing_was_done_nothing_is_undone() -> None:
    assert refused("undo", on(three(FAILED, SKIPPED, SKIPPED), *suspended(""))).what == (
        "nothing of it can be undone: 0 of 3 steps done, 1 failed, 2 skipped"
    )


def test_what_cannot_be_undone_says_what_to_do_instead() -> None:
    asked = replace(act(ask(), stop("a"), ask=DONE, a=DONE), started={"ask": BEGAN})
    seen = (ks(annotations={REQUESTED_AT: NOW}), *suspended("a", "a"))
    assert plan("undo", on(asked, *seen)).warnings == ("ask it: nothing is known that undoes it",)
    kept = replace(asked.plan.steps[0], undo="a run changes nothing")
    asked = replace(asked, plan=replace(asked.plan, steps=(kept, asked.plan.steps[1])))
    assert plan("undo", on(asked, *seen)).warnings == ("ask it: a run changes nothing",)
    old = act(stop("b"), stop("a", before={}), b=DONE, a=DONE)
    made = plan("undo", on(old, *suspended("ab", "ab")))
    assert ids(made) == ["undo-b", "undone-b"]
    assert made.warnings == ("suspend a: what was there before is not in the Journal; resume it",)


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
