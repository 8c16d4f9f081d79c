"""How a policy and its Selection are said, and what a tag that does not compile is refused with."""

from __future__ import annotations

import pytest

from fluxtui.domain.errors import VersionError
from fluxtui.domain.selection import ImageRule, Policy, spelt
from fluxtui.domain.versions import select
from fluxtui.domain.versions.patterns import compiled
from fluxtui.domain.versions.version import parse_version


@pytest.mark.parametrize(
    ("rule", "semver", "words"),
    [
        (ImageRule("semver"), "^1", "semver ^1"),
        (ImageRule("alphabetical", "desc"), "^1", "alphabetical desc"),
        (ImageRule("numerical", pattern="^v"), "", 'numerical asc, filter "^v"'),
        (ImageRule("numerical", pattern="(x)", extract="$1"), "",
         'numerical asc, filter "(x)", compares $1'),
        (ImageRule("numerical", digests="Always"), "", "numerical asc, digest Always"),
        (ImageRule("numerical", digests="Never"), "", "numerical asc"),
        (ImageRule("numerical", digests=""), "", "numerical asc"),
    ],
)  # fmt: skip
def test_a_rule_for_images_is_said_with_what_it_has(
    rule: ImageRule, semver: str, words: str
) -> None:
    assert rule.describe(semver) == words


def test_a_pinned_source_would_pick_what_lies_beneath_its_pin() -> None:
    tags = ("1.4.2", "1.5.0")
    free = select(tags, Policy(semver="*"))
    held = select(tags, Policy(semver="*", digest="sha256:" + "a" * 64))
    assert (free.chosen, free.would_pick) == ("1.5.0", "1.5.0")
    assert (held.chosen, held.would_pick) == ("", "1.5.0")
    verdict = free.verdict("1.4.2")
    assert verdict is not None and verdict.tag == "1.4.2"
    assert free.verdict("9.9.9") is None


def test_an_underscore_is_a_plus_in_a_chart_alone() -> None:
    assert spelt("1.0.0_1", Policy(helm=True)) == "1.0.0+1"
    assert spelt("1.0.0_1", Policy()) == "1.0.0_1"


@pytest.mark.parametrize("pattern", ["(", "[z-a]", "\\C", "(?P<ä>x)"])
def test_a_pattern_that_go_would_not_take_is_refused_in_words(pattern: str) -> None:
    with pytest.raises(VersionError) as refused:
        compiled(pattern, "semverFilter")
    assert str(refused.value).startswith(f"semverFilter '{pattern}' does not compile: ")
    assert "b'" not in str(refused.value)
    assert compiled("", "semverFilter") is None


def test_the_public_version_has_its_pre_release_and_its_metadata() -> None:
    version = parse_version("v1.2.3-rc.1+build.7").semver()
    assert (version.prerelease, version.build) == ("rc.1", "build.7")
    bare = parse_version("1.2").semver()
    assert (str(bare), bare.prerelease, bare.build) == ("1.2.0", None, None)
