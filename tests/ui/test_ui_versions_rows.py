"""The board's rows: marks, what is behind, and more Environments than there is room for."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from fluxtui.commands.command import Target
from fluxtui.domain.board import Line, Running
from fluxtui.domain.kinds import kustomization
from fluxtui.domain.resource import Key
from fluxtui.ui.panes.boardcells import (
    BoardShape,
    absence,
    columns,
    heading,
    ordering,
    picks,
    row_of,
    sizes,
    window,
)
from fluxtui.ui.panes.boardlines import BoardEntry, BoardLines, Order
from fluxtui.ui.panes.pane import View
from fluxtui.ui.spans import plain, width
from fluxtui.ui.widgets.columns import layout
from fluxtui.ui.widgets.listing import TableRow
from tests.ui.ui_delivery import NOW_SECONDS, night

BOTH = ("staging", "production")


def rows(
    view: View, names: tuple[str, ...], sort: str, reverse: bool, *, words: bool
) -> list[TableRow]:
    """All rows of a board, each as long as it said it would be."""
    lines, services = BoardLines(), view.snapshot.board.rows
    entries = lines.entries(tuple(services), Order(partial(ordering, sort=sort), sort, reverse))
    absent = tuple(absence(view.snapshot, name) for name in names)
    shape = BoardShape(names, words, absent, lines.prefix)
    made = [row_of(view, shape, entry) for entry in entries]
    for row, entry in zip(made, entries, strict=True):
        measured, drawn = sizes(view, shape, entry), tuple(map(width, row.cells))
        assert all(m == d for m, d in zip(measured, drawn, strict=True) if d > 1 or m > 1), row
    return made


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


def test_a_service_that_changed_is_one_line_that_is_another() -> None:
    lines, services = BoardLines(), list(night().board.rows)

    order = Order(partial(ordering, sort=""))
    before = lines.entries(tuple(services), order)
    assert lines.entries(tuple(services), order) is before
    services[0] = replace(services[0], repository="elsewhere")
    after = lines.entries(tuple(services), order)
    assert [a is b for a, b in zip(before, after, strict=True)] == [False] + [True] * 4
    services[2] = replace(services[2], lines={})  # its second line goes
    assert len(lines.entries(tuple(services), order)) == len(before) - 1
    down = lines.entries(tuple(services), replace(order, sort="name", reverse=True))
    assert [e.service.service for e in down if isinstance(e, BoardEntry)] == sorted(
        (s.service for s in services), reverse=True
    )
    assert lines.prefix == "acme/"


def test_a_source_whose_remote_is_not_asked_is_not_said_to_have_the_same() -> None:
    runs = Running("main@ad1327c", "main@ad1327c")
    key = Key("production", *kustomization.KIND.id, "apps", "infra")
    alone = Line(key, runs, would_pick="main@ad1327c", has_list=False)
    assert plain(picks(alone)) == "stored"
    assert plain(picks(replace(alone, has_list=True))) == "same"
