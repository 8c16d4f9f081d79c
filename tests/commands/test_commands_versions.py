"""Whatever offers a version: what it is without a word, what it is called, what is known of it."""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parents[1]))
from builders import (
    CONFIG,
    NS,
    URL,
    context,
    digest,
    failed,
    ks,
    revision,
    said_of,
    snapshot,
    source,
    tag_list,
)

from fluxtui.commands.artifacts import delete_plan, tag_plan
from fluxtui.commands.command import Context
from fluxtui.commands.registry import by_id
from fluxtui.domain.config import ServiceConfig
from fluxtui.domain.marks import PIN_INVERSE, PINNED_AT, PINNED_BY, PINNED_REASON
from fluxtui.domain.plan import AwaitStep, PatchStep, Plan
from fluxtui.domain.resource import Resource

WELL = "ReconciliationSucceeded"
OLD, NEW = revision("1.4.2", "a"), revision("1.5.0", "b")
TAGS = (tag_list({"1.4.2": "a", "1.5.0": "b"}),)
BAD = ks(applied=OLD, attempted=OLD, history=[(OLD, WELL, "2026-11-23T03:00:00Z"),
                               (NEW, "HealthCheckFailed", "2026-11-23T02:00:00Z")])  # fmt: skip


def at(*resources: Resource, **seen: Any) -> Context:
    target = {k: seen.pop(k) for k in ("tag", "source", "kustomization") if k in seen}
    return context(
        snapshot(*resources, tags=seen.pop("tags", TAGS), **seen),
        environment="staging",
        service="acme/activity",
        **target,
    )


def plan(command: str, where: Context, **values: str) -> Plan:
    found = by_id(command)
    assert found.disabled_reason(where) is None and found.plan is not None
    return found.plan(where, values)


def pinned(letter: str = "a", *, by: str = "ben", **ref: str) -> Resource:
    notes = {
        PIN_INVERSE: json.dumps({"digest": None, "pinned": digest(letter)}),
        PINNED_BY: by,
        PINNED_REASON: "1.5.0 crash-loops",
        PINNED_AT: "2026-11-23T02:10:00Z",
    }
    held = {"semver": ">=0.0.0", "digest": digest(letter), **ref}
    return source(stored=digest(letter), ref=held, annotations=notes)


# -- what is meant without a word


def test_a_pin_holds_what_runs_and_a_rollback_goes_back() -> None:
    member = ks(
        applied=NEW,
        history=[(NEW, WELL, "2026-11-23T02:00:00Z"), (OLD, WELL, "2026-11-23T01:00:00Z")],
    )
    where = at(source(stored=NEW), member)
    assert by_id("pin").arguments[0].default(where) == "1.5.0"
    assert by_id("rollback").arguments[0].default(where) == "1.4.2"
    assert by_id("promote").arguments[0].default(where) == "1.5.0"
    held = plan("pin", where, version="1.5.0", reason="hold")
    assert held.effects == (
        "staging stays on 1.5.0 (sha256:bbbbbbbb), which it runs now",
        "1 Kustomization runs once more with the same content",
        "semver >=0.0.0 stays in place and is ignored until unpin",
    )
    back = plan("rollback", where, version="1.4.2", reason="bad")
    assert back.effects[0] == "staging goes to 1.4.2 (sha256:aaaaaaaa); it runs 1.5.0 now"
    assert back.effects[1] == "1 Kustomization applies it; what only 1.5.0 had is pruned"


def test_while_two_versions_run_what_is_pruned_is_of_both() -> None:
    story = [(NEW, WELL, "2026-11-23T02:00:00Z"), (OLD, WELL, "2026-11-23T01:00:00Z")]
    new, old = ks(name="a", applied=NEW, history=story), ks(name="b", applied=OLD)
    where = at(source(stored=NEW), new, old)
    made = plan("rollback", where, version="1.4.2", reason="bad")
    assert "runs 1.4.2 -> 1.5.0 (1/2) now" in made.effects[0]
    assert made.effects[1] == (
        "2 Kustomizations apply it; what only the versions had that run now is pruned"
    )


def test_what_runs_is_held_also_when_its_tag_has_moved_on() -> None:
    moved = (tag_list({"1.4.2": "a", "1.5.0": "e"}),)
    where = at(source(stored=NEW), ks(applied=NEW), tags=moved)
    offered = by_id("pin").arguments[0].default(where)
    assert offered == digest("b"), "1.5.0 would be something else by now"
    for version in (offered, "1.5.0"):
        step = plan("pin", where, version=version, reason="x").steps[0]
        assert isinstance(step, PatchStep) and step.patch["spec"]["ref"]["digest"] == digest("b")
    named = replace(where, target=replace(where.target, tag="1.5.0"))
    step = plan("pin", named, version="1.5.0", reason="x").steps[0]
    assert isinstance(step, PatchStep) and step.patch["spec"]["ref"]["digest"] == digest("e")


