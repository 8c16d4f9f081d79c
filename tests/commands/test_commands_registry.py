"""The registry: one entry per act and view, each reachable by key and by verb."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1]))
from builders import URL, context, digest, ks, revision, snapshot, source, tag_list

from fluxtui.commands.command import Command
from fluxtui.commands.registry import ALL, by_id
from fluxtui.domain.ask import ListTags


def test_ids_and_keys_are_unique() -> None:
    ids = [c.id for c in ALL]
    keys = [key for c in ALL for key in c.keys]
    assert len(ids) == len(set(ids))
    assert len(keys) == len(set(keys))


@pytest.mark.parametrize("command", ALL, ids=lambda c: c.id)
def test_every_command_can_be_found_and_read(command: object) -> None:
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


def test_a_verb_waits_for_tags_where_it_asks_for_them_or_shows_them() -> None:
    well = revision("1.4.2", "a")
    seen = snapshot(source(stored=well), ks(applied=well), tags=[tag_list({"1.4.2": "a"})])
    here = context(seen, environment="staging", service="acme/activity", tag="1.4.2")
    values = {"version": digest("a"), "from": "1.4.2", "reason": "a drill"}
    asks = {_word(c) for c in ALL if ListTags(URL) in c.questions(here, values)}
    named = {_word(c) for c in ALL if any(a.name == "version" for a in c.arguments)}
    assert asks and named
    waits = {_word(c) for c in ALL if c.needs_tags}
    assert waits == {"versions", "tags", "rollback", "unpin", "unfreeze"} | asks | named


def test_an_act_on_a_whole_asks_which_and_is_offered_nowhere_else() -> None:
    asks = {c.id for c in ALL if any(argument.name == "scope" for argument in c.arguments)}
    assert asks >= {"suspend-scope", "resume-scope", "freeze", "unfreeze"}
    assert asks == {c.id for c in ALL if c.scoped}
    assert not any(c.many for c in ALL if c.scoped), "several of them are a whole already"
    assert all(a.required for c in ALL for a in c.arguments if a.name == "scope")


def _word(command: Command) -> str:
    """The first word of its verb: `publish --bad` waits as `publish` does."""
    return command.verb.partition(" ")[0]


def test_only_what_has_a_sensible_nothing_may_be_left_empty() -> None:
    optional = {(c.id, a.name) for c in ALL for a in c.arguments if not a.required}
    assert {name for _command, name in optional} <= {"reason", "until", "image", "filter", "id"}
    assert ("publish", "image") in optional


def test_the_last_line_of_the_screen_offers_what_is_done_daily_and_can_be_typed_by_a_key() -> None:
    acts = {c.id for c in ALL if c.footer and c.family == "act"}
    assert acts >= {"reconcile", "suspend", "resume", "promote", "rollback", "pin"}
    assert not acts & {"publish-bad", "reconcile-chain", "reconcile-force", "finish", "undo"}
    assert all(c.keys for c in ALL if c.footer), "what has no key cannot be pressed"
