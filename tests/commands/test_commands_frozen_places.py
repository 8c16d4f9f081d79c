"""An act that lets something new into a frozen place says so, and who froze it: what was pinned
when it was frozen bears no suspension, and nothing else would stop it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from fluxtui.commands.apply import apply_plan
from fluxtui.commands.command import Context, Target
from fluxtui.commands.registry import by_id
from fluxtui.domain.config import Config, Environment
from fluxtui.domain.danger import Gravity
from fluxtui.domain.marks import (
    FREEZE,
    PIN_INVERSE,
    PINNED_BY,
    SUSPENDED_AT,
    SUSPENDED_BY,
    SUSPENDED_REASON,
    SUSPENDED_UNTIL,
    inverse_text,
)
from fluxtui.domain.plan import Plan
from fluxtui.domain.resource import Resource
from tests.builders import NOW, digest, ks, revision, snapshot, source, tag_list

A = revision("1.4.2", "a")
TAGS = (tag_list({"1.4.2": "a", "1.5.0": "b"}),)
ONE = Config(environments=(Environment("production", "production"),), user="anna")
NOTES = {
    FREEZE: "production-1",
    SUSPENDED_BY: "ben",
    SUSPENDED_REASON: "end of the year",
    SUSPENDED_AT: "2026-11-23T01:00:00Z",
    SUSPENDED_UNTIL: "2026-11-23T09:00:00Z",
}
HELD = source("production", "held", suspend=True, annotations=NOTES, url="oci://r/held", stored=A)
FROZEN = (
    "production is frozen by ben since 2026-11-23 01:00Z until 2026-11-23 09:00Z: end of the year"
    " (freeze production-1); "
)


def pinned() -> Resource:
    """On 1.4.2 by a pin of fluxtui's, while its policy picks 1.5.0."""
    notes = {PIN_INVERSE: inverse_text(digest("a"), None), PINNED_BY: "anna"}
    ref = {"semver": ">=0.0.0", "digest": digest("a")}
    return source("production", ref=ref, stored=digest("a"), annotations=notes)


def at(*resources: Resource, about: Resource | None = None, tags: Any = TAGS) -> Context:
    meant = about or resources[0]
    there = snapshot(*resources, tags=tags, config=ONE)
    return Context(there, Target("production", object=meant.key), NOW, "anna")


def plan(command: str, where: Context, **values: str) -> Plan:
    made = by_id(command).plan
    assert made is not None
    return made(where, values)


def dangers(made: Plan) -> list[tuple[Gravity, str]]:
    return [(d.level, d.says) for d in made.dangers if d.rule == "in-freeze"]


def test_an_unpin_lets_something_new_into_a_frozen_place_and_says_who_froze_it() -> None:
    made = plan("unpin", at(pinned(), ks("production", applied=A), HELD))
    takes = f"{pinned().key.label} would take 1.5.0 nevertheless"
    assert dangers(made) == [(Gravity.STOP, FROZEN + takes)]
    assert {d.where for d in made.dangers if d.rule == "in-freeze"} == {"production"}
    assert Plan.from_json(made.to_json()).dangers == made.dangers
    assert dangers(plan("unpin", at(pinned(), ks("production", applied=A)))) == []


def test_what_it_would_pick_need_not_be_known() -> None:
    ((level, says),) = dangers(plan("unpin", at(pinned(), HELD, tags=())))
    assert level is Gravity.STOP
    assert says.endswith(f"{pinned().key.label} picks by semver >=0.0.0, and moves there then")


def test_a_resumption_and_a_version_past_the_freeze_name_it() -> None:
    frozen = source("production", suspend=True, annotations=NOTES, stored=A)
    ((level, says),) = dangers(plan("resume", at(frozen)))
    assert level is Gravity.STOP
    assert says == f"{FROZEN}{frozen.key.label} would take 1.5.0 nevertheless"
    ((level, says),) = dangers(plan("pin", at(pinned(), HELD), version="1.5.0", reason="try"))
    assert level is Gravity.STOP and says.startswith(FROZEN)


@pytest.mark.parametrize("name", ["range"])
def test_what_is_set_on_something_held_waits_there(name: str) -> None:
    frozen = source("production", suspend=True, annotations=NOTES, stored=A)
    ((level, says),) = dangers(plan(name, at(frozen), semver="1.5.x"))
    assert level is Gravity.CARE
    assert says == f"{FROZEN}{frozen.key.label} waits with what is set until it is resumed"


