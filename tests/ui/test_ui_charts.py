"""The versions of a chart on the screen: a release's row leads to them, each has its reason."""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType
from typing import Any

import pytest

from fluxtui.commands.command import Target
from fluxtui.domain.ask import ChartDiff, ComparedKustomization, Comparison
from fluxtui.domain.knowledge import FeedState
from fluxtui.domain.resource import Key, Resource
from fluxtui.domain.snapshot import Feed, Snapshot, TagFacts, TagList
from fluxtui.engine.builds.chartdiffs import PackedChart, compare_charts
from tests.builders import NS, READY, snapshot
from tests.helm_storage import chart as packed_chart
from tests.ui.conftest import MakeApp, opened
from tests.ui.frame import check_frame, sees
from tests.ui.ui_engine import ScriptedEngine

SOURCE, HELM = "source.toolkit.fluxcd.io", "helm.toolkit.fluxcd.io"
RELEASE = Key("staging", HELM, "HelmRelease", NS, "web")
ADDRESS = "https://charts.test/a#web"
CREATED = "2026-11-19T00:00:00Z"


def thing(api: str, kind: str, name: str, spec: Any, **status: Any) -> Resource:
    meta = {"name": name, "namespace": NS, "resourceVersion": "1", "generation": 1}
    good = {"observedGeneration": 1, "conditions": [READY], **status}
    body = {"apiVersion": api, "kind": kind, "metadata": meta, "spec": spec, "status": good}
    return Resource.from_object("staging", body)


def releases(listed: TagList) -> Snapshot:
    """A release that runs 1.4.2 of a chart, out of an index."""
    where = {"kind": "HelmRepository", "name": "charts"}
    chart = {"chart": "web", "version": "1.x", "sourceRef": where}
    runs = {"version": 1, "chartVersion": "1.4.2", "status": "deployed"}
    objects = (
        thing(f"{SOURCE}/v1", "HelmRepository", "charts", {"url": "https://charts.test/a"}),
        thing(f"{SOURCE}/v1", "HelmChart", f"{NS}-web", chart, artifact={"revision": "1.4.2"}),
        thing(f"{HELM}/v2", "HelmRelease", "web", {"chart": {"spec": chart}}, history=[runs]),
    )
    kinds = {(r.key.group, r.key.kind) for r in objects}
    feeds = tuple(Feed("staging", kind, "", FeedState.LIVE) for kind in kinds)
    return replace(snapshot(*objects, tags=[listed], feeds=feeds), serial=7)


def compared() -> Comparison:
    """What the worker makes of two versions of the chart."""
    values = "replicas: {n}\nimage: {{repository: registry.example.com/web, tag: '{v}'}}\n"
    sides = [
        PackedChart(
            version,
            packed_chart(
                version,
                {
                    "values.yaml": values.format(n=n, v=version),
                    "templates/web.yaml": "kind: Pod\n" * n,
                },
                "web",
            ),
        )
        for n, version in ((1, "1.4.2"), (2, "1.5.0"))
    ]
    part = compare_charts(sides[0], sides[1], ComparedKustomization(RELEASE, "1.4.2", "1.5.0"))
    return Comparison("chart of web: 1.4.2 -> 1.5.0, as packed", (part,), (), "1.4.2", "1.5.0")


@pytest.mark.parametrize("size", ["80x24", "120x40"])
async def test_a_version_is_compared_with_what_is_deployed(
    make_app: MakeApp, engine: ScriptedEngine, size: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    engine.answers = {ChartDiff(RELEASE, "1.5.0", "1.4.2"): compared()}
    listed = TagList(ADDRESS, ("2.0.0", "1.5.0", "1.4.2"), 100.0)
    app = make_app(releases(listed), start=Target("staging", object=RELEASE))
    width, _x, height = size.partition("x")
    async with opened(app, (int(width), int(height))) as pilot:
        await pilot.press("4", "right", "right")
        await check_frame(pilot, f"diff-chart-{size}")
        await pilot.press("down", "down", "down")
        await sees(pilot, "\n File Chart.yaml\n")


async def test_enter_on_a_version_compares_with_it(
    make_app: MakeApp, engine: ScriptedEngine
) -> None:
    listed = TagList(ADDRESS, ("2.0.0", "1.5.0", "1.4.2"), 100.0)
    app = make_app(releases(listed), start=Target("staging", object=RELEASE))
    async with opened(app) as pilot:
        await pilot.press("2")
        await sees(pilot, "2.0.0")
        await pilot.press("home", "enter")
        await sees(pilot, "rendered")
    asked = [q for q in engine.asked if isinstance(q, ChartDiff)]
    assert asked and {q.after for q in asked} <= {"2.0.0", "1.5.0"}


@pytest.mark.parametrize("size", [(80, 24), (200, 50)])
async def test_every_version_has_its_reason(make_app: MakeApp, size: tuple[int, int]) -> None:
    old = tuple(f"0.{n}.0" for n in range(60))
    versions = ("2.0.0", "1.5.0", "1.4.2", *old)
    facts = {v: TagFacts(v, "", CREATED, app="7.1", deprecated=v == "1.5.0") for v in versions}
    listed = TagList(ADDRESS, versions, 100.0, facts=MappingProxyType(facts))
    app = make_app(releases(listed), start=Target("staging", object=RELEASE))
    async with opened(app, size) as pilot:
        await pilot.press("2")
        await sees(pilot, "version 1.x", "● 1.5.0", "1.4.2", "the highest admitted", ADDRESS[:25])
        await sees(pilot, "deprecated", "app 7.1")
        await sees(pilot, "staging")


async def test_why_they_are_not_known_is_said(make_app: MakeApp) -> None:
    listed = TagList(ADDRESS, error="it is no index of charts")
    app = make_app(releases(listed), start=Target("staging", object=RELEASE))
    async with opened(app, (100, 30)) as pilot:
        await pilot.press("2")
        await sees(pilot, "it is no index of charts")
