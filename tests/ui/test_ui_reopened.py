"""What changed while a view was closed is on the screen when it is opened again."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.ui.conftest import MakeApp, opened
from tests.ui.frame import screen_text, text, until
from tests.ui.ui_crowd import NAMES, CrowdEngine, crowd
from tests.ui.ui_engine import ScriptedEngine


@pytest.fixture
def engine() -> ScriptedEngine:
    return CrowdEngine()


async def test_the_headline_counts_what_the_top_line_counts(
    make_app: MakeApp, engine: ScriptedEngine
) -> None:
    app = make_app()
    async with opened(app, (120, 24)) as pilot:
        for key, words in (("3", "✓ 120 ready"), ("5", "applied")):
            await pilot.press(key)
            assert await until(pilot, lambda w=words: w in text(app))
        engine.give(crowd(NAMES[:7]))
        assert await until(pilot, lambda: "✓7" in screen_text(app)[0])
        await pilot.press("3")
        assert await until(pilot, lambda: "✓ 7 ready" in text(app)), text(app)


@pytest.mark.parametrize("view", ["1", "3", "5", "6"])
@pytest.mark.parametrize("size", [(40, 8), (80, 24), (200, 50)])
async def test_rows_that_changed_meanwhile_are_drawn(
    make_app: MakeApp, engine: ScriptedEngine, view: str, size: tuple[int, int]
) -> None:
    app = make_app()
    other = "5" if view != "5" else "3"
    async with opened(app, size) as pilot:
        for key in (view, other):
            await pilot.press(key)
            assert await until(pilot, lambda: "n001" in text(app)), text(app)
            await pilot.pause()
        engine.give(crowd(tuple(f"m{n}" for n in NAMES)))
        assert await until(pilot, lambda: "mn001" in text(app))
        await pilot.press(view)
        assert await until(pilot, lambda: app.pane is not None and "mn001" in text(app))
        assert await until(pilot, lambda: "mn" in cursor(text(app))), text(app)


async def test_a_shorter_list_leaves_nothing_of_the_longer_one(
    make_app: MakeApp, engine: ScriptedEngine
) -> None:
    app = make_app()
    async with opened(app, (80, 24)) as pilot:
        await pilot.press("3")
        assert await until(pilot, lambda: "✓ 120 ready" in text(app))
        await pilot.press("end")
        assert await until(pilot, lambda: NAMES[-1] in text(app))
        engine.give(replace(crowd(NAMES[:3]), findings=(), changes=()))
        assert await until(pilot, lambda: "✓ 3 ready" in text(app))
        await pilot.pause()
        assert not [name for name in NAMES[3:] if name in text(app)], text(app)


def cursor(drawn: str) -> str:
    """The highlighted row."""
    return next((line for line in drawn.splitlines() if "▎" in line), "")
