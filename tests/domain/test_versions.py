"""Versions and ranges as Masterminds/semver reads them; the algebra holds for any range."""

import pytest
import semver
from hypothesis import given
from hypothesis import strategies as st

from fluxtui.domain.errors import VersionError
from fluxtui.domain.versions import (
    Constraint,
    Version,
    behind,
    compare,
    misplaced,
    parse_version,
    try_version,
)

_NUMBER = st.integers(0, 4)
_PRE = st.sampled_from(["", "", "0", "1", "alpha", "alpha.1", "rc.9", "rc.10", "rc10", "BETA"])
_VERSIONS = st.builds(
    lambda a, b, c, pre: f"{a}.{b}.{c}" + (f"-{pre}" if pre else ""),
    _NUMBER,
    _NUMBER,
    _NUMBER,
    _PRE,
)
_PARTIAL = st.one_of(
    _VERSIONS,
    st.builds(lambda a: f"{a}", _NUMBER),
    st.builds(lambda a, b: f"{a}.{b}", _NUMBER, _NUMBER),
    st.builds(lambda a: f"{a}.x", _NUMBER),
    st.just("*"),
)
_OPERATORS = st.sampled_from(["", "=", "!=", ">", "<", ">=", "=>", "<=", "=<", "~", "~>", "^"])
_TERMS = st.builds(lambda o, v: o + v, _OPERATORS, _PARTIAL)
_GROUPS = st.lists(_TERMS, min_size=1, max_size=3).map(" ".join)
_RANGES = st.lists(_GROUPS, min_size=1, max_size=3).map(" || ".join)


def admits(text: str, version: str) -> bool:
    return Constraint.parse(text).admits(parse_version(version))


@pytest.mark.parametrize(
    ("text", "inside", "outside"),
    [
        ("1.2 - 1.4", ["1.2.0", "1.4.9"], ["1.5.0", "1.1.9"]),
        (">1", ["2.0.0"], ["1.9.9"]),
        ("<=1.2", ["1.2.9"], ["1.3.0"]),
        ("~1.2.3", ["1.2.9"], ["1.3.0", "1.2.2"]),
        ("^0.2.3", ["0.2.9"], ["0.3.0"]),
        ("^0.0.3", ["0.0.3"], ["0.0.4"]),
        (">=1.0.0-0 <2.0.0", ["1.5.0-rc.1", "2.0.0-alpha"], ["2.0.0"]),
        (">=1.0.0 <2.0.0", ["1.5.0"], ["1.5.0-rc.1"]),
        (">=3.0.0-0 || >=1.0.0", ["3.1.0-rc.1", "2.0.0"], ["2.5.0-rc.1"]),
        ("=>1.0,=<v2.x", ["2.9.0"], ["3.0.0"]),
    ],
)
def test_ranges(text: str, inside: list[str], outside: list[str]) -> None:
    assert [v for v in inside if not admits(text, v)] == []
    assert [v for v in outside if admits(text, v)] == []


@pytest.mark.parametrize(
    "text",
    ["", " ", "latest", "1.x ||", "==1.2", ">=1<2", "V1.2.3", "1.2.3.4", "1 -2", "1.0,,2.0", "1x"],
)
def test_malformed_ranges_are_refused(text: str) -> None:
    with pytest.raises(VersionError):
        Constraint.parse(text)


@pytest.mark.parametrize(
    ("text", "at"),
    [
        (">=1<2", 4), ("1.2.3 y", 7), ("=", 1), ("", 1), ("  ", 3), ("1.x ||", 7),
        ("1.0||2.0||z", 11), ("1.0 || ==1.2", 8), ("1.2 - 1.4 - 1", 1), ("1.0 || 1.2 - z", 7),
        (">=1.0 <2.0", 0), ("1.2 - 1.4", 0), ("1.0 || 1.2 - 1.4 || *", 0),
    ],
)  # fmt: skip
def test_where_a_range_cannot_be_read_is_counted_from_one(text: str, at: int) -> None:
    assert misplaced(text) == at


def test_a_hostile_range_is_refused_in_no_time() -> None:
    with pytest.raises(VersionError, match="improper"):
        Constraint.parse("1, " * 300 + "!")
    with pytest.raises(VersionError, match="longer"):
        Constraint.parse(" " * 10**6)


@pytest.mark.parametrize("text", ["1.2", "v3", "latest", "V1.2.3", "1.2.3-01", "1.2.3_a", "٣.0.0"])
def test_tags_that_flux_does_not_see(text: str) -> None:
    assert try_version(text, "flux") is None


