"""The tags of an image on the screen: listed when somebody looks, each with its reason."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from fluxtui.domain.ask import ListTags
from fluxtui.domain.knowledge import FeedState
from fluxtui.domain.picking import picking
from fluxtui.domain.resource import Resource
from fluxtui.domain.snapshot import Feed, Snapshot, TagList
from fluxtui.domain.versions import select
from tests.builders import snapshot
from tests.ui.conftest import MakeApp, opened
from tests.ui.frame import check_frame, sees, text
from tests.ui.test_ui_objects import typed
from tests.ui.ui_delivery import CONFIG, NOW_SECONDS
from tests.ui.ui_engine import ScriptedEngine
from tests.ui.ui_objects import made

ADDRESS = "oci://registry.example.com/acme/app"
STAMPED = r"^main-[a-f0-9]+-(?P<ts>[0-9]+)$"


def images(listed: TagList | None) -> Snapshot:
    """A policy by numbers, and its repository; with what is known of the tags."""
    image = {"image": "registry.example.com/acme/app"}
    spec: dict[str, Any] = {
        "imageRepositoryRef": {"name": "app"},
        "policy": {"numerical": {"order": "asc"}},
        "filterTags": {"pattern": STAMPED, "extract": "$ts"},
    }
    well = ("True", "Succeeded", "Latest image tag resolved to main-abc-100")
    ref = {"tag": "main-abc-100"}
    policy = made("ImagePolicy", "app", spec, ready=well, status={"latestRef": ref})
    objects: tuple[Resource, ...] = (made("ImageRepository", "app", image), policy)
    feeds = tuple(
        Feed("staging", (one.key.group, one.key.kind), "", FeedState.LIVE) for one in objects
    )
    seen = snapshot(*objects, config=CONFIG, feeds=feeds)
    seen = replace(seen, serial=5 if listed is None else 6, taken_at=NOW_SECONDS)
    if listed is None:
        return seen
    picked = picking(seen, policy)
    assert picked is not None
    selection = select(listed.tags, picked.policy)
    return replace(seen, tags={ADDRESS: listed}, selections={policy.key: selection})


async def test_its_tags_are_listed_when_it_is_looked_at_and_not_before(
    make_app: MakeApp, engine: ScriptedEngine
) -> None:
    app = make_app(images(None))
    async with opened(app, (140, 30)) as pilot:
        await typed(pilot, ":imgpol\r")
        await sees(pilot, "main-abc-100")
        assert ListTags(ADDRESS) not in engine.asked
        await typed(pilot, "2")
        await sees(pilot, "Listing the tags of ImagePolicy/apps/app")
        assert engine.asked.count(ListTags(ADDRESS)) == 1
        tags = ("main-abc-100", "main-def-200", "v1", "dev-1")
        engine.give(images(TagList(ADDRESS, tags, listed_at=NOW_SECONDS, on_demand=True)))
        await sees(pilot, "● main-def-200", 'it stands for "200": the largest number')
        await sees(pilot, "policy numerical asc, filter", "compares $ts", 'it stands for "100"')
        await sees(pilot, "its controller has picked main-abc-100, from what it scanned last")
        assert engine.asked.count(ListTags(ADDRESS)) == 1
        await typed(pilot, "enter")
        await sees(pilot, "what a tag of an image would change is in no cluster")


async def test_a_registry_that_refuses_is_told_here_and_nowhere_else(
    make_app: MakeApp, engine: ScriptedEngine
) -> None:
    refused = TagList(ADDRESS, error="registry.example.com: unauthorized", on_demand=True)
    seen = images(refused)
    app = make_app(replace(seen, selections={}))
    async with opened(app, (140, 30)) as pilot:
        await typed(pilot, ":imgpol\r")
        await sees(pilot, "main-abc-100")
        assert "unauthorized" not in text(app) and "tags of 1" not in text(app)
        await typed(pilot, "2")
        await sees(pilot, "The tags are not known: registry.example.com: unauthorized")


@pytest.mark.parametrize("size", [(80, 24), (200, 50)], ids=["80x24", "200x50"])
async def test_the_tags_of_an_image_look_as_agreed(
    make_app: MakeApp, engine: ScriptedEngine, size: tuple[int, int]
) -> None:
    names = ("latest", "v1", "dev-abc-900", *(f"main-{n:06x}-{n * 7}" for n in range(60)))
    app = make_app(images(TagList(ADDRESS, names, listed_at=NOW_SECONDS, on_demand=True)))
    async with opened(app, size) as pilot:
        await typed(pilot, ":imgpol\r")
        await sees(pilot, "main-abc-100")
        await typed(pilot, "2")
        await sees(pilot, "● main-00003b-413")
        await check_frame(pilot, f"tags-image-{size[0]}x{size[1]}")
