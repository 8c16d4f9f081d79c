"""The table of kinds and states: every kind has its row, and nothing recorded is judged wrong."""

from __future__ import annotations

import pytest

from fluxtui.domain import kinds
from fluxtui.domain.board import Level
from tests.contract.fleet import kindtable
from tests.contract.fleet.recordings import by_hand, expected, recorded


def test_every_kind_has_a_row_and_nothing_recorded_is_judged_wrong() -> None:
    lines = kindtable.table().splitlines()
    assert [line.split()[1] for line in lines[2:]] == [kind.kind for kind in kinds.ALL]
    assert "WRONG" not in "\n".join(lines)
    assert len({line.count(" | ") for line in lines}) == 1, "it is a table"


def test_a_cell_says_how_much_of_it_is_alive() -> None:
    name = "Kustomization/flux-system/settings"
    acts = {"Kustomization": {"reconcile": True, "suspend": False}}
    live = kindtable.Alive({name: recorded()[name]}, {name: expected()[name]}, acts)
    (line,) = (line for line in kindtable.table(live).splitlines() if "| Kustomization |" in line)
    assert line.split(" | ")[2] == "live (1), recording (3)"
    assert "live: reconcile; recording: resume, pin; WRONG: suspend" in line


def test_what_nobody_recorded_is_called_written_by_hand() -> None:
    objects, _said = by_hand()
    assert not objects.keys() & recorded().keys()
    lines = kindtable.table().splitlines()
    (instance,) = (line for line in lines if "| FluxInstance |" in line)
    assert instance.split(" | ")[4] == "by hand (1)"


def test_a_wrong_judgement_stands_in_the_table(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(kindtable.LEVELS, "stalled", {Level.OK})
    assert "WRONG" in kindtable.table()