def test_a_number_is_as_large_as_a_word_of_the_machine() -> None:
    """Masterminds reads each into a uint64."""
    largest, beyond = "18446744073709551615", "18446744073709551616"
    for form in ("{}.0.0", "0.{}.0", "0.0.{}"):
        assert try_version(form.format(largest)) is not None
        assert try_version(form.format(beyond)) is None
        assert try_version(form.format("9" * 5000)) is None
    assert try_version("1.0.0-" + "a" * 40) is not None, "of letters there may be more"


def test_a_range_has_room_for_what_anybody_writes() -> None:
    room = 1024
    for text in (">=1.0.0".ljust(room), " || ".join(["1.0.0"] * 113)):
        assert len(text) <= room and Constraint.parse(text).admits(parse_version("1.0.0"))
    with pytest.raises(VersionError, match="longer than 1024"):
        Constraint.parse(">=1.0.0".ljust(room + 1))


def test_the_public_value_is_a_semver_version() -> None:
    version = parse_version("v2025.02.03-rc.1+b7")
    assert version.semver() == semver.Version(2025, 2, 3, "rc.1", "b7")
    assert str(version) == "2025.2.3-rc.1+b7" and version.original == "v2025.02.03-rc.1+b7"
    assert parse_version("v1.2.3") == Version("x", 1, 2, 3, "", "other")


def test_versions_are_equal_by_what_counts_and_ordered_by_it() -> None:
    one, two = parse_version("1.2.3+a"), parse_version("1.2.3+b")
    assert one == two and one != parse_version("1.2.3-a") and hash(one) == hash(two)
    assert one != "1.2.3" and one != one.key and not one < two
    assert sorted([one, parse_version("1.2.3-rc")])[0].prerelease == "rc"
    plain = parse_version("1.2.3")
    assert str(plain) == "1.2.3" and plain.semver() == semver.Version(1, 2, 3)
    assert str(one) == "1.2.3+a" and str(parse_version("1.2.3-rc")) == "1.2.3-rc"


def test_running_lower_than_the_pick_is_behind() -> None:
    assert behind("1.4.2@sha256:abc", "v1.5.0")
    assert not behind("1.5.0", "1.5.0+build")
    assert not behind("sha256:abc", "1.5.0") and not behind("1.5.0", "latest")
    assert not behind("1.6.0", "1.5.0")


@given(_VERSIONS, _VERSIONS)
def test_the_order_is_the_one_of_the_semver_package(a: str, b: str) -> None:
    assert compare(a, b) == semver.Version.parse(a).compare(b)


@given(_RANGES, _GROUPS, _VERSIONS)
def test_or_admits_what_either_admits(text: str, group: str, version: str) -> None:
    assert admits(f"{text} || {group}", version) == (
        admits(text, version) or admits(group, version)
    )


@given(_GROUPS, _GROUPS, _NUMBER, _NUMBER, _NUMBER)
def test_and_admits_of_releases_what_both_admit(a: str, b: str, x: int, y: int, z: int) -> None:
    version = f"{x}.{y}.{z}"
    assert admits(f"{a}, {b}", version) == (admits(a, version) and admits(b, version))


@given(_VERSIONS, _VERSIONS)
def test_complements(bound: str, version: str) -> None:
    if "-" in version and "-" not in bound:
        assert not any(admits(o + bound, version) for o in ("<", ">=", ">", "<=", "=", "!="))
        return
    assert admits(f"<{bound}", version) != admits(f">={bound}", version)
    assert admits(f">{bound}", version) != admits(f"<={bound}", version)
    assert admits(f"={bound}", version) != admits(f"!={bound}", version)


@given(_RANGES, _VERSIONS)
def test_a_refusal_names_a_comparator_that_refuses(text: str, version: str) -> None:
    constraint, parsed = Constraint.parse(text), parse_version(version)
    miss = constraint.first_refusal(parsed)
    assert (miss is None) == constraint.admits(parsed)
    if miss is not None and not miss.prerelease:
        assert not miss.comparator.admits(parsed)
        assert miss.comparator in miss.group.comparators


@given(_RANGES, _VERSIONS)
def test_a_range_means_the_same_in_any_spelling(text: str, version: str) -> None:
    spaced = text.replace(" || ", "||").replace(" ", " , ")
    assert admits(spaced, version) == admits(text, version)
    assert admits(str(Constraint.parse(text)), version) == admits(text, version)
