"""What a release of a chart changed, on the screen: read when somebody looks, and no sooner."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from fluxtui.commands.command import Target
from fluxtui.domain.ask import ComparedKustomization, Comparison, DriftDiff, ReleasesDiff
from fluxtui.domain.errors import Forbidden
from fluxtui.domain.inventory import ObjectId
from fluxtui.domain.knowledge import FeedState
from fluxtui.domain.objectdiff import ObjectChange
from fluxtui.domain.resource import Key, Resource
from fluxtui.domain.snapshot import Feed, Snapshot
from fluxtui.engine.builds.releasediffs import compare_releases
from fluxtui.engine.builds.releaseparts import ValueInputs
from fluxtui.kustomize import load_manifests
from tests.builders import READY, snapshot
from tests.helm_storage import history, release, storage
from tests.ui.conftest import MakeApp, opened
from tests.ui.frame import check_frame, sees, text
from tests.ui.ui_engine import ScriptedEngine

HELM = "helm.toolkit.fluxcd.io"
KEY = Key("staging", HELM, "HelmRelease", "apps", "shop")
SIZES = {"120x40": (120, 40), "80x24": (80, 24)}
MANIFEST = """\
apiVersion: apps/v1
kind: Deployment
metadata: {{name: shop, namespace: apps}}
spec:
  replicas: {n}
  template: {{spec: {{containers: [{{name: shop, image: "registry.example.com/shop:1.{n}.0"}}]}}}}
---
apiVersion: v1
kind: Secret
metadata: {{name: shop, namespace: apps}}
stringData: {{password: correct-horse-{n}}}
"""


def upgraded() -> Snapshot:
    metadata = {"name": "shop", "namespace": "apps", "resourceVersion": "1", "generation": 1}
    spec = {"chartRef": {"kind": "OCIRepository", "name": "shop"}, "values": {"replicas": 2}}
    status = {"observedGeneration": 1, "conditions": [READY], **history(1, 2)}
    head = {"apiVersion": f"{HELM}/v2", "kind": "HelmRelease", "metadata": metadata}
    made = Resource.from_object("staging", {**head, "spec": spec, "status": status})
    feed = Feed("staging", (HELM, "HelmRelease"), "", FeedState.LIVE)
    return replace(snapshot(made, feeds=(feed,)), serial=7)


def released() -> Comparison:
    """What the worker makes of two releases."""
    sides = [
        storage(
            release(n, MANIFEST.format(n=n), values={"replicas": n, "image": {"tag": f"1.{n}.0"}}),
            n,
        )
        for n in (1, 2)
    ]
    inputs = ValueInputs("apps", {"replicas": 2}, (), {})
    part = ComparedKustomization(KEY, "", "")
    part = compare_releases(b"0" * 32, sides[0], sides[1], inputs, part)
    names = ("release 1", "release 2")
    return Comparison("shop in staging: release 1 -> release 2", (part,), (), *names)


def drifted() -> Comparison:
    deployment, secret = load_manifests(MANIFEST.format(n=2))
    gone = ObjectChange("removed", ObjectId.of(deployment), before=deployment)
    why = "1 object is compared by the fields the release sets, not by a dry run"
    part = ComparedKustomization(KEY, "release 2, shop-1.2.0", "live", (gone,), (why,))
    assert secret["kind"] == "Secret"
    return Comparison("shop: deployed -> live in staging", (part,), (), "deployed", "live")


@pytest.fixture
def screen(make_app: MakeApp, engine: ScriptedEngine) -> Any:
    engine.answers = {ReleasesDiff(KEY): released(), DriftDiff(KEY): drifted()}
    return make_app(upgraded(), start=Target("staging", object=KEY))


@pytest.mark.parametrize("size", SIZES)
async def test_the_comparisons_look_as_agreed(screen: Any, size: str) -> None:
    async with opened(screen, SIZES[size]) as pilot:
        await pilot.press("4")
        await check_frame(pilot, f"diff-release-live-{size}")
        await pilot.press("right")
        await check_frame(pilot, f"diff-release-{size}")


async def test_nothing_is_asked_before_somebody_looks(screen: Any, engine: ScriptedEngine) -> None:
    async with opened(screen) as pilot:
        assert not [q for q in engine.asked if isinstance(q, ReleasesDiff | DriftDiff)]
        await pilot.press("4")
        await sees(pilot, "removed")
        assert engine.asked.count(DriftDiff(KEY)) == 1 and ReleasesDiff(KEY) not in engine.asked


async def test_what_stands_below_is_of_the_row_that_the_cursor_is_on(screen: Any) -> None:
    async with opened(screen) as pilot:
        await pilot.press("4", "right")
        await sees(pilot, "Values apps/shop", "enter shows the text")
        for words in (("  replicas", "− 1", "+ 2"), ("  image.tag", "− 1.1.0", "+ 1.2.0")):
            await pilot.press("down")
            await pilot.pause()
            seen = text(pilot.app)  # at once: what only time redraws is late
            assert all(word in seen for word in words), seen


async def test_the_text_of_an_object_shows_no_secret(screen: Any) -> None:
    async with opened(screen) as pilot:
        await pilot.press("4", "right")
        await sees(pilot, "Secret apps/shop")
        await pilot.press("down", "down", "down", "enter")
        await sees(pilot, "secret apps/shop#password, changed")


async def test_what_may_not_be_read_is_told_whole_below_the_table(
    screen: Any, engine: ScriptedEngine
) -> None:
    why = "release 2 cannot be read: you may not get secrets in namespace apps"
    part = ComparedKustomization(KEY, "release 1", "release 2", error=f"staging: {why}")
    engine.answers[ReleasesDiff(KEY)] = Comparison("shop", (part,))
    engine.answers[DriftDiff(KEY)] = Forbidden(why, where="staging: HelmRelease/apps/shop")
    async with opened(screen, (80, 24)) as pilot:
        await pilot.press("4")
        await sees(pilot, "you may not get", "secrets in namespace apps")
        await pilot.press("right", "down")
        await sees(pilot, "not compared", "in namespace apps")
