"""The filter by labels and fields, in every list: of what has objects behind it, or it says so."""

from __future__ import annotations

import pytest
from textual.pilot import Pilot

from tests.ui.conftest import MakeApp, opened
from tests.ui.frame import screen_text, sees, text, until
from tests.ui.test_ui_bursts import types

BOTH = pytest.mark.parametrize("size", [(80, 24), (200, 50)], ids=["80x24", "200x50"])
LISTS = {
    "1": ("label:kustomize.toolkit.fluxcd.io/name=activity", "activity", "status-page"),
    "3": ("field:metadata.name=clickhouse-migrations", "clickhouse-migrations", "infrastructure"),
    "5": ("field:spec.url", "status-page", "migrations"),
}


def rows(lines: list[str]) -> str:
    """The lines of the list: those between its headings and its hint."""
    head = next(
        n
        for n, line in enumerate(lines)
        if line.split()[:1] in (["SERVICE"], ["NAME"], ["TIME"], ["AGE"])
    )
    foot = next(
        n for n, line in enumerate(lines) if "ATTENTION" in line or (" ──" in line and n > head)
    )
    return "\n".join(lines[head:foot])


async def asks(pilot: Pilot[None], typed: str) -> None:
    """All of it typed, and the list narrowed by it."""
    words = typed.lstrip("\x15")
    await types(pilot, "/" + typed)
    assert await until(pilot, lambda: getattr(pilot.app.focused, "value", "") == words)
    await pilot.pause()


@BOTH
@pytest.mark.parametrize("key", LISTS)
async def test_a_label_or_field_of_an_object_behind_a_row_keeps_it(
    make_app: MakeApp, key: str, size: tuple[int, int]
) -> None:
    typed, there, gone = LISTS[key]
    app = make_app()
    async with opened(app, size) as pilot:
        await types(pilot, key)
        await sees(pilot, there, gone)
        await asks(pilot, typed)
        shown = rows(screen_text(app))
        assert there in shown and gone not in shown, text(app)
        await types(pilot, "\r")


@BOTH
@pytest.mark.parametrize("key", "137")
async def test_what_no_object_has_is_said_also_where_everything_stays(
    make_app: MakeApp, key: str, size: tuple[int, int]
) -> None:
    app = make_app()
    async with opened(app, size) as pilot:
        await types(pilot, key)
        await sees(pilot, "activity")
        await asks(pilot, "field:nope=1")
        said = "esc shows them. No object here has the field nope."
        assert await until(pilot, lambda: said in " ".join(text(app).split())), text(app)
        await types(pilot, "\r")
        await asks(pilot, "\x15label:no/pe!=1")
        await sees(pilot, "no object here has the label no/pe")


@BOTH
@pytest.mark.parametrize("key", "24")
async def test_a_list_of_no_objects_says_so_and_hides_nothing(
    make_app: MakeApp, key: str, size: tuple[int, int]
) -> None:
    app = make_app()
    async with opened(app, size) as pilot:
        await types(pilot, key)
        await sees(pilot, "filter")
        await asks(pilot, "label:app=web")
        await sees(pilot, "no filter: labels and fields are of objects")
        assert "hides all" not in text(app)


async def test_in_a_text_to_read_it_is_a_word_like_others(make_app: MakeApp) -> None:
    app = make_app()
    async with opened(app) as pilot:
        await types(pilot, "y")
        await sees(pilot, "apiVersion")
        await types(pilot, "/label")
        await types(pilot, "s:")
        assert "apiVersion" not in text(app)
