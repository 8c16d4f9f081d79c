"""An end that is set is read in the review before it is written."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1]))
from builders import context, ks, revision, snapshot, source, tag_list

from fluxtui.commands.registry import by_id
from fluxtui.domain.plan import Plan

TAGS = tag_list({"1.4.2": "a", "1.5.0": "b"})
OLD, NEW = revision("1.4.2", "a"), revision("1.5.0", "b")


def plan(command: str, *resources: object, **values: str) -> Plan:
    seen = snapshot(*resources, tags=(TAGS,))  # type: ignore[arg-type]
    where = context(seen, environment="staging", service="acme/activity")
    found = by_id(command)
    assert found.plan is not None
    return found.plan(where, values)


@pytest.mark.parametrize(("command", "more"), [("suspend", {}), ("pin", {"version": "1.5.0"})])
def test_an_end_stands_among_what_comes_of_it(command: str, more: dict[str, str]) -> None:
    held = (source(stored=NEW), ks(applied=NEW))
    made = plan(command, *held, reason="audit", until="2h", **more)
    assert any("over by 2026-11-23 05:12Z" in effect for effect in made.effects), made.effects
    assert not any("over by" in e for e in plan(command, *held, reason="audit", **more).effects)


def test_a_resumption_says_what_arrives_at_once() -> None:
    still = source(stored=OLD, suspend=True)
    made = plan("resume", still, ks(applied=OLD))
    assert any("staging would pick 1.5.0 (runs" in effect for effect in made.effects), made.effects
    level = plan("resume", source(stored=NEW, suspend=True), ks(applied=NEW))
    assert not any("would pick" in effect for effect in level.effects)
