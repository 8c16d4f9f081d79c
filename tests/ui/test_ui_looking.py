"""Looking changes nothing: who opens views and moves no cursor comes back to what keys acted on."""

from __future__ import annotations

import pytest

from tests.ui.conftest import MakeApp, opened
from tests.ui.frame import sees, text, until


@pytest.mark.parametrize("views", ["5", "6", "4", "3", "2", "5 3", "5 6 4"])
async def test_the_board_is_where_it_was(make_app: MakeApp, views: str) -> None:
    app = make_app()
    async with opened(app, (120, 40)) as pilot:
        await pilot.press("down", "down")
        assert await until(pilot, lambda: app.target.service == "acme/notifications")
        target = app.target
        assert target.environment == "staging"
        for key in (*views.split(), "1"):
            before = app.pane
            await pilot.press(key)
            assert await until(pilot, lambda b=before: app.pane is not b)
            await pilot.pause()
        assert await until(pilot, lambda: app.target == target), app.target


async def test_events_that_were_gone_through_are_not_taken_along(make_app: MakeApp) -> None:
    app = make_app()
    async with opened(app, (120, 40)) as pilot:
        target = app.target
        await pilot.press("5")
        await sees(pilot, "SUBJECT")
        await pilot.press("down", "down", "down")
        assert await until(pilot, lambda: app.target.environment == "production")
        await pilot.press("1")
        assert await until(pilot, lambda: app.target == target), app.target


async def test_a_diff_of_one_kustomization_says_so_and_has_a_way_out(make_app: MakeApp) -> None:
    app = make_app()
    async with opened(app, (120, 40)) as pilot:
        await pilot.press("3")
        await sees(pilot, "WHY")
        await pilot.press("4")
        await sees(pilot, "acme/activity")
        assert "only ks/" not in text(app)
        await pilot.press("3")
        await sees(pilot, "WHY")
        await pilot.press("down", "down", "down", "down")
        await pilot.press("4")
        await sees(pilot, "only ks/", "w the whole service")
        await pilot.press("w")
        assert await until(pilot, lambda: "only ks/" not in text(app)), text(app)
