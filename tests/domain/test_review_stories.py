"""What a review tells of a build: where it is well and for how long, and what it was made of."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from fluxtui.domain.following import tag_effects
from fluxtui.domain.moves import moves_of
from fluxtui.domain.plan import Move, TagStep
from fluxtui.domain.resource import Resource
from fluxtui.domain.review.plans.undertaking import Undertaking, undertaking
from fluxtui.domain.review.stories import commit_ranges, ranges, stories
from fluxtui.domain.snapshot import TagFacts, TagList
from tests.builders import NOW, READY, URL, digest, failed, ks, revision, snapshot, source, tag_list

A, B = revision("1.4.2", "a"), revision("1.5.0-rc.1", "b")
OLD, NEW = "a" * 40, "b" * 40
SINCE = {**READY, "lastTransitionTime": "2026-11-20T03:12:00Z"}
PRODUCTION = (source("production", stored=A, ref={"semver": "1.x"}), ks("production", applied=A))


def runs(**more: Any) -> tuple[Resource, Resource]:
    values = {"applied": B, "conditions": [SINCE], **more}
    return source(stored=B, ref={"semver": "1.4.x"}), ks(**values)


def listed(url: str = "https://github.com/acme/activity.git", **more: str) -> TagList:
    facts = {
        "1.4.2": TagFacts("1.4.2", digest("a"), "", url, f"main@sha1:{OLD}"),
        "1.5.0-rc.1": TagFacts("1.5.0-rc.1", digest("b"), "", url, f"main@sha1:{NEW}"),
    }
    return replace(tag_list({"1.4.2": "a", "1.5.0-rc.1": "b"}), facts=facts)


def act_of(*resources: Resource, tags: TagList | None = None) -> Undertaking:
    """A promotion of that build to 1.5.0."""
    where = snapshot(*resources, *PRODUCTION, tags=[tags or listed()])
    step = TagStep("tag", "t", repository=URL, digest=digest("b"), tag="1.5.0")
    picks = tag_effects(where, URL, "1.5.0")
    return undertaking(where, (step,), picks, moves_of(where, (step,), picks), {})


def told(*resources: Resource, tags: TagList | None = None) -> tuple[str, ...]:
    return stories(act_of(*resources, tags=tags), NOW)


def test_where_it_is_well_it_says_for_how_long() -> None:
    assert "1.5.0-rc.1 is healthy in staging for 3d" in told(*runs())


def test_history_says_since_when_though_ready_turns_with_every_run() -> None:
    turned = {**READY, "lastTransitionTime": "2026-11-23T03:11:55Z"}
    source_, member = runs(conditions=[turned])
    well = {
        "firstReconciled": "2026-11-20T03:12:00Z",
        "lastReconciled": NOW,
        "lastReconciledStatus": "ReconciliationSucceeded",
        "metadata": {"revision": B},
    }
    remembered = replace(member, status={**member.status, "history": [well]})
    assert "1.5.0-rc.1 is healthy in staging for 3d" in told(source_, remembered)
    bad = {
        **well,
        "lastReconciled": "2026-11-21T03:12:00Z",
        "lastReconciledStatus": "HealthCheckFailed",
    }
    mended = replace(member, status={**member.status, "history": [well, bad]})
    assert "1.5.0-rc.1 is healthy in staging for 2d" in told(source_, mended)


def test_what_was_stored_again_is_sure_to_be_well_only_since_then() -> None:
    """A bad build whose checks were cancelled leaves no entry; neither does what went before it."""
    feed, member = runs()
    well = {
        "firstReconciled": "2026-11-20T03:12:00Z",
        "lastReconciled": NOW,
        "lastReconciledStatus": "ReconciliationSucceeded",
        "metadata": {"revision": B},
    }
    member = replace(member, status={**member.status, "history": [well]})

    def at(stored: str) -> Resource:
        artifact = {"revision": B, "lastUpdateTime": stored}
        return replace(feed, status={**feed.status, "artifact": artifact})

    back = told(at("2026-11-23T03:11:40Z"), member)
    assert "1.5.0-rc.1 is healthy in staging for at least 20s" in back
    first = told(at("2026-11-20T03:11:55Z"), member)
    assert "1.5.0-rc.1 is healthy in staging for 3d" in first


def test_where_it_is_not_well_or_not_at_all_nothing_is_said_of_health() -> None:
    sick = runs(conditions=[failed("HealthCheckFailed")])
    for resources in (sick, (source(stored=A), ks(applied=A, conditions=[SINCE]))):
        assert not any("healthy" in text for text in told(*resources))


def test_a_source_that_fails_is_not_well_though_what_it_gave_is() -> None:
    _source, member = runs()
    ill = source(stored=B, ref={"semver": "1.4.x"}, ready=failed("URLInvalid"))
    assert not any("healthy" in text for text in told(ill, member))


def test_without_a_clock_nobody_says_for_how_long() -> None:
    assert not any("healthy" in text for text in stories(act_of(*runs()), ""))


def test_the_younger_of_its_kustomizations_counts() -> None:
    later = {**READY, "lastTransitionTime": "2026-11-23T02:12:00Z"}
    young = ks(name="young", applied=B, conditions=[later])
    assert "1.5.0-rc.1 is healthy in staging for 1h" in told(*runs(), young)


def test_what_lies_between_is_a_page_of_the_forge_or_what_git_is_asked() -> None:
    said = told(*runs())
    assert "1.5.0-rc.1 was made of commit bbbbbbbb of https://github.com/acme/activity.git" in said
    page = f"https://github.com/acme/activity/compare/{OLD}...{NEW}"
    assert f"changes for production: {page}" in said
    own = told(*runs(), tags=listed("https://git.acme.test/activity.git"))
    ask = "git log aaaaaaaa..bbbbbbbb in https://git.acme.test/activity.git"
    assert f"changes for production: {ask}" in own


def test_what_lies_between_can_be_asked_for() -> None:
    (found,) = ranges(act_of(*runs()))
    assert (found.environments, found.old, found.new) == (("production",), OLD, NEW)
    assert found.source == "https://github.com/acme/activity.git" and found.page
    assert found.repository == URL and found.build == "1.5.0-rc.1"
    bare = tag_list({"1.4.2": "a", "1.5.0-rc.1": "b"})
    assert ranges(act_of(*runs(), tags=bare)) == ()
    unread = replace(listed(), facts={"1.4.2": listed().facts["1.4.2"]})
    assert ranges(act_of(*runs(), tags=unread)) == ()


def test_two_places_on_different_builds_go_through_different_changes() -> None:
    older = "c" * 40
    tags = listed()
    before = replace(RUNS_NOW, tag="1.4.1", digest=digest("c"), revision=f"main@sha1:{older}")
    facts = {tag: replace(fact, source=GIT) for tag, fact in tags.facts.items()}
    tags = replace(tags, tags=("1.4.1", *tags.tags), facts={**facts, "1.4.1": before})
    behind = revision("1.4.1", "c")
    staging = source(stored=behind, ref={"semver": "1.x"}), ks(applied=behind)
    between = ranges(act_of(*staging, tags=tags))
    assert {(one.environments, one.old) for one in between} == {
        (("staging",), older), (("production",), OLD),
    }  # fmt: skip


@pytest.mark.parametrize("url", ["https://github.com.evil.test/a", "ssh://git@github.com/a/b"])
def test_only_the_forges_own_address_becomes_a_page(url: str) -> None:
    assert not any("/compare/" in text for text in told(*runs(), tags=listed(url)))


def test_without_annotations_nothing_is_said_of_commits() -> None:
    bare = tag_list({"1.4.2": "a", "1.5.0-rc.1": "b"})
    assert not any("commit" in text or "changes" in text for text in told(*runs(), tags=bare))


def built(old: TagFacts | None, new: TagFacts | None) -> TagList:
    """What the manifests of what runs and of what comes say of themselves."""
    facts = {fact.tag: fact for fact in (old, new) if fact is not None}
    return replace(tag_list({"1.4.2": "a", "1.5.0-rc.1": "b"}), facts=facts)


GIT = "https://git.acme.test/activity.git"
RUNS_NOW = TagFacts("1.4.2", digest("a"), "", GIT, f"main@sha1:{OLD}")
COMES = TagFacts("1.5.0-rc.1", digest("b"), "", GIT, f"main@sha1:{NEW}")


@pytest.mark.parametrize(
    ("old", "new", "known"),
    [
        (RUNS_NOW, COMES, True),
        (None, COMES, False),
        (replace(RUNS_NOW, revision="main"), COMES, False),
        (RUNS_NOW, replace(COMES, revision="main"), False),
        (replace(RUNS_NOW, revision=COMES.revision), COMES, False),
        (replace(RUNS_NOW, source="https://elsewhere.test/a.git"), COMES, False),
        (replace(RUNS_NOW, source=""), replace(COMES, source=""), True),
    ],
)
def test_a_range_is_between_two_commits_of_one_remote(
    old: TagFacts | None, new: TagFacts | None, known: bool
) -> None:
    assert bool(ranges(act_of(*runs(), tags=built(old, new)))) is known


def test_where_nobody_says_of_which_remote_the_commit_alone_is_told() -> None:
    bare = built(replace(RUNS_NOW, source=""), replace(COMES, source=""))
    said = told(*runs(), tags=bare)
    assert "1.5.0-rc.1 was made of commit bbbbbbbb" in said
    assert "changes for production: git log aaaaaaaa..bbbbbbbb" in said


@pytest.mark.parametrize(
    ("url", "page"),
    [
        ("https://github.com/a/b", f"https://github.com/a/b/compare/{OLD}...{NEW}"),
        ("https://gitlab.com/a/b/", f"https://gitlab.com/a/b/-/compare/{OLD}...{NEW}"),
        ("https://bitbucket.org/a/b", f"https://bitbucket.org/a/b/branches/compare/{NEW}..{OLD}"),
        ("http://github.com/a/b", ""),
    ],
)
def test_each_forge_has_its_own_page(url: str, page: str) -> None:
    (found,) = ranges(act_of(*runs(), tags=listed(url)))
    assert found.page == page


def fleet(stored: str) -> Resource:
    artifact = {"artifact": {"revision": f"main@sha1:{stored}"}} if stored else {}
    body = {"apiVersion": "source.toolkit.fluxcd.io/v1", "kind": "GitRepository",
            "metadata": {"name": "fleet", "namespace": "flux-system"},
            "spec": {"url": "https://github.com/acme/fleet.git"}, "status": artifact}  # fmt: skip
    return Resource.from_object("staging", body)


def test_a_git_source_goes_from_what_it_has_and_who_stands_on_it_from_what_it_ran() -> None:
    def goes(before: str, after: str, stored: str = OLD) -> list[tuple[str, str, str]]:
        one = fleet(stored)
        moves = [Move(one.key, before, after)] * 2
        found = commit_ranges(snapshot(one), moves)
        return [(between.old, between.new, between.build) for between in found]

    assert goes("", f"sha1:{NEW}") == [(OLD, NEW, NEW[:8])]
    assert goes(f"sha1:{NEW}", "") == [(NEW, OLD, OLD[:8])]
    assert goes("", f"sha1:{OLD}") == [], "it has that"
    assert goes("", f"sha1:{NEW}", stored="") == [] == goes(f"sha1:{NEW}", "", stored="")
    (between,) = commit_ranges(snapshot(fleet(OLD)), [Move(fleet(OLD).key, "", f"sha1:{NEW}")])
    assert between.source == "https://github.com/acme/fleet.git" and between.page


def test_what_is_not_there_or_has_no_commits_has_no_range_of_them() -> None:
    gone = Move(fleet(OLD).key, f"sha1:{OLD}", f"sha1:{NEW}")
    assert commit_ranges(snapshot(), [gone]) == ()
    bundle = source(stored=A)
    assert commit_ranges(snapshot(bundle), [Move(bundle.key, f"sha1:{OLD}", f"sha1:{NEW}")]) == ()
