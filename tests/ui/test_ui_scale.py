"""What a change costs follows the change and the rows in sight, however many rows there are."""

from __future__ import annotations

from dataclasses import replace

import pytest

from fluxtui.domain.snapshot import Snapshot
from fluxtui.ui.app import FluxtuiApp
from fluxtui.ui.tally import Blockages
from fluxtui.ui.widgets.listing import ROWS, Recipe, RowListing, TableRow, shift
from tests.ui.conftest import MakeApp, opened
from tests.ui.frame import sees, text, until
from tests.ui.ui_crowd import FIRST, NAMES, CrowdEngine, change, crowd
from tests.ui.ui_delivery import NOW_SECONDS, night
from tests.ui.ui_engine import ScriptedEngine

SEEN = 16  # rows that 24 lines have room for, at most
VIEWS = {"1": "versions", "2": "tags", "3": "chain", "5": "events", "6": "journal"}


@pytest.fixture
def engine() -> ScriptedEngine:
    return CrowdEngine()


class Counted:
    """How many rows the visible pane makes and measures."""

    def __init__(self, app: FluxtuiApp) -> None:
        pane = app.pane
        assert pane is not None
        self.listing = pane.table._listing
        recipe = self.listing.recipe
        assert recipe is not ROWS, "it lays every row out"
        self.made = self.measured = 0

        def make(item: object) -> TableRow:
            self.made += 1
            return recipe.make(item)

        def measure(item: object) -> tuple[int, ...]:
            self.measured += 1
            return recipe.measure(item)

        counting = Recipe(recipe.key, make, measure, recipe.heading)
        self.listing.recipe = counting
        for name in ("_recipe",):
            if hasattr(pane, name):
                setattr(pane, name, counting)


def changed(snapshot: Snapshot) -> Snapshot:
    """One service, one line of the time line; all else is the same objects."""
    rows = list(snapshot.board.rows)
    line = rows[1].lines["staging"][0]
    other = replace(line, running=replace(line.running, text="v9.9.9", version="v9.9.9"))
    rows[1] = replace(rows[1], lines={"staging": (other,)})
    board = replace(snapshot.board, rows=tuple(rows))
    changes = (change("news"), *snapshot.changes[:-1])
    return replace(snapshot, serial=snapshot.serial + 1, board=board, changes=changes)


@pytest.mark.parametrize("key", [k for k in VIEWS if k != "3"])
async def test_one_change_makes_the_rows_in_sight_and_a_moment_makes_no_more(
    make_app: MakeApp, engine: ScriptedEngine, key: str
) -> None:
    app = make_app()
    async with opened(app, (80, 24)) as pilot:
        await pilot.press(key)
        await sees(pilot, FIRST)
        await pilot.pause()
        count = Counted(app)
        engine.give(changed(engine.snapshot))
        assert await until(pilot, lambda: app.main._snapshot.serial == engine.snapshot.serial)
        await pilot.pause()
        assert count.measured <= 2 and count.made <= 3 * SEEN, (count.measured, count.made)
        assert key != "1" or "v9.9.9" in text(app)
        assert key != "5" or "applied news" in text(app)
        count.made = count.measured = 0
        app.main._pass_time()
        await pilot.pause()
        assert count.measured == 0 and count.made <= SEEN


async def test_time_passes_in_the_rows_in_sight(make_app: MakeApp, engine: ScriptedEngine) -> None:
    now = [NOW_SECONDS]
    app = make_app(clock=lambda: now[0])
    async with opened(app, (120, 24)) as pilot:
        await pilot.press("5")
        await sees(pilot, FIRST, " 0s")
        now[0] += 7200
        app.main._pass_time()
        await sees(pilot, " 2h")
        assert " 0s" not in text(app)


def test_what_comes_in_at_the_top_while_the_last_goes_is_measured_alone() -> None:
    rows = [TableRow(name, (((name, ""),),)) for name in NAMES]
    measured: list[object] = []

    def measure(row: TableRow) -> tuple[int, ...]:
        measured.append(row.id)
        return (len(str(row.id)),)

    recipe = Recipe(lambda row: row.id, lambda row: row, measure)
    listing = RowListing()
    listing.give(rows, recipe)
    measured.clear()
    news = [TableRow("news-that-is-long", ((("x", ""),),)), *rows[:-1]]
    assert shift(rows, news) == 1
    assert listing.give(news, recipe)
    assert measured == ["news-that-is-long"] and listing.widest == (17,)
    assert [listing.id_at(i) for i in range(3)] == ["news-that-is-long", *NAMES[:2]]
    assert listing.give(rows, recipe) and listing.widest == (4,)
    assert shift(rows, rows[1:]) == shift(rows, list(reversed(rows))) == 0


def test_blockages_are_those_of_the_board_after_every_change() -> None:
    blockages, snapshot = Blockages(), night()
    chains = dict(snapshot.board.chains)
    assert blockages.of(chains) == snapshot.board.troubled()
    well = tuple(
        replace(node, health=crowd().board.chains["staging"][0].health)
        for node in chains["staging"]
    )
    for nodes in (well, chains["staging"][:4], chains["staging"], well[::-1]):
        board = replace(snapshot.board, chains={**chains, "staging": nodes})
        assert blockages.of(board.chains) == board.troubled()


async def test_behind_a_sheet_that_hides_all_nothing_is_painted(
    make_app: MakeApp, engine: ScriptedEngine
) -> None:
    app = make_app()
    async with opened(app, (80, 24)) as pilot:
        await pilot.press("3")
        await sees(pilot, FIRST)
        await pilot.press("y")
        await sees(pilot, "apiVersion")
        assert app._background_screens == []
        lines = app.main.pane.table  # type: ignore[union-attr]
        drawn: list[int] = []
        render = lines.render_line

        def noted(y: int) -> object:
            drawn.append(y)
            return render(y)

        lines.render_line = noted  # type: ignore[assignment, method-assign]
        engine.give(changed(engine.snapshot))
        await pilot.resize_terminal(90, 30)
        await sees(pilot, "apiVersion")
        assert not drawn
        await pilot.press("escape")
        await sees(pilot, "WHY")
        assert drawn
