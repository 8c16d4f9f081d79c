"""Lines: what fits, what is shortened where, and what a cluster cannot smuggle in."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fluxtui.ui.ages import age, epoch
from fluxtui.ui.spans import elide, elide_middle, fit, plain, safe, width, wrap

TEXT = st.text(max_size=60)


@given(st.lists(TEXT, max_size=5), st.integers(1, 50), st.booleans())
def test_a_fitted_line_takes_exactly_its_cells(texts: list[str], cells: int, middle: bool) -> None:
    line = tuple((text, "") for text in texts)
    assert width(fit(line, cells, middle=middle)) == cells


@given(TEXT, st.integers(8, 50))
def test_wrapped_lines_never_overflow_and_lose_nothing_when_there_is_room(
    text: str, cells: int
) -> None:
    lines = wrap(((text, ""),), cells, 100)
    assert all(width(line) <= cells for line in lines)
    if text and " " not in safe(text):
        assert "".join(plain(line) for line in lines) == safe(text)


def test_a_tag_keeps_its_telling_end() -> None:
    assert elide_middle("v0.0.0-staging-test-deploy-0042", 14).endswith("y-0042")
    assert elide("v0.0.0-staging-test-deploy-0042", 8) == "v0.0.0-…"


def test_a_sentence_that_is_cut_still_says_which_versions_it_tells_of() -> None:
    new, old = "v0.0.0-staging-test-deploy-0042", "v0.0.0-staging-test-deploy-0041"
    line = ((f"picked {new}, was {old}", ""),)
    assert plain(fit(line, 80)).rstrip() == f"picked {new}, was {old}", "while there is room"
    assert plain(fit(line, 60)).rstrip() == "picked v0.0.0…ploy-0042, was v0.0.0…ploy-0041"
    assert plain(fit(line, 36)).rstrip() == "picked v0.0.0…ploy-0042, was v0.0.0…", (
        "one … is enough"
    )
    path = (("oci://registry.test/a/v1.2.3-long-name-of-a-path " + "x" * 40, ""),)
    assert "v1.2.3-long-name-of-a-path" in plain(fit(path, 70)), "a place is no version"
    assert plain(fit(line, 20)) == "picked v0.0.…y-0042…"


def test_a_transition_keeps_both_ends_and_the_count() -> None:
    text = "v0.0.0-staging-test-deploy-0041 -> v0.0.0-staging-test-deploy-0042 (3/6)"
    assert elide_middle(text, 19) == "…0041 → …0042 (3/6)"
    assert elide_middle("v1.4.2 -> v1.5.0 (4/5)", 15) == "→ v1.5.0 (4/5)"


def test_siblings_differ_however_deep_they_hang() -> None:
    names = [f"activity-apiserver-5f6d8c7b9-{end}" for end in ("x7k2p", "qqqq4")]
    rows = [(("  │ ", "off"), ("  · ", "dim"), ("Pod ", "dim"), (name, "")) for name in names]
    for cells in (20, 16, 12):
        first, second = (plain(fit(row, cells, middle=True)) for row in rows)
        assert first != second and first.endswith("7k2p") and second.endswith("qqq4")


def test_terminal_codes_and_bidi_marks_from_a_cluster_become_visible() -> None:
    assert safe("\x1b[31mred\u202e") == "\\e[31mred\\u202e"
    assert safe("[bold]not markup[/]") == "[bold]not markup[/]"


@pytest.mark.parametrize(
    ("seconds", "text"), [(0, "0s"), (59, "59s"), (61, "1m"), (7300, "2h"), (200000, "2d")]
)
def test_ages_have_one_unit(seconds: int, text: str) -> None:
    assert age(1000.0, 1000.0 + seconds) == text


def test_an_age_of_nothing_is_nothing() -> None:
    assert age(0.0, 5.0) == ""
    assert epoch("when?") == 0.0
    assert epoch("2026-11-23T03:12:00.123456789Z") == pytest.approx(1795403520.123456)
