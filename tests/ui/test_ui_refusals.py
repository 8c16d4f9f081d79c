"""Why an act cannot be done now is asked when its facts changed, not with every Snapshot."""

from __future__ import annotations

from dataclasses import replace

from fluxtui.domain.board import Board, HealthLine, Level
from fluxtui.ui.widgets.footer import Refusals
from tests.ui.test_ui_room import able, context


def test_refusals_are_asked_again_only_when_their_facts_change() -> None:
    asked: list[str] = []

    def refuse(_context: object) -> str | None:
        asked.append("once")
        return None

    acts = (able("suspend", refuse),)
    refusals, seen = Refusals(), context()
    for serial in range(5):
        other = replace(seen.snapshot, serial=serial, board=_other_node(seen.snapshot.board))
        refusals.of(acts, replace(seen, snapshot=other))
    assert len(asked) == 1
    row = seen.snapshot.board.rows[0]
    worse = replace(row.lines["staging"][0], health=HealthLine(Level.FAILED, "else"))
    first = replace(row, lines={**row.lines, "staging": (worse,)})
    board = replace(seen.snapshot.board, rows=(first, *seen.snapshot.board.rows[1:]))
    refusals.of(acts, replace(seen, snapshot=replace(seen.snapshot, board=board)))
    assert len(asked) == 2


def _other_node(board: Board) -> Board:
    nodes = list(board.chains["production"])
    nodes[-1] = replace(nodes[-1], running="other")
    return replace(board, chains={**board.chains, "production": tuple(nodes)})
