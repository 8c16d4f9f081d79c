"""How what has arrived becomes a whole Snapshot: stage after stage, and none takes down another."""

from __future__ import annotations

from dataclasses import replace

import pytest

from fluxtui.domain.board import Finding, Severity
from fluxtui.domain.config import Config
from fluxtui.domain.plan import Plan
from fluxtui.domain.resource import Resource
from fluxtui.domain.snapshot import Act, Snapshot
from fluxtui.engine.publication import stages as stages_module
from fluxtui.engine.publication.changes import Timeline
from fluxtui.engine.publication.stages import Judge, Stage, Stages, Work, changes
from fluxtui.engine.publication.store import Batch, Store
from tests import builders
from tests.scripted import obj

CUT = Plan("reconcile", "reconcile web", (), ("prod",), made_at="2026-11-23T10:00:00Z")


def adds(seconds: float) -> Work:
    def work(_batch: Batch, snapshot: Snapshot) -> Snapshot:
        return replace(snapshot, taken_at=snapshot.taken_at * 10 + seconds)

    return work


class Trips:
    """Fails while it is told to."""

    def __init__(self) -> None:
        self.fails = True

    def __call__(self, _batch: Batch, snapshot: Snapshot) -> Snapshot:
        if self.fails:
            raise ValueError("a strange object")
        return snapshot


def test_each_stage_goes_on_with_what_the_one_before_it_made() -> None:
    store = Store(Config())
    stages = Stages(store, [Stage("one", adds(1)), Stage("two", adds(2)), Stage("three", adds(3))])
    assert stages(store.take(0)).taken_at == 123


def test_a_stage_that_trips_leaves_the_snapshot_as_it_was_and_is_a_finding() -> None:
    store, trips = Store(Config()), Trips()
    judge = Judge(store, lambda _snapshot: ())
    order = [Stage("one", adds(1)), Stage("Selections", trips), Stage("three", adds(3)),
             Stage("findings", judge.findings)]  # fmt: skip
    stages = Stages(store, order)
    seen = stages(store.take(0))
    assert seen.taken_at == 13
    (finding,) = seen.findings
    assert finding.code == "engine-fault" and finding.severity is Severity.ERROR
    assert finding.message == "the Selections could not be computed: ValueError: a strange object"
    store.commit(seen)

    trips.fails = False
    assert stages(store.take(0)).findings == (), "it is well again: nothing is left to tell"


def test_a_fault_of_a_late_stage_is_news_for_the_next_snapshot() -> None:
    store = Store(Config())
    judge = Judge(store, lambda _snapshot: ())
    stages = Stages(store, [Stage("findings", judge.findings), Stage("manifests", Trips())])
    store.commit(stages(store.take(0)))
    assert store.is_new, "somebody makes another Snapshot"
    (finding,) = stages(store.take(0)).findings
    assert "manifests" in finding.message
    assert not store.is_new, "and no third for the same fault"


def test_the_board_is_the_same_object_while_nothing_it_stands_on_is_new() -> None:
    store = Store(Config())
    judge = Judge(store, lambda _snapshot: ())
    stages = Stages(store, [Stage("overview", judge.board)])
    store.put(Resource.from_object("prod", obj("web", 1)))
    first = stages(store.take(0))
    store.commit(first)
    store.note("aside", Finding(Severity.INFO, "aside", "", "said"))
    again = stages(store.take(1))
    assert again.board is first.board and again.taken_at == 1


def test_acts_that_were_cut_off_are_told_as_long_as_they_are() -> None:
    store = Store(Config())
    told = Finding(Severity.WARNING, "interrupted", "", "it was cut off")
    asked: list[Snapshot] = []

    def reminders(snapshot: Snapshot) -> tuple[Finding, ...]:
        asked.append(snapshot)
        return (told,)

    stages = Stages(store, [Stage("findings", Judge(store, reminders).findings)])
    store.commit(stages(store.take(0)))
    assert asked == [], "nothing was cut off: nobody is asked"
    store.remember([Act(CUT, finished=True, cut="fluxtui was left")])
    assert stages(store.take(0)).findings == (told,) and len(asked) == 1


def test_rows_do_not_wait_for_what_thousands_of_objects_remember(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(stages_module, "MANY", 1)
    store = Store(Config())
    work = changes(Timeline(), store.again)
    for name in ("one", "two"):
        store.put(builders.ks(name=name, conditions=[builders.failed("BuildFailed", "no")]))
    first = store.take(1.0)
    assert work(first, first.half) is first.half and store.is_new
    for name in ("three", "four"):
        store.put(builders.ks(name=name))
    more = store.take(1.5)
    assert work(more, more.half) is more.half and store.is_new, "nor do those that come next"
    second = store.take(2.0)
    told = work(second, second.half)
    assert {change.subject.rpartition("/")[2] for change in told.changes} == {"one", "two"}
    assert not store.is_new


def test_parts_of_a_first_picture_wait_for_its_whole_with_what_they_remember(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(stages_module, "MANY", 2)
    store, starting = Store(Config()), [True]
    work = changes(Timeline(), store.again, lambda: starting[0])
    for name in ("one", "two"):
        store.put(builders.ks(name=name, conditions=[builders.failed("BuildFailed", "no")]))
        part = store.take(1.0)
        assert work(part, part.half) is part.half and not store.is_new, "none is made for it alone"
    starting.clear()
    starting.append(False)
    whole = store.take(2.0)
    told = work(whole, whole.half)
    assert {change.subject.rpartition("/")[2] for change in told.changes} == {"one", "two"}
    assert not store.is_new


def test_whoever_waits_for_one_answer_gets_the_time_line_with_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(stages_module, "MANY", 1)
    store = Store(Config())
    work = changes(Timeline())
    for name in ("one", "two"):
        store.put(builders.ks(name=name, conditions=[builders.failed("BuildFailed", "no")]))
    batch = store.take(1.0)
    assert len(work(batch, batch.half).changes) == 2
