"""Objects of a definition that gets narrower, and keys that Pods need: asked of a real API."""

from __future__ import annotations

import json
from typing import Any

import pytest
from engine_stage import MakeEngine, MakePlace, Place, got

from fluxtui.domain.ask import ReviewStanding, Standing
from fluxtui.domain.objectid import ObjectId
from fluxtui.domain.review.wanted import Asked, DefinitionAsked, ObjectAsked, WantedFact
from fluxtui.engine.builds import asking
from fluxtui.engine.engine import Engine
from fluxtui.world.faults import Rule

GROUP = "sea.example.com"
SIZED: dict[str, Any] = {
    "type": "object",
    "properties": {"spec": {"type": "object", "properties": {"size": {"type": "integer"}}}},
}
SMALL: dict[str, Any] = {
    "type": "object",
    "properties": {
        "spec": {"type": "object", "properties": {"size": {"type": "integer", "maximum": 9}}}
    },
}
NAMES = {"kind": "Boat", "plural": "boats", "singular": "boat", "listKind": "BoatList"}
DEFINITION = {
    "apiVersion": "apiextensions.k8s.io/v1",
    "kind": "CustomResourceDefinition",
    "metadata": {"name": f"boats.{GROUP}"},
    "spec": {
        "group": GROUP,
        "scope": "Namespaced",
        "names": NAMES,
        "versions": [
            {"name": "v1", "served": True, "storage": True, "schema": {"openAPIV3Schema": SIZED}}
        ],
    },
}
NARROWER = DefinitionAsked(
    f"boats.{GROUP}", GROUP, "v1", "Boat", ("v1",), schemas=json.dumps([SIZED, SMALL])
)
BY = ObjectId("", f"boats.{GROUP}", "apiextensions.k8s.io", "CustomResourceDefinition")
WEB = ObjectId("apps", "web", "apps", "Deployment")


async def staged(place: MakePlace, engine: MakeEngine, *sizes: int) -> tuple[Engine, Place]:
    made: Place = await place("staging")
    await made.namespace()
    await made.create(DEFINITION)
    made.api.forget_discovery()
    for number, size in enumerate(sizes):
        metadata = {"name": f"boat-{number}", "namespace": "apps"}
        boat = {"apiVersion": f"{GROUP}/v1", "kind": "Boat", "metadata": metadata}
        await made.create({**boat, "spec": {"size": size}})
    return engine(made), made


async def said(
    running: Engine, made: Place, rule: str, asked: Asked, by: ObjectId, *keys: str
) -> Standing:
    needed = tuple((key, "A of web") for key in keys)
    wanted = WantedFact(rule, asked, made.kustomization_key("web"), by, keys=needed)
    answer: Standing = await got(running.ask(ReviewStanding((wanted,))))
    return answer


async def test_objects_that_would_not_fit_are_named_page_by_page(
    place: MakePlace, engine: MakeEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asking, "_PAGE", 2)
    running, made = await staged(place, engine, 3, 12, 9, 40, 8)
    answer = await said(running, made, "crd-in-use", NARROWER, BY)
    (danger,) = answer.dangers
    assert danger.says.endswith("2 objects of 5 in the cluster would not fit v1 any more")
    assert danger.look == (
        "Boat/apps/boat-1: spec.size: more than 9",
        "Boat/apps/boat-3: spec.size: more than 9",
    )
    assert answer.unread == ()


async def test_when_all_fit_there_is_no_danger(place: MakePlace, engine: MakeEngine) -> None:
    running, made = await staged(place, engine, 3, 9)
    answer = await said(running, made, "crd-in-use", NARROWER, BY)
    assert answer.dangers == () and answer.unread == ()


async def test_no_more_are_looked_at_than_is_bearable_and_that_is_said(
    place: MakePlace, engine: MakeEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asking, "_PAGE", 2)
    monkeypatch.setattr(asking, "LOOKED", 4)
    running, made = await staged(place, engine, 3, 12, 3, 3, 3, 40)
    answer = await said(running, made, "crd-in-use", NARROWER, BY)
    (danger,) = answer.dangers
    assert "1 object of the first 4 in the cluster" in danger.says
    (sentence,) = answer.unread
    assert sentence.endswith("only the first 4 were tried")


async def test_objects_that_may_not_be_listed_are_not_looked_at(
    place: MakePlace, engine: MakeEngine
) -> None:
    running, made = await staged(place, engine, 12)
    made.server.faults.set_rules(Rule(path=f"{GROUP}/v1/boats", status=403, reason="Forbidden"))
    answer = await said(running, made, "crd-in-use", NARROWER, BY)
    assert answer.dangers == ()
    (sentence,) = answer.unread
    assert sentence.startswith("staging: whether there is any Boat (sea.example.com): ")


@pytest.mark.parametrize("kind", ["Secret", "ConfigMap"])
async def test_a_key_is_looked_for_without_reading_a_value(
    place: MakePlace, engine: MakeEngine, kind: str
) -> None:
    running, made = await staged(place, engine)
    held = {"apiVersion": "v1", "kind": kind, "metadata": {"name": "db", "namespace": "apps"}}
    await made.create({**held, "data": {"user": "Y2FuYXJ5"}})
    asked = ObjectAsked("v1", ObjectId("apps", "db", "", kind))
    answer = await said(running, made, "reference-missing", asked, WEB, "user", "pass")
    (danger,) = answer.dangers
    assert danger.rule == "key-missing" and answer.unread == ()
    assert f"needs pass of {kind}/apps/db, which does not have it in the cluster" in danger.says
    made.server.faults.set_rules(Rule(path="/db", status=403, reason="Forbidden"))
    answer = await said(running, made, "reference-missing", asked, WEB, "user", "pass")
    assert answer.dangers == () and answer.unread[0].startswith("staging: whether there is ")
