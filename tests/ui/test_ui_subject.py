"""Keys act on what the visible pane shows selected, or are refused with the reason: every pane and
every key that is about an object."""

from __future__ import annotations

from dataclasses import replace

import pytest
from textual import events

from fluxtui.commands.registry import by_id
from fluxtui.ui.app import FluxtuiApp
from fluxtui.ui.frame import Footer
from fluxtui.ui.screens.sheet import Sheet
from fluxtui.ui.shown import Shown
from tests.ui.conftest import SHOWN, MakeApp, opened
from tests.ui.frame import screen_text, sees, text, until
from tests.ui.typist import Typist
from tests.ui.ui_crowd import FIRST, NAMES, crowd
from tests.ui.ui_delivery import night
from tests.ui.ui_engine import ScriptedEngine

ACTS = tuple(c for c in map(by_id, SHOWN) if c.plan is not None)
ACT_KEYS = tuple(c.keys[0] for c in ACTS)
READING_KEYS = ("y", "d", "l")
JOURNAL = "the Journal lists acts"


def footer_is_off(app: FluxtuiApp) -> bool:
    """Whether every act in the footer is grey."""
    line = app.screen.query_one("#footer", Footer).lines[0]
    keys = [role for _text, role in line if role in ("key", "off")]
    return "off" in keys and keys.count("key") == 2  # `:` and `q` are always there


def cursor_line(app: FluxtuiApp) -> str:
    return next((line for line in screen_text(app) if "▎" in line), "")


async def test_the_journal_refuses_what_is_about_an_object(make_app: MakeApp) -> None:
    app = make_app()
    async with opened(app, (80, 24)) as pilot:
        await pilot.press("down", "6")
        await sees(pilot, "Nothing was done from here yet")
        assert await until(pilot, lambda: footer_is_off(app))
        for key in (*ACT_KEYS, *READING_KEYS):
            app.main.say("")
            await pilot.press(key)
            await sees(pilot, JOURNAL)
            assert app.screen is app.main
        await pilot.press("1")
        await sees(pilot, "WOULD PICK")
        assert await until(pilot, lambda: not footer_is_off(app))


async def test_words_of_the_command_line_say_it_too(make_app: MakeApp) -> None:
    app = make_app()
    async with opened(app, (120, 40)) as pilot:
        await pilot.press("6", "colon", *"suspend")
        await sees(pilot, "not now: the Journal lists acts")


@pytest.mark.parametrize("view", ["1", "2", "3", "5"])
async def test_where_no_row_is_shown_nothing_is_acted_on(make_app: MakeApp, view: str) -> None:
    app = make_app()
    # Of Tags the source is named above the rows: its keys go on.
    keys = (*ACT_KEYS, *READING_KEYS) if view != "2" else ()
    async with opened(app, (80, 24)) as pilot:
        await pilot.press(view)
        await sees(pilot, {"5": "SUBJECT"}.get(view, "activity"))
        await pilot.press("slash", *"nosuchrow", "enter")
        await sees(pilot, "hides all")
        for key in keys:
            app.main.say("")
            await pilot.press(key)
            await sees(pilot, "nothing is selected here")
            assert app.screen is app.main and footer_is_off(app)


@pytest.mark.parametrize("view", ["1", "3", "5"])
async def test_an_act_names_the_row_under_the_cursor(make_app: MakeApp, view: str) -> None:
    app = make_app()
    async with opened(app, (120, 40)) as pilot:
        await pilot.press(view)
        await sees(pilot, {"5": "SUBJECT"}.get(view, "activity"))
        for _ in range(6):
            await pilot.press("down")
            shown = cursor_line(app)
            await pilot.press("s")
            assert await until(
                pilot, lambda: isinstance(app.screen, Sheet) or "Suspend: " in text(app)
            )
            if isinstance(app.screen, Sheet):
                title = str(app.screen.box.border_title)
                name = title.partition(" · ")[2].partition(" in ")[0].rpartition("/")[2]
                owner = "clickhouse-migrations" if "· ConfigMap" in shown else name
                assert name == owner and (name in shown or name[-6:] in shown or "· " in shown)
                assert "└ not" not in shown or name == "notifications-mirror"
                await pilot.press("escape")
                await sees(pilot, "left, nothing was done")


async def test_a_diff_says_what_keys_act_on_before_anything_else(make_app: MakeApp) -> None:
    app = make_app()
    async with opened(app, (60, 24)) as pilot:
        await pilot.press("4")
        await sees(pilot, "acme/activity in staging")
        await pilot.press("s")
        await sees(pilot, "Suspend · acme/activity in staging")


