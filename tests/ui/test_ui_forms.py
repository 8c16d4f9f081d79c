"""A form stays until what was typed makes a Plan: what it waits for, what is wrong, what stays."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

import pytest
from textual.widgets import Input

from fluxtui.commands.command import Argument, Command, Values
from fluxtui.commands.promote import TAG_RULE
from fluxtui.commands.proposing import Proposal
from fluxtui.ui.app import FluxtuiApp
from fluxtui.ui.screens.arguments import Arguments, Waits
from fluxtui.ui.screens.leaving import Leaving
from fluxtui.ui.screens.review import Review
from tests.ui.conftest import MakeApp, opened
from tests.ui.frame import screen_text, sees, text, until
from tests.ui.ui_clock import Clock
from tests.ui.ui_engine import ScriptedEngine


def field(app: FluxtuiApp, name: str) -> Input:
    return app.screen.query_one(f"#arg-{name}", Input)


def sentence(app: FluxtuiApp) -> str:
    """The screen as one text, frames and line breaks left out."""
    inside = (line.partition("│")[2].rpartition("│")[0] or line for line in screen_text(app))
    return " ".join(" ".join(inside).split())


@pytest.mark.parametrize("act", ["m", "p"])
async def test_typing_replaces_what_was_filled_in(make_app: MakeApp, act: str) -> None:
    app = make_app()
    async with opened(app, (80, 24)) as pilot:
        await pilot.press("right", act)
        assert await until(pilot, lambda: isinstance(app.screen, Arguments))
        filled = [f for f in app.screen.query(Input) if f.value]
        assert filled, text(app)
        for one in filled:
            while app.focused is not one:
                await pilot.press("tab")
            await pilot.press("x", "y")
            assert await until(pilot, lambda f=one: f.value == "xy"), one.value
            await pilot.press("down")  # a choice is replaced as well
            if one.value != "xy":
                await pilot.press("z")
                assert await until(pilot, lambda f=one: f.value == "z"), one.value


@pytest.mark.parametrize("size", [(80, 24), (60, 24), (200, 50)])
async def test_what_is_wrong_is_said_whole_and_all_that_was_typed_stays(
    make_app: MakeApp, size: tuple[int, int]
) -> None:
    app = make_app()
    async with opened(app, size) as pilot:
        await pilot.press("right", "m")
        await sees(pilot, "As which version?")
        build = field(app, "from").value
        while app.focused is not field(app, "version"):
            await pilot.press("tab")
        await pilot.press(*"no/tag", "enter")
        await sees(pilot, "'no/tag' cannot be a tag")
        assert isinstance(app.screen, Arguments)
        assert (field(app, "from").value, field(app, "version").value) == (build, "no/tag")
        assert f"({TAG_RULE})" in sentence(app) and "enter go on" not in sentence(app)
        assert "watch who takes it." in sentence(app)
        assert await until(pilot, lambda: app.focused is field(app, "version"))
        await pilot.press("s")  # mended where the cursor is, not typed anew
        assert await until(pilot, lambda: field(app, "version").value == "no/tags")
        await pilot.press("ctrl+u", *"v1.6.0", "enter")
        assert await until(pilot, lambda: isinstance(app.screen, Review)), text(app)


async def test_a_registry_that_says_no_leaves_the_form_open(
    make_app: MakeApp, engine: ScriptedEngine
) -> None:
    app = make_app()
    async with opened(app, (80, 24)) as pilot:
        await pilot.press("right", "m")
        await sees(pilot, "As which version?")
        engine.registry_down = True
        await pilot.press("tab", *"v1.6.0", "enter")
        await sees(pilot, "connection refused")
        assert field(app, "version").value == "v1.6.0"
        engine.registry_down = False
        await pilot.press("enter")
        assert await until(pilot, lambda: isinstance(app.screen, Review)), text(app)


@pytest.mark.parametrize("size", [(80, 24), (60, 24)])
async def test_what_is_waited_for_is_said_since_when_and_escape_leaves_it(
    make_app: MakeApp, engine: ScriptedEngine, size: tuple[int, int]
) -> None:
    clock = Clock()
    app = make_app(clock=clock)
    async with opened(app, size) as pilot:
        engine.silent = True
        await pilot.press("right", "m")
        await sees(pilot, "As which version?")
        await pilot.press("tab", *"v1.6.0", "enter")
        asked = "Promote: listing the tags of"
        assert await until(pilot, lambda: asked in sentence(app)), text(app)
        clock.now += 75
        app.screen._tick()  # type: ignore[attr-defined]
        assert await until(pilot, lambda: "acme/activity for 1m" in sentence(app)), text(app)
        await pilot.press("x", "enter", "down")  # for nobody
        assert field(app, "version").value == "v1.6.0"
        await pilot.press("escape")
        await sees(pilot, "Promote: left, nothing was done")
        assert app.screen is app.main


@pytest.mark.parametrize("size", [(80, 24), (200, 50)])
async def test_a_key_before_the_tags_are_listed_opens_the_form_which_fills_itself(
    make_app: MakeApp, engine: ScriptedEngine, size: tuple[int, int]
) -> None:
    clock, listed = Clock(), engine.snapshot
    app = make_app(clock=clock)
    async with opened(app, size) as pilot:
        engine.give(replace(listed, tags={}))
        await pilot.press("right", "m")
        await sees(pilot, "As which version?", "listing the tags of")
        assert field(app, "version").value == "", "what nobody knows is not proposed"
        await pilot.press("enter")
        await sees(pilot, "It is required")
        clock.now += 12
        app.screen._tick()  # type: ignore[attr-defined]
        assert await until(pilot, lambda: "acme/activity for 12s" in sentence(app)), text(app)
        engine.give(listed)
        assert await until(pilot, lambda: field(app, "version").value == "v1.6.0"), text(app)
        assert "listing" not in sentence(app) and "required" not in sentence(app), text(app)
        await pilot.press("enter")
        assert await until(pilot, lambda: isinstance(app.screen, Review)), text(app)


@pytest.mark.parametrize("size", [(80, 24), (200, 50)])
async def test_a_problem_goes_when_its_field_is_filled(
    make_app: MakeApp, engine: ScriptedEngine, size: tuple[int, int]
) -> None:
    app, listed = make_app(), engine.snapshot
    async with opened(app, size) as pilot:
        engine.give(replace(listed, tags={}))
        await pilot.press("right", "m")
        await sees(pilot, "As which version?")
        await pilot.press("enter")
        await sees(pilot, "✗ As which version? It is required")
        await pilot.press("v")
        assert await until(pilot, lambda: "required" not in text(app)), text(app)


async def test_what_comes_while_a_form_is_taken_down_is_for_nobody(
    make_app: MakeApp, engine: ScriptedEngine
) -> None:
    app = make_app()
    async with opened(app, (80, 24)) as pilot:
        engine.silent = True
        await pilot.press("right", "m")
        await sees(pilot, "As which version?")
        form = app.screen
        assert isinstance(form, Arguments)
        one = field(app, "version")
        form.dismiss(None)
        while form.is_attached:  # its fields go before it does
            form._wait("listing the tags")
            form._refuse("it cannot be listed", one)
            form.show(engine.snapshot)
            await asyncio.sleep(0)
        await sees(pilot, "Promote: left, nothing was done")
        assert app._exception is None and app.screen is app.main


async def test_a_snapshot_that_comes_before_a_form_is_there_waits_for_it(
    make_app: MakeApp, engine: ScriptedEngine
) -> None:
    app = make_app()
    async with opened(app, (80, 24)) as pilot:
        await pilot.press("right")
        sheets: list[Arguments] = []
        push = app.push_screen

        def early(sheet: Arguments, *more: Any) -> Any:
            pushed = push(sheet, *more)
            sheet.show(engine.snapshot)  # attached, and not composed yet
            sheets.append(sheet)
            return pushed

        app.push_screen = early  # type: ignore[method-assign, assignment]
        await pilot.press("m")
        await sees(pilot, "As which version?")
        assert sheets and app._exception is None


async def test_quitting_while_it_waits_asks_and_leaves(
    make_app: MakeApp, engine: ScriptedEngine
) -> None:
    app = make_app()
    async with opened(app, (80, 24)) as pilot:
        engine.silent = True
        await pilot.press("right", "m")
        await sees(pilot, "As which version?")
        await pilot.press("tab", *"v1.6.0", "enter")
        assert await until(pilot, lambda: "Promote: listing the tags of" in sentence(app))
        await pilot.press("Q")
        assert await until(pilot, lambda: isinstance(app.screen, Leaving)), text(app)
        await sees(pilot, "leave", "stay")
        await pilot.press("y")
        assert await until(pilot, lambda: app._exit)


async def test_a_diff_says_what_it_waits_for_and_since_when(
    make_app: MakeApp, engine: ScriptedEngine
) -> None:
    clock = Clock()
    app = make_app(clock=clock)
    async with opened(app, (80, 24)) as pilot:
        engine.silent = True
        await pilot.press("4")
        await sees(pilot, "rendering clickhouse-keeper in staging")
        clock.now += 42
        app.main._pass_time()
        await sees(pilot, "for 42s", "esc leaves")
        await pilot.press("escape")
        await sees(pilot, "WOULD PICK")


async def test_a_long_reason_is_whole_in_the_status_line(make_app: MakeApp) -> None:
    app = make_app()
    async with opened(app, (60, 24)) as pilot:
        words = " ".join(f"word{n}" for n in range(16))
        app.main.say(words)
        assert await until(pilot, lambda: words in sentence(app)), text(app)


async def test_a_form_names_the_keys_that_do_something_in_it(make_app: MakeApp) -> None:
    app = make_app()
    async with opened(app, (80, 24)) as pilot:
        await pilot.press("s")
        await sees(pilot, "enter go on   tab next field   ")
        await pilot.press("enter")
        await sees(pilot, "✗ Why? It is required.")
        assert "go on" not in text(app), "it stands by itself"
        await pilot.press("x")
        await sees(pilot, "enter go on   tab next field   ")


async def test_a_form_of_one_field_without_choices_offers_neither(make_app: MakeApp) -> None:
    app = make_app()
    one = Command("ask", (), "Ask", "Ask one thing.", "act", (Argument("why", "Why?"),))
    async with opened(app, (80, 24)) as pilot:

        async def proposed(_values: Values, _waits: Waits) -> Proposal:
            raise AssertionError("nobody goes on")

        app.push_screen(Arguments(one, app.main.context, proposed, app.main.clock))
        await sees(pilot, "enter go on   esc leave")
