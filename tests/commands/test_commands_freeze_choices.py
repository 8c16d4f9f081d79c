"""What a freeze and its end offer before anything is said: where, which one, until when and why."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from fluxtui.commands.command import Context, Target
from fluxtui.commands.declaration import Argument
from fluxtui.commands.registry import by_id
from fluxtui.domain.config import Config, Environment
from fluxtui.domain.errors import UsageError
from fluxtui.domain.marks import FREEZE, SUSPENDED_BY, SUSPENDED_REASON, SUSPENDED_UNTIL
from fluxtui.domain.plan import PatchStep, Plan
from fluxtui.domain.resource import Resource
from tests.builders import NOW, digest, revision, snapshot, source

A = revision("1.4.2", "a")
REGIONS = Config(
    environments=(
        Environment("staging", "staging", protected=False),
        Environment("eu", "eu", stage="production"),
        Environment("us", "us", stage="production"),
    ),
    user="anna",
)
LATER, EARLIER = "2026-11-23T09:00:00Z", "2026-11-23T01:00:00Z"


def at(*resources: Resource, config: Config = REGIONS, **target: Any) -> Context:
    where = Target(**{"environment": "staging", **target})
    return Context(snapshot(*resources, config=config), where, NOW, "anna")


def moving(place: str = "staging", name: str = "a") -> Resource:
    """It follows a range, and would be held by a freeze."""
    return source(place, name, stored=A)


def held(
    freeze: str, place: str = "staging", name: str = "b", why: str = "audit", until: str = ""
) -> Resource:
    """Suspended by that freeze."""
    notes = {FREEZE: freeze, SUSPENDED_BY: "ben", SUSPENDED_REASON: why, SUSPENDED_UNTIL: until}
    return source(place, name, stored=A, suspend=True, annotations=notes)


def argument(command: str, name: str) -> Argument:
    return next(a for a in by_id(command).arguments if a.name == name)


def plan(command: str, where: Context, **values: str) -> Plan:
    made = by_id(command).plan
    assert made is not None
    return made(where, values)


def notes(made: Plan) -> list[dict[str, Any]]:
    return [s.patch["metadata"]["annotations"] for s in made.steps if isinstance(s, PatchStep)]


# -- where


def test_without_a_place_nothing_is_frozen_and_in_a_read_only_one_neither() -> None:
    (staging, *others) = REGIONS.environments
    shut = replace(REGIONS, environments=(replace(staging, read_only=True), *others))
    for command in ("freeze", "unfreeze"):
        refuse = by_id(command).disabled_reason
        for seen in (held("f"), moving()):
            assert (refuse(at(seen, environment="")) or "").startswith("nothing is selected")
        assert refuse(at(held("f"), environment="", scope="eu")) is None
        assert refuse(at(held("f"), config=shut)) == "staging is read-only by the configuration"
        for values in ({}, {"scope": ""}):
            with pytest.raises(UsageError, match="freeze what"):
                plan(command, at(held("f"), environment=""), **values)


def test_the_place_under_the_cursor_is_meant_unless_another_one_is_named() -> None:
    scope = argument("freeze", "scope")
    assert scope.default(at()) == "staging"
    assert scope.default(at(scope="production")) == "production"
    made = plan("freeze", at(moving(), moving("eu")), scope="eu", reason="x")
    assert made.title == "freeze eu" and made.environments == ("eu",)
    back = plan("unfreeze", at(held("f"), held("g", "eu")), scope="eu")
    assert back.title == "unfreeze eu" and back.environments == ("eu",)


def test_the_place_under_the_cursor_and_its_stage_are_offered_first() -> None:
    scope = argument("freeze", "scope")
    assert scope.choices(at(environment="us"))[:3] == ("us", "production", "staging")
    assert sorted(scope.choices(at(environment="us"))) == ["eu", "production", "staging", "us"]
    assert scope.choices(at(environment=""))[0] == "staging"
    assert scope.choices(at(environment="gone"))[0] == "gone"


def test_a_place_is_offered_with_how_much_would_be_held_there() -> None:
    note = argument("freeze", "scope").note
    assert note(at(moving()), "staging") == "1 object would be held"
    two = at(moving(), moving(name="c"), held("f"))
    assert note(two, "staging") == "2 objects would be held, 1 is held already"
    more = at(moving(), held("f"), held("f", name="c"))
    assert note(more, "staging") == "1 object would be held, 2 are held already"
    assert note(two, "nowhere").startswith("there is no environment or stage")


def test_where_nothing_moves_it_is_said_who_is_held_and_what_was_not_looked_at() -> None:
    pinned = source(stored=A, ref={"semver": ">=0", "digest": digest("a")})
    with pytest.raises(UsageError) as still:
        plan("freeze", at(pinned), reason="x")
    assert (still.value.what, still.value.next) == ("nothing moves by itself in staging", "")
    (staging, *others) = REGIONS.environments
    narrow = replace(REGIONS, environments=(replace(staging, namespaces=("a",)), *others))
    with pytest.raises(UsageError) as frozen:
        plan("freeze", at(held("f"), config=narrow), reason="x")
    assert "; staging: " in frozen.value.what and "is left alone: " in frozen.value.what
    assert "ben" in frozen.value.what and "outside of a" in frozen.value.next
    three = [held("f", name=name) for name in ("b", "c", "d")]
    with pytest.raises(UsageError) as every:
        plan("freeze", at(*three), reason="x")
    assert every.value.what.count("is left alone: frozen by ben") == 3, "not the first alone"


# -- which freeze


def test_the_freeze_that_a_place_is_in_is_joined_with_its_reason() -> None:
    id_, why = argument("freeze", "id"), argument("freeze", "reason")
    where = at(held("f"), moving())
    assert (id_.default(where), why.default(where)) == ("f", "audit")
    for without in (at(moving()), at(held("f"), held("g", name="c")), at(held("f", "eu"))):
        assert (id_.default(without), why.default(without)) == ("", "")
    assert id_.default(at(held("f"), scope="nowhere")) == ""


def test_a_stage_is_in_a_freeze_when_all_of_its_places_are() -> None:
    id_ = argument("freeze", "id")
    eu, us = held("f", "eu"), held("f", "us")
    assert id_.default(at(eu, us, scope="production")) == "f"
    assert id_.default(at(eu, held("g", "us"), scope="production")) == ""
    assert id_.default(at(eu, moving("us"), scope="production")) == ""
    both = at(eu, us, held("g", "eu", "c"), scope="production")
    assert id_.default(both) == "f", "the other one is of one place only"


def test_the_only_freeze_is_lifted_and_of_several_one_is_chosen_by_what_it_holds() -> None:
    id_ = argument("unfreeze", "id")
    one, two = at(held("f")), at(held("f"), held("f", name="c"), held("g", name="d", why="leave"))
    assert (id_.default(one), id_.choices(one)) == ("f", ("f",))
    assert (id_.default(two), id_.choices(two)) == ("", ("f", "g"))
    assert id_.note(two, "f").startswith("2 objects") and "ben" in id_.note(two, "f")
    assert id_.note(two, "g").endswith("leave") and id_.note(two, "g").startswith("1 object ")
    assert id_.note(two, "x") == ""
    assert id_.choices(at(held("f"), scope="nowhere")) == ()
    assert id_.default(at(moving())) == ""


def test_what_no_freeze_holds_is_refused_with_those_that_are_known() -> None:
    with pytest.raises(UsageError) as known:
        plan("unfreeze", at(held("f"), held("g", name="c")), id="x")
    assert known.value.next == "known: f, g"
    with pytest.raises(UsageError) as named:
        plan("unfreeze", at(moving()), id="x")
    assert named.value.what == "no freeze x holds anything in staging" and not named.value.next
    with pytest.raises(UsageError, match="nothing is frozen in staging"):
        plan("unfreeze", at(moving()))
    with pytest.raises(UsageError) as several:
        plan("unfreeze", at(held("f"), held("g", name="c")))
    assert several.value.next == "--id f or --id g"


def test_only_what_is_frozen_anywhere_can_be_lifted() -> None:
    refuse = by_id("unfreeze").disabled_reason
    assert refuse(at(moving())) == "nothing is frozen"
    assert refuse(at(held("f", "us"))) is None


# -- until when


@pytest.mark.parametrize(
    ("until", "given", "ends"),
    [
        (LATER, "", LATER),
        (LATER, "2h", "2026-11-23T05:12:00Z"),
        (EARLIER, "", None),
        ("", "", None),
    ],
    ids=["as the freeze", "as it is said", "that is over", "for ever"],
)
def test_what_joins_a_freeze_is_held_as_long_as_it(
    until: str, given: str, ends: str | None
) -> None:
    made = plan("freeze", at(held("f", until=until), moving()), id="f", reason="x", until=given)
    (one,) = notes(made)
    assert one[FREEZE] == "f" and one[SUSPENDED_UNTIL] == ends
    assert any("over by" in effect for effect in made.effects) == bool(ends)
    assert any(effect.startswith("freeze f was made by ben") for effect in made.effects)


def test_the_freeze_under_the_cursor_is_not_joined_where_another_place_is_named() -> None:
    where = at(held("f"), moving("eu"), moving())
    for id_ in ("", "f"):
        (one,) = notes(plan("freeze", where, scope="eu", reason="x", id=id_))
        assert one[FREEZE].startswith("eu-")
    (anew,) = notes(plan("freeze", where, reason="x", id=""))
    assert anew[FREEZE].startswith("staging-"), "asked for by leaving it empty"


def test_a_new_freeze_is_nobodys_before() -> None:
    made = plan("freeze", at(moving()), reason="x")
    (one,) = notes(made)
    assert one[FREEZE].startswith("staging-") and len(one[FREEZE]) == len("staging-") + 6
    assert not any("was made" in effect for effect in made.effects)
    assert not any("unsuspended" in effect for effect in made.effects), "nobody stays so"
    assert f"1 object is held by freeze {one[FREEZE]}, of 1" in made.effects
    later = replace(at(moving()), now=LATER)
    assert notes(plan("freeze", later, reason="x"))[0][FREEZE] != one[FREEZE]


# -- what stays when it is lifted


def test_of_many_that_stay_suspended_a_dozen_is_named() -> None:
    def stays(number: int) -> list[str]:
        others = [
            source(name=f"n{i:02}", stored=A, suspend=True, annotations={SUSPENDED_BY: "eve"})
            for i in range(number)
        ]
        made = plan("unfreeze", at(held("f"), *others))
        return [e for e in made.effects if "stays suspended by eve" in e or "more" in e]

    assert len(stays(12)) == 12 and not any("more" in effect for effect in stays(12))
    assert len(stays(13)) == 13 and stays(13)[-1] == "and 1 more"
    assert stays(0) == []


def test_what_was_not_looked_into_when_it_is_lifted_is_said() -> None:
    (staging, *others) = REGIONS.environments
    narrow = replace(REGIONS, environments=(replace(staging, namespaces=("a",)), *others))
    made = plan("unfreeze", at(held("f"), config=narrow))
    assert any("outside of a" in text and "what is frozen of it" in text for text in made.unseen)
