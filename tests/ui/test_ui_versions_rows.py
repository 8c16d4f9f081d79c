"""The board's rows: marks, what is behind, and more Environments than there is room for."""

from __future__ import annotations

from dataclasses import replace

from fluxtui.commands.command import Target
from fluxtui.ui.panes.pane import View
from fluxtui.ui.panes.versions import columns, heading, rows, window
from fluxtui.ui.spans import plain
from fluxtui.ui.widgets.columns import layout
from tests.ui.ui_delivery import NOW_SECONDS, night

BOTH = ("staging", "production")


def cells(*, words: bool) -> dict[str, list[str]]:
    view = View(night(), Target(), NOW_SECONDS)
    found = rows(view, BOTH, "", False, words=words)
    return {plain(r.cells[0]): [plain(c) for c in r.cells[1:]] for r in found}


def test_every_cell_says_health_running_and_pick() -> None:
    board = cells(words=True)
    assert board["activity"][4:7] == ["✓ ready", "v1.4.2", "→ v1.5.0"]
    assert board["activity-ui"][4] == "–"
    assert board["notifications"][4:7] == ["✓ ready ◆", "v3.0.2", "pinned"]
    assert board["status-page"][4:7] == ["✓ ready ‖", "v2.1.1", "suspended"]


def test_two_sources_of_a_service_are_two_lines() -> None:
    assert cells(words=True)["└ notifications-mirror"][0] == "◐ rolling"


def test_without_words_being_behind_is_still_a_sign() -> None:
    assert cells(words=False)["activity"][4] == "✓→"


def test_an_unreachable_environment_is_unknown_and_not_absent() -> None:
    snapshot = replace(night(), unreachable={"production": "no route"})
    found = rows(View(snapshot, Target(), NOW_SECONDS), BOTH, "", False, words=True)
    assert plain(found[1].cells[5]) == "?"
    assert heading(snapshot, "production") == "production unreachable"


def test_the_worst_comes_first_when_sorted_by_state() -> None:
    found = rows(View(night(), Target(), NOW_SECONDS), BOTH, "status", False, words=True)
    assert plain(found[0].cells[0]) == "activity"
    assert plain(found[1].cells[0]) == "notifications"


def test_a_narrow_window_keeps_the_current_environment() -> None:
    names = tuple("abcdefgh")
    assert window(names, "a", 80) == ("a", "b", "c")
    assert window(names, "e", 80) == ("d", "e", "f")
    assert window(names, "h", 80) == ("f", "g", "h")
    assert window(names, "h", 400) == names


def test_two_environments_fit_into_eighty_cells_with_what_they_would_pick() -> None:
    spec = columns(night(), BOTH, 80)
    titles = [s.column.title for s in layout(spec, [40] * len(spec), 78)]
    assert titles.count("RUNNING") == titles.count("WOULD PICK") == 2
