"""The time line: what counts as a change, when it happened, and what is only an echo."""

from __future__ import annotations

from typing import Any

from engine_stage import ready
from engine_timeline import NEW, NOON, OLD, Story, artifact, lines

from fluxtui.domain import marks
from fluxtui.domain.kinds import kustomization, ocirepository
from fluxtui.domain.plan import Outcome, PatchStep, Plan, Receipt
from fluxtui.domain.resource import Key
from fluxtui.domain.snapshot import Act, Change, TagFacts, TagList


def test_what_an_object_remembers_is_told_on_first_sight() -> None:
    story = Story()
    story.see(ocirepository.KIND, status=artifact(OLD, "10:00:00"))
    entry = {
        "digest": "sha256:c",
        "firstReconciled": "2026-11-23T10:00:05Z",
        "lastReconciledStatus": "ReconciliationSucceeded",
        "metadata": {"revision": OLD},
    }
    bad = {
        **entry,
        "digest": "sha256:d",
        "firstReconciled": "2026-11-23T09:00:00Z",
        "lastReconciledStatus": "HealthCheckFailed",
    }
    seen = story.see(kustomization.KIND, status={"history": [entry, bad]})
    assert lines(seen) == [
        ("10:00:05", "applied 1.4.0"),
        ("10:00:00", "picked 1.4.0"),
        ("09:00:00", "1.4.0: HealthCheckFailed"),
    ]
    assert [c.severity for c in seen] == ["info", "info", "error"]


def test_a_new_pick_and_an_edited_policy_are_told_with_what_was_before() -> None:
    story = Story()
    story.see(ocirepository.KIND, spec={"ref": {"semver": "1.x"}}, status=artifact(OLD, "10:00:00"))
    seen = story.see(
        ocirepository.KIND, spec={"ref": {"semver": "2.x"}}, status=artifact(NEW, "11:00:00")
    )
    assert lines(seen)[:2] == [
        ("12:00:00", "policy is semver 2.x, was semver 1.x"),
        ("11:00:00", "picked 1.5.0, was 1.4.0"),
    ]


def test_who_suspended_and_pinned_is_told() -> None:
    story = Story()
    story.see(ocirepository.KIND)
    notes = {
        marks.SUSPENDED_BY: "ada",
        marks.SUSPENDED_REASON: "trouble",
        marks.SUSPENDED_AT: "2026-11-23T11:30:00Z",
        marks.PIN_INVERSE: "{}",
        marks.PINNED_BY: "ada",
        marks.PINNED_AT: "2026-11-23T11:31:00Z",
    }
    spec = {"suspend": True, "ref": {"digest": "sha256:" + "a" * 64}}
    story.see(ocirepository.KIND, spec=spec, annotations=notes)
    seen = story.see(ocirepository.KIND, spec={})
    assert sorted(lines(seen)) == [
        ("11:30:00", "suspended by ada: trouble"),
        ("11:31:00", "pinned by ada"),
        ("12:00:00", "resumed"),
        ("12:00:00", "unpinned"),
    ]


def test_a_failure_told_by_condition_event_and_every_retry_is_one_line() -> None:
    story = Story()
    story.see(kustomization.KIND)
    broken = ready("False", "BuildFailed", "no such file")
    story.see(kustomization.KIND, status={"conditions": [broken]})
    for minute in range(5):
        seen = story.event("web.1", "BuildFailed", f"2026-11-23T18:0{minute + 1}:00Z")
    assert lines(seen) == [("18:00:00", "not ready (BuildFailed): no such file")]

    mended = {**ready("True", "ReconciliationSucceeded", "fine")}
    mended["lastTransitionTime"] = "2026-11-23T18:10:00Z"
    story.see(kustomization.KIND, status={"conditions": [mended]})
    again = {**broken, "lastTransitionTime": "2026-11-23T18:20:00Z"}
    seen = story.see(kustomization.KIND, status={"conditions": [again]})
    assert [at for at, _ in lines(seen)] == ["18:20:00", "18:10:00", "18:00:00"]


def test_a_run_that_ends_as_the_one_before_is_no_news() -> None:
    story = Story()
    good = ready("True", "ReconciliationSucceeded", "fine")
    busy = ready("Unknown", "Progressing", "working")
    for condition in (good, busy, good, busy, good):
        assert story.see(kustomization.KIND, status={"conditions": [condition]}) == ()
    waits = ready("False", "DependencyNotReady", "waits for db")
    for condition in (busy, waits, busy, waits):
        seen = story.see(kustomization.KIND, status={"conditions": [condition]})
    assert lines(seen) == [("18:00:00", "not ready (DependencyNotReady): waits for db")]
    back = {**good, "lastTransitionTime": "2026-11-23T18:05:00Z"}
    seen = story.see(kustomization.KIND, status={"conditions": [back]})
    assert lines(seen)[0] == ("18:05:00", "ready: fine")


