"""One act on all marked objects: one Plan, all their preconditions, all their Environments."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1]))
from builders import CONFIG, context, ks, snapshot, source

from fluxtui.commands.registry import ALL, by_id
from fluxtui.domain.plan import Plan
from fluxtui.domain.protection import demand
from fluxtui.domain.snapshot import Snapshot

WEB, DB, HELD = ks(name="web"), ks(name="db"), ks(name="held", suspend=True)
FAR = ks("production", "far")


def seen() -> Snapshot:
    return snapshot(source(), WEB, DB, HELD, source("production"), FAR)


def planned(command: str, *marked: object, **values: str) -> Plan:
    act = by_id(command)
    assert act.plan is not None
    return act.plan(context(seen(), marked=tuple(marked)), values)


def test_the_steps_of_each_are_its_own_and_all_are_one_plan() -> None:
    plan = planned("suspend", WEB.key, DB.key, reason="a move")
    assert plan.title == "suspend 2 objects in staging"
    ids = [step.id for step in plan.steps]
    assert ids == ["1-suspend", "1-suspended", "2-suspend", "2-suspended"]
    assert [step.needs for step in plan.steps] == [(), ("1-suspend",), (), ("2-suspend",)]
    assert {str(WEB.key), str(DB.key)} <= set(plan.inputs)
    assert plan.reason == "a move"


def waits(plan: Plan) -> dict[str, tuple[str, ...]]:
    """Of each request the labels of what it waits for."""
    answered = {step.id: step.target.name for step in plan.steps}  # type: ignore[union-attr]
    asks = [step for step in plan.steps if "request" in step.id]
    return {
        step.target.name: tuple(answered[need] for need in step.needs)  # type: ignore[union-attr]
        for step in asks
    }


def test_marked_objects_are_reconciled_in_the_order_they_depend_on_each_other() -> None:
    ui, api, db = ks(name="ui", needs=["api"]), ks(name="api", needs=["db"]), ks(name="db")
    here = snapshot(source(), ui, api, db)
    act = by_id("reconcile")
    assert act.plan is not None
    plan = act.plan(context(here, marked=(ui.key, api.key, source().key, db.key)), {})
    assert waits(plan) == {
        "activity": (),
        "db": ("activity",),
        "api": ("activity", "db"),
        "ui": ("activity", "api"),
    }
    through = act.plan(context(here, marked=(ui.key, db.key)), {})
    assert waits(through) == {"db": (), "ui": ("db",)}, "what is not marked is looked through"


def test_marked_objects_in_a_circle_are_asked_all_the_same() -> None:
    one, two = ks(name="one", needs=["two"]), ks(name="two", needs=["one"])
    act = by_id("reconcile")
    assert act.plan is not None
    plan = act.plan(context(snapshot(source(), one, two), marked=(one.key, two.key)), {})
    assert waits(plan) == {"one": (), "two": ("one",)}


def test_a_suspension_waits_for_nobody() -> None:
    one, two = ks(name="one"), ks(name="two", needs=["one"])
    act = by_id("suspend")
    assert act.plan is not None
    here = snapshot(source(), one, two)
    plan = act.plan(context(here, marked=(two.key, one.key)), {"reason": "a move"})
    assert [step.needs for step in plan.steps if step.id.endswith("-suspend")] == [(), ()]


def test_every_environment_that_is_touched_is_confirmed() -> None:
    for command in ("suspend", "reconcile"):
        plan = planned(command, WEB.key, FAR.key, reason="a move")
        assert set(plan.environments) == {"staging", "production"}
        assert demand(plan, seen()).names == ("production",)
    assert demand(planned("reconcile", WEB.key, DB.key), seen()).names == ()


def test_what_it_cannot_be_done_to_is_left_out_and_said() -> None:
    plan = planned("resume", WEB.key, HELD.key)
    assert {str(step.id)[0] for step in plan.steps} == {"1"}
    assert any("web is left out" in text and "not suspended" in text for text in plan.warnings)
    reason = by_id("resume").disabled_reason(context(seen(), marked=(WEB.key, DB.key)))
    assert reason is not None and "none of the 2 that are marked" in reason
    assert by_id("resume").disabled_reason(context(seen(), marked=(WEB.key, HELD.key))) is None


def test_a_read_only_place_is_left_out_before_anything_is_planned() -> None:
    shut = tuple(replace(e, read_only=e.name == "production") for e in CONFIG.environments)
    here = replace(seen(), config=replace(CONFIG, environments=shut))
    act = by_id("reconcile")
    assert act.plan is not None
    plan = act.plan(context(here, marked=(WEB.key, FAR.key)), {})
    assert plan.environments == ("staging",)
    assert any("read-only" in text for text in plan.warnings)


@pytest.mark.parametrize(
    "command",
    [c for c in ALL if c.plan and c.id not in ("reconcile", "suspend", "resume")],
    ids=lambda c: c.id,
)
def test_other_acts_say_that_they_take_one(command: object) -> None:
    reason = command.disabled_reason(context(seen(), marked=(WEB.key, DB.key)))  # type: ignore[attr-defined]
    assert reason and ("choose" in reason or "name one" in reason)


def test_what_comes_of_some_of_them_says_of_which() -> None:
    members = [ks(name=f"u{n}") for n in range(5)]
    feeds = source()
    here = snapshot(feeds, *members)
    keys = (feeds.key, *(member.key for member in members))
    values = {"reason": "a move", "until": "2h"}
    said = by_id("suspend").plan(context(here, marked=keys), values).effects  # type: ignore[misc]
    (drift,) = (text for text in said if "drift is no longer corrected" in text)
    first = ", ".join(member.key.label for member in members[:3])
    assert drift.startswith(f"{first} and 2 more: drift")
    (stays,) = (text for text in said if "its artifact stays" in text)
    assert stays == f"{feeds.key.label}: its artifact stays"
    own = [text for text in said if text.startswith("no new version is delivered through")]
    assert len(own) == 6, "each names itself"
    assert len([text for text in said if "2026" in text]) == 1, said


@pytest.mark.parametrize(
    ("hidden", "says"),
    [(0, ""), (1, "1 of the 2 marked objects is hidden"), (2, "2 of the 2 marked objects are")],
)
def test_what_it_acts_on_out_of_sight_is_counted(hidden: int, says: str) -> None:
    one, two = ks(name="one"), ks(name="two")
    here = context(snapshot(source(), one, two), marked=(one.key, two.key), hidden=hidden)
    plan = by_id("suspend").plan(here, {"reason": "a move"})  # type: ignore[misc]
    assert any(text.startswith(says) for text in plan.warnings) if says else not plan.warnings
