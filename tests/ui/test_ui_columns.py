"""Columns: a narrow terminal shows fewer, never broken ones."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fluxtui.ui import diffrows
from fluxtui.ui.panes import chain, events, journal, objectcells, tags
from fluxtui.ui.widgets.columns import GAP, Column, layout

COLUMNS = (
    Column("NAME", least=10, most=30, keep=9),
    Column("AGE", least=4, keep=5, right=True),
    Column("RUNNING", least=9, keep=8, flex=True),
    Column("NEWEST", least=9, keep=3),
)


@given(st.lists(st.integers(0, 80), min_size=4, max_size=4), st.integers(22, 200))
def test_slots_never_overlap_or_leave_the_screen(contents: list[int], width: int) -> None:
    slots = layout(COLUMNS, contents, width)
    for left, right in pairwise(slots):
        assert left.start + left.width + GAP == right.start
    assert slots[-1].start + slots[-1].width <= width


def test_the_least_important_column_goes_first() -> None:
    wide = layout(COLUMNS, (20, 4, 20, 9), 80)
    narrow = layout(COLUMNS, (20, 4, 20, 9), 30)
    assert [s.column.title for s in wide] == ["NAME", "AGE", "RUNNING", "NEWEST"]
    assert [s.column.title for s in narrow] == ["NAME", "AGE", "RUNNING"]


def test_what_is_left_over_goes_to_the_flexible_column() -> None:
    slots = layout(COLUMNS, (10, 4, 9, 9), 100)
    assert slots[2].width == 100 - 10 - 4 - 9 - 3 * GAP


MEANING = {
    "chain": (chain.columns(False), ("NAME", "WHY")),
    "tags": (tags.COLUMNS, ("TAG", "WHY")),
    "diff": ((*diffrows.COLUMNS, diffrows.BY), ("OBJECT AND FIELD", "BEFORE", "AFTER")),
    "events": (events.COLUMNS, ("SUBJECT", "WHAT")),
    "journal": (journal.COLUMNS, ("ACT", "OUTCOME")),
    "objects": (objectcells.columns(None, tight=True), ("KIND", "NAME", "MESSAGE")),
}


@given(st.lists(st.integers(0, 120), min_size=9, max_size=9), st.integers(38, 300))
@pytest.mark.parametrize("view", MEANING)
def test_the_columns_that_carry_the_meaning_stay(
    view: str, contents: list[int], width: int
) -> None:
    spec, meaning = MEANING[view]
    slots = {s.column.title: s for s in layout(spec, contents, width)}
    for title in meaning:
        assert title in slots
        assert slots[title].width >= min(slots[title].column.least, 9)


@given(st.lists(st.integers(0, 60), min_size=4, max_size=4))
def test_nothing_is_shortened_beside_empty_columns(contents: list[int]) -> None:
    capped = tuple(replace(column, most=8) for column in COLUMNS)
    for slot in layout(capped, contents, 260):
        assert slot.width >= contents[slot.index]