def test_while_two_versions_run_a_pin_holds_what_is_stored_and_nothing_is_promoted() -> None:
    half = (ks(name="a", applied=NEW), ks(name="b", applied=OLD))
    where = at(source(stored=NEW), *half)
    assert by_id("pin").arguments[0].default(where) == "1.5.0"
    assert by_id("promote").arguments[0].default(where) == ""


def test_the_policy_that_a_pin_hides_is_named_also_by_the_second_pin() -> None:
    where = at(pinned("a", semver="1.x", semverFilter="^1"), ks(applied=digest("a")))
    held = plan("pin", where, version="1.5.0", reason="x")
    assert held.effects[2] == ('semver 1.x, filter "^1" stays in place and is ignored until unpin')
    by_hand = source(stored=digest("a"), ref={"digest": digest("a")})
    said = plan("pin", at(by_hand, ks(applied=digest("a"))), version="1.5.0", reason="x").effects[2]
    assert said == "unpin puts back the digest that was set before: 1.4.2 (sha256:aaaaaaaa)"


def test_a_pin_awaits_no_suspended_member_and_says_which() -> None:
    where = at(source(stored=NEW), ks(name="on", applied=NEW), ks(name="off", suspend=True))
    made = plan("pin", where, version="1.4.2", reason="x")
    awaited = [s.target.name for s in made.steps if isinstance(s, AwaitStep)]
    assert awaited == ["activity", "on"]
    assert f"Kustomization/{NS}/off is suspended and stays on what it has" in said_of(made)


# -- what is known of it


@pytest.mark.parametrize("status", ["HealthCheckFailed", "ReconciliationFailed", "PruneFailed"])
def test_a_build_that_failed_here_is_said_wherever_it_is_chosen(status: str) -> None:
    member = ks(
        applied=OLD,
        history=[(OLD, WELL, "2026-11-23T03:00:00Z"), (NEW, status, "2026-11-23T02:00:00Z")],
    )
    said = f"1.5.0 failed in staging: Kustomization/{NS}/api: {status} at 2026-11-23 02:00Z"
    on_old = source(stored=OLD)
    assert said in said_of(plan("pin", at(on_old, member), version="1.5.0", reason="x"))
    assert said in said_of(plan("reconcile-with-source", at(on_old, member)))
    assert said in said_of(plan("resume", at(source(stored=OLD, suspend=True), member)))
    named = said.replace("1.5.0 ", "1.5.0 (sha256:bbbbbbbb) ")
    assert any(w in (said, named) for w in said_of(plan("unpin", at(pinned(), member))))
    promoted = plan("promote", at(on_old, member), **{"from": "1.5.0", "version": "1.6.0"})
    assert said in said_of(promoted)
    for command, argument in (("pin", 0), ("rollback", 0), ("promote", 0)):
        note = by_id(command).arguments[argument].note
        assert f"failed here: {status}" in note(at(on_old, member), "1.5.0")
        assert "failed" not in note(at(on_old, member), "1.4.2")


def test_what_failed_elsewhere_under_another_name_is_said_too() -> None:
    build = revision("0.0.0-build-7", "b")
    member = ks("production", applied=build, attempted=build, conditions=[
        failed("HealthCheckFailed", "timeout")])  # fmt: skip
    where = at(source(stored=OLD), ks(applied=OLD), source("production"), member)
    (first, *_rest) = said_of(plan("pin", where, version="1.5.0", reason="x"))
    assert first == (f"1.5.0 is failing in production: Kustomization/{NS}/api: HealthCheckFailed")
    assert "failed in production" in by_id("pin").arguments[0].note(where, "1.5.0")


def test_a_dependency_or_a_source_that_failed_is_not_held_against_the_build() -> None:
    for reason in ("DependencyNotReady", "ArtifactFailed"):
        member = ks(applied=OLD, attempted=NEW, conditions=[failed(reason)])
        where = at(source(stored=OLD), member)
        warnings = said_of(plan("pin", where, version="1.5.0", reason="x"))
        assert not any("fail" in w or "never" in w for w in warnings)


def test_a_build_that_never_ran_is_said_wherever_it_is_chosen() -> None:
    where = at(source(stored=OLD), ks(applied=OLD))
    said = "1.5.0 never ran anywhere, as far as Flux remembers"
    assert said in said_of(plan("pin", where, version="1.5.0", reason="x"))
    promoted = plan("promote", where, **{"from": "1.5.0", "version": "1.6.0"})
    assert said in said_of(promoted)
    unpinned = plan("unpin", at(pinned(), ks(applied=digest("a"))))
    assert any("1.5.0" in w and "never ran anywhere" in w for w in said_of(unpinned))
    assert "never ran anywhere" in by_id("pin").arguments[0].note(where, "1.5.0")
    folder = (ServiceConfig("acme/activity", (URL,), folder="/src", images=("app",)),)
    fresh = at(source(stored=OLD), ks(applied=OLD), config=replace(CONFIG, services=folder))
    published = plan("publish", fresh, version="1.6.0")
    assert "1.6.0 is a new build: it never ran anywhere" in published.effects
    well = at(
        source(stored=OLD), ks(applied=OLD), source("production"), ks("production", applied=NEW)
    )
    assert "runs well in production" in by_id("pin").arguments[0].note(well, "1.5.0")