def test_events_that_are_no_warnings_are_left_to_the_objects() -> None:
    assert Story().event("web.1", "ReconciliationSucceeded", "2026-11-23T11:00:00Z", "Normal") == ()


def test_an_object_that_goes_is_told() -> None:
    story = Story()
    story.see(kustomization.KIND)
    story.store.drop(Key("prod", *kustomization.KIND.id, "apps", "web"))
    assert lines(story.publish()) == [("12:00:00", "deleted")]


def test_our_own_receipts_say_who_and_why() -> None:
    story = Story()
    target = Key("prod", *kustomization.KIND.id, "apps", "web")
    step = PatchStep("s", "suspend it", target=target, patch={}, resource_version="1")
    plan = Plan("suspend", "suspend", (step,), ("prod",), reason="trouble", user="ada")
    at = "2026-11-23T12:00:00Z"
    number = story.store.act(plan, at)
    (line,) = story.publish()
    assert line.what == "suspend: running, 0 of 1 step by ada (trouble)"
    story.store.receipt(number, Receipt(plan.id, "s", Outcome.DONE, "1 -> 2", at))
    story.store.finish(number, at)
    (line,) = story.publish()
    assert line == Change(
        at,
        "prod",
        "Kustomization/apps/web",
        "suspend: done by ada (trouble)",
        "info",
        plan=plan.id,
    )


def test_it_is_bounded_and_the_newest_stay() -> None:
    story = Story(kept=3)
    for minute in range(10):
        revision = f"1.{minute}.0@sha256:" + "a" * 64
        seen = story.see(ocirepository.KIND, status=artifact(revision, f"10:0{minute}:00"))
    assert [at for at, _ in lines(seen)] == ["10:09:00", "10:08:00", "10:07:00"]


def test_failures_that_differ_in_what_every_try_differs_in_are_one_line_with_a_count() -> None:
    story = Story()
    story.see(kustomization.KIND)
    for number in range(24):
        pod = f"web-7d4f8b-x7k{'bcdfghjk'[number % 8]}p"
        seen = story.event(
            f"web.{number}",
            "HealthCheckFailed",
            f"2026-11-23T18:{number:02}:00Z",
            message=f"Health check failed after {number + 3}.5s: pod {pod} in attempt {number + 1},"
            f" request {number:08x}-1111-2222-3333-444455556666",
        )
    (line,) = seen
    assert (line.count, line.at, line.last) == (24, "2026-11-23T18:00:00Z", "2026-11-23T18:23:00Z")
    assert "after 26.5s" in line.what


def test_troubles_that_take_turns_are_one_line_each_until_it_was_well_again() -> None:
    story = Story()
    story.see(kustomization.KIND)
    for minute in range(6):
        message = ("timeout waiting for db", "exit code 137")[minute % 2]
        at = f"2026-11-23T18:0{minute}:00Z"
        seen = story.event(f"web.{minute}", "HealthCheckFailed", at, message=message)
    assert [(c.count, c.what[-3:]) for c in seen] == [(3, "137"), (3, " db")]
    entry = {
        "digest": "sha256:c",
        "firstReconciled": "2026-11-23T18:10:00Z",
        "lastReconciledStatus": "ReconciliationSucceeded",
        "metadata": {"revision": OLD},
    }
    story.see(kustomization.KIND, status={"history": [entry]})
    again = "2026-11-23T18:20:00Z"
    seen = story.event("web.9", "HealthCheckFailed", again, message="exit code 137")
    assert [(c.at[11:16], c.count) for c in seen] == [
        ("18:20", 1), ("18:10", 1), ("18:01", 3), ("18:00", 3),
    ]  # fmt: skip


def test_an_event_that_counts_itself_is_counted_as_often() -> None:
    story = Story()
    first = "2026-11-23T17:00:00Z"
    story.event("web.1", "BuildFailed", "2026-11-23T18:00:00Z", count=7, firstTimestamp=first)
    (line,) = story.event(
        "web.1", "BuildFailed", "2026-11-23T18:05:00Z", count=9, firstTimestamp=first
    )
    assert (line.at, line.last, line.count) == (first, "2026-11-23T18:05:00Z", 9)


def test_a_whole_second_is_before_its_fractions() -> None:
    story = Story()
    story.see(ocirepository.KIND, status=artifact(OLD, "10:00:10.9"))
    story.event("web.1", "BuildFailed", "2026-11-23T10:00:10Z")
    seen = story.event("web.2", "PruneFailed", "2026-11-23T12:00:11+02:00")
    assert [c.at[17:22] for c in seen] == ["11+02", "10.9Z", "10Z"]


