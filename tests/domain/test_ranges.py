"""What each comparator of a range admits, how a refusal is put, and which tag came last."""

from __future__ import annotations

import pytest

from fluxtui.domain.selection import Policy, Refusal
from fluxtui.domain.versions import Constraint, parse_version, select
from fluxtui.domain.versions.reasons import not_a_version, published_last, warnings


def admitted(text: str, *versions: str) -> tuple[str, ...]:
    constraint = Constraint.parse(text)
    return tuple(v for v in versions if constraint.admits(parse_version(v)))


ALL: tuple[str, ...] = ("0.0.0", "0.0.3", "0.0.9", "0.2.2", "0.2.3", "0.9.0", "1.1.9", "1.2.0")
ALL += ("1.2.9", "1.3.0", "2.0.0", "2.2.5")


@pytest.mark.parametrize(
    ("text", "refused"),
    [
        ("!=1", ("1.1.9", "1.2.0", "1.2.9", "1.3.0")),
        ("!=1.2", ("1.2.0", "1.2.9")),
        ("!=1.2.9", ("1.2.9",)),
        ("=1", ALL[:6] + ALL[10:]),
        ("1.2", ALL[:7] + ALL[9:]),
        (">1.2", ALL[:9]),
        (">0", ALL[:6]),
        (">=1.2", ALL[:7]),
        ("<=1.2", ALL[9:]),
        ("<=1", ALL[10:]),
        ("<1.2", ALL[7:]),
        ("~1", ALL[:6] + ALL[10:]),
        ("~1.2", ALL[:7] + ALL[9:]),
        ("~0.0", ALL[3:]),
        ("~0.0.0", ()),
        ("~0.2.3", ALL[:4] + ALL[5:]),
        ("^1.2", ALL[:7] + ALL[10:]),
        ("^1.2.1", ALL[:8] + ALL[10:]),
        ("^0", ALL[6:]),
        ("^0.0", ALL[3:]),
        ("^0.2", ALL[:3] + ALL[5:]),
        ("^0.2.3", ALL[:4] + ALL[5:]),
        ("^0.0.3", ("0.0.0", *ALL[2:])),
        ("*", ()),
    ],
)
def test_a_bound_that_is_written_in_part_stands_for_all_below_it(
    text: str, refused: tuple[str, ...]
) -> None:
    assert admitted(text, *ALL) == tuple(v for v in ALL if v not in refused)


def test_unlike_a_pre_release_is_what_has_another_pre_release() -> None:
    same, other, release = "1.2.9-rc.1", "1.2.0-rc.2", "1.2.5"
    assert admitted("!=1.2-rc.1", same, other, release, "1.3.0-rc.1") == (
        other, release, "1.3.0-rc.1",
    )  # fmt: skip
    assert admitted("!=1.2-rc.1 >=0.0.0-0", "1.2.0", "1.2.0-rc.1") == ("1.2.0",)
    assert admitted("!=1.2 >=0.0.0-0", "1.2.0", "1.2.0-rc.1") == ("1.2.0-rc.1",)
    assert admitted("!=1-0", "1.2.0-rc.1", "2.0.0-rc.1", "1.5.0") == ("2.0.0-rc.1",)


def test_one_comparator_may_take_pre_releases_for_its_whole_group() -> None:
    assert Constraint.parse(">=1.0.0 <3.0.0-0").prereleases
    assert Constraint.parse(">=9.0.0 || >=1.0.0-0").prereleases
    assert not Constraint.parse(">=1.0.0 || <3.0.0").prereleases


@pytest.mark.parametrize(
    ("text", "version", "part", "pre"),
    [
        (">=1.0.0 <2.0.0 || >=3.0.0-0", "1.5.0-rc.1", ">=1.0.0 <2.0.0", True),
        (">=1.0.0 <2.0.0 || >=3.0.0-0", "2.5.0-rc.1", ">=1.0.0 <2.0.0", True),
        (">=3.0.0-0 || >=9.0.0", "2.0.0-rc.1", ">=3.0.0-0", False),
        (">=9.0.0 || >=3.0.0-0", "2.0.0-rc.1", ">=9.0.0", True),
        (">=9.0.0 || >=1.0.0-0 <2.0.0", "2.5.0-rc.1", ">=1.0.0-0 <2.0.0", False),
        (">=1.0.0 || >=2.0.0", "0.1.0-rc.1", ">=1.0.0", True),
        (">=1.0.0", "1.0.0-rc.1", ">=1.0.0", True),
        ("<1.0.0 || >=2.0.0 <3.0.0", "4.0.0", ">=2.0.0 <3.0.0", False),
        ("<1.0.0 || <2.0.0", "4.0.0", "<1.0.0", False),
    ],
)
def test_the_part_that_came_nearest_says_why_not(
    text: str, version: str, part: str, pre: bool
) -> None:
    miss = Constraint.parse(text).first_refusal(parse_version(version))
    assert miss is not None
    assert (str(miss.group).replace(",", ""), miss.prerelease) == (part, pre)


