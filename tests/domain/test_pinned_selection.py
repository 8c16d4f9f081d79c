"""While a source is pinned every tag says what its policy says, and that the pin overrides it."""

from __future__ import annotations

from fluxtui.domain.selection import Policy, Refusal
from fluxtui.domain.snapshot import TagFacts
from fluxtui.domain.tagrows import on_unpin, ordered, why
from fluxtui.domain.versions import Selector, select

DIGEST = "sha256:" + "a" * 64
POLICY = Policy(semver=">=1.0.0 <2.0.0", semver_filter="^v", digest=DIGEST)
TAGS = ("v1.4.2", "v1.5.0", "v2.0.0", "v1.6.0-rc.1", "build-7", "latest")


def test_each_tag_has_the_verdict_of_the_policy_beneath_the_pin() -> None:
    seen = select(TAGS, POLICY)
    assert seen.chosen == "" and seen.error == "" and seen.newest == "v2.0.0"
    assert seen.beneath is not None and seen.beneath.chosen == seen.would_pick == "v1.5.0"
    assert on_unpin(seen) == "unpin would pick v1.5.0"
    assert {v.tag: v.refusal for v in seen.verdicts} == {
        "v1.4.2": Refusal.LOWER,
        "v1.5.0": Refusal.PINNED,
        "v2.0.0": Refusal.OUT_OF_RANGE,
        "v1.6.0-rc.1": Refusal.PRERELEASE,
        "build-7": Refusal.FILTERED,
        "latest": Refusal.FILTERED,
    }
    assert all("pin" in v.reason for v in seen.verdicts)
    free = Selector(POLICY)
    free.policy = Policy(POLICY.semver, POLICY.semver_filter)
    for under, over in zip(free.select(TAGS).verdicts, seen.verdicts, strict=True):
        assert over.reason.startswith(under.reason)


def test_the_policys_pick_stands_first_and_the_held_tag_says_that_it_is_held() -> None:
    seen = select(TAGS, POLICY)
    assert ordered(seen, None)[0].tag == "v1.5.0"
    verdict = seen.verdict("v1.4.2")
    assert verdict is not None
    assert why(verdict, seen, TagFacts("v1.4.2", DIGEST)).startswith("held by the pin; without it:")
    assert why(verdict, seen, TagFacts("v1.4.2", DIGEST.replace("a", "b"))) == verdict.reason


def test_what_unpin_would_not_find_is_said_and_is_no_trouble_before_it() -> None:
    seen = select(("main",), Policy(semver=">=1.0.0", digest=DIGEST))
    assert seen.error == ""
    assert on_unpin(seen) == "unpin would pick nothing: no match found for semver: >=1.0.0"
    by_tag = select(("main", "v1"), Policy(tag="main", digest=DIGEST))
    assert on_unpin(by_tag) == "unpin would pick main"
    assert on_unpin(select(("main",), Policy(tag="main"))) == ""
