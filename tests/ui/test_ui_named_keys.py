"""A sentence that names a key names the one that is bound now."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from fluxtui.commands.registry import ALL, by_id
from fluxtui.domain.board import Finding, Severity
from fluxtui.domain.keytokens import key_token
from fluxtui.domain.overview.remedies import remedy
from fluxtui.engine.acts.past import reminders
from fluxtui.ui.app import FluxtuiApp
from fluxtui.ui.keys import named_keys
from tests.ui.conftest import opened
from tests.ui.frame import sees, text, until
from tests.ui.ui_delivery import CONFIG, NOW, night
from tests.ui.ui_engine import ScriptedEngine

KEYS = {"finish": "f5", "undo": "f6", "tags": "f7", "chain": "f8", "journal": "f9", "help": "f10"}
REMAPPED = replace(CONFIG, keys=KEYS)
SOURCES = Path(__file__).parents[2] / "fluxtui"
# Screens and panes have keys of their own, which nobody can bind to another.
OWN = frozenset(("l", "N", "A", "S", "z", "f", "F", "Q", "q", "y", "d", "i", "w", "n"))
LETTERS = sorted({key for c in ALL for key in c.keys if len(key) == 1 and key.isalpha()} - OWN)
NAMED = re.compile(rf"(?:^|\s)(?:[{''.join(LETTERS)}]|\^[a-z])\s+[a-z]{{2}}|[a-z]: [1-7](?:$|,)")


def literals() -> Iterator[tuple[str, str]]:
    """(place, text) of every text of the code but what documents it."""
    rooms = ("domain/overview", "domain/review", "engine/acts", "ui/panes", "ui/widgets")
    files = [file for room in rooms for file in (SOURCES / room).rglob("*.py")]
    for file in [*files, *(SOURCES / "ui").glob("*.py"), SOURCES / "ui/screens/help.py"]:
        tree = ast.parse(file.read_text())
        said = {id(n.value) for n in ast.walk(tree) if isinstance(n, ast.Expr)}
        for node in ast.walk(tree):
            if (
                isinstance(node, ast.Constant)
                and isinstance(node.value, str)
                and id(node) not in said
            ):
                yield f"{file.name}:{node.lineno}", node.value


def test_no_text_names_the_key_of_a_command_by_itself() -> None:
    texts = ((place, said.removeprefix(" s ")) for place, said in literals())  # seconds
    assert [(place, said) for place, said in texts if NAMED.search(said)] == []


def test_a_token_becomes_the_key_that_is_bound_and_else_the_word_to_type() -> None:
    said = f"see {key_token('chain')} or {key_token('publish-bad')} or {key_token('rollback')}"
    assert named_keys(said, {}) == "see 3 or :publish-bad or ^l"
    assert named_keys(said, KEYS) == "see f8 or :publish-bad or ^l"
    assert named_keys("no <key: token", {}) == "no <key: token"
    assert "f8" in named_keys(remedy("something odd"), KEYS)


@pytest.mark.parametrize("size", [(80, 24), (200, 50)])
async def test_hints_findings_and_help_say_the_keys_of_the_configuration(
    engine: ScriptedEngine, size: tuple[int, int]
) -> None:
    cut = replace(night().acts[0], cut="the power went", finished=True) if night().acts else None
    (finding,) = reminders((cut,), night(), 0.0) if cut is not None else (interrupted(),)
    engine.give(replace(night(), config=REMAPPED, findings=(finding,)))
    names = ("versions", "tags", "chain", "journal", "help", "finish", "undo")
    commands = tuple(by_id(name) for name in names)
    app = FluxtuiApp(engine, config=REMAPPED, user="anna", now=lambda: NOW, commands=commands)
    async with opened(app, size) as pilot:
        await sees(pilot, "f7 why", "f10 help")
        await pilot.press("exclamation_mark")
        assert await until(pilot, lambda: "Journal f5 finishes" in " ".join(text(app).split()))
        await pilot.press("q", "f9")
        await sees(pilot, "f5 finish  f6 undo")


def interrupted() -> Finding:
    said = f"in the Journal {key_token('finish')} finishes it"
    return Finding(Severity.WARNING, "interrupted", "staging", "a Plan was cut off", said)
