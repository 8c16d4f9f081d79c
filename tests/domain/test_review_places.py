"""Where a build goes and where it runs: what is said of those places, and of those beside them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from fluxtui.domain.config import Config, Environment
from fluxtui.domain.following import tag_effects
from fluxtui.domain.marks import PINNED_BY
from fluxtui.domain.moves import moves_of
from fluxtui.domain.plan import AnyStep, PatchStep, Plan, RequestReconcile, TagStep
from fluxtui.domain.resource import Resource
from fluxtui.domain.review.plans import plan_dangers
from fluxtui.domain.review.plans.undertaking import undertaking
from fluxtui.domain.snapshot import Act, Snapshot
from tests.builders import URL, condition, digest, failed, ks, revision, snapshot, source, tag_list

A, B, C = revision("1.4.2", "a"), revision("1.5.0", "b"), revision("1.6.0-rc.1", "c")
TAGS = {"1.4.2": "a", "1.5.0": "b", "1.6.0-rc.1": "c"}
AT = "2026-11-23T02:00:00Z"
OPEN = Config(
    environments=(
        Environment("dev", "dev", protected=False),
        Environment("staging", "staging", protected=False),
        Environment("production", "production"),
    )
)


def seen(*resources: Resource, **more: Any) -> Snapshot:
    return snapshot(*resources, tags=[tag_list(TAGS)], **{"config": OPEN, **more})


def said(rule: str, where: Snapshot, step: AnyStep, **inputs: str) -> list[str]:
    picks = tag_effects(where, URL, step.tag) if isinstance(step, TagStep) else None
    act = undertaking(where, (step,), picks, moves_of(where, (step,), picks), inputs)
    return [danger.says for danger in plan_dangers(act) if danger.rule == rule]


def pin(letter: str = "b", environment: str = "staging") -> PatchStep:
    patch = {
        "metadata": {"annotations": {PINNED_BY: "anna"}},
        "spec": {"ref": {"digest": digest(letter)}},
    }
    key = source(environment).key
    return PatchStep("pin", "pin", target=key, patch=patch, resource_version="7")


def tag(name: str = "9.0.0", letter: str = "b", expect: str = "") -> TagStep:
    return TagStep("tag", "t", repository=URL, digest=digest(letter), tag=name, expect=expect)


ASK = RequestReconcile("ask", "ask", target=source().key, at=AT)
TAKES = {"semver": "1.5.0"}


def rolling(**more: Any) -> Resource:
    works = condition("Ready", "Unknown", "Progressing", "m")
    return ks(conditions=[works], **more)


def test_a_rollout_is_named_by_what_is_on_its_way() -> None:
    where = seen(source(stored=A), rolling(applied=A, attempted=A))
    assert said("rollout-running", where, pin()) == ["staging is still rolling out 1.4.2"]
    first = seen(source(stored=A), rolling())
    assert said("rollout-running", first, pin()) == ["staging is still rolling out 1.5.0"]
    away = seen(source(stored=A), ks(applied=A), source("production", stored=A))
    assert said("rollout-running", away, pin()) == []


@pytest.mark.parametrize(
    ("places", "finished", "says"),
    [
        (("staging",), False, ["another act is running in staging: promote web"]),
        (("dev", "staging"), False, ["another act is running in staging: promote web"]),
        (("production",), False, []),
        ((), False, []),
        (("staging",), True, []),
    ],
)
def test_another_act_counts_where_it_meets_this_one(
    places: tuple[str, ...], finished: bool, says: list[str]
) -> None:
    other = replace(Act(Plan("promote", "promote web", (), places)), finished=finished)
    where = seen(source(stored=A), ks(applied=A), acts=(other,))
    assert said("rollout-running", where, pin()) == says


FAILS = failed("HealthCheckFailed", "no pods")
WAITS = failed("DependencyNotReady", "waits for db")


@pytest.mark.parametrize(
    ("conditions", "says"),
    [
        ([FAILS], "staging is not healthy before it comes: "),
        ([WAITS], "staging is not healthy before it comes: "),
        ([], "whether staging is healthy before it comes is not known: "),
    ],
)
def test_a_place_is_said_to_be_ill_before_the_build_comes(conditions: Any, says: str) -> None:
    where = seen(source(stored=A, ref=TAKES), ks(applied=A, conditions=conditions))
    (text,) = said("target-unhealthy", where, ASK)
    assert text.startswith(says)
    assert said("target-unhealthy", where, pin()) == [], "who pins knows"


def elsewhere(**more: Any) -> tuple[Resource, Resource]:
    """Dev runs 1.5.0 already."""
    return source("dev", stored=B, ref={"digest": digest("b")}), ks("dev", applied=B, **more)


def test_where_the_build_runs_already_it_may_be_ill_too() -> None:
    here = (source(stored=A), ks(applied=A))
    (text,) = said("target-unhealthy", seen(*here, *elsewhere(conditions=[WAITS])), pin())
    assert text.startswith("dev, where it runs, is not healthy: ")
    assert said("target-unhealthy", seen(*here, *elsewhere()), pin()) == []
    (text,) = said("target-unhealthy", seen(*here, *elsewhere(conditions=[])), pin())
    assert text.startswith("whether dev, where it runs, is healthy is not known: ")
    assert said("target-unhealthy", seen(*here, *elsewhere(conditions=[WAITS])), pin("c")) == []


def test_what_is_said_of_how_it_failed_there_is_not_said_again() -> None:
    runs = [(B, "HealthCheckFailed", AT)]
    where = seen(source(stored=A), ks(applied=A), *elsewhere(conditions=[FAILS], history=runs))
    assert said("target-unhealthy", where, pin()) == []
    assert len(said("failed-before", where, pin())) == 1


def test_who_is_suspended_is_said_by_what_happens_then() -> None:
    label = source().key.label
    rests, user = source(stored=A, suspend=True), ks(applied=A, suspend=True)
    assert said("target-held", seen(rests, ks(applied=A)), pin()) == [
        f"{label} is suspended: the pin acts when it is resumed"
    ]
    (text, *_again) = said("target-held", seen(source(stored=A), user), pin())
    assert text == f"{user.key.label} is suspended and stays on what it has"
    assert said("target-held", seen(rests, ks(applied=A)), tag()) == [
        f"{label} in staging is suspended and waits"
    ]
    assert said("target-held", seen(source(stored=A), ks(applied=A)), tag()) == []
    other = ks(name="other", of="else", applied=A, suspend=True)
    assert said("target-held", seen(source(stored=A), ks(applied=A), other), pin()) == []


def test_a_tag_moves_only_away_from_something_else() -> None:
    where = seen(source(stored=A), ks(applied=A))
    assert said("tag-moves", where, tag("9.0.0", "b", digest("a"))) == [
        "9.0.0 moves away from sha256:aaaaaaaa"
    ]
    assert said("tag-moves", where, tag("9.0.0", "b", digest("b"))) == []
    assert said("tag-moves", where, tag("9.0.0", "b", "")) == []


def test_a_tag_that_ran_as_something_else_is_told_whichever_comes() -> None:
    """1.5.0 names b now; dev ran it as d."""
    was = revision("1.5.0", "d")
    dev = (source("dev", stored=was, ref={"digest": digest("d")}), ks("dev", applied=was))
    where = seen(source(stored=A), ks(applied=A), *dev)
    both = "1.5.0 names sha256:bbbbbbbb now and was sha256:dddddddd when it ran"
    assert said("tag-moves", where, pin("b")) == [both]
    assert said("tag-moves", where, pin("a")) == []
    assert said("tag-moves", seen(source(stored=A), ks(applied=A)), pin("b")) == []


def test_a_prerelease_is_told_where_it_goes_to_a_protected_place() -> None:
    where = seen(source(stored=A), ks(applied=A), source("production", stored=A))
    assert said("prerelease-protected", where, pin("c", "production")) == [
        "1.6.0-rc.1 is a pre-release, and production is protected"
    ]
    assert said("prerelease-protected", where, pin("c")) == []
    assert said("prerelease-protected", where, pin("b", "production")) == []
    assert said("prerelease-protected", where, pin("e", "production")) == [], "a digest alone"


def test_a_tag_reaches_everybody_who_takes_it_and_the_first_stage_is_meant() -> None:
    three = [source(name, stored=A) for name in ("dev", "staging", "production")]
    users = [ks(name, applied=A) for name in ("dev", "staging", "production")]
    label = source().key.label
    assert said("also-takes", seen(*three, *users), tag()) == [
        f"{label} in production takes 9.0.0 too, in the same moment as dev",
        f"{label} in staging takes 9.0.0 too, in the same moment as dev",
    ]
    assert said("also-takes", seen(*three[1:], *users[1:]), tag()) == [
        f"{label} in production takes 9.0.0 too, in the same moment as staging"
    ]
    assert said("also-takes", seen(three[0], users[0]), tag()) == []
    narrow = source("production", stored=A, ref={"semver": "1.4.x"})
    assert said("also-takes", seen(three[0], users[0], narrow), tag()) == []


def test_two_places_of_one_stage_take_it_together() -> None:
    twins = replace(
        OPEN,
        environments=(
            Environment("eu", "eu", protected=False, stage="live"),
            Environment("us", "us", protected=False, stage="live"),
        ),
    )
    both = [part for name in ("eu", "us") for part in (source(name, stored=A), ks(name, applied=A))]
    assert said("also-takes", seen(*both, config=twins), tag()) == []


def test_going_back_skips_no_ring_and_going_on_does() -> None:
    """Dev ran 1.4.2, staging never did."""
    dev = (source("dev", stored=A, ref={"digest": digest("a")}), ks("dev", applied=A))
    staging = (source(stored=C), ks(applied=C))
    for runs, skipped in ((B, False), (revision("1.4.1", "e"), True)):
        there = (source("production", stored=runs), ks("production", applied=runs))
        where = seen(*dev, *staging, *there)
        assert bool(said("ring-skipped", where, pin("a", "production"))) is skipped


def test_what_ran_nowhere_and_what_failed_are_told_of_each_build() -> None:
    here = seen(source(stored=A), ks(applied=A), *elsewhere())
    assert said("ran-nowhere", here, pin("b")) == []
    assert said("ran-nowhere", here, pin("c")) == [
        "1.6.0-rc.1 never ran anywhere, as far as Flux remembers"
    ]
