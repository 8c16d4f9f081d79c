"""A sheet as large as the screen hides the view: nothing of it is painted behind."""

from __future__ import annotations

import pytest
from textual.geometry import Region
from textual.strip import Strip

from tests.ui.conftest import MakeApp, opened
from tests.ui.frame import sees


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_nothing_is_painted_behind_a_tall_sheet(
    make_app: MakeApp, size: tuple[int, int]
) -> None:
    """Half the time that YAML took to open went into the view behind it, tinted."""
    app = make_app()
    painted: list[Region] = []
    async with opened(app, size) as pilot:
        await pilot.press("3")
        await sees(pilot, "WHY")
        assert app.pane is not None
        table = app.pane.table
        render = table.render_lines

        def counted(crop: Region) -> list[Strip]:
            painted.append(crop)
            return render(crop)

        table.render_lines = counted  # type: ignore[method-assign]
        await pilot.press("y")
        await sees(pilot, "╰", "esc")
        await pilot.press("down", "pagedown", "end")
        await pilot.pause()
    assert painted == []
