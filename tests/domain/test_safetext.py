"""Text from a cluster can neither move the cursor nor hide nor reorder what is shown."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fluxtui.domain.safetext import is_safe, shorten, visible, visible_lines


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain [bold]text[/]", "plain [bold]text[/]"),
        ("\x1b[31mred", "\\e[31mred"),
        ("a\u202etxt.exe", "a\\u202etxt.exe"),
        ("zero\u200bwidth", "zero\\u200bwidth"),
        ("a\nb\r\tc\x07", "a\\nb\\r\\tc\\x07"),
        ("tag\U000e0041", "tag\\U000e0041"),
        ("Grüße, 世界 ✓", "Grüße, 世界 ✓"),
    ],
)
def test_what_cannot_be_seen_is_spelled_out(text: str, shown: str) -> None:
    assert visible(text) == shown
    assert is_safe(text) == (text == shown)


@given(st.text())
def test_nothing_invisible_is_left(text: str) -> None:
    shown = visible(text)
    assert not any(unicodedata.category(c) in ("Cc", "Cf", "Zl", "Zp") for c in shown)
    assert is_safe(shown)


def test_a_message_keeps_its_lines() -> None:
    assert visible_lines("a\r\n\tb\x1b[2J") == "a\n\tb\\e[2J"


def test_a_text_is_cut_to_the_width_after_it_was_made_safe() -> None:
    assert shorten("abcdef", 6) == "abcdef"
    assert shorten("abcdef", 4) == "abc…"
    assert shorten("\x1b\x1b\x1b", 4) == "\\e\\…"
    assert shorten("abc", 0) == ""
