"""More rows than fit: whatever the view and the size, the cursor is on the screen, and so is every
row when one goes there."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from textual import events
from textual.pilot import Pilot

from fluxtui.domain.plan import Plan, Receipt
from fluxtui.ui.app import FluxtuiApp
from fluxtui.ui.screens.reading import Reading
from fluxtui.ui.screens.review import Review
from tests.ui.conftest import MakeApp, opened
from tests.ui.frame import screen_text, sees, text, until
from tests.ui.ui_crowd import FIRST, LAST, NAMES, CrowdEngine, change, crowd, node
from tests.ui.ui_delivery import PLAN
from tests.ui.ui_engine import ScriptedEngine

if TYPE_CHECKING:
    from fluxtui.domain.protection import Confirmed

SIZES = ((40, 8), (80, 10), (60, 20), (200, 50), (300, 60))
VIEWS = {
    "versions": ("1",),
    "tags": ("2",),
    "chain": ("3",),
    "diff": ("4",),
    "events": ("5",),
    "journal": ("6",),
    "objects": ("7",),
    "findings": ("exclamation_mark",),
    "help": ("question_mark",),
    "yaml": ("3", "y"),
    "describe": ("3", "d"),
}
ENDS = {
    "tags": (FIRST, NAMES[1]),  # the chosen one first, then the nearest
    "help": ("VIEWS", "no API"),
    "yaml": ("apiVersion", "observedGeneration: 1"),
    "describe": (f"Kustomization/apps/{FIRST}", "reading …"),  # who owns which field
}


@pytest.fixture
def engine() -> ScriptedEngine:
    return CrowdEngine()


def cursor_line(app: FluxtuiApp) -> str:
    """The highlighted row as it is drawn; "" when it is not on the screen."""
    return next((x.partition("▎")[2] for x in screen_text(app) if "▎" in x), "")


def name_in(line: str) -> str:
    """The name of the row, or its whole text where rows are lines of a text."""
    match = re.search(r"n\d{3}", line)
    return match[0] if match else line.strip(" │▁▂▃▄▅▆▇█")


async def turn(pilot: Pilot[None], wheel: type[events.MouseEvent], times: int) -> None:
    """The wheel over the middle of the screen, faster than the screen is drawn."""
    screen = pilot.app.screen
    x, y = screen.size.width // 2, screen.size.height // 2
    for _ in range(times):
        screen._forward_event(wheel(None, x, y, 0, 0, 0, False, False, False, x, y))
    await pilot.pause()


async def burst(pilot: Pilot[None], *keys: str) -> None:
    """Keys that arrive in one read."""
    for key in keys:
        pilot.app.post_message(events.Key(key, None))
    await pilot.pause()


async def open_crowded(pilot: Pilot[None], view: str) -> None:
    app = pilot.app
    assert isinstance(app, FluxtuiApp)
    for key in VIEWS[view]:
        await pilot.press(key)
        assert await until(pilot, lambda: bool(cursor_line(app)))
    first = ENDS.get(view, (FIRST, LAST))[0]
    assert await until(pilot, lambda: first in text(app)), text(app)


@pytest.mark.parametrize(
    ("view", "size"),
    [(v, (80, 24)) for v in VIEWS]
    + [("chain", s) for s in SIZES]
    + [(v, s) for v in ("versions", "yaml") for s in ((40, 8), (200, 50))],
)
async def test_every_row_can_be_reached_and_the_cursor_is_always_drawn(
    make_app: MakeApp, view: str, size: tuple[int, int]
) -> None:
    app = make_app()
    first, last = ENDS.get(view, (FIRST, LAST))
    async with opened(app, size) as pilot:
        await open_crowded(pilot, view)
        page = ["down"] * max(2, size[1] // 3)
        for keys in (page, page, page, ["pagedown"], ["pageup"], ["up"]):
            before = cursor_line(app)
            await burst(pilot, *keys)
            assert await until(pilot, lambda b=before: cursor_line(app) not in {"", b}), text(app)
        for key, end in (("end", last), ("home", first), ("G", last)):
            await pilot.press(key)
            assert await until(pilot, lambda end=end: end in cursor_line(app)), text(app)
        await turn(pilot, events.MouseScrollUp, 400)
        assert cursor_line(app), text(app)
        assert await until(pilot, lambda: first in text(app)), text(app)
        await turn(pilot, events.MouseScrollDown, 400)
        assert cursor_line(app), text(app)
        assert await until(pilot, lambda: last in text(app)), text(app)


@pytest.mark.parametrize("view", ["versions", "chain", "findings"])
async def test_a_terminal_that_changes_its_size_keeps_the_row_in_sight(
    make_app: MakeApp, view: str
) -> None:
    app = make_app()
    async with opened(app, (120, 50)) as pilot:
        await open_crowded(pilot, view)
        top = name_in(cursor_line(app))
        await pilot.press(*("down",) * 20)
        assert await until(pilot, lambda: name_in(cursor_line(app)) not in {top, ""})
        row = name_in(cursor_line(app))
        for size in ((80, 10), (40, 8), (200, 60), (80, 24)):
            await pilot.resize_terminal(*size)
            await pilot.pause()
            assert await until(pilot, lambda: name_in(cursor_line(app)) == row), text(app)


@pytest.mark.parametrize("view", ["versions", "tags", "chain", "events"])
@pytest.mark.parametrize("downs", [0, 40])
async def test_rows_that_come_in_above_leave_the_cursor_on_its_object(
    make_app: MakeApp, engine: ScriptedEngine, view: str, downs: int
) -> None:
    app = make_app()
    async with opened(app, (120, 24)) as pilot:
        await open_crowded(pilot, view)
        top = cursor_line(app)
        await pilot.press(*("down",) * downs)
        assert await until(pilot, lambda: not downs or cursor_line(app) != top), text(app)
        row, target = name_in(cursor_line(app)), app.target
        engine.give(crowd(("n-a", "n-b", "n-c", *NAMES)))
        rows = app.pane.table  # type: ignore[union-attr]
        assert await until(pilot, lambda: rows.counts[1] == len(NAMES) + 3)
        await pilot.pause()
        assert await until(pilot, lambda: row in cursor_line(app)), text(app)
        assert app.target == target


async def test_before_anybody_presses_a_key_the_board_is_read_from_its_top(
    make_app: MakeApp, engine: ScriptedEngine
) -> None:
    app = make_app(crowd(NAMES[60:]))
    async with opened(app, (120, 24)) as pilot:
        assert await until(pilot, lambda: NAMES[60] in cursor_line(app))
        engine.give(crowd())
        assert await until(pilot, lambda: FIRST in cursor_line(app)), text(app)


async def test_what_goes_away_leaves_the_cursor_among_its_neighbours(
    make_app: MakeApp, engine: ScriptedEngine
) -> None:
    app = make_app()
    async with opened(app, (120, 24)) as pilot:
        await open_crowded(pilot, "chain")
        await pilot.press("end")
        assert await until(pilot, lambda: LAST in cursor_line(app))
        engine.give(crowd(NAMES[:50]))
        assert await until(pilot, lambda: NAMES[49] in cursor_line(app)), text(app)
        assert screen_text(app)[-8].strip(" ▁▂▃▄▅▆▇█"), f"the window is not empty\n{text(app)}"


async def test_a_row_above_that_opens_leaves_the_cursor_and_its_line_where_they_are(
    make_app: MakeApp, engine: ScriptedEngine
) -> None:
    app = make_app()
    async with opened(app, (120, 24)) as pilot:
        await open_crowded(pilot, "chain")
        await burst(pilot, *("down",) * 40)
        assert await until(pilot, lambda: NAMES[40] in cursor_line(app))
        at = next(y for y, x in enumerate(screen_text(app)) if "▎" in x)
        before = crowd()
        nodes = list(before.board.chains["staging"])
        nodes[:0] = [node("n-a"), node("n-b")]
        board = replace(before.board, chains={"staging": tuple(nodes)})
        engine.give(replace(before, board=board, serial=999))
        assert await until(pilot, lambda: "✓122" in text(app))
        await pilot.pause()
        assert NAMES[40] in screen_text(app)[at]


async def test_a_filter_keeps_the_row_and_shows_it(make_app: MakeApp) -> None:
    app = make_app()
    async with opened(app, (80, 24)) as pilot:
        await open_crowded(pilot, "chain")
        await pilot.press("end", "slash", *"n1", "enter")
        assert await until(pilot, lambda: LAST in cursor_line(app)), text(app)
        await pilot.press("home")
        assert await until(pilot, lambda: "n100" in cursor_line(app)), text(app)


@pytest.mark.parametrize(
    ("size", "named"), [((40, 8), "production"), ((80, 24), "production"), ((80, 24), "")]
)
async def test_every_line_of_a_long_plan_can_be_read_beside_its_question(
    make_app: MakeApp, size: tuple[int, int], named: str
) -> None:
    from fluxtui.domain.protection import Demand  # no list needs it

    async def run(_plan: Plan, _confirmed: Confirmed) -> tuple[Receipt, ...]:
        return ()

    app = make_app()
    plan = replace(PLAN, effects=tuple(f"effect {n}" for n in NAMES))
    question = "is protected" if named else "y run"
    async with opened(app, size) as pilot:
        await app.push_screen(Review(plan, Demand((named,) if named else ()), run))
        assert await until(pilot, lambda: question in text(app))
        shown = set(re.findall(r"n\d{3}", text(app)))
        for _ in range(90 if size[1] < 20 else 20):
            await pilot.press("pagedown")
            shown |= set(re.findall(r"n\d{3}", text(app)))
            assert question in text(app)
        assert shown == set(NAMES)
        assert "undo: delete" in text(app) or "wait until" in text(app)
        await turn(pilot, events.MouseScrollUp, 200)
        assert await until(pilot, lambda: "in production" in text(app)), text(app)


async def test_the_wheel_undoes_page_keys_that_came_just_before(make_app: MakeApp) -> None:
    """All of it between two paints, as on a machine that is late; wherever the pointer is."""

    from fluxtui.domain.protection import Demand  # no list needs it

    async def run(_plan: Plan, _confirmed: Confirmed) -> tuple[Receipt, ...]:
        return ()

    app = make_app()
    plan = replace(PLAN, effects=tuple(f"effect {n}" for n in NAMES))
    async with opened(app, (80, 24)) as pilot:
        await app.push_screen(Review(plan, Demand(), run))
        await sees(pilot, "y run")
        review = app.screen
        assert isinstance(review, Review)
        for y in (2, 12, 20, 22):  # text, and the question under it
            for _ in range(90):
                review.action_page(1)
            for _ in range(200):
                wheel = events.MouseScrollUp(None, 40, y, 0, 0, 0, False, False, False, 40, y)
                review._forward_event(wheel)
            await pilot.pause()
            assert await until(pilot, lambda: "in production" in text(app)), text(app)


@pytest.mark.parametrize("size", [(40, 8), (80, 10), (80, 24)])
async def test_the_field_and_its_choice_are_drawn_whatever_the_height(
    make_app: MakeApp, size: tuple[int, int]
) -> None:
    app = make_app()
    async with opened(app, size) as pilot:
        await pilot.press("p")
        assert await until(pilot, lambda: "Why?" in text(app)), text(app)
        await pilot.press("shift+tab")  # to the version: it was filled in
        for name in (NAMES[0], *NAMES[:-9:-1]):  # what is picked, then the highest first
            await pilot.press("down")
            chosen = f"● {name}"
            assert await until(pilot, lambda c=chosen: c in text(app)), text(app)
            assert "Why?" in text(app)


async def test_a_broken_line_keeps_the_cursor_when_the_sheet_grows(make_app: MakeApp) -> None:
    app = make_app()
    lines = tuple(((f"{name} " + "word " * 40, ""),) for name in NAMES)
    async with opened(app, (80, 24)) as pilot:
        await app.push_screen(Reading("Long", lines))
        assert await until(pilot, lambda: FIRST in cursor_line(app))
        while name_in(cursor_line(app)) != NAMES[20]:
            await pilot.press("down")
        await pilot.resize_terminal(200, 50)
        assert await until(pilot, lambda: NAMES[20] in cursor_line(app)), text(app)


def moved_to(app: FluxtuiApp, name: str) -> Callable[[], bool]:
    return lambda: name in cursor_line(app)


async def test_the_next_change_is_above_and_the_eye_stays_where_it_is(
    make_app: MakeApp, engine: ScriptedEngine
) -> None:
    app = make_app()
    async with opened(app, (80, 24)) as pilot:
        await open_crowded(pilot, "events")
        await pilot.press("down", "down", "down")
        assert await until(pilot, moved_to(app, NAMES[3]))
        snapshot = crowd()
        for number in range(30):
            changes = (change(f"x{number}"), *snapshot.changes)
            snapshot = replace(snapshot, changes=changes, serial=snapshot.serial + 1)
            engine.give(snapshot)
            await pilot.pause()
        rows = app.pane.table  # type: ignore[union-attr]
        assert await until(pilot, lambda: rows.counts[1] == len(NAMES) + 30)
        assert await until(pilot, moved_to(app, NAMES[3])), text(app)
