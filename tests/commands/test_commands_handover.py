"""A Plan in other hands: run as it was reviewed and signed by both, or refused with what moved."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from flux_objects import at, obj, plan

from fluxtui.commands.handover import approved, rested_on
from fluxtui.domain.errors import RefusedError
from fluxtui.domain.marks import PINNED_BY, SUSPENDED_BY
from fluxtui.domain.plan import Move, PatchStep, Plan
from fluxtui.domain.resource import Resource
from tests.builders import snapshot, source

BOTH = "anna, approved by ben"


def one(version: str = "7", **spec: Any) -> Resource:
    return obj("ks", "web", {"interval": "1h", **spec}, resourceVersion=version)


def suspension(resource: Resource) -> Plan:
    made = plan("suspend", at(resource, on=resource), reason="audit")
    return replace(made, user="anna", inputs={str(resource.key): resource.resource_version})


def patch_of(made: Plan) -> PatchStep:
    (step,) = (step for step in made.steps if isinstance(step, PatchStep))
    return step


def test_it_runs_on_the_versions_of_now_and_carries_both_names() -> None:
    made = suspension(one())
    seen = rested_on(made, snapshot(one()))
    assert [each.key for each in seen] == [one().key]
    ready = approved(made, seen, snapshot(one("9")), "ben")
    assert (ready.user, ready.approver, ready.reviewed) == ("anna", "ben", made.id)
    assert ready.inputs == {str(one().key): "9"} and patch_of(ready).resource_version == "9"
    notes = patch_of(ready).patch["metadata"]["annotations"]
    assert notes[SUSPENDED_BY] == BOTH
    unsigned = patch_of(made).patch["metadata"]["annotations"]
    assert {k for k in notes if notes[k] != unsigned[k]} == {
        name for name, value in unsigned.items() if value == "anna"
    }


def test_nobody_approves_what_is_their_own() -> None:
    made = suspension(one())
    ready = approved(made, rested_on(made, snapshot(one())), snapshot(one()), "anna")
    assert patch_of(ready).patch == patch_of(made).patch


def test_a_name_of_somebody_else_and_a_patch_without_notes_stay_as_they_are() -> None:
    made = suspension(one())
    step = patch_of(made)
    for patch in (
        {"metadata": {"annotations": {PINNED_BY: "carl", SUSPENDED_BY: None}}},
        {"spec": {"suspend": True}},
        {"metadata": {"labels": {"a": "anna"}}},
    ):
        other = replace(made, steps=(replace(step, patch=patch),))
        ready = approved(other, rested_on(other, snapshot(one())), snapshot(one()), "ben")
        assert patch_of(ready).patch == patch


def test_what_has_moved_is_named_and_what_is_gone_as_well() -> None:
    made = suspension(one())
    seen = rested_on(made, snapshot(one()))
    with pytest.raises(RefusedError, match=r"has changed since: spec\.interval, spec\.path"):
        approved(made, seen, snapshot(one(interval="2h", path="./x")), "ben")
    with pytest.raises(RefusedError, match="is not there any more, or cannot be read"):
        approved(made, seen, snapshot(), "ben")


def test_a_source_whose_builds_are_moved_is_rested_on_as_well() -> None:
    feeds = source()
    moving = replace(suspension(one()), moves=(Move(feeds.key),))
    assert {each.key for each in rested_on(moving, snapshot(one(), feeds))} == {
        one().key,
        feeds.key,
    }
    assert [each.key for each in rested_on(moving, snapshot(one()))] == [one().key]
