"""The time line within one second, and of versions of which nothing differs in an object."""

from __future__ import annotations

from typing import Any

import pytest
from engine_stage import ready
from engine_timeline import NEW, OLD, Story, artifact, lines

from fluxtui.domain.kinds import kustomization, ocirepository

SOURCE = {"sourceRef": {"kind": "OCIRepository", "name": "web"}}
GOOD, BAD = "ReconciliationSucceeded", "HealthCheckFailed"


def entry(revision: str, first: str, last: str, status: str = GOOD, build: str = "b") -> Any:
    return {
        "digest": f"sha256:{build}",
        "firstReconciled": f"2026-11-23T{first}Z",
        "lastReconciled": f"2026-11-23T{last}Z",
        "lastReconciledStatus": status,
        "metadata": {"revision": revision},
    }


def test_what_turned_within_a_second_is_told_the_newest_first() -> None:
    story = Story()
    story.see(kustomization.KIND, status={"conditions": [ready("True", GOOD, "1.4.0")]})
    waits = ready("False", "DependencyNotReady", "waits for db")
    for condition in (waits, ready("True", GOOD, "1.5.0")):
        seen = story.see(kustomization.KIND, status={"conditions": [condition]})
    assert [what for _at, what in lines(seen)] == [
        "ready: 1.5.0",
        "not ready (DependencyNotReady): waits for db",
    ]


@pytest.mark.parametrize("event_first", [True, False])
def test_which_feed_came_first_does_not_decide(event_first: bool) -> None:
    story = Story()

    def told() -> None:
        story.event("web.1", "BuildFailed", "2026-11-23T10:00:00Z")

    if event_first:
        told()
    runs = [entry(OLD, "10:00:00", "10:00:00"), entry(NEW, "10:00:00", "10:00:00", BAD, "c")]
    seen = story.see(kustomization.KIND, status={"history": runs})
    if not event_first:
        told()
        seen = story.publish()
    assert [what for _at, what in lines(seen)] == [
        "applied 1.4.0",
        "1.5.0: HealthCheckFailed",
        "not ready (BuildFailed): no such file",
    ], "history is kept the newest first"


def test_a_version_of_which_nothing_differs_is_applied_when_it_is() -> None:
    story = Story()
    story.see(kustomization.KIND, status={"history": [entry(OLD, "08:00:00", "09:00:00")]})
    moved = entry(NEW, "08:00:00", "11:00:00")
    seen = story.see(kustomization.KIND, status={"history": [moved]})
    assert lines(seen) == [("11:00:00", "applied 1.5.0"), ("08:00:00", "applied 1.4.0")]
    again = entry(NEW, "08:00:00", "11:30:00")
    assert story.see(kustomization.KIND, status={"history": [again]}) == seen, "as every interval"


@pytest.mark.parametrize("source_first", [True, False])
def test_nobody_who_came_later_says_when_such_a_version_was_applied(source_first: bool) -> None:
    """Its entry began with the version before: older than the tag it would name."""
    story = Story()
    if source_first:
        story.see(ocirepository.KIND, status=artifact(NEW, "10:59:58"))
    history = [entry(NEW, "08:00:00", "11:00:00"), entry(OLD, "07:00:00", "07:00:00", BAD, "c")]
    story.put(kustomization.KIND, spec=SOURCE, status={"history": history})
    if not source_first:
        story.put(ocirepository.KIND, status=artifact(NEW, "10:59:58"))
    seen = story.publish()
    assert lines(seen) == [("10:59:58", "picked 1.5.0"), ("07:00:00", "1.4.0: HealthCheckFailed")]


def test_what_was_held_back_at_the_start_is_told_of_what_is_known_by_then() -> None:
    story = Story()
    history = [entry(NEW, "08:00:00", "11:00:00")]
    story.put(kustomization.KIND, spec=SOURCE, status={"history": history})
    held = story.taken()
    story.put(ocirepository.KIND, status=artifact(NEW, "10:59:58"))
    then = story.taken()
    assert story.timeline.update(held, then.half) == ()
    assert lines(story.timeline.update(then)) == [("10:59:58", "picked 1.5.0")]


def test_a_version_that_was_stored_before_it_was_applied_says_when() -> None:
    story = Story()
    story.see(ocirepository.KIND, status=artifact(NEW, "08:00:00"))
    history = [entry(NEW, "08:00:00", "11:00:00")]
    seen = story.see(kustomization.KIND, spec=SOURCE, status={"history": history})
    assert ("08:00:00", "applied 1.5.0") in lines(seen)
    elsewhere = Story()
    elsewhere.see(ocirepository.KIND, status=artifact(OLD, "10:00:00"))
    seen = elsewhere.see(kustomization.KIND, spec=SOURCE, status={"history": history})
    assert ("08:00:00", "applied 1.5.0") in lines(seen), "its source is at another by now"
