"""Two or three keys in one read: the second meets what the first has made of the screen."""

from __future__ import annotations

from itertools import product

import pytest
from textual import events
from textual._xterm_parser import XTermParser
from textual.pilot import Pilot

from fluxtui.ui.app import FluxtuiApp
from fluxtui.ui.panes.versions import Versions
from fluxtui.ui.screens.arguments import Arguments
from fluxtui.ui.screens.review import Review
from tests.ui.conftest import MakeApp, opened
from tests.ui.frame import sees, text, until
from tests.ui.ui_engine import ScriptedEngine

ESC = "\x1b[27u"  # as terminals say it where other bytes follow
CTRL_C = "\x03"


async def types(pilot: Pilot[None], keys: str) -> None:
    """All of it in one read, through Textual's parser, and then rest."""
    driver = pilot.app._driver
    assert driver is not None
    for event in XTermParser().feed(keys):
        driver.process_message(event)
    await pilot.pause()
    await pilot.pause()


def lives(app: FluxtuiApp) -> bool:
    return app._exception is None and not app._exit and len(app.screen_stack) > 1


async def review(pilot: Pilot[None], keys: str = "s") -> None:
    """Up to the review of a suspension."""
    await types(pilot, keys)
    await sees(pilot, "Why?")
    await types(pilot, "audit\r")
    await sees(pilot, "STEPS")


async def test_a_form_answers_once(make_app: MakeApp, engine: ScriptedEngine) -> None:
    app = make_app()
    async with opened(app) as pilot:
        await types(pilot, "s")
        await sees(pilot, "Why?")
        await types(pilot, "x\r\r\r")
        await sees(pilot, "STEPS")
        assert lives(app) and isinstance(app.screen, Review)
        assert engine.ran == []
        await types(pilot, ESC * 3)
        assert await until(pilot, lambda: app.screen is app.main)
        assert lives(app)


@pytest.mark.parametrize("first", "123456")
async def test_view_keys_come_in_pairs(make_app: MakeApp, first: str) -> None:
    app = make_app()
    async with opened(app) as pilot:
        for second, third in product("123456", ("", "/", "y")):
            await types(pilot, first + second + third)
            assert lives(app)
            await types(pilot, ESC)
            await types(pilot, ESC)
        assert lives(app)


@pytest.mark.parametrize("opener", ["!", "?", "y", "d", "l", "s"])
async def test_what_opens_and_closes_in_one_read_is_closed(
    make_app: MakeApp, engine: ScriptedEngine, opener: str
) -> None:
    app = make_app()
    async with opened(app) as pilot:
        for closer in (ESC,) if opener == "s" else ("q", ESC):
            for _ in range(2):
                await types(pilot, opener + closer)
                assert await until(pilot, lambda: app.screen is app.main), opener + closer
        assert lives(app) and engine.ran == []
        await types(pilot, "q")
        await sees(pilot, "press q again")


@pytest.mark.parametrize("opener", ["/", ":"])
async def test_what_comes_with_the_key_of_a_field_is_text(
    make_app: MakeApp, engine: ScriptedEngine, opener: str
) -> None:
    app = make_app()
    async with opened(app) as pilot:
        await types(pilot, opener + "pinRsQ")
        assert await until(pilot, lambda: getattr(app.focused, "value", "") == "pinRsQ")
        assert lives(app) and not isinstance(app.screen, Arguments | Review)


async def test_text_typed_ahead_goes_into_the_form_but_enter_does_not(make_app: MakeApp) -> None:
    app = make_app()
    async with opened(app) as pilot:
        await types(pilot, "saudit\r")
        assert await until(pilot, lambda: getattr(app.focused, "value", "") == "audit")
        assert isinstance(app.screen, Arguments)


async def test_a_yes_before_the_review_was_drawn_is_none(
    make_app: MakeApp, engine: ScriptedEngine
) -> None:
    app = make_app()
    async with opened(app) as pilot:
        await types(pilot, "Ryyy\r")
        await sees(pilot, "STEPS")
        assert engine.ran == [] and isinstance(app.screen, Review)


async def test_only_what_is_offered_runs_a_plan(make_app: MakeApp, engine: ScriptedEngine) -> None:
    app = make_app()
    async with opened(app) as pilot:
        await review(pilot)
        for key in ("\r", " ", "Y", "R", "s"):
            await types(pilot, key)
        assert engine.ran == []
        await types(pilot, "y")
        assert await until(pilot, lambda: len(engine.ran) == 1)


