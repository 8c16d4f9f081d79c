"""Golden frames: what every pane looks like, wide and narrow."""

from __future__ import annotations

import pytest

from fluxtui.domain.plan import Plan, Receipt
from fluxtui.domain.protection import Confirmed, Demand
from fluxtui.domain.snapshot import Snapshot
from fluxtui.ui.screens.review import Review
from tests.ui.conftest import MakeApp, opened
from tests.ui.frame import check_frame
from tests.ui.ui_delivery import PLAN, connecting

SIZES = {"120x40": (120, 40), "80x24": (80, 24)}
PANES = {
    "versions": (),
    "tags": ("2",),
    "chain": ("3",),
    "diff": ("right", "4"),
    "diff-versions": ("right", "4", "right"),
    "events": ("5",),
    "help": ("question_mark",),
}


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("pane", PANES)
async def test_the_pane_looks_as_agreed(make_app: MakeApp, pane: str, size: str) -> None:
    app = make_app()
    async with opened(app, SIZES[size]) as pilot:
        await pilot.press(*PANES[pane])
        await check_frame(pilot, f"{pane}-{size}")


@pytest.mark.parametrize("size", SIZES)
async def test_the_review_says_all_that_a_plan_says(make_app: MakeApp, size: str) -> None:
    async def run(_plan: Plan, _confirmed: Confirmed) -> tuple[Receipt, ...]:
        return ()

    app = make_app()
    async with opened(app, SIZES[size]) as pilot:
        await app.push_screen(Review(PLAN, Demand(("production",)), run))
        await check_frame(pilot, f"review-{size}")


async def test_nothing_to_show_yet_says_whom_it_waits_for(make_app: MakeApp) -> None:
    app = make_app(connecting())
    async with opened(app, (80, 24)) as pilot:
        await check_frame(pilot, "connecting-80x24")


async def test_before_the_engine_runs_the_frame_is_there(make_app: MakeApp) -> None:
    app = make_app(Snapshot())
    async with opened(app, (80, 24)) as pilot:
        await check_frame(pilot, "starting-80x24")
