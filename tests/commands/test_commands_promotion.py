"""A promotion from the first question to the last wait: offered, meant, refused, watched."""

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
    URL,
    context,
    digest,
    failed,
    ks,
    revision,
    said_of,
    snapshot,
    source,
)
from builders import tag_list as listed

from fluxtui.commands.command import Context
from fluxtui.commands.proposing import unlisted
from fluxtui.commands.registry import by_id
from fluxtui.domain.ask import ListTags, ReadFacts
from fluxtui.domain.errors import UsageError
from fluxtui.domain.plan import AwaitStep, Plan, RequestReconcile, TagStep, Until
from fluxtui.domain.resource import Resource
from fluxtui.domain.revision import short_digest
from fluxtui.domain.snapshot import TagList

BUILD = "1.6.0-build-7"
TAGS = listed({"1.4.2": "a", "1.5.0": "b", BUILD: "c"})
HERE = source(stored=revision(BUILD, "c"), ref={"semver": ">=0.0.0-0", "semverFilter": "-build-"})
RUNS = ks(applied=revision(BUILD, "c"))
WELL = "ReconciliationSucceeded"
PROMOTE = by_id("promote")
FROM, VERSION = PROMOTE.arguments


def at(*resources: Resource, tags: Any = (TAGS,), tag: str = "", **seen: Any) -> Context:
    found = snapshot(*(resources or (HERE, RUNS)), tags=tags, **seen)
    return context(found, environment="staging", service="acme/activity", tag=tag)


def plan(where: Context, version: str = "1.6.0", origin: str = BUILD) -> Plan:
    assert PROMOTE.plan is not None
    return PROMOTE.plan(where, {"from": f" {origin} ", "version": f" {version} "})


def promoted(where: Context, origin: str = BUILD) -> str:
    step = plan(where, origin=origin).steps[0]
    assert isinstance(step, TagStep)
    return step.digest


NOWHERE = context(snapshot(HERE, RUNS, tags=(TAGS,)))


# -- what is offered


def test_the_next_version_follows_the_highest_release_as_it_is_written() -> None:
    tags = listed({t: "a" for t in ("latest", "1.5.0", "1.10.3", "2.0.0-rc.1", "main-7")})
    assert VERSION.choices(at(tags=(tags,))) == ("1.11.0", "1.10.4", "2.0.0")
    assert VERSION.default(at(tags=(tags,))) == "1.11.0"
    lettered = listed({"v1.5.0": "a", "1.4.0": "b"})
    assert VERSION.default(at(tags=(lettered,))) == "v1.6.0"


def test_the_first_release_of_all_has_a_version_too() -> None:
    unreleased = (listed({BUILD: "c", "latest": "c"}),)
    assert VERSION.choices(at(tags=unreleased)) == ("v0.1.0",)


def test_no_version_is_proposed_while_nobody_knows_which_there_are() -> None:
    failed = TagList(URL, error="denied")
    for where in (at(tags=()), at(tags=(TagList(URL),)), at(tags=(failed,)), NOWHERE):
        assert VERSION.choices(where) == () and VERSION.default(where) == ""
    stale = replace(TAGS, listed_at=0.0, error="denied")
    assert VERSION.choices(at(tags=(stale,))), "as they once were"


def test_what_runs_is_offered_first_and_then_the_highest_numbers() -> None:
    tags = listed({"1.9.0": "a", "1.10.0": "b", BUILD: "c"})
    assert FROM.choices(at(tags=(tags,))) == (BUILD, "1.10.0", "1.9.0")
    on_a_row = at(tags=(tags,), tag="1.9.0")
    assert FROM.default(on_a_row) == "1.9.0", "the row under the cursor is meant"
    assert FROM.choices(on_a_row) == (BUILD, "1.10.0", "1.9.0")
    assert FROM.choices(at(HERE, tags=(tags,)))[0] == "1.10.0", "nothing runs it yet"
    assert FROM.choices(at(tags=())) == (BUILD,)
    assert FROM.choices(NOWHERE) == () and FROM.default(NOWHERE) == ""


def test_a_choice_says_that_it_runs_here() -> None:
    assert "runs here" in FROM.note(at(), BUILD)
    assert "runs here" not in FROM.note(at(), "1.5.0")


# -- from where nothing can be promoted


