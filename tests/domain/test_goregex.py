"""Named classes of a pattern, by every name that Go has for them."""

from __future__ import annotations

import pytest

from fluxtui.domain.goregex import for_re2
from fluxtui.domain.selection import Policy
from fluxtui.domain.versions import select

TAGS = ["1.0.0", "1.1.0-x", "1.2.0-X", "1.3.0-4"]


def chosen(pattern: str) -> str:
    return select(TAGS, Policy(semver=">=0.0.0-0", semver_filter=pattern)).chosen


@pytest.mark.parametrize(
    ("name", "tag"),
    [
        (r"\p{Uppercase_Letter}", "1.2.0-X"),
        (r"\p{lower-case letter}", "1.1.0-x"),
        (r"\p{LOWERCASE letter}", "1.1.0-x"),
        (r"[\p{uppercaseLetter}]", "1.2.0-X"),
        (r"\p{digit}", "1.3.0-4"),
        (r"\P{Letter}", "1.3.0-4"),
        (r"\p{^Decimal_Number}", "1.2.0-X"),
        (r"\pn", "1.3.0-4"),
        (r"\p{latin}", "1.2.0-X"),
    ],
)
def test_a_class_may_be_called_by_its_long_name_in_any_case(name: str, tag: str) -> None:
    assert chosen(f"-{name}$") == tag


@pytest.mark.parametrize(
    "text", [r"\\p{letter}", r"\Q\p{letter}\E", r"\Q\pl", "p{letter}", r"\p{L", r"\pL", r"\d{2}"]
)
def test_what_is_no_named_class_stays_as_it_is(text: str) -> None:
    assert for_re2(text) == text


@pytest.mark.parametrize("name", [r"\p{Runes}", r"\p{Old_Italic}", r"\p{}", r"\p{läter}"])
def test_a_name_that_go_does_not_know_is_refused(name: str) -> None:
    found = select(TAGS, Policy(semver="*", semver_filter=name))
    assert not found.chosen
    assert "does not compile" in found.error
