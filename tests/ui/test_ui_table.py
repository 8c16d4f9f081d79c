"""The table alone: what is painted, what is painted again, and where the cursor stays."""

from __future__ import annotations

import pytest
from textual.geometry import Region, Size

from fluxtui.ui.widgets.columns import Column
from fluxtui.ui.widgets.listing import TableRow
from tests.ui.ui_table import (
    BY_PLACE,
    COLUMNS,
    ROWS,
    Board,
    cell,
    chosen,
    lines,
    row,
    settled,
    shown,
)

# -- what is drawn


async def test_headings_stay_and_rows_stand_under_them_the_cursor_s_marked() -> None:
    async with shown() as (table, pilot):
        first, *rest = lines(table)
        assert first.split() == ["NAME", "AGE"] and table.head == 1
        assert [line.split() for line in rest] == [
            ["▎row-0", "0s"], *([f"row-{n}", f"{n}s"] for n in range(1, 7)),
        ]  # fmt: skip
        assert len({table.render_line(y).cell_length for y in range(8)}) == 1
        await pilot.press("end")
        assert lines(table)[0] == first and lines(table)[-1].split() == ["▎row-19", "19s"]
        assert table.visible_rows[0].id == "row-13"


@pytest.mark.parametrize(("height", "head"), [(8, 2), (4, 2), (3, 1), (2, 0), (1, 0)])
async def test_headings_give_way_where_they_would_leave_no_room(height: int, head: int) -> None:
    async with shown(size=(60, height), columns=BY_PLACE) as (table, _pilot):
        assert table.head == head and table.room == height - head
        assert "row-0" in "\n".join(lines(table))
        untitled = tuple(Column("", group=c.group) for c in BY_PLACE)
        table.show_rows(untitled, ROWS)
        assert table.head == min(1, max(0, height - 2))
        table.show_rows((Column(""),), ROWS)
        assert table.head == 0


async def test_a_heading_or_a_wide_row_stands_across_the_columns() -> None:
    long = "a heading that is much wider than its column is"
    rows = (
        TableRow("h", (cell(long),), heading=True),
        row("a", "1s"),
        TableRow("w", (cell(long), cell("never shown")), wide=True),
        TableRow("e", (), heading=True),
        row("short"),
    )
    async with shown(rows, (60, 9)) as (table, pilot):
        assert lines(table)[1:6] == [
            f" {long}", lines(table)[2], f" {long}", "", lines(table)[5],
        ]  # fmt: skip
        assert lines(table)[2].split() == ["▎a", "1s"] and lines(table)[5].split() == ["short"]
        await pilot.press("down")
        assert lines(table)[3] == f"▎{long}"
        assert table.counts == (3, 3), "headings do not count"


async def test_a_name_is_cut_in_its_flexible_column_and_cells_keep_apart() -> None:
    columns = (Column("A", least=8, flex=True), Column("B", least=8), Column("C", least=8))
    rows = (row("aaaa", "bbbbbbbb", "c"),)
    async with shown(rows, (34, 5), columns) as (table, _pilot):
        assert [w for w in lines(table)[1].split() if w] == ["▎aaaa", "bbbbbbbb", "c"]
        assert len(lines(table)[0].split()) == 3


async def test_no_rows_say_why_and_a_filter_says_that_it_hides_them() -> None:
    async with shown((), (60, 8)) as (table, _pilot):
        assert [line.strip() for line in lines(table) if line.strip()] == [
            lines(table)[0].strip(), "nothing is here",
        ]  # fmt: skip
        assert lines(table)[1] == "" and table.selected is None
        before = table.drawn
        table.render_line(0)
        table.render_line(1)
        assert table.drawn == before + 1, "a heading is not the cursor's line"
        table.filter("zzz")
        assert "nothing is here" in "\n".join(lines(table)), "there is nothing that it hides"
        table.show_rows(COLUMNS, ROWS[:1], ())
        text = " ".join(" ".join(lines(table)).split())
        assert "The filter /zzz hides all: 1 row is there. esc shows them." in text
        assert table.words == "zzz" and table.counts == (0, 1)
        table.filter("")
        assert table.counts == (1, 1) and "hides" not in "".join(lines(table))


async def test_only_a_flexible_name_is_cut_at_its_beginning_of_many() -> None:
    name = "registry-of-the-house/some-long-service-name"
    for flex, middle in ((True, False), (True, True), (False, False)):
        columns = (Column("A", least=20, most=20, flex=flex, middle=middle),)
        async with shown((row(name),), (24, 4), columns) as (table, _pilot):
            shorts = lines(table)[1].removeprefix("▎")
            assert "…" in shorts and (shorts.endswith("name") is (flex and middle)), shorts


# -- what is painted again


async def test_a_changed_cell_is_all_that_is_painted_again() -> None:
    async with shown() as (table, pilot):
        lines(table)
        table.show_rows(COLUMNS, (ROWS[0], row("row-1", "9s"), *ROWS[2:]), (cell("nothing"),))
        await settled(pilot)
        table.show_rows(COLUMNS, (ROWS[0], row("row-1", "8s"), *ROWS[2:]), (cell("nothing"),))
        (cell_,) = table.painted
        assert (cell_.y, cell_.height) == (2, 1) and cell_.width < 10 and cell_.x > 1
        await settled(pilot)
        table.show_rows(COLUMNS, (ROWS[0], row("row-1", "8s"), *ROWS[2:]), (cell("nothing"),))
        assert table.painted == [], "equal rows are no change"
        assert lines(table)[2].split() == ["row-1", "8s"]


