"""Golden frames: what every pane looks like, wide and narrow."""

from __future__ import annotations

import pytest
from conftest import MakeApp
from frame import check_frame
from ui_delivery import connecting

from fluxtui.domain.snapshot import Snapshot

SIZES = {"120x40": (120, 40), "80x24": (80, 24)}
PANES = {
    "versions": (),
    "tags": ("2",),
    "chain": ("3",),
    "diff": ("right", "4"),
    "diff-versions": ("right", "4", "right"),
    "events": ("5",),
    "help": ("question_mark",),
    "review": ("right", "s", *"audit", "enter"),
}


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("pane", PANES)
async def test_the_pane_looks_as_agreed(make_app: MakeApp, pane: str, size: str) -> None:
    app = make_app()
    async with app.run_test(size=SIZES[size]) as pilot:
        await pilot.press(*PANES[pane])
        await pilot.pause()
        check_frame(app, f"{pane}-{size}")


async def test_nothing_to_show_yet_says_whom_it_waits_for(make_app: MakeApp) -> None:
    app = make_app(connecting())
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        check_frame(app, "connecting-80x24")


async def test_before_the_engine_runs_the_frame_is_there(make_app: MakeApp) -> None:
    app = make_app(Snapshot())
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        check_frame(app, "starting-80x24")
