"""Objects of a kind that was only found: a table of its own, by its own name, and among all."""

from __future__ import annotations

from dataclasses import replace

from fluxtui.domain import foundkinds, kinds
from fluxtui.domain.config import Config, Environment
from fluxtui.domain.knowledge import FeedState
from fluxtui.domain.resource import Resource
from fluxtui.domain.snapshot import Feed, Snapshot
from tests.builders import snapshot
from tests.ui.conftest import MakeApp, opened
from tests.ui.frame import sees, text

TERRAFORM = foundkinds.found("infra.example.com", "v1", "Terraform", "terraforms", ("tf",))
CONFIG = Config(environments=(Environment("fleet", "fleet", protected=False),), user="anna")


def fleet() -> Snapshot:
    body = {
        "apiVersion": "infra.example.com/v1",
        "kind": "Terraform",
        "metadata": {"name": "network", "namespace": "apps", "resourceVersion": "1"},
        "spec": {"suspend": True},
        "status": {
            "lastAppliedRevision": "main@sha1:4f2c9e1a4f2c9e1a4f2c9e1a4f2c9e1a4f2c9e1a",
            "conditions": [
                {"type": "Ready", "status": "False", "reason": "Locked", "message": "by somebody"}
            ],
        },
    }
    every = (*kinds.ALL, TERRAFORM)
    feeds = tuple(Feed("fleet", kind.id, "", FeedState.LIVE) for kind in every)
    seen = snapshot(Resource.from_object("fleet", body), config=CONFIG, feeds=feeds)
    return replace(seen, serial=3, found={"fleet": (TERRAFORM,)})


async def test_it_is_shown_by_its_name_and_among_all(make_app: MakeApp) -> None:
    app = make_app(fleet(), config=CONFIG)
    async with opened(app, (120, 40)) as pilot:
        await pilot.press("7")
        await sees(pilot, "tf 1", "network", "✗ False ‖", "main@4f2c9e1", "Locked: by somebody")
        await pilot.press("s")
        await sees(pilot, "Suspend: Terraform cannot be suspended")
        await pilot.press("y")
        await sees(pilot, "kind: Terraform")
        await pilot.press("escape", "colon", *"terraform", "enter")
        await sees(pilot, "SUSPENDED", "network")
        assert "KIND" not in text(app)
        await pilot.press("colon", *"tf/network", "enter")
        await sees(pilot, "network")
