"""The keys of a review: trying, keeping, reading the diff and the dangers; none of them acts."""

from __future__ import annotations

from dataclasses import replace

import pytest

from fluxtui.commands.proposing import Proposal
from fluxtui.domain.ask import (
    ReviewMoves,
    TryMoves,
)
from fluxtui.domain.danger import Danger, Gravity
from fluxtui.domain.errors import FluxtuiError
from fluxtui.domain.protection import Demand
from fluxtui.domain.review.catalog import BY_ID
from fluxtui.ui.screens.compared import Compared
from fluxtui.ui.screens.reading import Reading
from fluxtui.ui.screens.review import Review
from tests.ui.conftest import MakeApp, opened
from tests.ui.frame import sees, text, until
from tests.ui.ui_delivery import PLAN
from tests.ui.ui_review import (
    MOVES,
    MOVING,
    SIZES,
    Asked,
    review,
)


async def test_the_clusters_try_it_on_a_key_and_on_nothing_else(make_app: MakeApp) -> None:
    engine, app = Asked(), make_app()
    engine.open.set()
    async with opened(app, (80, 24)) as pilot:
        await app.push_screen(review(engine))
        await sees(pilot, "t try")
        assert engine.questions == [ReviewMoves(MOVES)]
        await pilot.press("t")
        await sees(pilot, "is refused: quota")
        await pilot.press("t")
        await pilot.pause()
        assert "t try" not in text(app)
    assert engine.questions == [ReviewMoves(MOVES), TryMoves(MOVES)] and engine.ran == []


@pytest.mark.parametrize("size", SIZES)
async def test_while_a_name_is_typed_another_key_has_the_clusters_try_it_and_is_named(
    make_app: MakeApp, size: str
) -> None:
    engine, app = Asked(), make_app()
    engine.open.set()
    async with opened(app, SIZES[size]) as pilot:
        await app.push_screen(review(engine, "production"))
        await sees(pilot, "f5 try")
        await pilot.press("t")
        await pilot.pause()
        assert engine.questions == [ReviewMoves(MOVES)], "a letter is of the name"
        await pilot.press("f5")
        await sees(pilot, "is refused: quota")
        assert "f5 try" not in text(app)
    assert engine.questions == [ReviewMoves(MOVES), TryMoves(MOVES)] and engine.ran == []


@pytest.mark.parametrize(("key", "names"), [("s", ()), ("f6", ("production",))])
@pytest.mark.parametrize("size", SIZES)
async def test_what_would_be_taken_back_is_kept_on_a_key(
    make_app: MakeApp, size: str, key: str, names: tuple[str, ...]
) -> None:
    engine, app = Asked(), make_app()
    engine.open.set()
    lasting = replace(MOVING, effects=("infra is suspended too", *MOVING.effects))
    proposal = Proposal(lasting, Demand(names))
    async with opened(app, SIZES[size]) as pilot:
        sheet = Review(MOVING, Demand(names), engine.run, engine.ask, lambda: proposal)
        await app.push_screen(sheet)
        await sees(pilot, f"{key} keep it")
        await pilot.press(key)
        await sees(pilot, "✓ kept")
        assert "keep it" not in text(app)
        await pilot.press("pagedown", "pagedown")
        await sees(pilot, "infra is suspended too")
        await pilot.press(*("y" if not names else (*"production", "enter")))
        await until(pilot, lambda: bool(engine.ran))
    assert [(plan.id, plan.steps) for plan in engine.ran] == [(lasting.id, lasting.steps)]


async def test_who_would_take_it_back_and_cannot_be_suspended_is_said(make_app: MakeApp) -> None:
    engine, app = Asked(), make_app()
    engine.open.set()

    def refused() -> Proposal:
        raise FluxtuiError("staging is read-only by the configuration")

    async with opened(app, (120, 40)) as pilot:
        await app.push_screen(Review(MOVING, Demand(()), engine.run, engine.ask, refused))
        await sees(pilot, "s keep it")
        await pilot.press("s")
        await sees(pilot, "✗ staging is read-only by the configuration", "y run")
    assert engine.ran == []


