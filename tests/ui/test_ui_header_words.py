"""No word stands in the header that help does not explain."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from fluxtui.commands.registry import ALL
from fluxtui.domain.knowledge import Knowing, Knowledge, Trouble
from fluxtui.ui.screens.help import help_lines
from fluxtui.ui.widgets import header
from fluxtui.ui.widgets.headerwords import MEANING, explained, worded
from tests.ui.conftest import MakeApp, opened
from tests.ui.frame import text, until

LINES = ("environment_line", "_holds", "feeds_line", "_tags", "acts_line")
ROLES = {"strong", "wait", "dim", "bad", "ok", "busy"}


def drawn() -> set[str]:
    """Every text with a letter in the code of the first line."""
    tree = ast.parse(Path(header.__file__).read_text())
    functions = [n for n in tree.body if isinstance(n, ast.FunctionDef) and n.name in LINES]
    assert len(functions) == len(LINES)
    said = {
        node.value.strip()
        for function in functions
        for statement in function.body[1:]
        for node in ast.walk(statement)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    return {word for word in said if re.search(r"[a-z]", word)} - ROLES - {"of"}


def test_every_word_of_the_header_is_in_the_one_list() -> None:
    assert {"frozen", "late", "old", "ageing", "not held"} <= drawn() <= set(MEANING)
    with pytest.raises(KeyError):
        worded("mislaid")


def test_so_is_every_word_for_a_place_that_is_not_known() -> None:
    words = {
        Knowledge(state, trouble=trouble, seen=seen).word
        for state in Knowing
        for trouble in Trouble
        for seen in (False, True)
    }
    assert words - {""} <= set(MEANING)


def test_help_explains_each_and_short_ones_beside_what_they_are_short_for() -> None:
    lines = ["".join(part for part, _role in line) for line in help_lines(ALL, {})]
    block = lines[lines.index("HEADER") + 1 :]
    assert len(block) == len(explained())
    for word in MEANING:
        assert any(re.search(rf"(^|\s){re.escape(word)}\s", line[:20]) for line in block), word
    assert any(line.startswith("  overdue late ") for line in block)


@pytest.mark.parametrize("size", [(80, 24), (200, 50)])
async def test_help_has_them_on_the_screen(make_app: MakeApp, size: tuple[int, int]) -> None:
    app = make_app()
    async with opened(app, size) as pilot:
        await pilot.press("question_mark", "end")
        assert await until(pilot, lambda: "not signed in" in text(app)), text(app)
        assert "sign in again" in text(app)
