"""Groups of columns: named above them, and the cursor stands in one."""

from __future__ import annotations

from typing import Any

from tests.ui.ui_table import (
    BY_PLACE,
    Board,
    lines,
    row,
    settled,
    shown,
    styles,
)

GROUPS = ("staging", "production")
CELLS = (row("web", "1.4.2", "1.5.0", "1.4.1"), row("api", "2.0.0", "2.0.0", "1.9.0"))


async def test_the_cursor_stands_in_a_group_that_there_is() -> None:
    async with shown(CELLS, (60, 8), BY_PLACE) as (table, pilot):
        table.set_groups(GROUPS)
        assert table.group == "staging"
        table.set_groups(GROUPS, "production")
        table.set_groups(GROUPS)
        assert table.group == "production", "it stays where it was"
        table.set_groups(GROUPS, "elsewhere")
        assert table.group == "staging"
        app = pilot.app
        assert isinstance(app, Board)
        moves, steps = app.moves, table.steps
        await pilot.press("right")
        assert (table.group, app.moves, table.steps) == ("production", moves + 1, steps + 1)
        await pilot.press("right")
        assert (table.group, app.moves, table.steps) == ("production", moves + 1, steps + 1)
        await pilot.press("left", "left")
        assert table.group == "staging"
        table.set_groups(())
        assert table.group == ""
        await pilot.press("left")
        assert table.group == ""


async def test_a_step_between_groups_paints_the_heads_and_the_cursor_alone() -> None:
    async with shown(CELLS, (60, 8), BY_PLACE) as (table, pilot):
        table.set_groups(GROUPS)
        lines(table)
        await settled(pilot)
        await pilot.press("right")
        assert {r.y for r in table.painted} == {0, 1, 2}


async def test_groups_are_named_above_their_columns_and_ruled_to_their_end() -> None:
    async with shown(CELLS, (60, 8), BY_PLACE) as (table, _pilot):
        table.set_groups(GROUPS)
        groups, titles, first, _second = lines(table)[:4]
        assert groups.split()[::2] == ["staging", "production"]
        assert titles.split() == ["NAME", "RUNS", "PICK", "RUNS"]
        assert groups.index("staging") == titles.index("RUNS") == first.index("1.4.2")
        assert groups.index("production") == titles.rindex("RUNS") == first.index("1.4.1")
        assert groups.index("─") == groups.index("staging") + len("staging ")
        ends = groups.index("production") - 1
        assert groups[:ends].rstrip().endswith("─"), "the rule goes on to the group's end"
        assert len(groups[:ends].rstrip()) == titles.index("PICK") + len("PICK  ")


async def test_the_group_under_the_cursor_is_lit_and_the_rest_of_its_row_less_so() -> None:
    async with shown(CELLS, (60, 8), BY_PLACE) as (table, pilot):
        table.set_groups(GROUPS)

        def lit(y: int = 2) -> dict[str, Any]:
            return dict(styles(table, y))

        here = lit()
        assert here["1.4.2"] == here["1.5.0"] != here["1.4.1"] == here["web"]
        assert lit(3)["2.0.0"] == lit(3)["api"] != here["web"]
        await pilot.press("right")
        there = lit()
        assert there["1.4.1"] == here["1.4.2"] and there["1.4.2"] == here["1.4.1"]
        assert there["▎"] == there["web"]
        pilot.app.set_focus(None)
        await pilot.pause()
        blurred = lit()
        assert len(set(blurred.values())) == 1 and blurred["▎web"] != here["web"]
        table.focus()
        await pilot.pause()
        table.set_groups(GROUPS[:1])
        assert len(set(lit().values())) == 1, "one group is no choice"


async def test_without_shades_the_cursor_is_reversed() -> None:
    async with shown(CELLS, (60, 8), BY_PLACE) as (table, pilot):
        pilot.app.no_color = True
        assert all(value[1] for _word, value in styles(table, 2)), "the whole row"
        assert not any(value[1] for _word, value in styles(table, 3))
        table.set_groups(GROUPS)
        assert {word for word, value in styles(table, 2) if value[1]} == {"1.4.2", "1.5.0"}
        pilot.app.set_focus(None)
        await pilot.pause()
        assert not any(value[1] for _word, value in styles(table, 2))
