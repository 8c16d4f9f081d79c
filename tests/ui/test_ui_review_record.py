"""What an act is run with is what its review showed when somebody said yes: an audit asks that."""

from __future__ import annotations

from dataclasses import replace

import pytest

from fluxtui.domain.reviewrecord import recorded
from tests.ui.conftest import MakeApp, opened
from tests.ui.frame import sees, until
from tests.ui.ui_engine import DELIVERY
from tests.ui.ui_review import MOVING, SIZES, STANDING, WANTED, Asked, review


@pytest.mark.parametrize("size", ["80x24", "200x50"])
async def test_dangers_that_were_rendered_and_what_was_not_looked_at_go_with_the_plan(
    make_app: MakeApp, size: str
) -> None:
    engine, app = Asked(replace(DELIVERY, wanted=(WANTED,))), make_app()
    engine.open.set()
    engine.standing.set()
    async with opened(app, SIZES[size]) as pilot:
        await app.push_screen(review(engine))
        await sees(pilot, "DANGER", "2 things not looked at", f"plan {MOVING.id}")
        await pilot.press("y")
        await until(pilot, lambda: bool(engine.ran))
    (plan,) = engine.ran
    assert set(plan.dangers) == {*DELIVERY.dangers, *STANDING.dangers} and len(plan.unseen) == 2
    assert set(STANDING.unread) <= set(plan.unseen)
    assert plan.id == MOVING.id, "what stood on the sheet names it in the Journal"
    assert replace(plan, dangers=MOVING.dangers, unseen=MOVING.unseen) == MOVING


@pytest.mark.parametrize("size", ["80x24", "200x50"])
async def test_who_does_not_wait_for_the_rendering_has_not_looked(
    make_app: MakeApp, size: str
) -> None:
    engine, app = Asked(), make_app()
    async with opened(app, SIZES[size]) as pilot:
        await app.push_screen(review(engine))
        await sees(pilot, "rendering both builds", "y run")
        await pilot.press("y")
        await until(pilot, lambda: bool(engine.ran))
    (plan,) = engine.ran
    assert plan.dangers == MOVING.dangers
    assert plan.unseen[-1].endswith("it was still being rendered when it was confirmed")


def test_what_clusters_had_not_answered_yet_was_not_looked_at() -> None:
    plan = recorded(MOVING, replace(DELIVERY, wanted=(WANTED,)))
    assert plan.unseen[-1].endswith("they were still being asked when it was confirmed")
    assert recorded(MOVING, None) == MOVING
