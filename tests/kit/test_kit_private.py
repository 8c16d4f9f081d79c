"""Private files: nobody else reads them, and nobody finds half of one."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from fluxtui.kit.private import write_private


def test_only_the_owner_may_read_what_is_written_anew_or_over(tmp_path: Path) -> None:
    path = tmp_path / "new" / "token"
    for text in ("one", "two"):
        write_private(path, text)
        assert path.read_text() == text
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        path.chmod(0o644)
    assert list(path.parent.iterdir()) == [path], "no draft stays behind"


def test_what_was_there_stays_whole_when_the_new_text_cannot_be_written(tmp_path: Path) -> None:
    path = tmp_path / "token"
    write_private(path, "one")
    with pytest.raises(UnicodeEncodeError):
        write_private(path, "two \udcff")
    assert path.read_text() == "one"


def test_a_link_is_replaced_and_not_followed(tmp_path: Path) -> None:
    path, other = tmp_path / "token", tmp_path / "other"
    other.write_text("somebody's")
    path.symlink_to(other)
    write_private(path, "mine")
    assert (path.read_text(), other.read_text()) == ("mine", "somebody's")