def test_tagging_and_deleting_say_what_becomes_of_a_known_bad_build() -> None:
    where = at(
        source(stored=OLD), BAD, tags=(tag_list({"1.4.2": "a", "1.5.0": "b", "1.6.0": "c"}),)
    )
    tagged = tag_plan(where, URL, digest("b"), {"2.0.0": ""}).plan
    assert any("1.5.0 failed in staging" in w for w in said_of(tagged))
    fallen = delete_plan(where, URL, digest("c"), tag="1.6.0", shared=(), all_tags=False).plan
    assert any("1.5.0 failed in staging" in w for w in said_of(fallen))


def test_unpin_says_whose_pin_it_was_and_why_and_what_failed() -> None:
    made = plan("unpin", at(pinned(), BAD))
    assert made.effects[0] == (
        f"OCIRepository/{NS}/activity was pinned by ben since 2026-11-23 02:10Z: 1.5.0 crash-loops"
    )
    assert made.effects[1] == "staging would pick 1.5.0 at once (runs 1.4.2)"
    assert any("failed in staging" in w and "HealthCheckFailed" in w for w in said_of(made))


# -- what it is called


def test_digests_wear_their_tags_in_choices_and_reviews() -> None:
    bare = digest("a")
    members = (
        ks(name="a", applied=digest("b"), history=[
            (digest("b"), WELL, "2026-11-23T03:00:00Z"), (bare, WELL, "2026-11-23T02:00:00Z")]),
    )  # fmt: skip
    where = at(pinned("b"), *members)
    choices = by_id("rollback").arguments[0].choices(where)
    assert choices[0] == "1.4.2" and not any("sha256" in c for c in choices)
    assert by_id("pin").arguments[0].default(where) == "1.5.0"
    by_digest = plan("pin", where, version=bare, reason="x")
    assert by_digest.title.endswith("in staging to 1.4.2")
    assert all("1.4.2 (sha256:aaaaaaaa)" in t for t in (
        by_digest.steps[0].title, by_digest.steps[1].title, by_digest.effects[0]))  # fmt: skip
    assert "1.4.2" in by_id("pin").arguments[0].note(where, bare)
    promoted = plan("promote", where, **{"from": bare, "version": "1.6.0"})
    assert promoted.title.endswith("1.4.2 (sha256:aaaaaaaa) as 1.6.0")
    assert any("stays on 1.5.0 (sha256:bbbbbbbb): it is pinned" in e for e in promoted.effects)


def test_the_name_is_one_that_this_source_would_use_pinned_or_not() -> None:
    both = (tag_list({"v0.0.0-build-7": "a", "v1.5.0": "a", "v0.0.0-build-8": "b"}),)
    ref = {"semver": ">=0.0.0-0", "semverFilter": "-build-"}
    unpinned = source(stored=digest("a"), ref=ref)
    seen = at(unpinned, ks(applied=digest("a")), tags=both).snapshot
    line = seen.board.line(unpinned.key)
    assert line is not None and line.running.text == "v0.0.0-build-7"
    assert by_id("pin").arguments[0].default(at(unpinned, ks(applied=digest("a")), tags=both)) == (
        "v0.0.0-build-7"
    )


def test_times_of_the_history_are_compared_as_times() -> None:
    first = ("2026-11-23T02:00:10Z", "2026-11-23T02:00:10.9Z")
    for good_last in (True, False):
        times = first if good_last else first[::-1]
        member = ks(applied=revision("1.6.0", "c"), history=[
            (NEW, "HealthCheckFailed", times[0]), (NEW, WELL, times[1])])  # fmt: skip
        where = at(source(stored=revision("1.6.0", "c")), member)
        assert by_id("rollback").arguments[0].default(where) == ("1.5.0" if good_last else "")


def test_sentences_of_board_and_chain_wear_their_tags_too() -> None:
    bare = digest("a")
    said = {
        "type": "Ready",
        "status": "True",
        "reason": WELL,
        "message": f"Applied revision: {bare}",
    }
    member = ks(applied=bare, conditions=[said])
    seen = at(pinned("a"), member).snapshot
    line = seen.board.line(pinned("a").key)
    (node,) = seen.board.chains["staging"]
    assert line is not None
    assert node.health.text == line.health.text == "Applied revision: 1.4.2 (sha256:aaaaaaaa)"
    assert line.policy == "digest 1.4.2 (sha256:aaaaaaaa), over semver >=0.0.0"
