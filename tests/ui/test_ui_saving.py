"""The screen saved as a picture: the status line says where it is, or why there is none."""

from __future__ import annotations

import stat
from dataclasses import replace
from pathlib import Path

from tests.ui.conftest import MakeApp, opened
from tests.ui.frame import sees, until
from tests.ui.ui_delivery import CONFIG


async def test_a_picture_is_kept_beside_the_journal_and_the_path_is_said(
    make_app: MakeApp, tmp_path: Path
) -> None:
    config = replace(CONFIG, journal=str(tmp_path / "state" / "journal.jsonl"))
    async with opened(make_app(config=config), (200, 50)) as pilot:
        await pilot.press("ctrl+s")
        folder = tmp_path / "state" / "screens"
        assert await until(pilot, lambda: folder.is_dir() and any(folder.iterdir()))
        (picture,) = folder.iterdir()
        await sees(pilot, f"saved: {picture}"[:60])
    assert picture.read_text().startswith("<svg") and "activity" in picture.read_text()
    assert stat.S_IMODE(picture.stat().st_mode) == 0o600


async def test_what_cannot_be_written_says_why(make_app: MakeApp, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    config = replace(CONFIG, journal=str(tmp_path / "file" / "journal.jsonl"))
    async with opened(make_app(config=config), (200, 50)) as pilot:
        await pilot.press("ctrl+s")
        await sees(pilot, "the screen was not saved: Not a directory")


async def test_two_pictures_of_one_second_are_two_files(make_app: MakeApp, tmp_path: Path) -> None:
    config = replace(CONFIG, journal=str(tmp_path / "journal.jsonl"))
    folder = tmp_path / "screens"
    async with opened(make_app(config=config), (200, 50)) as pilot:
        await pilot.press("ctrl+s")
        assert await until(pilot, lambda: folder.is_dir() and len(list(folder.iterdir())) == 1)
        await pilot.press("3", "ctrl+s")
        assert await until(pilot, lambda: len(list(folder.iterdir())) == 2)
    first, second = sorted(folder.iterdir(), key=lambda path: len(path.name))
    assert first.name == "fluxtui-20261123031200.svg" and second.name != first.name
    assert first.read_text() != second.read_text()