def test_what_is_applied_to_a_frozen_place_goes_past_the_freeze() -> None:
    new = source("production", "new").as_object()
    ((level, says),) = dangers(apply_plan(at(HELD), "production", [new], origin="new.yaml"))
    assert level is Gravity.STOP and says.startswith(FROZEN) and "new is applied there" in says
    new["spec"] = {**new["spec"], "suspend": True}
    ((level, _says),) = dangers(apply_plan(at(HELD), "production", [new], origin="new.yaml"))
    assert level is Gravity.CARE


def test_what_brings_nothing_new_is_no_matter_of_the_freeze() -> None:
    follows = source("production", stored=A)
    assert dangers(plan("suspend", at(follows, HELD), reason="audit")) == []
    assert dangers(plan("pin", at(follows, HELD), version="1.4.2", reason="stay")) == []
    assert dangers(plan("reconcile", at(pinned(), HELD))) == []


def test_to_lift_the_freeze_is_what_was_asked_for() -> None:
    lifted = plan("unfreeze", at(HELD), scope="production")
    assert "1 object is let go that freeze production-1 holds" in lifted.effects
    assert dangers(lifted) == []


OTHERS = {**NOTES, FREEZE: "production-2", SUSPENDED_BY: "cleo"}
MINE = source("production", suspend=True, annotations=NOTES, stored=A)


def lifted(*held: Resource) -> list[tuple[Gravity, str]]:
    made = plan("unfreeze", at(MINE, *held), scope="production", id="production-1")
    return dangers(made)


def test_a_freeze_that_stands_beside_the_lifted_one_is_named() -> None:
    beside = replace(HELD, annotations=OTHERS)
    ((level, says),) = lifted(beside, ks("production", applied=A))
    assert level is Gravity.STOP
    assert says.startswith("production is frozen by cleo") and "(freeze production-2)" in says
    assert says.endswith(f"{MINE.key.label} would take 1.5.0 nevertheless")
    ((level, says),) = lifted(ks("production", applied=A, suspend=True, annotations=OTHERS))
    assert level is Gravity.CARE and "(freeze production-2); 1.5.0 waits at" in says
    assert lifted(ks("production", applied=A, suspend=True, annotations=NOTES)) == []


def spoken(made: Plan) -> list[tuple[str, Gravity]]:
    return [(d.rule, d.level) for d in made.dangers if d.rule in ("in-freeze", "target-held")]


@pytest.mark.parametrize(
    "there",
    [
        (MINE, ks("production", applied=A)),
        (
            source("production", stored=A),
            ks("production", applied=A, suspend=True, annotations=NOTES),
        ),
    ],
)
def test_what_a_freeze_keeps_waiting_is_spoken_of_once(there: tuple[Resource, ...]) -> None:
    made = plan("pin", at(*there), version="1.5.0", reason="try")
    assert spoken(made) == [("in-freeze", Gravity.CARE)]
    by_hand = [replace(each, annotations={}) for each in there]
    made = plan("pin", at(*by_hand), version="1.5.0", reason="try")
    assert spoken(made) == [("target-held", Gravity.CARE)]


def test_who_stays_back_where_others_go_past_the_freeze_is_told_beside_it() -> None:
    back = ks("production", applied=A, suspend=True, annotations=NOTES)
    there = source("production", stored=A), back, ks("production", "free", applied=A)
    made = plan("pin", at(*there), version="1.5.0", reason="try")
    assert spoken(made) == [("in-freeze", Gravity.STOP), ("target-held", Gravity.CARE)]


def test_what_the_act_resumes_stays_on_nothing() -> None:
    rests = ks("production", applied=A, suspend=True)
    there = rests, source("production", stored=revision("1.5.0", "b"))
    assert spoken(plan("resume", at(*there))) == []


def test_a_freeze_says_what_it_does_not_hold() -> None:
    follows = source("production", "other", url="oci://r/other")
    made = plan("freeze", at(pinned(), follows), scope="production", reason="audit")
    (says,) = (text for text in made.effects if "is pinned" in text)
    assert says == (
        f"{pinned().key} is pinned by anna: no reason given:"
        " it is not held, and an unpin lets it move"
    )