async def test_d_shows_every_object_and_leads_back(make_app: MakeApp) -> None:
    engine, app = Asked(), make_app()
    engine.open.set()
    async with opened(app, (120, 40)) as pilot:
        await app.push_screen(review(engine))
        await sees(pilot, "d diff")
        await pilot.press("d")
        await sees(pilot, "OBJECT AND FIELD", "spec.replicas", "PodDisruptionBudget")
        assert isinstance(app.screen, Compared)
        await pilot.press("down", "down", "enter")  # past the two dangers
        assert await until(pilot, lambda: isinstance(app.screen, Reading))
        await sees(pilot, "-  replicas: 2", "+  replicas: 3")
        await pilot.press("q")
        assert await until(pilot, lambda: isinstance(app.screen, Compared))
        await pilot.press("y")  # a yes is for the review, not for what lies over it
        await pilot.press("q")
        assert await until(pilot, lambda: isinstance(app.screen, Review))
    assert engine.ran == []


@pytest.mark.parametrize("size", SIZES)
async def test_what_a_danger_means_is_one_key_further_than_the_diff(
    make_app: MakeApp, size: str
) -> None:
    engine, app = Asked(), make_app()
    engine.open.set()
    async with opened(app, SIZES[size]) as pilot:
        await app.push_screen(review(engine))
        await sees(pilot, "d diff", "from 8 to 3 replicas")
        named = "from 8 to 3 replicas  (replicas-drop)"
        if SIZES[size][0] < 120:
            assert "replicas-drop" not in text(app), "there is no room for it"
        else:
            assert named in text(app)
        await pilot.press("d")
        await sees(pilot, "✗ migration  SQL in", "! replicas-drop  Deployment/")
        await pilot.press("enter")
        await sees(pilot, "destroys data", "DROP COLUMN \\e[31mwho")
        read = text(app)
        await pilot.press("end")
        await sees(pilot, "headless: fluxtui dangers migration")
        assert BY_ID["migration"].title in read
        await pilot.press("q")
        assert await until(pilot, lambda: isinstance(app.screen, Compared))


@pytest.mark.parametrize("size", SIZES)
async def test_dangers_of_an_act_that_brings_no_build_can_be_read_too(
    make_app: MakeApp, size: str
) -> None:
    held = Danger("of-another-day", Gravity.STOP, "it is held", environment="production")
    engine, app = Asked(), make_app()
    async with opened(app, SIZES[size]) as pilot:
        await app.push_screen(review(engine, plan=replace(PLAN, dangers=(held,))))
        await sees(pilot, "! it is held  (of-another-day)", "d dangers")
        await pilot.press("d")
        await sees(pilot, "of-another-day  production: it is held")
        await pilot.press("enter")
        await sees(pilot, "headless: fluxtui dangers of-another-day")
    assert engine.questions == []


async def test_where_a_name_is_typed_a_letter_is_text_and_f4_shows_the_diff(
    make_app: MakeApp,
) -> None:
    engine, app = Asked(), make_app()
    engine.open.set()
    async with opened(app, (80, 24)) as pilot:
        await app.push_screen(review(engine, "dev"))
        await sees(pilot, "f4 diff  f5 try")
        await pilot.press("d", "e")
        assert isinstance(app.screen, Review)
        await pilot.press("f4")
        assert await until(pilot, lambda: isinstance(app.screen, Compared))
        await pilot.press("escape")
        assert await until(pilot, lambda: isinstance(app.screen, Review))
        await pilot.press("v", "enter")
        assert await until(pilot, lambda: bool(engine.ran))


@pytest.mark.parametrize("names", [(), ("production",)], ids=["y", "a name"])
async def test_end_and_home_move_the_text_also_where_a_name_is_typed(
    make_app: MakeApp, names: tuple[str, ...]
) -> None:
    engine, app = Asked(), make_app()
    plan = replace(MOVING, effects=tuple(f"effect {number}" for number in range(40)))
    engine.open.set()
    async with opened(app, (80, 24)) as pilot:
        await app.push_screen(Review(plan, Demand(names), engine.run, engine.ask))
        await sees(pilot, "diff", "in production")
        await pilot.press("end")
        await sees(pilot, "STEPS")
        await pilot.press("home")
        await sees(pilot, "in production")
        assert "STEPS" not in text(app)


async def test_the_title_of_a_review_says_where_to_however_long_names_are(
    make_app: MakeApp,
) -> None:
    engine, app = Asked(), make_app()
    source = "OCIRepository/activity-system/activity"
    title = f"pin {source} in staging to v0.0.0-staging-test-deploy-0041"
    engine.open.set()
    async with opened(app, (80, 24)) as pilot:
        await app.push_screen(Review(replace(MOVING, title=title), Demand(()), engine.run))
        await sees(pilot, "─ pin OCIRepository/activity in staging to v0.0.0", "deploy-0041 ─")
        await pilot.resize_terminal(120, 40)
        await sees(pilot, f"─ {title} ─")