@pytest.mark.parametrize(
    ("tag", "reason"),
    [
        ("1.2", "fewer than two dots"),
        ("v3", "fewer than two dots"),
        ("vv3", "fewer than two dots"),
        ("1.2.x", "not a version (1.2.3 is one)"),
        ("x.1", "not a version (1.2.3 is one)"),
        ("version", "not a version (1.2.3 is one)"),
        ("latest", "not a version (1.2.3 is one)"),
        ("V1.2.3", "only a small v may lead"),
        ("Vx", "not a version (1.2.3 is one)"),
        ("W1.2.3", "not a version (1.2.3 is one)"),
        ("1.2.3_a", "_ is not allowed"),
        ("v1.2.3_a", "_ is not allowed"),
        ("a_1.2.3", "not a version (1.2.3 is one)"),
        ("sha256-ab.sig", "holds a signature"),
    ],
)
def test_a_tag_that_is_no_version_says_what_is_wrong_with_it(tag: str, reason: str) -> None:
    assert reason in not_a_version(tag)


def test_the_last_one_is_the_last_by_time_and_no_text_that_is_no_time() -> None:
    times = {"1.0.0": "2026-11-20T10:00:00Z", "1.1.0": "2026-11-21T10:00:00Z"}
    assert published_last(("1.0.0", "1.1.0"), times, "1.0.0") == "1.1.0"
    assert published_last(("1.1.0", "1.0.0"), times, "1.0.0") == "1.1.0"
    assert published_last(("1.0.0", "1.1.0"), times, "1.1.0") == "1.1.0"
    odd = {**times, "0.9.0": "z", "1.2.0": ""}
    assert published_last(("0.9.0", "1.2.0", "1.0.0", "1.1.0"), odd, "1.2.0") == "1.1.0"
    assert published_last(("0.9.0",), {"0.9.0": "zzz"}, "1.0.0") == ""
    equal = {"1.0.0": "2026-11-20T10:00:00Z", "1.1.0": "2026-11-20T10:00:00.000Z"}
    assert published_last(("1.1.0", "1.0.0"), equal, "1.0.0") == "1.0.0"
    assert published_last(("1.1.0", "1.0.0"), equal, "") == "1.1.0"


def test_what_came_last_is_a_warning_unless_it_is_as_high_as_the_chosen() -> None:
    assert warnings("1.1.0", "", ()) == warnings("1.1.0", "1.1.0", ()) == ()
    (tied,) = warnings("1.1.0", "v1.1.0", ("1.1.0", "v1.1.0"))
    assert tied.startswith("ambiguous: v1.1.0 and 1.1.0 are equally high")
    (low,) = warnings("1.1.0", "1.0.9", ())
    assert "publish a version above 1.1.0" in low
    (build,) = warnings("1.1.0-b", "1.1.0-a", ())
    assert "letter by letter" in build
    (three,) = warnings("a", "", ("a", "b", "c"))
    assert "b and c and a are" in three
    (four,) = warnings("a", "", ("a", "b", "c", "d"))
    assert "b and c and more and a are" in four


def test_a_refused_tag_quotes_the_whole_range_only_where_there_is_more_of_it() -> None:
    def why(text: str, tag: str) -> str:
        found = select([tag], Policy(semver=text)).verdict(tag)
        assert found is not None and found.refusal is not None
        return found.reason

    assert why(">=1.0.0", "0.5.0") == 'refused by ">=1.0.0"'
    assert why(">=1.0.0 <2.0.0", "0.5.0") == 'refused by ">=1.0.0" of the range ">=1.0.0 <2.0.0"'
    assert why(">=1.0.0 || >=2.0.0", "0.5.0").endswith('of the range ">=1.0.0 || >=2.0.0"')
    assert why(">=1.0.0", "1.5.0-rc.1") == 'pre-release, and the range ">=1.0.0" admits none'
    assert "the part" in why(">=1.0.0 || >=3.0.0-0", "1.5.0-rc.1")


def test_a_policy_says_which_field_decides_and_what_it_would_pick() -> None:
    pinned = Policy(semver="1.x", tag="main", digest="sha256:1")
    assert [p.kind for p in (pinned, Policy(semver="1.x", tag="main"), Policy(tag="main"))] == [
        "digest", "semver", "tag",
    ]  # fmt: skip
    assert Policy().kind == "tag" and Policy().describe() == "tag latest"
    assert pinned.describe() == "digest sha256:1"
    assert Policy(tag="main").describe() == "tag main"
    assert Policy(semver="1.x", semver_filter="-b").describe() == 'semver 1.x, filter "-b"'
    assert Policy.from_ref({"semver": 1, "tag": None, "digest": "d"}) == Policy(digest="d")
    assert Policy.from_ref(None) == Policy()
    tags = ["1.0.0", "1.1.0", "2.0.0"]
    held, free = select(tags, pinned), select(tags, Policy(semver="1.x"))
    assert held.chosen == "" and held.would_pick == free.would_pick == free.chosen == "1.1.0"
    assert [v.refusal for v in (held.verdict("1.1.0"), free.verdict("1.0.0")) if v] == [
        Refusal.PINNED, Refusal.LOWER,
    ]  # fmt: skip
    assert free.verdict("9.9.9") is None


def test_an_exact_tag_is_picked_where_there_is_one() -> None:
    there, gone = select(["a", "b"], Policy(tag="b")), select(["a"], Policy(tag="b"))
    assert (there.chosen, there.error) == ("b", "") and there.newest == ""
    assert gone.chosen == "" and gone.error == 'the registry has no tag "b"'
    assert [v.refusal for v in there.verdicts] == [Refusal.FILTERED, None]