async def test_yaml_in_a_diff_is_of_the_row(make_app: MakeApp) -> None:
    app = make_app()
    async with opened(app, (120, 40)) as pilot:
        await pilot.press("right", "4")
        await sees(pilot, "activity-apiserver", "BEFORE")
        while "replicas" not in cursor_line(app):
            await pilot.press("down")
        await pilot.press("y")
        await sees(pilot, "kind: Kustomization", "name: activity-apiserver")


# What a key names against what was drawn when it was pressed --------------------------------------


async def test_a_screen_drawn_again_meanwhile_refuses_no_key(
    make_app: MakeApp, engine: ScriptedEngine
) -> None:
    """A key that waited while Snapshots came, none of which changed what is under the cursor."""
    app = make_app()
    async with opened(app, (80, 24)) as pilot:
        for serial in range(20, 26):
            engine.give(replace(night(findings=serial % 2 == 0), serial=serial))
            await pilot.press("down", "up")
        await pilot.press("3")
        await sees(pilot, "WHY")
        await pilot.press("1")
        await sees(pilot, "WOULD PICK")
        late = events.Key("s", "s")
        engine.give(replace(night(), serial=40))
        await pilot.pause()
        app.post_message(late)
        await sees(pilot, "Why?")


async def test_a_key_for_a_row_that_gave_way_to_another_is_refused(
    make_app: MakeApp, engine: ScriptedEngine
) -> None:
    app = make_app(crowd(NAMES[60:]))
    async with opened(app, (120, 24)) as pilot:
        assert await until(pilot, lambda: NAMES[60] in cursor_line(app))
        pressed = events.Key("R", "R")
        engine.give(crowd())  # nobody has touched the board: it is read from its top
        assert await until(pilot, lambda: FIRST in cursor_line(app))
        app.post_message(pressed)
        await sees(pilot, "typed before this was on the screen")
        await pilot.press("R")
        assert await until(pilot, lambda: isinstance(app.screen, Sheet))


async def test_steps_and_an_act_in_one_read_name_the_row_that_the_steps_lead_to(
    make_app: MakeApp,
) -> None:
    app = make_app()
    async with opened(app, (120, 40)) as pilot:
        Typist(app).types("down", "down", "s")
        await sees(pilot, "Suspend · acme/notifications oci/notifications in staging")


async def test_another_environment_of_the_chain_is_seen_before_it_is_acted_on(
    make_app: MakeApp,
) -> None:
    app = make_app()
    async with opened(app, (120, 40)) as pilot:
        await pilot.press("3")
        await sees(pilot, "WHY")
        Typist(app).types("right", "s")
        await sees(pilot, "typed before this was on the screen")
        await pilot.press("s")
        await sees(pilot, "Why?", "production")


def test_only_what_was_drawn_counts() -> None:
    shown: Shown[str] = Shown()
    assert shown.at(5.0) is None
    shown.drawn("a", 10.0)
    for moment in (11.0, 12.0, 13.0):
        shown.drawn("a", moment)
    assert shown.at(9.0) is None and shown.at(10.0) == "a" and shown.at(99.0) == "a"
    shown.stepped("a", "b", 14.0)
    assert shown.at(13.9) == "a" and shown.at(14.0) == "b"
    shown.stepped("x", "c", 15.0)  # it went from something that nobody saw
    assert shown.at(15.0) == "b"


async def test_a_row_that_was_looked_for_and_comes_late_takes_no_cursor_away(
    make_app: MakeApp, engine: ScriptedEngine
) -> None:
    whole = night()
    board = whole.board
    without = replace(board, rows=tuple(r for r in board.rows if r.service != "acme/activity"))
    app = make_app()
    async with opened(app, (120, 40)) as pilot:
        await pilot.press("3")
        await sees(pilot, "WHY")
        engine.give(replace(whole, board=without))
        await pilot.press("1")
        await sees(pilot, "WOULD PICK")
        await pilot.press("S")  # somebody looks at this board, and at the row under the cursor
        pane = app.pane
        assert pane is not None
        seen = pane.table._selected_id
        assert seen is not None and seen != ("acme/activity", 0)
        engine.give(whole)
        table = pane.table
        assert await until(
            pilot, lambda: table._listing.index_of(("acme/activity", 0), 0) is not None
        )
        assert table._selected_id == seen
