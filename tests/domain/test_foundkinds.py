"""Kinds of Flux's that were found in an API and that no file is about: shown, and left alone."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from fluxtui.domain import kinds
from fluxtui.domain.board import Level
from fluxtui.domain.foundkinds import all_kinds, found, is_known, name_of, revision, suspended
from fluxtui.domain.overview.judgement import found_health
from fluxtui.domain.resource import Resource
from tests.builders import condition, failed, ks, snapshot

BOAT = found("sea.example.com", "v1", "Boat", "boats", ("bt", "b"))
ARK = found("sea.example.com", "v1", "Ark", "arks")


def boat(spec: Any = None, status: Any = None) -> Resource:
    meta = {"name": "one", "namespace": "apps", "generation": 1}
    body = {"apiVersion": "sea.example.com/v1", "kind": "Boat", "metadata": meta}
    return Resource.from_object("staging", {**body, "spec": spec or {}, "status": status or {}})


def test_a_found_kind_is_called_by_its_short_name_and_takes_no_act() -> None:
    one, bare = (found("sea.example.com", "v1", "Boat", "boats", short) for short in (["bt"], []))
    assert (one.short, one.words, bare.short, bare.words) == ("bt", ("bt",), "boat", ())
    assert not one.reconciles and one.suspends is None
    assert one.source is None and one.applier is None and not one.wishes
    assert one.revision(boat(status={"revision": "4"})) == "4"


def test_a_found_kind_says_its_group_beside_its_name() -> None:
    assert name_of(BOAT) == "Boat.sea.example.com"
    assert name_of(kinds.ALL[0]) == kinds.ALL[0].kind
    assert not is_known("sea.example.com", "Kustomization")
    assert is_known("kustomize.toolkit.fluxcd.io", "Kustomization")


def test_what_was_found_comes_last_each_once_and_by_name() -> None:
    seen = replace(snapshot(), found={"staging": (BOAT, ARK), "production": (BOAT,)})
    assert all_kinds(seen) == (*kinds.ALL, ARK, BOAT)
    assert all_kinds(seen, "production") == (*kinds.ALL, BOAT)
    assert all_kinds(seen, "elsewhere") == kinds.ALL


@pytest.mark.parametrize(
    ("status", "text"),
    [
        ({"artifact": {"revision": "1"}, "revision": "4"}, "1"),
        ({"lastAppliedRevision": "2", "lastAttemptedRevision": "3"}, "2"),
        ({"lastAttemptedRevision": "3", "revision": "4"}, "3"),
        ({"revision": "4"}, "4"),
        ({"revision": 4}, ""),
        ({}, ""),
    ],
)
def test_what_it_holds_is_looked_for_at_the_usual_places(status: Any, text: str) -> None:
    assert revision(boat(status=status)) == text


def test_suspension_is_read_by_the_kind_or_by_the_usual_field() -> None:
    assert suspended(boat({"suspend": True})) and not suspended(boat({"suspend": "yes"}))
    assert suspended(ks(suspend=True)) and not suspended(ks())


@pytest.mark.parametrize(
    ("status", "level"),
    [
        ({"conditions": [failed("BuildFailed", "no")]}, Level.FAILED),
        (
            {
                "observedGeneration": 1,
                "conditions": [condition("Ready", "True", "", "all is well")],
            },
            Level.OK,
        ),
        ({"conditions": [condition("Stalled", "True", "Bad", "mend it")]}, Level.FAILED),
        ({"observedGeneration": 0}, Level.PROGRESSING),
        ({}, Level.OK),
    ],
)
def test_its_health_is_ready_or_what_any_object_says(status: Any, level: Level) -> None:
    health = found_health(boat(status=status))
    assert health.level is level and health.text
