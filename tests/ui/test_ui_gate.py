"""A key that waits behind another is handed on, also where the other's way is lost."""

from __future__ import annotations

import pytest

from fluxtui.ui import gate
from tests.ui.conftest import MakeApp, opened
from tests.ui.frame import until
from tests.ui.typist import Typist


async def test_a_key_behind_one_whose_way_is_lost_needs_no_third_key(
    make_app: MakeApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gate, "OVERDUE", 0.05)
    app = make_app()
    async with opened(app, (80, 24)) as pilot:
        monkeypatch.setattr(app.gate, "_round", lambda _passed: None)
        Typist(app).types("down", "6")
        assert await until(pilot, lambda: app.main.views.current == "journal")
