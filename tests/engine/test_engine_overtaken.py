"""An act that was cut off is a finding until the cluster shows that it is settled."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from fluxtui.domain.acts import subjects
from fluxtui.domain.board import Finding, Severity
from fluxtui.domain.config import Config
from fluxtui.domain.overview.ranking import ordered
from fluxtui.domain.plan import (
    AT_WRITE,
    AnyStep,
    AwaitStep,
    DeleteStep,
    Outcome,
    PatchStep,
    Plan,
    PushStep,
    Receipt,
    RequestReconcile,
    TagStep,
    Until,
)
from fluxtui.domain.pushcontent import content_of
from fluxtui.domain.resource import Key, Resource
from fluxtui.domain.snapshot import Act, Snapshot, TagList
from fluxtui.engine.acts.past import CLOSING, reminders
from tests.builders import URL, digest, failed, ks, revision, snapshot, source, tag_list

BEGAN, CUT = "2026-11-23T11:00:00Z", "2026-11-23T11:00:05Z"
EARLIER, LATER = "2026-11-23T10:00:00Z", "2026-11-23T11:30:00Z"
NOON = 1_795_435_200.0
OLD, NEW, NEWER = revision("1.4.2", "a"), revision("1.5.0", "b"), revision("1.6.0", "c")
SOURCE, MEMBER = source("production").key, ks("production").key


def cut(*steps: AnyStep, done: tuple[str, ...] = ()) -> Act:
    plan = Plan("promote", "promote 1.5.0", steps, ("production",), made_at=BEGAN)
    receipts = tuple(
        Receipt(plan.id, s.id, Outcome.DONE if s.id in done else Outcome.UNKNOWN, "", CUT)
        for s in steps
    )
    return Act(plan, receipts, True, BEGAN, CUT, {}, "the terminal was closed")


def promotion(*done: str) -> Act:
    return cut(
        TagStep("tag", "tag", repository=URL, digest=digest("b"), tag="1.5.0"),
        RequestReconcile("ask", "ask", target=SOURCE, at=AT_WRITE),
        AwaitStep("pick", "pick", target=SOURCE, until=Until.PICKED, value="1.5.0"),
        AwaitStep("run", "run", target=MEMBER, until=Until.APPLIED, value=digest("b")),
        done=done,
    )


def stored(rev: str, at: str = EARLIER, **more: Any) -> Resource:
    one = source("production", stored=rev, **more)
    status = {**one.status, "artifact": {"revision": rev, "lastUpdateTime": at}}
    return dataclasses.replace(one, status=status)


def world(rev: str, at: str, *, tags: dict[str, str], applied: str = "", **more: Any) -> Snapshot:
    members = ks("production", applied=applied or rev, **more)
    return snapshot(stored(rev, at), members, tags=[tag_list(tags)])


def codes(act: Act, seen: Snapshot) -> list[str]:
    return [finding.code for finding in reminders([act], seen, NOON)]


BOTH = {"1.4.2": "a", "1.5.0": "b"}


@pytest.mark.parametrize(
    ("seen", "remains"),
    [
        (world(OLD, EARLIER, tags={"1.4.2": "a"}), True),
        (world(OLD, EARLIER, tags=BOTH), True),  # the tag is there, nobody has taken it
        (world(NEW, LATER, tags=BOTH, applied=OLD), True),
        (world(NEW, LATER, tags=BOTH), False),
        (world(NEW, LATER, tags={"1.5.0": "c"}), False),  # moved since; production has the build
        (world(NEWER, LATER, tags={**BOTH, "1.6.0": "c"}), False),
        (world(NEWER, LATER, tags=BOTH, conditions=[failed("HealthCheckFailed")]), True),
        (world(OLD, EARLIER, tags=BOTH, history=[(OLD, "ok", LATER)]), True),
        (Snapshot(), True),
    ],
)
def test_a_promotion_that_was_cut_off_ends_when_production_has_it_or_newer(
    seen: Snapshot, remains: bool
) -> None:
    for done in ((), ("tag",), ("tag", "ask")):
        assert codes(promotion(*done), seen) == ["interrupted"] * remains, done


def test_what_was_to_be_written_and_is_not_there_stays_open_however_well_all_is() -> None:
    patch = {"metadata": {"annotations": {"by": "anna", "at": AT_WRITE}}, "spec": {"suspend": True}}
    step = PatchStep("suspend", "suspend", target=SOURCE, patch=patch, resource_version="7")
    wait = AwaitStep("see", "see", target=SOURCE, until=Until.SUSPENDED)
    never = snapshot(stored(NEW, LATER))
    assert codes(cut(step), never) == ["interrupted"]
    there = snapshot(stored(NEW, suspend=True, annotations={"by": "anna", "at": LATER}))
    assert codes(cut(step, wait), there) == []


@pytest.mark.parametrize(("handled", "remains"), [(EARLIER, True), (LATER, False)])
def test_a_reconciliation_ends_when_a_later_one_was_answered(handled: str, remains: bool) -> None:
    member = ks("production", applied=NEW)
    member = dataclasses.replace(
        member, status={**member.status, "lastHandledReconcileAt": handled}
    )
    ask = RequestReconcile("ask", "ask", target=MEMBER, at=AT_WRITE)
    wait = AwaitStep("w", "wait", target=MEMBER, until=Until.HANDLED, value=AT_WRITE)
    act = cut(ask, wait, done=("ask",))
    assert codes(act, snapshot(member)) == ["interrupted"] * remains


def test_a_deletion_ends_when_the_tag_is_gone() -> None:
    step = DeleteStep("d", "delete", repository=URL, digest=digest("a"), tag="1.4.2", shared=())
    assert codes(cut(step), snapshot(tags=[tag_list(BOTH)])) == ["interrupted"]
    assert codes(cut(step), snapshot(tags=[tag_list({"1.5.0": "b"})])) == []
    assert codes(cut(step), snapshot()) == ["interrupted"]


PUSH = PushStep("p", "push", repository=URL, tag="1.5.0", folder="f", images={})
LISTED = tag_list(BOTH)


def pushed(before: str | None) -> Act:
    """A push that was cut off; `before`: the digest that its Plan saw the tag on."""
    act = cut(PUSH)
    inputs = {} if before is None else {f"{URL}:1.5.0": before}
    return dataclasses.replace(act, plan=dataclasses.replace(act.plan, inputs=inputs))


@pytest.mark.parametrize(
    ("before", "listed", "remains"),
    [
        (None, tag_list({"1.4.2": "a"}), True),  # not there
        (None, LISTED, False),  # only a new tag is published
        ("", LISTED, False),
        (digest("b"), LISTED, True),  # there, and it is what was there before
        (digest("a"), LISTED, False),
        (digest("a"), dataclasses.replace(LISTED, facts={}), True),  # on what, nobody has read
        ("", dataclasses.replace(LISTED, compared={content_of(PUSH): False}), True),
        (digest("b"), dataclasses.replace(LISTED, compared={content_of(PUSH): True}), False),
        (digest("b"), dataclasses.replace(LISTED, compared={content_of(PUSH): "gone"}), True),
        ("", dataclasses.replace(LISTED, error="no answer"), True),
    ],
)
def test_a_push_ends_by_what_its_tag_is_on_and_not_by_its_name(
    before: str | None, listed: TagList, remains: bool
) -> None:
    act = pushed(before)
    assert codes(act, snapshot(tags=[listed])) == ["interrupted"] * remains


def test_the_finding_says_how_it_is_closed_otherwise() -> None:
    act = promotion()
    (finding,) = reminders([act], Snapshot(), NOON)
    assert CLOSING in finding.next and "any act was done on it" in CLOSING
    again = dataclasses.replace(promotion("tag", "ask", "pick", "run"), cut="")
    assert set(subjects(again.plan)) & set(subjects(act.plan))
    assert reminders([act, again], Snapshot(), NOON) == ()
    assert isinstance(finding.subject, Key)


def test_it_comes_before_all_other_warnings_and_after_what_has_failed() -> None:
    (cut_off,) = reminders((promotion("tag"),), snapshot(), NOON)
    lesser = Finding(Severity.WARNING, "registry", "production", "tags are not listed", "wait")
    broken = Finding(Severity.ERROR, "failed", "production", "web does not build", "look at it")
    assert ordered((lesser, cut_off, broken), Config()) == (broken, cut_off, lesser)


@pytest.mark.parametrize(
    ("now", "says"),
    [("1.4.2", "read back, tag: it is as before"), ("1.5.0", "read back, tag: it is so")],
)
def test_the_writes_whose_outcome_nobody_heard_are_read_back(now: str, says: str) -> None:
    tags = {"1.4.2": "a", now: "b" if now == "1.5.0" else "a"}
    seen = snapshot(tags=[tag_list(tags)])
    (cut_off,) = reminders((promotion(),), seen, NOON)
    assert says in cut_off.message and "fluxtui plan finish" in cut_off.next