@pytest.mark.parametrize(
    "other",
    [
        row("row-1"),
        TableRow("row-1", (cell("row-1"), cell("1s")), wide=True),
        TableRow("row-1", (cell("row-1"), cell("1s")), heading=True),
    ],
)
async def test_a_row_of_another_shape_is_painted_whole(other: TableRow) -> None:
    async with shown() as (table, pilot):
        lines(table)
        for changed in (other, ROWS[1]):
            table.show_rows(COLUMNS, (ROWS[0], changed, *ROWS[2:]), (cell("nothing is here"),))
            assert Region(0, 2, table.size.width, 1) in table.painted
            assert len(table.painted) == 1
            await settled(pilot)
            lines(table)


async def test_all_is_painted_when_columns_rows_or_what_is_said_of_none_come_anew() -> None:
    whole = Region(0, 0, 0, 0)
    async with shown() as (table, pilot):
        for columns, rows, empty in (
            (COLUMNS[:1], ROWS, "nothing is here"),
            (COLUMNS[:1], ROWS, "nothing at all"),
            (COLUMNS[:1], (), "nothing at all"),
            (COLUMNS[:1], ROWS, "nothing at all"),
            (COLUMNS[:1], (row("a much longer name"), *ROWS), "nothing at all"),
        ):
            table.show_rows(columns, rows, (cell(empty),))
            assert whole in table.painted
            await settled(pilot)
            lines(table)


async def test_rows_that_go_leave_nothing_behind() -> None:
    async with shown(ROWS[:5]) as (table, pilot):
        lines(table)
        table.show_rows(COLUMNS, ROWS[:3], (cell("nothing is here"),))
        assert {r.y for r in table.painted} >= {4, 5} and 2 not in {r.y for r in table.painted}
        assert lines(table)[4:6] == ["", ""]
        await settled(pilot)
        table.show_rows(COLUMNS, ROWS[:3], (cell("nothing is here"),))
        assert table.painted == []


async def test_the_present_moves_on_in_the_cells_in_sight() -> None:
    async with shown() as (table, pilot):
        lines(table)
        await pilot.press("down")
        lines(table)
        table.painted.clear()
        table.look_again()
        assert table.painted == []
        assert lines(table)[2].startswith("▎row-1")


# -- the cursor


async def test_the_cursor_stays_on_its_row_and_says_when_it_cannot() -> None:
    async with shown() as (table, pilot):
        app = pilot.app
        assert isinstance(app, Board)
        await pilot.press("down", "down")
        await settled(pilot)
        moves = app.moves
        table.show_rows(COLUMNS, (row("new", "0s"), *ROWS), ())
        await settled(pilot)
        assert chosen(table) == "row-2" and app.moves == moves
        table.show_rows(COLUMNS, ROWS[3:], ())
        await settled(pilot)
        assert chosen(table) == "row-6" and app.moves == moves + 1
        table.filter("row-1")
        await settled(pilot)
        assert app.moves == moves + 2 and table.counts == (10, 17)


async def test_until_a_key_is_pressed_a_floating_cursor_stays_at_the_top() -> None:
    async with shown(floats=True) as (table, pilot):
        table.show_rows(COLUMNS, (row("new", "0s"), *ROWS), ())
        assert chosen(table) == "new"
        await pilot.press("down")
        table.show_rows(COLUMNS, (row("newer", "0s"), row("new", "0s"), *ROWS), ())
        assert chosen(table) == "row-0"


async def test_only_the_lines_that_the_cursor_leaves_and_comes_to_are_painted() -> None:
    async with shown() as (table, pilot):
        lines(table)
        await pilot.press("down")
        assert {r.y for r in table.painted} == {1, 2}
        await settled(pilot)
        lines(table)
        table.draw_cursor()
        assert [r.y for r in table.painted] == [2]
        table.painted.clear()
        pilot.app.set_focus(None)
        await pilot.pause()
        assert Region(0, 2, table.size.width, 1) in table.painted
        await settled(pilot)
        table.show_rows(COLUMNS, (), ())
        await settled(pilot)
        table.draw_cursor()
        assert table.painted == [Region(0, 0, 0, 0)]


async def test_the_cursor_s_line_tells_when_it_is_painted() -> None:
    async with shown() as (table, _pilot):
        table.drawn = 0
        table.render_line(2)
        assert table.drawn == 0
        table.render_line(1)
        assert table.drawn == 1


async def test_another_size_lays_the_columns_out_again() -> None:
    rows = (row("a-name-that-is-quite-long-and-wide", "1s"),)
    async with shown(rows, (60, 6)) as (table, pilot):
        assert "wide" in lines(table)[1]
        await pilot.resize_terminal(20, 6)
        await pilot.pause()
        narrow = lines(table)[1]
        assert "wide" not in narrow and len(narrow) <= 20 and narrow.endswith("1s")
        assert table.size == Size(20, 6)
