"""Every theme that can be named draws the screen: switched to in the running app, and at start."""

from __future__ import annotations

from dataclasses import replace

import pytest
from textual.color import Color

from fluxtui.ui.theme import names
from tests.ui.conftest import MakeApp, opened
from tests.ui.frame import sees, text, until
from tests.ui.test_ui_bursts import types
from tests.ui.ui_delivery import CONFIG

ROLES = ("ok", "busy", "wait", "bad", "dim", "name", "accent", "version")


def contrast(one: Color, other: Color) -> float:
    """As WCAG has it: 1 for the same colour, 21 for black on white."""

    def light(colour: Color) -> float:
        parts = [
            c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in colour.normalized
        ]
        return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]

    dark, bright = sorted((light(one), light(other)))
    return (bright + 0.05) / (dark + 0.05)


async def test_each_theme_draws_when_it_is_switched_to(make_app: MakeApp) -> None:
    app = make_app()
    async with opened(app, (80, 24)) as pilot:
        before = text(app)
        for name in names():
            await types(pilot, f":theme {name}\r")
            assert await until(pilot, lambda name=name: app.theme == name), name
            assert await until(pilot, lambda: text(app) == before), f"{name}\n{text(app)}"


@pytest.mark.parametrize("name", names())
async def test_each_theme_draws_from_the_start_and_can_be_read(
    make_app: MakeApp, name: str
) -> None:
    app = make_app(config=replace(CONFIG, theme=name))
    async with opened(app, (80, 24)) as pilot:
        await sees(pilot, "status-page", "R Reconcile")
        assert app.theme == name
        table = app.main.pane.table if app.main.pane is not None else None
        assert table is not None
        shades = {role: table.role_style(role).color for role in ROLES}
        assert all(shades.values()), shades
        if app.current_theme.ansi:
            return
        ground = Color.parse(app.theme_variables["background"])
        for row in ("row-cursor", "row-cell"):
            under = table.get_component_rich_style(row.replace("-", "--", 1), partial=True).bgcolor
            assert under is not None
            assert Color.from_rich_color(under) != ground
            assert shades["name"] is not None
            shown = Color.from_rich_color(shades["name"])
            assert contrast(shown, Color.from_rich_color(under)) >= 3, row
        for role, colour in shades.items():
            assert colour is not None
            assert contrast(Color.from_rich_color(colour), ground) >= 2, role
