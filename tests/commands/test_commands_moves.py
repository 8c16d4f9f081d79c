"""Whatever an act does to what runs, its Plan says which build goes where, by itself."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1]))
from builders import context, digest, ks, revision, snapshot, source, tag_list

from fluxtui.commands.command import Context
from fluxtui.commands.registry import by_id
from fluxtui.domain.plan import Move, Plan
from fluxtui.domain.resource import Resource

TAGS = tag_list({"1.4.2": "a", "1.5.0": "b"})
OLD, NEW = revision("1.4.2", "a"), revision("1.5.0", "b")


def at(*resources: Resource, **target: object) -> Context:
    values = {"environment": "staging", "service": "acme/activity", **target}
    return context(snapshot(*resources, tags=(TAGS,)), **values)


def plan(command: str, where: Context, **values: str) -> Plan:
    found = by_id(command)
    assert found.plan is not None
    return found.plan(where, values)


def test_a_pin_moves_every_consumer_to_the_build_that_it_holds() -> None:
    holder = source(stored=NEW)
    made = plan("pin", at(holder, ks(applied=NEW)), version="1.4.2", reason="slow")
    assert made.moves == (Move(holder.key, "", digest("a")),)


def test_holding_what_is_stored_moves_nothing() -> None:
    assert plan("pin", at(source(stored=NEW), ks()), version="1.5.0", reason="x").moves == ()


def test_unpinning_moves_to_what_the_policy_picks() -> None:
    pinned = source(stored=OLD)
    first = plan("pin", at(pinned, ks()), version="1.4.2", reason="slow").steps[0]
    notes = first.patch["metadata"]["annotations"]  # type: ignore[union-attr]
    held = source(
        stored=OLD,
        ref={"semver": ">=0.0.0", "digest": digest("a")},
        annotations={k: str(v) for k, v in notes.items()},
    )
    assert plan("unpin", at(held, ks())).moves == (Move(held.key, "", "1.5.0"),)


def test_resuming_a_source_moves_to_what_has_come_since() -> None:
    still = source(stored=OLD, suspend=True)
    assert plan("resume", at(still, ks())).moves == (Move(still.key, "", "1.5.0"),)
    held = source(stored=NEW, suspend=True)
    assert plan("resume", at(held, ks())).moves == ()


def test_resuming_an_applier_moves_it_alone_to_what_its_source_has() -> None:
    holder, user = source(stored=NEW), ks(applied=OLD, suspend=True)
    where = at(holder, user, object=user.key)
    assert plan("resume", where).moves == (Move(holder.key, digest("a"), "", user.key),)


def test_suspending_moves_nothing() -> None:
    assert plan("suspend", at(source(stored=OLD), ks()), reason="x").moves == ()


@pytest.mark.parametrize(("stored", "goes"), [(OLD, "1.5.0"), (NEW, "")])
def test_a_reconcile_that_would_move_something_says_so(stored: str, goes: str) -> None:
    holder = source(stored=stored)
    user = ks(applied=stored)
    made = plan("reconcile-with-source", at(holder, user))
    assert made.moves == ((Move(holder.key, "", goes),) if goes else ())


def test_a_promotion_moves_to_the_digest_that_it_names_not_to_a_tag_that_is_not_there_yet() -> None:
    staging = source("staging", stored=NEW, ref={"semver": ">=0.0.0"})
    production = source("production", stored=OLD, ref={"semver": ">=1.5.1"})
    where = at(staging, production, ks("staging", applied=NEW), ks("production", applied=OLD))
    made = plan("promote", where, **{"from": "1.5.0", "version": "1.6.0"})
    moved = {move.source.environment: move for move in made.moves}
    assert moved["production"] == Move(production.key, "", digest("b"))


def test_a_plan_and_its_moves_survive_being_written_down() -> None:
    holder, user = source(stored=NEW), ks(applied=OLD, suspend=True)
    made = plan("resume", at(holder, user, object=user.key))
    again = Plan.from_json(made.to_json())
    assert again.moves == made.moves and again.id == made.id
