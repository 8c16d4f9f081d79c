"""Promote and publish: who takes the new tag, how strict that is, and what is refused."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parents[1]))
from builders import CONFIG, URL, context, digest, ks, revision, snapshot, source, tag_list

from fluxtui.commands.command import Context
from fluxtui.commands.publish import next_build
from fluxtui.commands.registry import by_id
from fluxtui.domain.config import Environment, ServiceConfig
from fluxtui.domain.errors import RefusedError, UsageError
from fluxtui.domain.kinds import ocirepository
from fluxtui.domain.knowledge import FeedState
from fluxtui.domain.plan import AwaitStep, Plan, PushStep, RequestReconcile, TagStep
from fluxtui.domain.protection import demand
from fluxtui.domain.revision import tags_hash
from fluxtui.domain.snapshot import Feed

BUILD = "v0.0.0-build-7"
STAGING = source(
    ref={"semver": ">=0.0.0-0", "semverFilter": ".*-build-.*"}, stored=revision(BUILD, "a")
)
PRODUCTION = source("production", stored=revision("v1.4.2", "b"))
TAGS = tag_list({BUILD: "a", "v1.4.2": "b"})
SERVICES = (ServiceConfig("acme/activity", (URL,), folder="/src", images=("app",)),)


def at(*more: Any, **seen: Any) -> Context:
    listed = seen.pop("tags", (TAGS,))
    found = snapshot(
        STAGING, PRODUCTION, ks(applied=revision(BUILD, "a")), *more, tags=listed, **seen
    )
    return context(found, environment="staging", service="acme/activity")


def names(made: Plan, where: Context) -> tuple[str, ...]:
    return demand(made, where.snapshot).names


def promote(where: Context, version: str = "v1.5.0", origin: str = BUILD) -> Plan:
    command = by_id("promote")
    assert command.disabled_reason(where) is None and command.plan is not None
    return command.plan(where, {"from": origin, "version": version, "reason": "r"})


def test_promotion_names_the_same_digest_and_follows_who_takes_it() -> None:
    made = promote(at(ks("production", "b", needs=["a"]), ks("production", "a")))
    tag, ask, pick, *applied = made.steps
    assert isinstance(tag, TagStep) and isinstance(ask, RequestReconcile)
    assert (tag.digest, tag.tag, tag.expect, tag.repository) == (digest("a"), "v1.5.0", "", URL)
    assert ask.target == PRODUCTION.key and ask.needs == ("tag",)
    assert isinstance(pick, AwaitStep) and pick.value == "v1.5.0"
    assert [s.target.name for s in applied if isinstance(s, AwaitStep)] == ["a", "b"]
    assert made.environments == ("production",) and names(made, at()) == ("production",)
    assert any("production" in e and "would pick v1.5.0" in e for e in made.effects)
    assert any("staging" in e and "stays on" in e for e in made.effects)
    assert made.inputs[URL] == tags_hash(TAGS.tags)
    assert {str(STAGING.key), str(PRODUCTION.key)} < set(made.inputs)
    assert made.reason == "r"


def test_what_runs_here_is_promoted_as_the_next_minor() -> None:
    origin, version = by_id("promote").arguments
    assert origin.default(at()) == BUILD
    assert version.default(at()) == "v1.5.0"
    assert version.choices(at()) == ("v1.5.0", "v1.4.3", "v2.0.0")


def test_a_running_digest_without_a_tag_is_promoted_whole() -> None:
    bare = source(stored=digest("f"), ref={"digest": digest("f")})
    seen = snapshot(bare, ks(applied=digest("f")), tags=[TAGS])
    where = context(seen, environment="staging", service="acme/activity")
    assert by_id("promote").arguments[0].default(where) == digest("f")


@pytest.mark.parametrize(
    ("version", "origin", "said"),
    [
        ("v1.4.2", BUILD, "names another digest"),
        ("v1.4.2", "v1.4.2", "names that digest already"),
        ("v1.5.0+x", BUILD, "cannot be a tag"),
        ("", BUILD, "needs a version"),
        ("v1.5.0", "v9", "is not known"),
        ("v1.5.0", "sha256:aaaaaaaa", "is not known"),
    ],
)
def test_a_promotion_that_makes_no_sense_is_refused(version: str, origin: str, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        promote(at(), version, origin)


def test_an_unreachable_environment_is_protected_and_not_looked_at() -> None:
    open_ = replace(
        CONFIG,
        environments=tuple(Environment(n, n, protected=False) for n in ("staging", "production")),
    )
    assert names(promote(at(config=open_)), at(config=open_)) == ()
    blind = at(config=open_, unreachable={"production": "no route"})
    gone = promote(blind)
    assert names(gone, blind) == ("production",)
    assert "production cannot be read now: no route" in gone.unseen
    assert any("as last seen" in u and "would pick v1.5.0" in u for u in gone.unseen)
    assert len(gone.steps) == 1, "nobody there can be asked"
    assert str(PRODUCTION.key) not in gone.inputs
    kind = ocirepository.KIND.id
    feeds = (Feed("production", kind, "", FeedState.FORBIDDEN, "no list"),)
    blind = at(config=open_, feeds=feeds)
    assert names(promote(blind), blind) == ("production",)


def test_a_read_only_environment_whose_pick_would_change_refuses() -> None:
    held = (Environment("staging", "staging"), Environment("production", "p", read_only=True))
    with pytest.raises(RefusedError, match="production is read-only"):
        promote(at(config=replace(CONFIG, environments=held)))


def test_suspended_followers_are_told_and_not_waited_for() -> None:
    seen = snapshot(
        STAGING, source("production", suspend=True), ks(applied=revision(BUILD, "a")), tags=[TAGS]
    )
    made = promote(context(seen, environment="staging", service="acme/activity"))
    assert len(made.steps) == 1
    assert any("once it is resumed" in e for e in made.effects)


def test_a_mirror_follows_if_it_mirrors() -> None:
    mirror = source("production", "m", url="oci://mirror.example.net/acme/activity")
    assert any(
        "if oci://mirror.example.net/acme/activity mirrors" in e
        for e in promote(at(mirror)).effects
    )


def test_publish_packs_under_the_next_tag() -> None:
    where = at(config=replace(CONFIG, services=SERVICES))
    command = by_id("publish")
    assert command.disabled_reason(where) is None and command.plan is not None
    assert command.arguments[0].default(where) == "v0.0.0-build-8"
    made = command.plan(where, {"version": "v0.0.0-build-8", "image": "", "reason": "why"})
    (push,) = made.steps
    assert isinstance(push, PushStep)
    assert push.images == {"app": "app:v0.0.0-build-8"} and push.folder == "/src"
    assert made.environments == ("staging",) and names(made, where) == () and made.reason == "why"
    for tag, said in (
        (BUILD, "already published"),
        ("", "needs a tag"),
        ("a b", "cannot be a tag"),
    ):
        with pytest.raises(UsageError, match=said):
            command.plan(where, {"version": tag})


def test_without_a_folder_nothing_is_published() -> None:
    reason = by_id("publish").disabled_reason(at())
    assert reason and "no folder to publish acme/activity" in reason


def test_the_next_build_keeps_its_width_and_skips_what_is_there() -> None:
    assert next_build(("b-0042",), "b-0041") == "b-0043"
    assert next_build((), "b-0099-x") == "b-0100-x"
    assert next_build((), "main") == ""


REHEARSED = replace(
    SERVICES[0],
    rehearsals={"crash loop": {"app": "{version}-crashloop"}, "migration": {"db": "25-fails"}},
)


def bad_build(failure: str, version: str = "v0.0.0-build-8") -> Plan:
    command = by_id("publish-bad")
    where = at(config=replace(CONFIG, services=(REHEARSED,)))
    assert command.disabled_reason(where) is None and command.plan is not None
    return command.plan(where, {"failure": failure, "version": version})


def test_a_bad_build_breaks_as_its_name_says_and_says_that_it_will() -> None:
    made = bad_build("crash loop")
    (step,) = made.steps
    assert isinstance(step, PushStep)
    assert step.images == {"app": "app:v0.0.0-build-8-crashloop"}
    assert made.warnings[0] == "this build is made to break: crash loop"
    (other,) = bad_build("migration").steps
    assert isinstance(other, PushStep)
    assert other.images == {"app": "app:v0.0.0-build-8", "db": "db:25-fails"}


def test_a_bad_build_is_as_protected_as_a_good_one() -> None:
    where = at(config=replace(CONFIG, services=(REHEARSED,)))
    assert names(bad_build("crash loop", "v9.0.0"), where) == ("production",)


def test_only_what_is_rehearsed_can_be_made_to_break() -> None:
    with pytest.raises(UsageError, match="crash loop, migration"):
        bad_build("flood")
    command = by_id("publish-bad")
    where = at(config=replace(CONFIG, services=SERVICES))
    refused = command.disabled_reason(where)
    assert refused is not None and "no rehearsals" in refused
    assert command.arguments[0].choices(at(config=replace(CONFIG, services=(REHEARSED,)))) == (
        "crash loop",
        "migration",
    )