def test_any_version_at_all_can_be_promoted_but_none_cannot() -> None:
    bare = source()
    no_version = PROMOTE.disabled_reason(at(bare, tags=(TagList(URL, (), 100.0),)))
    assert no_version == f"OCIRepository/{NS}/activity has no version to promote yet"
    for one_thing in (
        at(bare, ks(applied=digest("c")), tags=(TagList(URL, (), 100.0),)),
        at(bare, tags=(TAGS,)),
        at(bare, tags=(TagList(URL, (), 100.0),), tag="1.4.2"),
    ):
        assert PROMOTE.disabled_reason(one_thing) is None


def test_a_promotion_waits_for_the_tags_and_for_leave_to_write() -> None:
    assert PROMOTE.disabled_reason(at(tags=())) is None, "its questions have them listed"
    assert unlisted(PROMOTE, at(tags=()), {}) == (ListTags(URL),)
    for known in (TAGS, TagList(URL, listed_at=1.0), TagList(URL, error="denied")):
        assert unlisted(PROMOTE, at(tags=(known,)), {}) == ()
    shut = PROMOTE.disabled_reason(at(config=replace(CONFIG, read_only=True)))
    assert shut == "fluxtui was started read-only"
    nothing = PROMOTE.disabled_reason(NOWHERE)
    assert nothing is not None and "nothing is selected" in nothing
    assert PROMOTE.questions(NOWHERE, {"from": BUILD}) == ()
    with pytest.raises(UsageError, match="nothing is selected"):
        plan(NOWHERE)


def test_only_names_need_their_digest_read() -> None:
    both = PROMOTE.questions(at(), {"from": BUILD, "version": "1.6.0"})
    assert both == (ListTags(URL), ReadFacts(URL, (BUILD, "1.6.0")))
    whole = PROMOTE.questions(at(), {"from": digest("c"), "version": "1.6.0"})
    assert whole == (ListTags(URL), ReadFacts(URL, ("1.6.0",)))
    assert PROMOTE.questions(at(), {}) == (ListTags(URL), ReadFacts(URL, ()))


# -- which content is meant


def test_what_runs_is_what_is_promoted_also_when_its_tag_has_moved_on() -> None:
    moved = (listed({BUILD: "e"}),)
    where = at(tags=moved)
    assert promoted(where) == digest("c")
    (said,) = (w for w in said_of(plan(where)) if "names" in w)
    assert short_digest(digest("e")) in said and short_digest(digest("c")) in said
    row = at(tags=moved, tag=BUILD)
    assert promoted(row) == digest("e"), "the row of a tag is what it names now"
    assert any(f"{BUILD} names" in w for w in said_of(plan(row))), "it is another than what ran"


def test_a_tag_that_does_not_run_here_is_what_it_names() -> None:
    assert promoted(at(), "1.4.2") == digest("a")
    assert promoted(at(), digest("f")) == digest("f")


def test_what_runs_needs_no_registry_that_knows_it() -> None:
    for tags in ((), (TagList(URL, (BUILD,), 100.0),)):
        for tag in ("", BUILD):
            assert promoted(at(tags=tags, tag=tag)) == digest("c")


def test_a_version_that_runs_by_name_only_is_what_the_registry_says() -> None:
    assert promoted(at(source(stored=BUILD), ks(applied=BUILD))) == digest("c")
    for where in (at(source(stored="x"), ks(applied="x")), at(HERE)):
        with pytest.raises(UsageError, match="is not known") as refused:
            plan(where, origin="x")
        assert refused.value.where == URL
    with pytest.raises(UsageError, match="no version"):
        plan(at(), origin="")


def test_a_released_version_keeps_its_content() -> None:
    unread = TagList(URL, ("1.6.0",), 100.0)
    with pytest.raises(UsageError, match=r"1\.6\.0 exists.*could not be read") as refused:
        plan(at(tags=(unread,)))
    assert "must not change its content" in refused.value.next
    with pytest.raises(UsageError, match="names another digest"):
        plan(at(), "1.5.0")
    step = plan(at(tags=())).steps[0]
    assert isinstance(step, TagStep) and step.expect == ""


def test_a_digest_is_called_by_its_tag_where_it_has_one() -> None:
    assert plan(at(), origin=digest("c")).title.endswith(
        f"{BUILD} ({short_digest(digest('c'))}) as 1.6.0"
    )
    assert plan(at(), origin=digest("f")).title.endswith(f": {short_digest(digest('f'))} as 1.6.0")
    assert "acme/activity" in plan(at()).title
    by_source = context(snapshot(HERE, RUNS, tags=(TAGS,)), object=HERE.key)
    assert HERE.key.label in plan(by_source).title


