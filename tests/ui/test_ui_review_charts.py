"""A review of a release that goes to another chart: content, dangers, what was not rendered."""

from __future__ import annotations

from dataclasses import replace

import pytest

from fluxtui.domain.ask import (
    ComparedKustomization,
    DeliveredKustomization,
    Delivery,
    ReviewMoves,
)
from fluxtui.domain.danger import Danger, Gravity
from fluxtui.domain.plan import Move
from fluxtui.domain.resource import Key
from fluxtui.domain.review.content import ChartContent, Content, ImageChange
from tests.ui.conftest import MakeApp, opened
from tests.ui.frame import sees, text
from tests.ui.ui_delivery import PLAN
from tests.ui.ui_review import SIZES, Asked, review

RELEASE = Key("staging", "helm.toolkit.fluxcd.io", "HelmRelease", "apps", "web")
KUSTOMIZATION = Key("staging", "kustomize.toolkit.fluxcd.io", "Kustomization", "apps", "web")
CHART = Key("staging", "source.toolkit.fluxcd.io", "HelmChart", "apps", "apps-web")
SAYS = "the chart goes to another major version: 1.4.2 -> 2.0.0"
VALUES = tuple(f"~ part{n}.tag [red]{n} -> {n + 1}" for n in range(9))
CONTENT = Content(
    images=(ImageChange("r.example.com/web:1.4", "r.example.com/web:2.0"),),
    chart=ChartContent("1.4.2", "2.0.0", "7.1", "8.0", 5, VALUES),
)
UNREAD = f"{RELEASE}: Helm chart not rendered: no `helm` on PATH"
MOVING = replace(PLAN, moves=(Move(CHART, "", "2.0.0", RELEASE),))


def delivery(short: Content, error: str = "") -> Delivery:
    part = ComparedKustomization(RELEASE, "1.4.2", "2.0.0", error=error)
    dangers = () if error else (Danger("chart-major", Gravity.CARE, SAYS, kustomization=RELEASE),)
    return Delivery((DeliveredKustomization(part, short, dangers),), (UNREAD,))


async def read(make_app: MakeApp, size: str, answer: Delivery) -> str:
    """Everything that stands in the review, page after page."""
    engine, app = Asked(answer), make_app()
    engine.open.set()
    async with opened(app, SIZES[size]) as pilot:
        await app.push_screen(review(engine, plan=MOVING))
        await sees(pilot, "2 things not looked at", "d diff")
        every = ""
        for _page in range(6):
            every += text(app)
            await pilot.press("pagedown")
            await pilot.pause()
    return every


@pytest.mark.parametrize("size", SIZES)
async def test_what_the_packed_chart_says_stands_where_content_does(
    make_app: MakeApp, size: str
) -> None:
    every = await read(make_app, size, delivery(CONTENT))
    for words in (
        "DANGER  1 care",
        SAYS,
        "staging web  its objects are not rendered",
        "image r.example.com/web:1.4 → :2.0",
        "chart 1.4.2 → 2.0.0",
        "application 7.1 → 8.0",
        "5 files of the chart differ",
        "default ~ part0.tag [red]0 -> 1",
        "… 3 more default values",
        "NOT LOOKED AT",
        "Helm chart not rendered: no `helm`",
    ):
        assert words in every, every
    assert "no object changes" not in every and "does not build" not in every


@pytest.mark.parametrize("size", SIZES)
async def test_what_helm_rendered_is_counted_like_a_build(make_app: MakeApp, size: str) -> None:
    rendered = replace(ChartContent("1.4.2", "1.5.0", files=1), rendered=True)
    answer = delivery(replace(CONTENT, changed=3, pruned=1, chart=rendered))
    every = await read(make_app, size, answer)
    assert "staging web  ~3, −1 pruned" in every and "1 file of the chart differs" in every
    assert "application" not in every


async def test_a_chart_that_cannot_be_had_was_not_compared(make_app: MakeApp) -> None:
    every = await read(make_app, "80x24", delivery(Content(), "the index has no version 2.0.0"))
    assert "staging web  ✗ not compared: the index has no version 2.0.0" in every


@pytest.mark.parametrize("size", SIZES)
async def test_what_no_cluster_could_try_is_not_offered_and_the_key_says_why(
    make_app: MakeApp, size: str
) -> None:
    for error, why in (("", "a chart is not tried"), ("no", "what does not build is not tried")):
        part = delivery(CONTENT, error).parts[0]
        if error:
            about = replace(part.compared, kustomization=KUSTOMIZATION)
            part = replace(part, compared=about)
        engine, app = Asked(Delivery((part,))), make_app()
        engine.open.set()
        async with opened(app, SIZES[size]) as pilot:
            await app.push_screen(review(engine, plan=MOVING))
            await sees(pilot, "y run", "d diff", "leave")
            assert "t try" not in text(app)
            await pilot.press("t")
            await sees(pilot, why, "y run", "d diff", "leave")
        assert engine.questions == [ReviewMoves(MOVING.moves)], "nothing was asked"


async def test_beside_a_chart_what_is_built_is_tried(make_app: MakeApp) -> None:
    built = DeliveredKustomization(ComparedKustomization(KUSTOMIZATION, "1", "2"), Content())
    engine, app = Asked(Delivery((*delivery(CONTENT).parts, built))), make_app()
    engine.open.set()
    async with opened(app, SIZES["80x24"]) as pilot:
        await app.push_screen(review(engine, plan=MOVING))
        await sees(pilot, "t try")
        await pilot.press("t")
        await sees(pilot, "is refused: quota")
