"""An act asked for on the screen: refused with why, asked its reason, confirmed, its end told."""

from __future__ import annotations

from dataclasses import replace

from textual.pilot import Pilot
from textual.widgets import Input

from fluxtui.domain.board import HealthLine, Level
from fluxtui.domain.plan import Outcome, Plan, Receipt
from fluxtui.domain.protection import YES, Confirmed, Demand
from fluxtui.domain.snapshot import Act
from fluxtui.ui.screens.arguments import Arguments
from fluxtui.ui.screens.review import Review
from tests.ui.conftest import MakeApp, opened
from tests.ui.frame import sees, text, until
from tests.ui.ui_delivery import CONFIG, NOW, PLAN, night
from tests.ui.ui_engine import ScriptedEngine
from tests.ui.ui_pressing import WIDE, press


async def suspend(pilot: Pilot[None]) -> None:
    """Up to the review of a suspension."""
    await press(pilot, "s")
    await sees(pilot, "Why?")
    await press(pilot, *"audit", "enter")
    assert await until(pilot, lambda: isinstance(pilot.app.screen, Review))
    await sees(pilot, "STEPS")


async def test_a_key_that_cannot_be_used_says_why(make_app: MakeApp) -> None:
    app = make_app()
    async with opened(app, WIDE) as pilot:
        await press(pilot, "r")
        await sees(pilot, "Resume: OCIRepository/activity-system/activity is not suspended")


async def test_a_reason_stays_while_rows_change(make_app: MakeApp, engine: ScriptedEngine) -> None:
    app = make_app()
    async with opened(app, WIDE) as pilot:
        await press(pilot, "r")
        first = night().board.rows[0]
        line = replace(first.lines["staging"][0], health=HealthLine(Level.OK, "better"))
        changed = replace(first, lines={**first.lines, "staging": (line,)})
        board = replace(night().board, rows=(changed, *night().board.rows[1:]))
        engine.give(replace(night(), board=board, serial=9))
        await sees(pilot, "✓ ready  better")
        await sees(pilot, "Resume: OCIRepository/activity-system/activity is not suspended")


async def test_read_only_refuses_every_act(make_app: MakeApp, engine: ScriptedEngine) -> None:
    config = replace(CONFIG, read_only=True)
    app = make_app(replace(night(), config=config), config)
    async with opened(app, WIDE) as pilot:
        for key in ("s", "R", "W", "p"):
            await press(pilot, key)
            await sees(pilot, "fluxtui was started read-only")
        await sees(pilot, "staging read-only")
        assert engine.ran == []


async def test_a_reason_is_required(make_app: MakeApp) -> None:
    app = make_app()
    async with opened(app, WIDE) as pilot:
        await press(pilot, "s")
        await sees(pilot, "Why?")
        await press(pilot, "enter")
        await sees(pilot, "required")
        await press(pilot, "escape")
        await sees(pilot, "nothing was done")


async def test_choices_come_when_the_tags_are_listed_and_typed_text_stays(
    make_app: MakeApp, engine: ScriptedEngine
) -> None:
    app = make_app(replace(night(), tags={}, selections={}))
    async with opened(app, WIDE) as pilot:
        await press(pilot, "p")
        assert await until(pilot, lambda: isinstance(app.screen, Arguments))
        assert "13 choices" not in text(app)
        await press(pilot, *"audit")  # what runs is filled in: the reason has the focus
        engine.give(replace(night(), serial=9))
        await sees(pilot, "13 choices")
        await sees(pilot, "audit")


async def test_an_unprotected_environment_takes_a_plain_yes(
    make_app: MakeApp, engine: ScriptedEngine
) -> None:
    app = make_app()
    async with opened(app, WIDE) as pilot:
        await suspend(pilot)
        assert engine.ran == []
        await press(pilot, "y")
        assert await until(pilot, lambda: bool(engine.ran))
        plan, confirmed = engine.ran[0]
        assert (plan.command, plan.reason, confirmed) == ("suspend", "audit", YES)
        await sees(pilot, "◐ running")
        done = Receipt(plan.id, plan.steps[0].id, Outcome.DONE, "", NOW)
        engine.give(replace(night(), acts=(Act(plan, (done,)),)))
        # The sheet is gone: what is waited for is the view below.
        assert await until(pilot, lambda: not isinstance(app.screen, Review))
        await sees(pilot, "1 of 2", "SERVICE")
        engine.finish()
        await sees(pilot, "✓ done")


async def test_a_protected_environment_wants_its_name(
    make_app: MakeApp, engine: ScriptedEngine
) -> None:
    app = make_app()
    async with opened(app, WIDE) as pilot:
        await press(pilot, "right")
        await suspend(pilot)
        await press(pilot, *"y", "enter")
        await sees(pilot, "that is not the name")
        assert engine.ran == []
        app.screen.query_one("#confirm", Input).value = ""
        await press(pilot, *"production", "enter")
        assert await until(pilot, lambda: len(engine.ran) == 1)


async def test_the_question_of_a_long_plan_is_in_sight_on_a_small_terminal(
    make_app: MakeApp,
) -> None:
    async def run(_plan: Plan, _confirmed: Confirmed) -> tuple[Receipt, ...]:
        return ()

    app = make_app()
    long = replace(PLAN, effects=tuple(f"effect {n}" for n in range(40)))
    async with opened(app, (80, 24)) as pilot:
        await app.push_screen(Review(long, Demand(("production",)), run))
        await sees(pilot, "production is protected: type its name")
        assert await until(
            pilot, lambda: 0 < app.screen.query_one("#confirm", Input).region.bottom < 24
        )


async def test_a_failed_step_is_told_with_its_reason(
    make_app: MakeApp, engine: ScriptedEngine
) -> None:
    app = make_app()
    async with opened(app, WIDE) as pilot:
        await suspend(pilot)
        await press(pilot, "y")
        assert await until(pilot, lambda: bool(engine.ran))
        engine.finish(Outcome.REFUSED, "the object changed meanwhile")
        await sees(pilot, "✗ refused: the object changed meanwhile")
