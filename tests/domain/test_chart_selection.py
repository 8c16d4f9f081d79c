"""Which version of a chart is picked (docs/flux.md#charts), and the reason of each other one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fluxtui.domain.selection import Charts, Policy, Refusal, Selection
from fluxtui.domain.versions import Selector, select, try_version


def pick(wish: str, charts: Charts, *versions: str, **made: str) -> Selection:
    published = {versions[int(place[1:])]: time for place, time in made.items()}
    return select(versions, Policy.of_chart(wish, charts), published)


@pytest.mark.parametrize(
    ("wish", "versions", "chosen"),
    [
        ("1.2.0", ["1.3.0", "1.2.0"], "1.2.0"),
        ("1.2.0", ["1.2.0+b", "1.2.0"], "1.2.0"),  # the text itself before what is as high
        ("1.2.0", ["1.3.0", "v1.2.0"], "v1.2.0"),  # no such text: it is a range
        ("1.2", ["1.2", "1.2.9"], "1.2"),  # the text itself, though it is no version for a range
        ("1.2", ["1.2.9", "1.3.0"], "1.2.9"),
        ("latest", ["latest", "1.3.0"], ""),
        ("", ["1.0.0", "2.0.0-rc.1", "1.1.0"], "1.1.0"),
        ("*", ["1.0.0", "2.0.0-rc.1", "1.1.0"], "1.1.0"),
        (">=0-0", ["1.0.0", "2.0.0-rc.1"], "2.0.0-rc.1"),
        ("^1", ["v1.4.0", "1.3.0", "2.0.0"], "v1.4.0"),
        ("^1", ["1.4", "1.3.0"], "1.3.0"),  # one dot is no version
        ("^3", ["1.4.0"], ""),
        ("*", ["2.0.0-rc.1"], ""),
    ],
)
def test_of_an_index(wish: str, versions: list[str], chosen: str) -> None:
    selection = pick(wish, Charts.INDEX, *versions)
    assert selection.chosen == chosen
    assert bool(selection.error) is not bool(chosen)
    assert [v.tag for v in selection.verdicts] == versions
    assert all(v.reason for v in selection.verdicts)


@pytest.mark.parametrize(
    ("wish", "tags", "chosen"),
    [
        ("^1", ["v1.9.0", "1.3.0"], "1.3.0"),  # a range does not see a leading v
        ("v1.9.0", ["v1.9.0", "1.3.0"], "v1.9.0"),  # a whole version is taken as it stands
        ("1.9.0", ["v1.9.0"], ""),
        ("^1", ["1.3.0_b", "1.2.0"], "1.3.0_b"),
        ("1.3.0+b", ["1.3.0", "1.3.0_b"], "1.3.0_b"),
        ("*", ["latest", "1.3", "01.4.0", "1.2.0", "1.5.0-rc.1"], "1.2.0"),
        ("latest", ["latest", "1.2.0"], ""),  # neither a version nor a range
    ],
)
def test_of_a_registry(wish: str, tags: list[str], chosen: str) -> None:
    selection = pick(wish, Charts.REGISTRY, *tags)
    assert selection.chosen == chosen
    assert bool(selection.error) is not bool(chosen)


def test_a_version_that_a_registry_does_not_have_is_no_range() -> None:
    selection = pick("1.2.0", Charts.REGISTRY, "1.2.0_b", "1.3.0")
    assert selection.chosen == ""
    assert selection.error == 'the registry has no version "1.2.0"'
    assert selection.newest == "1.3.0"


def test_a_time_without_a_zone_is_read_as_utc_and_none_is_before_all_others() -> None:
    bare, later = "2026-01-01T00:00:00", "2026-01-01T00:30:00+01:00"
    assert pick("^1", Charts.INDEX, "1.0.0+a", "1.0.0+b", _0=bare, _1=later).chosen == "1.0.0+a"
    assert pick("^1", Charts.INDEX, "1.0.0+a", "1.0.0+b", _0="", _1=bare).chosen == "1.0.0+b"


def test_what_finds_nothing_names_the_field_that_people_wrote() -> None:
    charts = [pick("^9", kind, "1.2.0").error for kind in (Charts.INDEX, Charts.REGISTRY)]
    assert charts[0] == "no match found for version: ^9" == charts[1]
    assert select(["1.2.0"], Policy(semver="^9")).error == "no match found for semver: ^9"


def test_of_equally_high_versions_an_index_takes_the_one_made_last() -> None:
    early, late = "2026-01-01T00:00:00Z", "2026-02-01T00:00:00.5+01:00"
    selection = pick("^1", Charts.INDEX, "1.0.0+a", "1.0.0+b", "0.9.0", _0=early, _1=late)
    assert selection.chosen == "1.0.0+b"
    assert selection.ties == ()
    refused = selection.verdict("1.0.0+a")
    assert refused is not None and refused.refusal is Refusal.LOWER
    assert refused.reason == "as high as 1.0.0+b, which was made later"


def test_a_time_that_is_learnt_later_changes_who_of_them_is_taken() -> None:
    selector = Selector(Policy.of_chart("*", Charts.INDEX))
    tags = ["1.0.0+a", "1.0.0+b"]
    unknown = selector.select(tags)
    assert (unknown.chosen, unknown.ties) == ("1.0.0+a", ("1.0.0+a", "1.0.0+b"))
    first = selector.select(tags, {"1.0.0+a": "2026-01-01T00:00:00Z"})
    assert (first.chosen, first.ties) == ("1.0.0+a", ())
    second = selector.select(tags, {"1.0.0+b": "2026-01-01T00:00:00Z"})
    assert second.chosen == "1.0.0+b"
    assert [v.refusal for v in second.verdicts] == [Refusal.LOWER, None]


def test_nothing_decides_between_equally_high_ones_of_a_registry() -> None:
    selection = pick("^1", Charts.REGISTRY, "1.0.0_a", "1.0.0_b", _1="2026-02-01T00:00:00Z")
    assert selection.chosen == "1.0.0_a" and selection.ties == ("1.0.0_a", "1.0.0_b")


def test_a_fix_of_an_older_line_is_no_surprise() -> None:
    early, late = "2026-01-01T00:00:00Z", "2026-02-01T00:00:00Z"
    selection = pick("*", Charts.INDEX, "2.0.0", "1.9.9", _0=early, _1=late)
    assert selection.warnings == () and selection.newest == "2.0.0"


def test_another_kind_of_place_reads_the_same_tags_anew() -> None:
    selector = Selector(Policy.of_chart("^1", Charts.INDEX))
    assert selector.select(["v1.9.0", "1.3.0"]).chosen == "v1.9.0"
    selector.policy = Policy.of_chart("^1", Charts.REGISTRY)
    assert selector.select(["v1.9.0", "1.3.0"]).chosen == "1.3.0"


NUMBER = st.integers(0, 3)
VERSIONS = st.builds(
    lambda v, a, b, c, pre, build: f"{v}{a}.{b}.{c}{pre}{build}",
    st.sampled_from(["", "v"]),
    NUMBER,
    NUMBER,
    NUMBER,
    st.sampled_from(["", "-rc.1", "-0"]),
    st.sampled_from(["", "_b"]),
)


@given(st.lists(VERSIONS, unique=True), st.sampled_from(["", "*", "^1", "~2.1", ">=0-0", "1.2.3"]))
def test_what_a_range_picks_is_the_highest_of_what_it_may_see(tags: list[str], wish: str) -> None:
    selection = select(tags, Policy.of_chart(wish, Charts.REGISTRY))
    assert [v.tag for v in selection.verdicts] == tags
    assert [v.tag for v in selection.verdicts if v.refusal is None] == (
        [selection.chosen] if selection.chosen else []
    )
    lower = [v.tag for v in selection.verdicts if v.refusal in (Refusal.LOWER, Refusal.AMBIGUOUS)]
    chosen = try_version(selection.chosen.replace("_", "+"))
    for tag in lower:
        version = try_version(tag.replace("_", "+"))
        assert chosen is not None and version is not None and version <= chosen
    if wish in ("", "*", "^1", "~2.1"):
        assert "-" not in selection.chosen and not selection.chosen.startswith("v")
