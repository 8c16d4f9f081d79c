"""A version that does not fit keeps its end, wherever it is shown."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fluxtui.cli.output import table
from fluxtui.domain.shortening import balanced, ended, shortened
from fluxtui.ui.spans import elide, elide_middle, fit, plain, wrap

BUILD = "v0.0.0-staging-test-deploy-0042"


@pytest.mark.parametrize(
    ("text", "room", "short"),
    [
        (BUILD, 31, BUILD),
        (BUILD, 12, "v0.0.…y-0042"),
        ("? v0.0.0-deploy-0041", 9, "? v0.…041"),
        (f"{BUILD[:-1]}1 -> {BUILD} (3/6)", 19, "…0041 → …0042 (3/6)"),
        ("v1.4.2 -> v1.5.0 (4/5)", 15, "→ v1.5.0 (4/5)"),
        (f"{BUILD[:-1]}1 -> {BUILD}", 15, "…-0041 → …-0042"),
        (f"{BUILD[:-1]}1 -> {BUILD}", 14, "v0.0.0…oy-0042"),
        ("v1.4.2 -> v1.5.0 (4/5)", 21, "v1.4.2 → v1.5.0 (4/5)"),
        ("v1.4.2 -> v1.5.0 (4/5)", 16, "→ v1.5.0 (4/5)"),
        (f"1 -> {BUILD} (333/666)", 19, "→ …y-0042 (333/666)"),
        (BUILD, 4, "v0…2"),
        (BUILD, 1, "…"),
        (BUILD, 3, "v0…"),
        (BUILD, 0, ""),
        ("abc (defghijkl) mno", 12, "abc (…l) mno"),
        ("abc (defghijkl) mno", 11, "abc (defg…)"),  # cut in the middle it would stay open
        ("abc )defghijkl( mno", 11, "abc …l( mno"),  # as open as it was
    ],
)
def test_the_end_is_kept_on_the_screen_and_in_tables_alike(
    text: str, room: int, short: str
) -> None:
    assert shortened(text, room) == short == elide_middle(text, room)


@pytest.mark.parametrize(
    ("text", "room", "short"),
    [
        (
            "container api waits (ErrImagePull: image web:2)",
            34,
            "container api waits (ErrImagePul…)",
        ),
        ("container api waits (ErrImagePull)", 23, "container api waits…"),  # `(E` says nothing
        ("container api waits (ErrImagePull)", 26, "container api waits…"),
        ("container api waits (ErrImagePull)", 27, "container api waits (ErrI…)"),
        ("(only a bracket that is long)", 6, "…"),
        ("(only a bracket that is long)", 7, "(only…)"),
        ("Job migrate (exited [137, OOMKilled])", 30, "Job migrate (exited [137, O…])"),
        ("1 of 3 (a) available", 12, "1 of 3 (a) …"),
        ("see (a [b] c) and (d more than fits)", 27, "see (a [b] c) and (d more…)"),
        ("fits", 4, "fits"),
    ],
)
def test_no_bracket_stays_open_behind_a_cut(text: str, room: int, short: str) -> None:
    assert ended(text, room) == short == elide(text, room)
    cells: list[tuple[str, str]] = [(char, "bad" if n % 2 else "") for n, char in enumerate(text)]
    assert plain(fit(tuple(cells), room)) == short.ljust(room)


def test_a_bracket_that_was_opened_a_line_above_is_closed_too() -> None:
    line = (("Deployment api: waits (for a node", "bad"), (" that has room for it)", "dim"))
    assert [plain(part) for part in wrap(line, 24, 2)] == [
        "Deployment api: waits",
        "(for a node that has r…)",
    ]


@pytest.mark.parametrize(
    ("text", "is_balanced"),
    [
        ("", True), ("(a)", True), ("(a[b])", True), ("(a", False), ("a)", False), ("(a]", False),
        ("(a[b)]", False), ("a)(b", False),
    ],
)  # fmt: skip
def test_brackets_are_balanced_when_each_is_closed_in_its_turn(
    text: str, is_balanced: bool
) -> None:
    assert balanced(text) is is_balanced


def test_letters_that_take_two_columns_count_as_two() -> None:
    def columns(text: str) -> int:
        return sum(2 if ord(char) > 0x2FFF else 1 for char in text)

    wide = "版本一二三四五六"
    assert shortened(wide, 16, columns) == wide
    short = shortened(wide, 9, columns)
    assert columns(short) <= 9 and short[0] == "版" and short[-1] == "六"
    assert shortened(f"{wide} -> {wide} (1/2)", 21, columns).endswith("(1/2)")


@given(st.text("(x[ {y}] )ab", max_size=60), st.integers(0, 60), st.integers(1, 3))
def test_what_is_balanced_stays_so_however_narrow_it_gets(text: str, room: int, rows: int) -> None:
    for short in (ended(text, room), shortened(text, room)):
        assert len(short) <= max(room, 0) or short == text
        assert balanced(short) or not balanced(text)
    lines = wrap(((text, ""),), room, rows)
    assert all(len(plain(one)) <= max(room, 8) for one in lines)
    assert balanced("".join(map(plain, lines))) or not balanced(text)


@given(st.text(st.characters(codec="ascii", categories=["L", "N", "P"])), st.integers(0, 40))
def test_it_always_fits(text: str, room: int) -> None:
    assert len(shortened(text, room)) <= room or len(text) <= room


def test_a_table_shortens_by_the_same_rule() -> None:
    shown = table(("RUNNING", "NOTE"), [(f"{BUILD} -> {BUILD} (3/6)", "x")], width=22, middle=(0,))
    assert shown.splitlines()[2].startswith("…0042 → …0042 (3/6)")


def test_a_named_digest_is_shortened_to_its_name() -> None:
    pinned = "v0.0.0-staging-test-deploy-0041 (sha256:35a29e6b)"
    assert shortened(pinned, 49) == pinned
    assert shortened(pinned, 40) == "v0.0.0-staging-test-deploy-0041"
    assert shortened(pinned, 12).endswith("y-0041") and len(shortened(pinned, 12)) == 12
