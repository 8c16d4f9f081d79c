"""An act that is over is undone as far as it stands: the last first, and nothing that somebody else
has changed since is taken back.
"""

from __future__ import annotations

from dataclasses import replace

from mended_acts import (
    BEGAN,
    DONE,
    FAILED,
    GO,
    LOST,
    NEVER,
    SKIPPED,
    STOP,
    act,
    ask,
    ids,
    on,
    plan,
    refused,
    stop,
    suspended,
    three,
)

from fluxtui.domain.kinds.fluxoperator import SUSPENDS
from fluxtui.domain.kinds.kind import REQUESTED_AT
from fluxtui.domain.plan import (
    ApplyStep,
    AwaitStep,
    Outcome,
    PatchStep,
    Until,
)
from fluxtui.domain.resource import Key
from tests.builders import NOW, ks
from tests.commands.flux_objects import obj


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
    listed = "\n  suspend c\n  suspend b\n  suspend a"
    assert said.what == f"nothing of it can be undone: {why}{listed}"
    assert str(said).endswith("\n  suspend a\n(nothing was written)")
    assert (said.where, said.next) == ("suspend it", "nothing was written")
    alone = refused("undo", on(act(stop("a"), a=DONE), *suspended(""), unreachable=gone))
    assert alone.what == f"nothing of it can be undone: {why}"
    two = refused("undo", on(three(DONE, DONE), *suspended(""), unreachable=gone))
    assert two.what.endswith(f"{why}\n  suspend b\n  suspend a")


def test_what_was_applied_is_not_taken_away_however_it_stands_by_now() -> None:
    """A Namespace is not watched: that it is not in the Snapshot does not say that it is gone."""
    space = Key("staging", "", "Namespace", "", "fresh")
    hand = "delete it by hand"
    one = ApplyStep("a", "apply fresh", (), hand, target=space, object={"kind": "Namespace"})
    two = ApplyStep("b", "apply api", (), hand, target=ks(name="b").key, object={"kind": "K"})
    said = refused("undo", on(act(one, two, a=DONE, b=DONE)))
    assert said.what == f"nothing of it can be undone: {hand}\n  apply api\n  apply fresh"


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
