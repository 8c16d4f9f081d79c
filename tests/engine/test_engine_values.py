"""A person asks what a HelmRelease is rendered with, and where each value comes from."""

from __future__ import annotations

import base64
from typing import Any

import pytest
from engine_stage import MakeEngine, MakePlace, Place, got

from fluxtui.domain.ask import ValuesOf
from fluxtui.domain.chartvalues import ChartValues
from fluxtui.domain.errors import UsageError
from fluxtui.domain.resource import Key
from fluxtui.engine.engine import Engine
from fluxtui.world.faults import Rule

SPEC = {
    "values": {"replicas": 2},
    "valuesFrom": [
        {"kind": "ConfigMap", "name": "common"},
        {"kind": "Secret", "name": "login", "valuesKey": "password", "targetPath": "db.password"},
    ],
}


def held(kind: str, name: str, data: dict[str, str]) -> dict[str, Any]:
    if kind == "Secret":
        data = {k: base64.b64encode(v.encode()).decode() for k, v in data.items()}
    head = {"apiVersion": "v1", "kind": kind}
    return {**head, "metadata": {"name": name, "namespace": "apps"}, "data": data}


async def with_release(place: MakePlace) -> tuple[Place, Key]:
    staging = await place("staging")
    await staging.namespace()
    await staging.serve("hr")
    await staging.create(held("ConfigMap", "common", {"values.yaml": "replicas: 1\nname: shop\n"}))
    await staging.create(held("Secret", "login", {"password": "hunter2"}))
    return staging, await staging.put("hr", "shop", SPEC)


async def asked(running: Engine, key: Key) -> ChartValues:
    await got(running.wait_for(lambda snapshot: snapshot.get(key) is not None, 30))
    answer: ChartValues = await got(running.ask(ValuesOf(key)))
    return answer


async def test_each_value_says_where_it_comes_from_and_a_secret_one_says_no_more(
    place: MakePlace, engine: MakeEngine
) -> None:
    staging, key = await with_release(place)
    answer = await asked(engine(staging), key)
    assert {line.path: str(line.value) for line in answer.lines} == {
        "replicas": "2",
        "name": "shop",
        "db.password": "secret apps/login#password",
    }
    assert answer.problems == ()
    assert "hunter2" not in repr(answer)


async def test_a_secret_that_may_not_be_read_is_named_with_the_verb_that_is_missing(
    place: MakePlace, engine: MakeEngine
) -> None:
    staging, key = await with_release(place)
    running = engine(staging)
    await got(running.wait_for(lambda snapshot: snapshot.get(key) is not None, 30))
    staging.server.faults.set_rules(Rule(path="/secrets/login", status=403, reason="Forbidden"))
    answer = await asked(running, key)
    (problem,) = answer.problems
    assert problem.startswith("Secret apps/login#password: you may not get secrets in namespace")
    assert [line.path for line in answer.lines] == ["replicas", "name"]


async def test_what_makes_no_releases_has_no_values(place: MakePlace, engine: MakeEngine) -> None:
    staging, _key = await with_release(place)
    await staging.source("shop", "oci://registry.example.com/shop", tag="1")
    with pytest.raises(UsageError, match="makes no releases"):
        await asked(engine(staging), staging.source_key("shop"))
