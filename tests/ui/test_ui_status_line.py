"""What is said in the status line gives way to the loudest finding, which stands nowhere else."""

from __future__ import annotations

import pytest

from tests.ui.conftest import MakeApp, opened
from tests.ui.frame import sees, text, until
from tests.ui.ui_clock import Clock

FINDING = "✗ production: OCIRepository"


@pytest.mark.parametrize(
    ("keys", "said"),
    [(("escape",), "this is the first view"), (("down", "r"), "Resume: ")],
)
async def test_what_only_answers_a_key_gives_way_to_the_finding(
    make_app: MakeApp, keys: tuple[str, ...], said: str
) -> None:
    clock = Clock()
    app = make_app(clock=clock)
    async with opened(app, (80, 16)) as pilot:
        await sees(pilot, FINDING)
        await pilot.press(*keys)
        await sees(pilot, said)
        assert FINDING not in text(app), "there is one line for both"
        clock.now += 14
        app.main._pass_time()
        assert said in text(app)
        clock.now += 2
        app.main._pass_time()
        assert await until(pilot, lambda: said not in text(app)), text(app)
        await sees(pilot, FINDING)


async def test_a_failure_stays_until_something_else_is_said(make_app: MakeApp) -> None:
    clock = Clock()
    app = make_app(clock=clock)
    async with opened(app, (80, 16)) as pilot:
        app.main.say("✗ refused: somebody changed it", "bad")
        clock.now += 3600
        app.main._pass_time()
        await sees(pilot, "✗ refused: somebody changed it")
        await pilot.press("down")
        await sees(pilot, FINDING)


@pytest.mark.parametrize("gone", ["time", "key"])
async def test_a_key_is_asked_for_again_only_while_that_stands_there(
    make_app: MakeApp, gone: str
) -> None:
    clock = Clock()
    app = make_app(clock=clock)
    async with opened(app, (80, 16)) as pilot:
        await pilot.press("q")
        await sees(pilot, "press q again")
        if gone == "time":
            clock.now += 60
            app.main._pass_time()
        else:
            await pilot.press("f9")
        assert await until(pilot, lambda: "press q again" not in text(app)), text(app)
        await pilot.press("q")
        await sees(pilot, "press q again")
        assert not app._exit
        await pilot.press("q")
        assert await until(pilot, lambda: app._exit)
