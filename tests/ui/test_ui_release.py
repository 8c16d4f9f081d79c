"""A HelmRelease on the screen: the release before is offered, and the review says what stays."""

from __future__ import annotations

from dataclasses import replace

import pytest
from textual.widgets import Input

from fluxtui.commands.command import Target
from fluxtui.domain.knowledge import FeedState
from fluxtui.domain.resource import Resource
from fluxtui.domain.snapshot import Feed, Snapshot
from fluxtui.ui.screens.arguments import Arguments
from fluxtui.ui.screens.review import Review
from tests.builders import NS, READY, snapshot
from tests.ui.conftest import MakeApp, opened
from tests.ui.frame import sees, text, until

WEB = Resource.from_object("staging", {
    "apiVersion": "helm.toolkit.fluxcd.io/v2",
    "kind": "HelmRelease",
    "metadata": {"name": "web", "namespace": NS, "generation": 1, "resourceVersion": "7"},
    "spec": {"chart": {"spec": {
        "chart": "web", "version": "^1.4", "sourceRef": {"kind": "HelmRepository", "name": "c"},
    }}},
    "status": {
        "observedGeneration": 1, "conditions": [READY], "lastAttemptedRevision": "1.5.0",
        "history": [
            {"version": 2, "chartVersion": "1.5.0", "status": "deployed"},
            {"version": 1, "chartVersion": "1.4.2", "status": "superseded"},
        ],
    },
})  # fmt: skip


def night_of_helm() -> Snapshot:
    feeds = (Feed("staging", (WEB.key.group, WEB.key.kind), "", FeedState.LIVE),)
    return replace(snapshot(WEB), feeds=feeds, serial=7)


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_the_release_before_is_gone_back_to(make_app: MakeApp, size: tuple[int, int]) -> None:
    app = make_app(night_of_helm(), start=Target("staging", object=WEB.key))
    async with opened(app, size) as pilot:
        await pilot.press("ctrl+l")
        assert await until(pilot, lambda: isinstance(app.screen, Arguments)), text(app)
        assert app.screen.query_one("#arg-version", Input).value == "1.4.2"
        while app.focused is not app.screen.query_one("#arg-reason", Input):
            await pilot.press("tab")
        await pilot.press(*"slow", "enter")
        assert await until(pilot, lambda: isinstance(app.screen, Review)), text(app)
        await sees(pilot, "goes to 1.4.2 in staging", "values are not undone")


async def test_a_release_that_is_not_held_says_so_to_an_unpin(make_app: MakeApp) -> None:
    app = make_app(night_of_helm(), start=Target("staging", object=WEB.key))
    async with opened(app, (120, 40)) as pilot:
        await pilot.press("u")
        await sees(pilot, f"HelmRelease/{NS}/web is not pinned")