def test_acts_of_earlier_sessions_are_told_once_whatever_the_objects_say_of_them() -> None:
    story = Story()
    target = Key("prod", *ocirepository.KIND.id, "apps", "web")
    steps = tuple(
        PatchStep(name, name, target=target, patch={}, resource_version="1") for name in "ab"
    )
    plan = Plan(
        "pin", "pin it", steps, ("prod",), reason="bad", user="ada", made_at="2026-11-23T11:00:00Z"
    )
    receipts = tuple(Receipt(plan.id, s.id, Outcome.DONE, "", plan.made_at) for s in steps)
    story.store.remember([Act(plan, receipts, True, plan.made_at, "2026-11-23T11:00:04Z")])
    notes = {marks.PIN_INVERSE: "{}", marks.PINNED_BY: "ada", marks.PINNED_AT: plan.made_at}
    seen = story.see(
        ocirepository.KIND,
        spec={"ref": {"digest": "sha256:" + "a" * 64}},
        annotations=notes,
        metadata={"managedFields": [managed("fluxtui", "11:00:01", "f:ref", "f:digest")]},
    )
    assert lines(seen) == [("11:00:00", "pin it: done by ada (bad)")]


def managed(manager: str, at: str, *path: str) -> dict[str, Any]:
    fields: dict[str, Any] = {}
    for name in reversed(("f:spec", *path)):
        fields = {name: fields}
    return {
        "manager": manager,
        "operation": "Update",
        "time": f"2026-11-23T{at}Z",
        "fieldsType": "FieldsV1",
        "fieldsV1": fields,
    }


def test_what_was_done_from_other_machines_is_told_as_the_api_keeps_it() -> None:
    story = Story()
    entries = [
        managed("kubectl-edit", "09:00:00", "f:ref", "f:semver"),
        managed("fluxtui", "10:00:00", "f:suspend"),
        managed("source-controller", "11:00:00", "f:timeout"),
        {**managed("kustomize-controller", "11:30:00", "f:url"), "operation": "Apply"},
        {**managed("flux", "11:40:00"), "subresource": "status"},
    ]
    asked: dict[str, Any] = {
        "f:metadata": {"f:annotations": {"f:reconcile.fluxcd.io/requestedAt": {}}}
    }
    entries.append({**managed("flux", "11:50:00"), "fieldsV1": asked})
    seen = story.see(ocirepository.KIND, metadata={"managedFields": entries})
    assert lines(seen) == [
        ("11:50:00", "asked to reconcile by flux"),
        ("10:00:00", "spec.suspend set by fluxtui"),
        ("09:00:00", "spec.ref.semver set by kubectl-edit"),
    ]


def test_a_version_that_comes_back_is_applied_again() -> None:
    story = Story()

    def entry(revision: str, status: str, first: str, last: str) -> dict[str, Any]:
        day = "2026-11-23T"
        return {
            "digest": "sha256:" + revision[:5],
            "firstReconciled": f"{day}{first}Z",
            "lastReconciled": f"{day}{last}Z",
            "lastReconciledStatus": status,
            "metadata": {"revision": revision},
        }

    good = entry(OLD, "ReconciliationSucceeded", "08:00:00", "09:00:00")
    bad = entry(NEW, "HealthCheckFailed", "10:00:00", "10:00:00")
    story.see(kustomization.KIND, status={"history": [bad, good]})
    back = {**good, "lastReconciled": "2026-11-23T11:00:00Z"}
    seen = story.see(kustomization.KIND, status={"history": [back, bad]})
    assert lines(seen) == [
        ("11:00:00", "applied 1.4.0"),
        ("10:00:00", "1.5.0: HealthCheckFailed"),
        ("08:00:00", "applied 1.4.0"),
    ]


def test_a_digest_gets_its_tag_when_the_tag_is_read_after_it_was_told() -> None:
    """At the start objects tell what they remember before any registry has answered."""
    story, digest, url = Story(), "sha256:" + "c" * 64, "oci://registry.test/web"
    story.see(ocirepository.KIND, spec={"url": url, "ref": {"digest": digest}})
    entry = {
        "digest": "sha256:1",
        "firstReconciled": "2026-11-23T11:00:00Z",
        "lastReconciledStatus": "ReconciliationSucceeded",
        "metadata": {"revision": digest},
    }
    source = {"sourceRef": {"kind": "OCIRepository", "name": "web"}}
    (line,) = story.see(kustomization.KIND, spec=source, status={"history": [entry]})
    assert line.what == "applied sha256:cccccccc"
    facts = {"1.6.0": TagFacts("1.6.0", digest)}
    story.store.tag_list(TagList(url, ("1.6.0",), NOON, facts=facts))
    (named,) = story.publish()
    assert named.what == "applied 1.6.0 (sha256:cccccccc)"
    assert story.publish() == (named,)
