"""Rows of the board in groups: heads that count and tell, groups that fold, a cursor that stays."""

from __future__ import annotations

import random
from collections.abc import Hashable
from dataclasses import replace

import pytest
from textual.pilot import Pilot

from fluxtui.domain.board import HealthLine, Level
from fluxtui.ui.app import FluxtuiApp
from fluxtui.ui.panes.boardlines import HeadId
from fluxtui.ui.panes.versions import Versions
from tests.ui.conftest import MakeApp, opened
from tests.ui.frame import check_frame, screen_text, sees, text, until
from tests.ui.ui_delivery import night
from tests.ui.ui_engine import ScriptedEngine
from tests.ui.ui_fleet_rows import many, named

SIZES = {"80x24": (80, 24), "120x40": (120, 40), "200x50": (200, 50)}


@pytest.fixture
def engine() -> ScriptedEngine:
    return ScriptedEngine(many())


def board(app: FluxtuiApp) -> Versions:
    pane = app.pane
    assert isinstance(pane, Versions)
    return pane


async def typed(pilot: Pilot[None], words: str) -> None:
    await pilot.press(*("space" if letter == " " else letter for letter in words))


def at(app: FluxtuiApp) -> Hashable:
    row = board(app).table.selected
    return row.id if row is not None else None


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("keys", [(), ("right_square_bracket",) * 3, ("right_square_bracket",) * 2])
async def test_three_hundred_rows_look_as_agreed(
    make_app: MakeApp, keys: tuple[str, ...], size: str
) -> None:
    app = make_app()
    async with opened(app, SIZES[size]) as pilot:
        name = {0: "plain", 3: "by-source", 2: "by-namespace-folded"}[len(keys)]
        await pilot.press(*keys, *(("F",) if len(keys) == 2 else ()))
        await check_frame(pilot, f"versions-300-{name}-{size}")


async def test_the_worst_group_and_its_worst_row_come_first(make_app: MakeApp) -> None:
    app = make_app()
    async with opened(app, (120, 40)) as pilot:
        await pilot.press("right_square_bracket", "right_square_bracket")
        await sees(pilot, "by namespace: 12 groups", "▾ ingress  25 rows")
        shown = screen_text(app)
        first = next(i for i, line in enumerate(shown) if "▾" in line)
        assert "▾ ingress  25 rows  ✗ 3 failed: s0017, s0077, s0209" in shown[first]
        assert "s0017" in shown[first + 1] and "s0077" in shown[first + 2]


async def test_of_more_rows_than_fit_the_worst_come_first(make_app: MakeApp) -> None:
    app = make_app()
    async with opened(app, (80, 24)) as pilot:
        await sees(pilot, "s0017")
        top = text(app).index
        assert top("s0017") < top("s0210") < top("s0078") < top("s0018") < top("s0000")
        await pilot.press("N", "home")
        await sees(pilot, "s0000", "s0012")
        assert "s0017" not in text(app)


async def test_a_folded_group_says_what_of_it_is_not_well_and_how_bad(make_app: MakeApp) -> None:
    app = make_app()
    async with opened(app, (80, 24)) as pilot:
        await pilot.press(*("right_square_bracket",) * 2, "F")
        await sees(pilot, "by namespace: 12 of 12 groups folded, 300 rows")
        await sees(pilot, "▸ ingress  25 rows folded  ✗ 3 failed: s0017, s0077, s0209")
        await sees(pilot, "▸ mail  25 rows folded  ? 1 unknown  ○ 1 waiting  ◐ 1 rolling")
        await sees(pilot, "▸ billing  25 rows folded  ✓ ready")
        assert "s0000" not in text(app)
        await pilot.press("F")
        await sees(pilot, "by namespace: 12 groups", "▾ ingress", "s0017")


async def test_what_fails_in_a_folded_group_is_told_by_its_head(
    make_app: MakeApp, engine: ScriptedEngine
) -> None:
    app = make_app()
    async with opened(app, (80, 24)) as pilot:
        await pilot.press(*("right_square_bracket",) * 2, "F")
        await sees(pilot, "▸ billing  25 rows folded  ✓ ready")
        rows = list(engine.snapshot.board.rows)
        assert rows[0].service == named(0)
        (own,) = rows[0].lines["production"]
        failed = replace(own, health=HealthLine(Level.FAILED, "no such host"))
        rows[0] = replace(rows[0], lines={**rows[0].lines, "production": (failed,)})
        news = replace(engine.snapshot.board, rows=tuple(rows))
        engine.give(replace(engine.snapshot, serial=engine.snapshot.serial + 1, board=news))
        await sees(pilot, "▸ billing  25 rows folded  ✗ 1 failed: s0000")


