"""The search of a text: whole lines stay, it says what is wrong, and is left before the sheet."""

from __future__ import annotations

import pytest

from fluxtui.ui.screens.logs import Logs
from fluxtui.ui.screens.reading import Reading
from tests.ui.conftest import MakeApp, opened
from tests.ui.frame import screen_text, sees, text, until
from tests.ui.test_ui_logs import open_log, pod, with_pods
from tests.ui.ui_engine import ScriptedEngine

SMALL = (80, 24)


async def test_a_line_that_is_broken_stays_whole(make_app: MakeApp) -> None:
    app = make_app()
    async with opened(app, SMALL) as pilot:
        await pilot.press("question_mark")
        await sees(pilot, "VIEWS")
        await pilot.press("slash", *"fetch")
        assert await until(pilot, lambda: "VIEWS" not in text(app))
        said = " ".join(text(app).replace("│", " ").split())
        assert "Fetch the source first, then reconcile what uses it, dependencies first." in said


async def test_a_line_of_a_log_stays_whole(make_app: MakeApp, engine: ScriptedEngine) -> None:
    app = make_app(with_pods(pod()))
    async with opened(app, SMALL) as pilot:
        log = await open_log(pilot, engine)
        log.write("level=error " + "and so on " * 12 + "END", "something else")
        await sees(pilot, "something else")
        await pilot.press("slash", *"=error")
        assert await until(pilot, lambda: "something else" not in text(app))
        assert "END" in text(app)
        log.write("level=error once more " + "and so on " * 12 + "AGAIN", "other")
        await sees(pilot, "once more", "AGAIN")
        assert " other" not in text(app)


async def test_a_log_that_is_searched_is_followed_all_the_same(
    make_app: MakeApp, engine: ScriptedEngine
) -> None:
    app = make_app(with_pods(pod()))
    async with opened(app, SMALL) as pilot:
        log = await open_log(pilot, engine)
        log.write("level=error first", "something else")
        await sees(pilot, "something else")
        await pilot.press("slash", *"=error", "enter")
        assert await until(pilot, lambda: "something else" not in text(app))
        assert "held" not in text(app), "the last that is shown is the end"
        log.write(*(f"level=error {number}" for number in range(50)), "other")
        await sees(pilot, "level=error 49", "following")
        await pilot.press("up")
        await sees(pilot, "held, f goes to the end")
        await pilot.press("f")
        await sees(pilot, "following")
        await pilot.press("escape")
        await sees(pilot, "▎other", "following")


async def test_what_goes_on_below_stands_under_its_text(make_app: MakeApp) -> None:
    app = make_app()
    async with opened(app, SMALL) as pilot:
        await pilot.press("question_mark", "slash", *"label:app")
        await sees(pilot, "field:spec.path")
        rows = [line for line in screen_text(app) if "filter the rows" in line or "label:" in line]
        _typed, first, second = rows
        assert first.index("filter the rows") == len(second) - len(second[1:].lstrip()), rows


@pytest.mark.parametrize("leave", ["escape", "q"])
async def test_the_search_is_left_before_the_text(make_app: MakeApp, leave: str) -> None:
    app = make_app()
    async with opened(app, SMALL) as pilot:
        await pilot.press("question_mark", "slash", *"fetch")
        await sees(pilot, "enter keep the lines   esc end the search")
        await pilot.press("enter")
        await sees(pilot, "esc q end the search   / change it")
        await pilot.press(leave)
        await sees(pilot, "VIEWS", "esc q close   / search")
        await pilot.press(leave)
        assert await until(pilot, lambda: not isinstance(pilot.app.screen, Reading))


async def test_escape_while_typing_ends_the_search_alone(make_app: MakeApp) -> None:
    app = make_app()
    async with opened(app, SMALL) as pilot:
        await pilot.press("question_mark", "slash", *"fetch", "escape")
        await sees(pilot, "VIEWS", "esc q close   / search")


async def test_a_search_for_nothing_leaves_no_field(make_app: MakeApp) -> None:
    app = make_app()
    async with opened(app, SMALL) as pilot:
        await pilot.press("question_mark", "slash", "enter", "q")
        assert await until(pilot, lambda: not isinstance(pilot.app.screen, Reading))


async def test_a_pattern_that_does_not_parse_says_so(
    make_app: MakeApp, engine: ScriptedEngine
) -> None:
    app = make_app(with_pods(pod()))
    says = "no filter: not a regular expression: unterminated character set"
    async with opened(app, SMALL) as pilot:
        await pilot.press("question_mark", "slash", *"/[x")
        await sees(pilot, says, "VIEWS")
        await pilot.press("escape", "escape")
        await open_log(pilot, engine)
        assert isinstance(pilot.app.screen, Logs)
        await pilot.press("slash", *"/[x")
        await sees(pilot, says)


@pytest.mark.parametrize("lines", [3, 60])
async def test_a_search_that_finds_nothing_says_so(
    make_app: MakeApp, engine: ScriptedEngine, lines: int
) -> None:
    """In a log that is longer than its window as well, and while it goes on being written."""
    app = make_app(with_pods(pod()))
    async with opened(app, SMALL) as pilot:
        log = await open_log(pilot, engine)
        log.write(*(f"level=info {number}" for number in range(lines)))
        await sees(pilot, f"level=info {lines - 1}")
        await pilot.press("slash", *"fatal", "enter")
        await sees(pilot, "Nothing is found with fatal. esc shows all lines again.")
        log.write(*(f"level=warn {number}" for number in range(lines)))
        await pilot.pause()
        await sees(pilot, "Nothing is found")
        log.write("fatal: at last")
        await sees(pilot, "fatal: at last")
        assert "Nothing is found" not in text(app)
