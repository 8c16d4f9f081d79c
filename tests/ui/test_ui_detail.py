"""One object, whole: opens with what is known, and draws what the API says when it comes."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from fluxtui.domain import kinds
from fluxtui.domain.ask import ReadInventory, ReadObject, ValuesOf
from fluxtui.domain.board import ObjectLine
from fluxtui.domain.chartvalues import ChartValues, ReadReference, ValueLine
from fluxtui.domain.detail.values import (
    EventLine,
    InventoryReading,
    ObjectReading,
    OwnedFields,
    SharedField,
)
from fluxtui.domain.kinds.kind import Kind
from fluxtui.domain.resource import Key, Resource
from fluxtui.domain.snapshot import Snapshot
from tests.builders import ks, revision
from tests.ui.conftest import MakeApp, opened
from tests.ui.frame import check_frame, sees, text, until
from tests.ui.test_ui_objects import typed
from tests.ui.test_ui_recorded_objects import CONFIG as FLEET
from tests.ui.test_ui_recorded_objects import fleet as recorded_fleet
from tests.ui.ui_engine import ScriptedEngine
from tests.ui.ui_objects import OLD, fleet, made, release

SIZES = {"80x24": (80, 24), "200x50": (200, 50)}
PAST = "2026-11-23T02:58:00Z"
ENTRIES = ("apps_web_apps_Deployment", "apps_web__Service", "apps_login__Secret")


def shop(**more: Any) -> Resource:
    """A release with two in its history, three objects and values of its own."""
    history = [
        {"version": 1, "chartName": "podinfo", "chartVersion": "6.5.0", "appVersion": "6.5.0",
         "status": "superseded", "firstDeployed": OLD, "lastDeployed": OLD},
        {"version": 2, "chartName": "podinfo", "chartVersion": "6.5.1", "appVersion": "6.5.1",
         "status": "deployed", "firstDeployed": PAST, "lastDeployed": PAST},
    ]  # fmt: skip
    inventory = {"entries": [{"id": id_, "v": "v1"} for id_ in ENTRIES]}
    spec = {
        "chart": {"spec": {"chart": "podinfo", "version": "6.x"}},
        "dependsOn": [{"name": "podinfo-00", "readyExpr": "dep.status.inventory != null"}],
        **more.pop("spec", {}),
    }
    well = ("True", "UpgradeSucceeded", "Helm upgrade succeeded for release apps/shop.v2")
    status = {"history": history, "inventory": inventory}
    return made("HelmRelease", "shop", spec, ready=well, status=status, **more)


SHOP = shop().key


def answered(engine: ScriptedEngine) -> None:
    event = EventLine(SHOP, "Warning", "UpgradeFailed", "timed out", PAST, 3, "helm-controller")
    owned = OwnedFields("kustomize-controller", "Apply", OLD, "", ("spec.chart", "spec.values"))
    edited = OwnedFields("kubectl-edit", "Update", PAST, "", ("spec.suspend",))
    shared = SharedField("spec.values", ("kustomize-controller (Apply)", "kubectl-edit (Update)"))
    engine.answers[ReadObject(SHOP)] = ObjectReading((owned, edited), (shared,), events=(event,))
    keys = [Key("staging", "apps", "Deployment", "apps", "web"),
            Key("staging", "", "Service", "apps", "web"),
            Key("staging", "", "Secret", "apps", "login")]  # fmt: skip
    lines = (
        ObjectLine(keys[0], "InProgress", "Available: 1/3"),
        ObjectLine(keys[1], "Current"),
        ObjectLine(keys[2], "Unknown", "Secrets are not read for this"),
    )
    told = EventLine(keys[0], "Warning", "BackOff", "back-off restarting", PAST, 7, "kubelet")
    engine.answers[ReadInventory(SHOP)] = InventoryReading(
        {line.key: line for line in lines}, events=(told,)
    )


@pytest.mark.parametrize("size", SIZES)
async def test_a_release_whole_looks_as_agreed(
    make_app: MakeApp, engine: ScriptedEngine, size: str
) -> None:
    answered(engine)
    app = make_app(fleet(shop(spec={"values": {"replicas": 2, "ui": {"color": "blue"}}})))
    async with opened(app, SIZES[size]) as pilot:
        await typed(pilot, ":hr/shop\r")
        await sees(pilot, "shop")
        await typed(pilot, "i")
        await sees(pilot, "CONDITIONS")
        await check_frame(pilot, f"detail-{size}")
        await typed(pilot, "end")
        await sees(pilot, "spec.values is owned by")
        await check_frame(pilot, f"detail-end-{size}")


async def test_it_opens_with_what_is_known_and_says_what_is_being_read(
    make_app: MakeApp, engine: ScriptedEngine
) -> None:
    app = make_app(fleet(shop()))
    async with opened(app, (120, 60)) as pilot:
        await typed(pilot, ":hr/shop\r")
        await sees(pilot, "shop")
        await typed(pilot, "d")
        await sees(pilot, "2  podinfo 6.5.1 (app 6.5.1)  deployed", "EVENTS", "reading …")
        await sees(pilot, "? Deployment/apps/web  reading …")
        await sees(pilot, "until dep.status.inventory != null")
        asked_both = {ReadObject(SHOP), ReadInventory(SHOP)}
        assert await until(pilot, lambda: asked_both <= set(engine.asked))
    questions = [one for one in engine.asked if isinstance(one, ReadObject | ReadInventory)]
    assert sorted(map(type, questions), key=str) == [ReadInventory, ReadObject]
    assert not [one for one in engine.asked if isinstance(one, ValuesOf)]


async def test_what_the_api_says_is_drawn_when_it_comes(
    make_app: MakeApp, engine: ScriptedEngine
) -> None:
    answered(engine)
    app = make_app(fleet(shop()))
    async with opened(app, (160, 60)) as pilot:
        await typed(pilot, ":hr/shop\r")
        await sees(pilot, "shop")
        await typed(pilot, "i")
        await sees(pilot, "◐ Deployment/apps/web  in progress  Available: 1/3")
        await sees(pilot, "BackOff ×7  back-off restarting", "UpgradeFailed ×3  timed out")
        await sees(pilot, "kustomize-controller  Apply", "spec.chart, spec.values")
        assert "reading …" not in text(app)


async def test_what_the_api_refuses_says_why(make_app: MakeApp, engine: ScriptedEngine) -> None:
    engine.registry_down = True  # it answers nothing
    app = make_app(fleet(shop()))
    async with opened(app, (120, 60)) as pilot:
        await typed(pilot, ":hr/shop\r")
        await sees(pilot, "shop")
        await typed(pilot, "i")
        await sees(pilot, "EVENTS", "not read: registry.example.com: connection refused")
        await sees(pilot, "? Deployment/apps/web  not read: ")
        await sees(pilot, "CONDITIONS", "✓ ready")


async def test_a_secret_is_read_for_values_only_when_somebody_asks(
    make_app: MakeApp, engine: ScriptedEngine
) -> None:
    sources = [{"kind": "ConfigMap", "name": "common"}, {"kind": "Secret", "name": "login"}]
    values = ChartValues(
        {},
        (
            ValueLine("replicas", 2, "spec.values"),
            ValueLine("db.password", "secret apps/login#values.yaml", "Secret apps/login#x", True),
        ),
        (ReadReference("ConfigMap apps/common#values.yaml", "", "it is not there", stops=True),),
    )
    engine.answers[ValuesOf(SHOP)] = values
    app = make_app(fleet(shop(spec={"valuesFrom": sources})))
    async with opened(app, (140, 60)) as pilot:
        await typed(pilot, ":hr/shop\r")
        await sees(pilot, "shop")
        await typed(pilot, "i")
        await sees(pilot, "from Secret apps/login#values.yaml", "v reads them")
        assert ValuesOf(SHOP) not in engine.asked
        await typed(pilot, "v")
        await sees(pilot, "replicas: 2", "db.password: (masked)", "it is not there")
        await sees(pilot, "with these nothing is rendered until that is mended")
        assert engine.asked.count(ValuesOf(SHOP)) == 1


async def test_it_follows_the_object_while_it_is_open(
    make_app: MakeApp, engine: ScriptedEngine
) -> None:
    answered(engine)
    seen = fleet(shop())
    app = make_app(seen)
    async with opened(app, (120, 60)) as pilot:
        await typed(pilot, ":hr/shop\r")
        await sees(pilot, "shop")
        await typed(pilot, "i")
        await sees(pilot, "✓ Helm upgrade succeeded")
        assert await until(pilot, lambda: engine.asked.count(ReadObject(SHOP)) == 1)
        bad = ("False", "UpgradeFailed", "Helm upgrade failed: no such image")
        engine.give(replace(fleet(release("shop", ready=bad)), serial=900))
        await sees(pilot, "✗ UpgradeFailed: Helm upgrade failed: no such image")
        assert await until(pilot, lambda: engine.asked.count(ReadObject(SHOP)) == 2)
        engine.give(replace(fleet(), serial=901))
        await sees(pilot, "HelmRelease/apps/shop is not there any more")
        await typed(pilot, "esc")
        await sees(pilot, "enter objects")


async def test_text_of_a_cluster_moves_nothing(make_app: MakeApp, engine: ScriptedEngine) -> None:
    hostile = "\x1b[2J\u202eoops [bold]x[/bold]"
    event = EventLine(SHOP, "Warning", hostile, hostile, PAST, 1, hostile)
    engine.answers[ReadObject(SHOP)] = ObjectReading(
        (OwnedFields(hostile, "Apply", OLD, "", (hostile,)),), events=(event,)
    )
    app = make_app(fleet(shop(spec={"values": {"a": hostile, hostile: 1}})))
    async with opened(app, (160, 60)) as pilot:
        await typed(pilot, ":hr/shop\r")
        await sees(pilot, "shop")
        await typed(pilot, "i")
        await sees(pilot, "oops [bold]x[/bold]", "WHO OWNS WHICH FIELD")
        shown = text(app)
        assert "\x1b" not in shown and "\u202e" not in shown
        assert "\\e[2J\\u202eoops" in shown


async def test_who_uses_it_is_looked_for_beside_the_screen(
    make_app: MakeApp, engine: ScriptedEngine
) -> None:
    web = ks(name="web", needs=("api",), applied=revision("1.4.2", "a"), creationTimestamp=OLD)
    app = make_app(fleet(web))
    async with opened(app, (120, 50)) as pilot:
        await typed(pilot, ":ks/api\r")
        await sees(pilot, "api")
        await typed(pilot, "i")
        await sees(pilot, "USED BY", "Kustomization/activity-system/web  waits for it")


@pytest.fixture(scope="module")
def recordings() -> Snapshot:
    return recorded_fleet()


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("kind", kinds.ALL, ids=lambda kind: kind.kind)
async def test_every_kind_of_a_real_fleet_opens(
    make_app: MakeApp, recordings: Snapshot, kind: Kind, size: str
) -> None:
    app = make_app(recordings, config=FLEET)
    async with opened(app, SIZES[size]) as pilot:
        await typed(pilot, f":{kind.short}\r")
        await sees(pilot, "MESSAGE")
        await typed(pilot, "home", "enter")
        await sees(pilot, f"{kind.kind}/", "CONDITIONS")
        await typed(pilot, "end")
        await sees(pilot, "WHO OWNS WHICH FIELD", "reading …")
        await typed(pilot, "esc")
        await sees(pilot, "MESSAGE")