async def test_nothing_is_done_to_a_whole_group(make_app: MakeApp, engine: ScriptedEngine) -> None:
    app = make_app()
    async with opened(app, (120, 40)) as pilot:
        await pilot.press(*("right_square_bracket",) * 2, "F", "home", "s")
        await sees(pilot, "Suspend: ingress is a group of 25 rows: choose one of them")
        await pilot.press("enter", "down")
        await sees(pilot, "11 of 12 groups folded", "ingress/s0017")
        assert app.main.target.service == named(17)


async def test_a_filter_looks_into_folded_groups_and_ends_as_it_began(make_app: MakeApp) -> None:
    app = make_app()
    async with opened(app, (120, 40)) as pilot:
        await pilot.press(*("right_square_bracket",) * 2, "F", "slash")
        await typed(pilot, "s0209")
        await sees(pilot, "▾ ingress", "s0209", "1 of 300")
        assert "billing" not in text(app)
        await pilot.press("enter", "f")
        await sees(pilot, "a filter looks into all groups")
        await pilot.press("escape")
        await sees(pilot, "12 of 12 groups folded")
        assert "s0209 " not in text(app)


async def test_rows_are_grouped_by_word_too_and_faults_alone(make_app: MakeApp) -> None:
    app = make_app()
    async with opened(app, (120, 40)) as pilot:
        await pilot.press("colon")
        await typed(pilot, "group stage")
        await pilot.press("enter")
        await sees(pilot, "by stage: 2 groups", "▾ staging  100 rows")
        await pilot.press("z")
        await sees(pilot, "faults only", "▾ staging  3 rows")
        assert "s0000" not in text(app)
        await pilot.press("colon")
        await typed(pilot, "group none")
        await pilot.press("enter")
        await sees(pilot, "not grouped")
        await pilot.press("f")
        await sees(pilot, "rows are not grouped: [ and ] group them")


async def test_a_service_that_is_named_comes_out_of_its_folded_group(make_app: MakeApp) -> None:
    app = make_app()
    async with opened(app, (120, 40)) as pilot:
        await pilot.press(*("right_square_bracket",) * 2, "F", "colon")
        await typed(pilot, "s0100")
        await pilot.press("enter")
        await sees(pilot, "11 of 12 groups folded", "s0100")
        assert at(app) == (named(100), 0)


KEYS = (
    *("f", "F", "left_square_bracket", "right_square_bracket", "N", "A", "S"),
    *("down", "pagedown", "up", "home", "end"),
)


@pytest.mark.parametrize("seed", range(6))
async def test_the_cursor_stays_on_its_object_whatever_is_folded_or_sorted(
    make_app: MakeApp, seed: int
) -> None:
    chance = random.Random(seed)
    app = make_app(many(60))
    async with opened(app, (100, 30)) as pilot:
        await pilot.press("down")
        pane = board(app)
        for _ in range(40):
            before, key = at(app), chance.choice(KEYS)
            group = pane._lines.group(before)
            await pilot.press(key)
            await pilot.pause()
            now = at(app)
            if key in ("down", "up", "home", "end", "pagedown"):
                continue
            if isinstance(before, HeadId):
                told = (key, before, now)
                same = now == before or pane._lines.group(now) is not None or not pane._groups.by
                assert same, told
                if key in "fFNAS":
                    assert now == before, told
                continue
            listed = [pane.table._listing.id_at(i) for i in range(len(pane.table._listing))]
            if before in listed:
                assert now == before, (key, before, now)
            else:
                inside = pane._lines.group(before)
                assert now == HeadId(pane._groups.by, inside or ""), (key, before, now, group)


@pytest.mark.parametrize("way", [1, 2, 3])
async def test_a_filter_leaves_the_cursor_on_what_it_shows(make_app: MakeApp, way: int) -> None:
    app = make_app(many(60))
    async with opened(app, (100, 30)) as pilot:
        await pilot.press(*("right_square_bracket",) * way, "end", "up", "up")
        before = at(app)
        assert isinstance(before, tuple) and before[1] == 0
        await pilot.press("slash")
        await typed(pilot, str(before[0]).rpartition("/s00")[2])
        assert await until(pilot, lambda: board(app).table.counts[0] < 20)
        assert at(app) == before
        await pilot.press("escape")
        assert await until(pilot, lambda: not board(app).table.words)
        assert at(app) == before


async def test_a_small_board_can_be_grouped_too(make_app: MakeApp) -> None:
    app = make_app(night())
    async with opened(app, (120, 40)) as pilot:
        await pilot.press("right_square_bracket")
        await sees(pilot, "▾ staging, production", "└ noti…s-mirror")
