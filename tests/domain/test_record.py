"""How a build went where it was tried, said before it goes anywhere else."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parents[1]))
from builders import (
    CONFIG,
    NS,
    READY,
    URL,
    condition,
    digest,
    failed,
    ks,
    revision,
    snapshot,
    source,
)

from fluxtui.domain.config import ServiceConfig
from fluxtui.domain.record import Record, Trial, record_of, trials
from fluxtui.domain.resource import Resource

A, B = digest("a"), digest("b")
OLD, NEW = revision("1.4.1", "a"), revision("1.4.2", "b")
EARLY, LATE = "2026-11-22T02:00:00Z", "2026-11-23T02:00:00Z"
GOOD, BAD = "ReconciliationSucceeded", "HealthCheckFailed"


def went(*resources: Resource) -> Record:
    return Record(trial for one in resources for trial in trials(one).values())


def known(resource: Resource) -> dict[str, tuple[str, str, bool]]:
    """Digest -> (tag, status, whether it is so now)."""
    return {d: (t.tag, t.status, t.now) for d, t in trials(resource).items()}


def broken(reason: str = BAD) -> dict[str, Any]:
    return {**failed(reason), "lastTransitionTime": LATE}


# -- what one Kustomization tells


def test_what_runs_well_is_told_and_what_never_ran_is_not() -> None:
    assert known(ks(applied=NEW)) == {B: ("1.4.2", GOOD, True)}
    assert known(ks()) == {} and known(ks(applied="main")) == {}
    assert known(ks(applied=NEW, conditions=[])) == {B: ("1.4.2", GOOD, True)}


def test_the_newest_word_of_the_history_counts_in_whatever_order_it_came() -> None:
    runs = [(NEW, BAD, EARLY), (NEW, GOOD, LATE), ("main", BAD, LATE)]
    for history in (runs, runs[::-1]):
        assert known(ks(history=history)) == {B: ("1.4.2", GOOD, False)}
    undated = [(NEW, GOOD, ""), (NEW, BAD, "")]
    assert known(ks(history=undated)) == {B: ("1.4.2", GOOD, False)}, "the first is the newest"


def test_a_build_that_fails_now_is_bad_whatever_the_history_says() -> None:
    one = ks(applied=OLD, attempted=NEW, conditions=[broken()])
    assert known(one) == {A: ("1.4.1", GOOD, False), B: ("1.4.2", BAD, True)}
    (trial,) = (t for t in trials(one).values() if t.now)
    assert trial.at == LATE and trial.bad and not trial.good
    before = ks(applied=OLD, attempted=NEW, conditions=[broken()], history=[(NEW, GOOD, EARLY)])
    assert known(before)[B] == ("1.4.2", BAD, True)
    twice = ks(applied=OLD, attempted=NEW, conditions=[broken("BuildFailed")],
               history=[(NEW, BAD, EARLY)])  # fmt: skip
    assert known(twice)[B] == ("1.4.2", BAD, False), "how it failed there is known better"
    waits = ks(applied=OLD, attempted=NEW, conditions=[failed("DependencyNotReady")],
               history=[(NEW, GOOD, EARLY)])  # fmt: skip
    assert known(waits)[B] == ("1.4.2", GOOD, False), "waiting says nothing of the build"


def test_a_try_under_way_is_no_outcome_yet() -> None:
    going = ks(applied=OLD, attempted=NEW, conditions=[condition("Ready", "Unknown", "Progress")])
    assert known(going) == {A: ("1.4.1", GOOD, False)}
    same = ks(applied=NEW, conditions=[broken()])
    assert known(same) == {B: ("1.4.2", BAD, True)}
    said = ks(applied=NEW, history=[(NEW, GOOD, EARLY)])
    assert known(said) == {B: ("1.4.2", GOOD, False)}
    only = Resource.from_object(
        "staging",
        {
            "apiVersion": "kustomize.toolkit.fluxcd.io/v1",
            "kind": "Kustomization",
            "metadata": {"name": "api", "namespace": NS},
            "status": {"lastAppliedRevision": NEW, "conditions": [READY]},
        },
    )
    assert known(only) == {B: ("1.4.2", GOOD, False)}


# -- what is said of all of them


def test_a_choice_says_how_it_went_here_and_else_where() -> None:
    record = went(ks(applied=NEW), ks("production", applied=OLD))
    assert record.note(B, "1.4.2", source().key) == "ran well here"
    assert (
        record.note(B, "1.4.2", source("production").key) == "never ran here, ran well in staging"
    )
    assert (
        record.note(digest("c"), "2.0.0", source().key) == "never ran anywhere, as far as is known"
    )
    assert record.note("", "1.4.2", source().key) == "ran well here", "by its tag alone"
    assert record.note("", "2.0.0", source().key).startswith("never ran anywhere")
    waits = went(ks("production", applied="", attempted=NEW, conditions=[failed("Dependency")]))
    assert waits.note(B, "1.4.2", source().key) == "never ran here"


def test_a_failure_is_said_of_here_first() -> None:
    here = ks(applied=OLD, attempted=NEW, conditions=[broken()])
    past = ks(name="web", applied=OLD, history=[(NEW, "BuildFailed", EARLY)])
    there = ks("production", applied=OLD, attempted=NEW, conditions=[broken()])
    assert went(there, here).failure(B, "", source().key) == f"fails here now: {BAD}"
    assert went(past, here).failure(B, "", source().key) == "fails here now: BuildFailed"
    assert went(there, past).failure(B, "", source().key) == "failed here: BuildFailed"
    assert went(there).failure(B, "", source().key) == f"failed in production: {BAD}"
    assert went(there).note(B, "", source().key) == f"failed in production: {BAD}"
    assert went(here).failure(A, "", source().key) == ""


def test_a_failure_of_what_takes_it_from_another_source_is_not_of_here() -> None:
    there = source(name="frozen").key
    past = ks(name="web", applied=OLD, history=[(NEW, BAD, EARLY)])
    assert went(past).failure(B, "", there) == f"failed in Kustomization/{NS}/web: {BAD}"
    now = ks(name="web", applied=OLD, attempted=NEW, conditions=[broken()])
    assert went(now).failure(B, "", there) == f"fails now in Kustomization/{NS}/web: {BAD}"
    own = ks(name="own", of="frozen", applied=OLD, history=[(NEW, BAD, EARLY)])
    assert went(now, own).failure(B, "", there) == f"failed here: {BAD}", "its own counts first"


def said(record: Record, place: str = "staging") -> tuple[str, ...]:
    return tuple(text for _where, text in record.failures("1.4.2", B, "", [place]))


def test_failures_name_the_environments_meant_first_and_three_who_failed() -> None:
    def fails(environment: str, name: str, at: str = LATE) -> Resource:
        word = {**failed(BAD), "lastTransitionTime": at}
        return ks(environment, name, applied=OLD, attempted=NEW, conditions=[word])

    record = went(fails("production", "api"), *(fails("staging", n) for n in ("d", "b", "c", "a")))
    near, far = said(record, "staging")
    label = f"Kustomization/{NS}"
    assert near == (
        f"1.4.2 is failing in staging: {label}/a: {BAD} at 2026-11-23 02:00Z, "
        f"{label}/b: {BAD} at 2026-11-23 02:00Z, {label}/c: {BAD} at 2026-11-23 02:00Z and 1 more"
    )
    assert far.startswith("1.4.2 is failing in production: ") and "more" not in far
    assert said(record, "production")[0] == far
    assert record.failures("1.4.1", A, "", ["staging"]) == ()
    assert record.failures("x", digest("e"), "x", []) == ()
    past = ks(name="e", applied=OLD, history=[(NEW, BAD, EARLY)])
    mixed = said(went(fails("staging", "a"), past))
    assert mixed[0].startswith("1.4.2 is failing in staging: "), "one of them is failing now"
    three = went(*(fails("staging", n) for n in ("a", "b", "c")))
    assert not said(three)[0].endswith("more")


@pytest.mark.parametrize(
    ("at", "words"),
    [
        ("", f"api: {BAD}"),
        ("2026-11-22T02:00:00Z", "at 2026-11-22 02:00Z"),
        ("2026-11-22T02:00:00+01:00", "at 2026-11-22T02:00:00+01:00"),
        ("2026Z", "at 2026Z"),
    ],
)
def test_a_past_failure_says_when_as_far_as_it_is_known(at: str, words: str) -> None:
    key = ks().key
    (text,) = said(Record([Trial(key, B, "1.4.2", BAD, at)]))
    assert text.startswith("1.4.2 failed in staging: ") and text.endswith(words)


def spans(*entries: tuple[str, str, str, str], applied: str = NEW) -> Record:
    """The record of one with these (revision, status, first, last), newest first."""
    member = ks(applied=applied)
    history = [
        {
            "metadata": {"revision": revision_},
            "lastReconciledStatus": status,
            "firstReconciled": f"2026-11-23T04:{first}Z",
            "lastReconciled": f"2026-11-23T04:{last}Z",
        }
        for revision_, status, first, last in entries
    ]
    return went(replace(member, status={**member.status, "history": history}))


NOW = "2026-11-23T04:30:00Z"
THIRD = revision("1.4.3", "c")


@pytest.mark.parametrize(
    ("other", "note"),
    [
        ((THIRD, BAD, "06:15", "07:40"), "ran well here"),  # it came back after that
        ((THIRD, GOOD, "06:15", "07:40"), "ran well here"),
        ((OLD, BAD, "06:15", "07:40"), "ran well here"),
        ((THIRD, BAD, "06:15", "20:00"), "ran well here"),
        ((THIRD, BAD, "01:00", "20:00"), "ran well here"),  # it may have come back as well
        ((THIRD, BAD, "01:00", "03:14"), "ran well here for 4m38s"),
        ((THIRD, BAD, "07:52", "20:00"), "ran well here for 4m38s"),
        ((THIRD, BAD, "", ""), "ran well here for 4m38s"),
    ],
)
def test_a_span_in_which_something_else_ran_is_not_how_long_it_was_well(
    other: tuple[str, str, str, str], note: str
) -> None:
    record = spans(other, (OLD, GOOD, "03:14", "07:52"))
    assert record.note(A, "1.4.1", source().key) == note


@pytest.mark.parametrize(
    ("last", "note"), [("02:00", "well for 26m"), ("07:40", ""), ("08:00", "")]
)
def test_what_runs_now_is_well_since_it_began_if_nothing_ran_since(last: str, note: str) -> None:
    record = spans((THIRD, GOOD, "01:00", last), (NEW, GOOD, "03:14", "07:52"))
    assert record.note(B, "1.4.2", source().key, NOW) == note


def test_mirrors_of_a_repository_have_one_record_and_strangers_another() -> None:
    mirror = source("production", url="oci://mirror.example.net/acme/activity")
    renamed = source("production", "renamed", url="oci://harbor.example.net/team/events")
    other = source("production", "other", url="oci://registry.example.com/acme/other")
    users = (
        ks("production", "a", applied=NEW),
        ks("production", "b", of="renamed", applied=revision("2.0.0", "c")),
        ks("production", "c", of="other", applied=revision("3.0.0", "d")),
    )
    joined = ServiceConfig("activity", (URL, "oci://harbor.example.net/team/events"))

    def digests(**more: Any) -> list[bool]:
        record = record_of(snapshot(mirror, renamed, other, *users, **more), URL)
        return [bool(record.of(digest(letter))) for letter in "bcd"]

    assert digests() == [True, False, False]
    assert digests(config=replace(CONFIG, services=(joined,))) == [True, True, False]
