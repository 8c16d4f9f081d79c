"""A version that does not fit keeps its end, wherever it is shown."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fluxtui.cli.output import table
from fluxtui.domain.shortening import shortened
from fluxtui.ui.spans import elide_middle

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
    ],
)
def test_the_end_is_kept_on_the_screen_and_in_tables_alike(
    text: str, room: int, short: str
) -> None:
    assert shortened(text, room) == short == elide_middle(text, room)


@given(st.text(st.characters(codec="ascii", categories=["L", "N", "P"])), st.integers(0, 40))
def test_it_always_fits(text: str, room: int) -> None:
    assert len(shortened(text, room)) <= room or len(text) <= room


def test_a_table_shortens_by_the_same_rule() -> None:
    shown = table(("RUNNING", "NOTE"), [(f"{BUILD} -> {BUILD} (3/6)", "x")], width=22, middle=(0,))
    assert shown.splitlines()[2].startswith("…0042 → …0042 (3/6)")
