"""Which manifests are read unasked: few, and those that matter."""

from __future__ import annotations

import sys
from pathlib import Path

from fluxtui.domain.resource import Key

sys.path.insert(0, str(Path(__file__).parents[1]))
from builders import digest, revision, source, tag_list

from fluxtui.domain.resource import Resource
from fluxtui.domain.selection import Policy, Selection
from fluxtui.domain.snapshot import TagList
from fluxtui.domain.versions import select
from fluxtui.engine.tags.manifests import NEWEST_LOOKS, wanted

BUILDS = Policy(">=0.0.0-0", "-build-")


def followed(listed: TagList, stored: str = "") -> tuple[Resource, dict[Key, Selection]]:
    ref = {"semver": BUILDS.semver, "semverFilter": BUILDS.semver_filter}
    one = source(ref=ref, stored=stored)
    return one, {one.key: select(listed.tags, BUILDS)}


def test_what_runs_and_what_is_picked_comes_first_then_what_the_policy_admits() -> None:
    listed = TagList("oci://r/x", ("v0.0.0-build-1", "v0.0.0-build-2", "v0.0.0-build-3", "v1.0.0"))
    one, picks = followed(listed, revision("v0.0.0-build-1", "a"))
    found = wanted([one], picks, listed)
    assert found.tags == ("v0.0.0-build-1", "v0.0.0-build-3", "v0.0.0-build-2")
    assert found.spare == ("v0.0.0-build-2",) and found.digests == ()
    assert wanted([one], picks, listed, tried=found.tags).tags == ()
    assert wanted([one], picks, listed, spare=0).tags == found.tags[:2]


def test_of_thousands_only_so_many_are_read_and_new_ones_first() -> None:
    tags = tuple(f"v0.0.0-build-{n}" for n in range(5000))
    one, picks = followed(TagList("oci://r/x", tags))
    listed = TagList("oci://r/x", tags)
    found = wanted([one], picks, listed, fresh=["v0.0.0-build-7"])
    assert len(found.spare) == NEWEST_LOOKS and found.spare[0] == "v0.0.0-build-7"
    assert "v0.0.0-build-4998" in found.spare, "then the highest"


def test_a_digest_is_read_by_itself_and_looked_for_among_the_last_tags() -> None:
    listed = tag_list({"v1.0.0": "a"})
    pinned = source(ref={"digest": digest("b")}, stored=digest("b"))
    found = wanted([pinned], {}, listed)
    assert found.digests == (digest("b"),) and found.tags == ()
    unread = TagList(listed.repository, ("v1.0.0", "v1.1.0"))
    assert wanted([pinned], {}, unread).tags == ("v1.0.0", "v1.1.0")


def test_a_tag_that_moved_under_a_source_is_read_again() -> None:
    listed = tag_list({"v1.0.0": "a"})
    moved = source(stored=revision("v1.0.0", "b"))
    assert wanted([moved], {}, listed).tags == ("v1.0.0",)
    same = source(stored=revision("v1.0.0", "a"))
    assert wanted([same], {}, listed).tags == ()