def test_a_slip_of_the_hand_is_no_version_and_nothing_is_planned() -> None:
    with pytest.raises(UsageError, match="banana is no version, and no source would") as refused:
        plan(at(), "banana")
    assert refused.value.where == URL
    assert refused.value.next == "for example 1.6.0 or 1.5.1 or 2.0.0"
    with pytest.raises(UsageError) as refused:
        plan(at(), "v1.5.O")
    assert refused.value.next.endswith("; tags like it: 1.5.0"), "a letter for a digit"
    with pytest.raises(UsageError, match="banana is no version") as refused:
        plan(at(tags=()), "banana")
    assert refused.value.next == "for example v1.5.0", (
        "nothing is listed that it could be meant for"
    )
    channel = source("production", stored=revision("1.5.0", "b"), ref={"tag": "stable"})
    made = plan(at(HERE, RUNS, channel), "stable")
    assert made.steps[0].title.startswith("name ")
    assert any("production" in effect and "stable" in effect for effect in made.effects)


# -- who is watched, and what is said


def test_every_follower_that_takes_it_is_asked_and_then_its_members_in_order() -> None:
    held = source("production", "a-held", suspend=True)
    takes = source("production", stored=revision("1.5.0", "b"))
    where = at(
        HERE, RUNS, held, takes,
        ks("production", "web", needs=["db"]), ks("production", "db"),
        ks("production", "off", suspend=True), ks("production", "x", of="a-held"),
    )  # fmt: skip
    made = plan(where)
    _tag, ask, pick, *applied = made.steps
    assert isinstance(ask, RequestReconcile) and isinstance(pick, AwaitStep)
    assert ask.target == pick.target == takes.key and ask.needs == ("tag",)
    assert (pick.until, pick.value, pick.needs) == (Until.PICKED, "1.6.0", (ask.id,))
    waits = [s for s in applied if isinstance(s, AwaitStep)]
    assert [s.target.name for s in waits] == ["db", "web"] and len(waits) == len(applied)
    assert all(s.until is Until.APPLIED and s.value == "1.6.0" for s in waits)
    assert all(s.needs == (pick.id,) for s in waits)
    (waiting,) = (w for w in said_of(made) if "is suspended and waits" in w)
    assert held.key.label in waiting and "production" in waiting
    assert len({s.id for s in made.steps}) == len(made.steps)
    assert not any("no environment would pick it" in w for w in said_of(made))


def test_each_follower_is_a_taker_or_says_why_it_is_none() -> None:
    there = source("production", stored=revision("1.5.0", "b"), ref={"semver": ">=1.0.0"})
    made = plan(at(HERE, RUNS, there, ks("production", applied=revision("1.5.0", "b"))))
    takes, stays = made.takers
    assert (takes.source, takes.before, takes.after, takes.takes) == (
        there.key, "1.5.0", "1.6.0", True,
    )  # fmt: skip
    assert [user.kind for user in takes.users] == ["Kustomization"]
    assert not stays.takes and stays.source == HERE.key and "filter" in stays.why
    assert {takes.why, stays.why} <= set(made.effects), "the screen says the same"


def test_a_tag_that_nobody_takes_is_named_and_nobody_is_asked() -> None:
    made = plan(at())
    told = "none of the environments that could be read would pick it"  # production never answered
    assert len(made.steps) == 1 and told in said_of(made)


def test_what_does_not_run_well_here_is_promoted_with_a_warning() -> None:
    sick = ks(applied=revision(BUILD, "c"), conditions=[failed("HealthCheckFailed", "no pods")])
    made = plan(at(HERE, sick))
    assert any(f"{BUILD} is failing in staging" in w for w in said_of(made))
    assert not any("not healthy" in w or "failing" in w for w in said_of(plan(at())))
    assert any("never ran anywhere" in w for w in said_of(plan(at(), origin="1.4.2")))


def test_a_source_that_the_board_does_not_show_has_nothing_that_runs() -> None:
    unnamed = source("elsewhere", stored=digest("c"))
    where = context(snapshot(unnamed, tags=(TAGS,)), object=unnamed.key)
    assert where.snapshot.board.line(unnamed.key) is None
    refused = PROMOTE.disabled_reason(where)
    assert refused is not None and "has no version to promote yet" in refused
    assert FROM.default(where) == "" and promoted(where, digest("c")) == digest("c")
    assert promoted(where, "1.4.2") == digest("a")
    with pytest.raises(UsageError, match="is not known"):
        plan(where, origin="x")