async def test_escape_never_quits(make_app: MakeApp) -> None:
    app = make_app()
    async with opened(app) as pilot:
        for _ in range(3):
            await types(pilot, ESC)
        await types(pilot, ESC * 3)
        await types(pilot, "qq")
        assert lives(app)
        await sees(pilot, "press q again to quit")


@pytest.mark.parametrize("key", ["Q", CTRL_C])
async def test_quitting_asks_while_an_act_runs(
    make_app: MakeApp, engine: ScriptedEngine, key: str
) -> None:
    app = make_app()
    async with opened(app) as pilot:
        await review(pilot)
        await types(pilot, key)
        await sees(pilot, "was not run", "leave")
        await types(pilot, ESC)
        await types(pilot, "y")
        assert await until(pilot, lambda: bool(engine.ran))
        await types(pilot, ESC)
        await types(pilot, key * 2 + "y")
        await sees(pilot, "is running: 0 of", "stay")
        assert lives(app)
        await types(pilot, "n")
        await sees(pilot, "WOULD PICK")
        await types(pilot, key)
        await sees(pilot, "is running")
        await types(pilot, "y")
        assert await until(pilot, lambda: app._exit)


async def test_the_command_line_takes_words(make_app: MakeApp) -> None:
    app = make_app()
    async with opened(app) as pilot:
        await types(pilot, ":ks\r")
        await sees(pilot, "clickhouse-keeper")
        await types(pilot, ":ns notifications-system\r")
        await sees(pilot, "only namespace notifications-system")
        assert "clickhouse-keeper" not in text(app).split("─")[0]
        await types(pilot, ":ns all\r")
        await types(pilot, ":status-page\r")
        assert await until(pilot, lambda: app.target.service == "acme/status-page")
        await types(pilot, ":production\r")
        assert await until(pilot, lambda: app.target.environment == "production")
        await types(pilot, ":theme fluxtui-day\r")
        assert await until(pilot, lambda: app.theme == "fluxtui-day")
        await types(pilot, ":sort status\r")
        await sees(pilot, "sorted by status")
        await types(pilot, ":q\r")
        assert await until(pilot, lambda: app._exit)


async def test_no_two_words_of_the_command_line_look_alike(
    make_app: MakeApp, engine: ScriptedEngine
) -> None:
    from fluxtui.commands.registry import ALL
    from fluxtui.ui.words import words

    app = make_app()
    async with opened(app, (80, 24)) as pilot:
        context = app.main.context()
        every = list(words(context, ALL, app.main.keys, app.available_themes, ""))
        rows = [(word.text, word.about[:36]) for word in every]  # as 80 columns show them
        assert len(rows) == len(set(rows)), sorted(r for r in rows if rows.count(r) > 1)
        # and none says the same twice
        assert not [word for word in every if word.about.lower().startswith(f"{word.text}  ")]
        await pilot.press("colon", *"publish a")
        await sees(pilot, "publish a build")
        assert text(app).lower().count("publish a build") == 1


async def test_what_is_typed_while_the_app_goes_is_for_nobody(make_app: MakeApp) -> None:
    app = make_app()
    async with opened(app, (80, 24)):
        pane = app.screen.query_one(Versions)
        app.set_focus(None)
        await pane.remove_children()  # as the screen is taken apart, from below
        app._running = False
        assert app.takes(events.Key("down", None)) is False
        app._running = True
    assert not app.screen_stack
    assert app.takes(events.Key("down", None)) is False


@pytest.mark.parametrize("size", [(80, 24), (200, 50)])
async def test_a_namespace_hides_rows_and_not_where_a_tag_runs(
    make_app: MakeApp, size: tuple[int, int]
) -> None:
    app = make_app()

    def row() -> str:
        return next((line for line in text(app).splitlines() if " v1.4.2 " in line), "")

    async with opened(app, size) as pilot:
        await types(pilot, "2")
        assert await until(pilot, lambda: "production" in row()), text(app)
        await types(pilot, ":ns notifications-system\r")
        assert await until(pilot, lambda: app.main.namespace != ""), text(app)
        await pilot.pause()
        assert "production" in row(), text(app)
