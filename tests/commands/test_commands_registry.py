"""The registry: one entry per act and view, each reachable by key and by verb."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1]))
from builders import context, snapshot

from fluxtui.commands.registry import ALL, by_id


def test_ids_and_keys_are_unique() -> None:
    ids = [c.id for c in ALL]
    keys = [key for c in ALL for key in c.keys]
    assert len(ids) == len(set(ids))
    assert len(keys) == len(set(keys))


@pytest.mark.parametrize("command", ALL, ids=lambda c: c.id)
def test_every_command_can_be_found_and_read(command: object) -> None:
    from fluxtui.commands.command import Command

    assert isinstance(command, Command)
    assert command.title and command.help.endswith(".")
    assert command.keys or command.verb  # the palette and the command line have what no key has
    assert by_id(command.id) is command
    if command.plan is not None:
        assert command.verb and command.family == "act"


@pytest.mark.parametrize("command", [c for c in ALL if c.plan], ids=lambda c: c.id)
def test_an_act_on_nothing_says_what_to_do(command: object) -> None:
    reason = command.disabled_reason(context(snapshot()))  # type: ignore[attr-defined]
    assert reason and ("choose" in reason or "name one" in reason)
