"""A person looks at one object: who owns its fields, its Events, its inventory, as an API says."""

from __future__ import annotations

from typing import Any

import pytest
from engine_stage import MakeEngine, MakePlace, Place, got

from fluxtui.cluster.events import Recorder
from fluxtui.domain.ask import ReadInventory, ReadObject
from fluxtui.domain.detail.values import InventoryReading, ObjectReading
from fluxtui.domain.errors import NotFound
from fluxtui.domain.resource import Key
from fluxtui.engine.engine import Engine
from fluxtui.kit.clock import Clock
from fluxtui.world.faults import Rule

IDS = ("apps_settings__ConfigMap", "apps_gone__ConfigMap", "apps_login__Secret", "_apps__Namespace")


def clock() -> Clock:
    return Clock(now=lambda: 1_800_000_000.0)


async def known(running: Engine, key: Key) -> None:
    await got(running.wait_for(lambda snapshot: snapshot.get(key) is not None, 30))


async def of_object(running: Engine, key: Key) -> ObjectReading:
    await known(running, key)
    answer: ObjectReading = await got(running.ask(ReadObject(key)))
    return answer


async def with_events(place: MakePlace) -> tuple[Place, Key]:
    staging = await place("staging")
    await staging.namespace()
    await staging.kustomization("web", "app")
    key = staging.kustomization_key("web")
    await staging.kustomization("other", "app")
    recorder = Recorder(staging.api, "kustomize-controller", clock())
    for name, reason in (("web", "BuildFailed"), ("web", "BuildFailed"), ("other", "Progressing")):
        type_ = await staging.api.find("kustomize.toolkit.fluxcd.io/v1", "Kustomization")
        obj = await staging.api.get(type_, "apps", name)
        await recorder.emit(obj, "Warning", reason, f"{reason} of {name}", type_=type_)
    return staging, key


async def test_its_own_events_and_its_owners_come_and_nobody_elses(
    place: MakePlace, engine: MakeEngine
) -> None:
    staging, key = await with_events(place)
    await staging.patch(key, {"spec": {"suspend": True}})
    answer = await of_object(engine(staging), key)
    (event,) = answer.events
    assert (event.reason, event.count, event.reporter) == ("BuildFailed", 2, "kustomize-controller")
    assert event.message == "BuildFailed of web" and event.about == key
    owned = {one.manager: one.fields for one in answer.owned}
    assert "spec.suspend" in owned["test"] and "spec.sourceRef" in owned["test"]
    assert not (answer.owned_fault or answer.events_fault)


async def test_each_part_that_may_not_be_read_says_so_for_itself(
    place: MakePlace, engine: MakeEngine
) -> None:
    staging, key = await with_events(place)
    running = engine(staging)
    await known(running, key)
    staging.server.faults.set_rules(
        Rule(path="/namespaces/apps/events", status=403, reason="Forbidden")
    )
    answer = await of_object(running, key)
    assert answer.events == () and "ask for the right" in answer.events_fault
    assert answer.owned and not answer.owned_fault


async def test_who_is_not_there_is_told_so(place: MakePlace, engine: MakeEngine) -> None:
    staging, key = await with_events(place)
    running = engine(staging)
    await known(running, key)
    with pytest.raises(NotFound, match="is not there"):
        await got(running.ask(ReadObject(staging.kustomization_key("nobody"))))


async def test_entries_that_no_feed_brings_are_read_by_name_and_secrets_never(
    place: MakePlace, engine: MakeEngine
) -> None:
    staging, key = await with_events(place)
    head: dict[str, Any] = {"apiVersion": "v1"}
    meta = {"name": "settings", "namespace": "apps"}
    await staging.create({**head, "kind": "ConfigMap", "metadata": meta, "data": {"a": "b"}})
    secret = {"name": "login", "namespace": "apps"}
    await staging.create({**head, "kind": "Secret", "metadata": secret, "data": {}})
    entries = [{"id": id_, "v": "v1"} for id_ in IDS]
    await staging.patch(key, {"status": {"inventory": {"entries": entries}}}, "status")
    running = engine(staging)
    await got(
        running.wait_for(
            lambda s: (one := s.get(key)) is not None and bool(one.status.get("inventory")), 30
        )
    )
    staging.server.faults.set_rules(Rule(path="/secrets", status=500, reason="InternalError"))
    answer: InventoryReading = await got(running.ask(ReadInventory(key)))
    by_name = {k.name: (line.status, line.message) for k, line in answer.lines.items()}
    assert by_name["settings"][0] == "Current" and by_name["apps"][0] == "Current"
    assert by_name["gone"][0] == "NotFound"
    assert by_name["login"] == ("Unknown", "Secrets are not read for this")
    assert answer.fault == ""
