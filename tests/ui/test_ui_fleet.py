"""A fleet in every state, as Flux's own controllers wrote it, on the drawn screen."""

from __future__ import annotations

from dataclasses import replace

import pytest

from fluxtui.domain import kinds
from fluxtui.domain.knowledge import FeedState
from fluxtui.domain.resource import Resource
from fluxtui.domain.snapshot import Feed, Snapshot
from tests.builders import snapshot
from tests.contract.fleet.recordings import recorded
from tests.ui.conftest import MakeApp, opened
from tests.ui.frame import sees, text, until
from tests.ui.typist import Typist

SIZES = pytest.mark.parametrize("size", [(80, 24), (200, 50)])


def fleet() -> Snapshot:
    seen = snapshot(*(Resource.from_object("staging", item) for item in recorded().values()))
    feeds = tuple(Feed("staging", kind.id, "", FeedState.LIVE) for kind in kinds.ALL)
    return replace(seen, feeds=feeds, serial=7)


@SIZES
async def test_releases_and_git_rows_stand_beside_bundles(
    make_app: MakeApp, size: tuple[int, int]
) -> None:
    app = make_app(fleet())
    async with opened(app, size) as pilot:
        await pilot.press("N")  # by name: the worst come first where not all rows fit
        await sees(pilot, "acme/bundle", "by-reference", "1.1.0")
        await pilot.press("G")
        await sees(pilot, "tenants")
        await pilot.press("home")
        await sees(pilot, "acme/bundle")


@SIZES
async def test_faults_alone_are_shown_and_all_again(
    make_app: MakeApp, size: tuple[int, int]
) -> None:
    app = make_app(fleet())
    async with opened(app, size) as pilot:
        await pilot.press("N")
        await sees(pilot, "by-reference")
        await pilot.press("z")
        await sees(pilot, "faults only", "bad-install")
        assert "by-reference" not in text(app)
        await pilot.press("z")
        await sees(pilot, "by-reference")
        # At once, and not with whatever is drawn next for another reason.
        for _ in range(20):
            await pilot.pause()
        assert "faults only" not in text(app)
        Typist(app).types("z", "z", "z")
        await sees(pilot, "faults only")


async def test_all_again_is_on_the_row_as_before_unless_somebody_moved(make_app: MakeApp) -> None:
    app = make_app(fleet())
    async with opened(app, (200, 50)) as pilot:
        await pilot.press("N", "slash", *"by-reference", "enter", "escape")
        await sees(pilot, "▎apps/by-reference", "bad-install")
        await pilot.press("z")
        await sees(pilot, "faults only")
        assert "by-reference" not in text(app)
        await pilot.press("z")
        await sees(pilot, "▎apps/by-reference")
        await pilot.press("z")
        await sees(pilot, "faults only")
        await pilot.press("down", "z")
        await sees(pilot, "by-reference")
        assert "▎apps/by-reference" not in text(app)


@SIZES
async def test_what_blocks_a_release_is_named_in_the_chain(
    make_app: MakeApp, size: tuple[int, int]
) -> None:
    app = make_app(fleet())
    async with opened(app, size) as pilot:
        await pilot.press("3")
        await sees(pilot, "WHY", "bad-apply")
        await pilot.press("slash", *"hr/behind", "enter")
        assert await until(pilot, lambda: "hr/upgraded" not in text(app))
        (row,) = (
            line
            for line in text(app).splitlines()
            if line[1:].strip(" └├▸▾").startswith("hr/behind")
        )
        assert "blocked by hr/no-version" in row, row


async def test_where_all_is_well_faults_alone_say_so(make_app: MakeApp) -> None:
    well = (item for name, item in recorded().items() if name.endswith("/greeting"))
    seen = snapshot(*(Resource.from_object("staging", item) for item in well))
    feeds = tuple(Feed("staging", kind.id, "", FeedState.LIVE) for kind in kinds.ALL)
    app = make_app(replace(seen, feeds=feeds, serial=7))
    async with opened(app, (80, 24)) as pilot:
        await sees(pilot, "greeting")
        await pilot.press("z")
        await sees(pilot, "Every row is well.", "z shows all.")


@SIZES
async def test_the_table_of_another_kind_is_read_from_its_top(
    make_app: MakeApp, size: tuple[int, int]
) -> None:
    app = make_app(fleet())
    async with opened(app, size) as pilot:
        Typist(app).types(*":hr", "enter")
        await sees(pilot, "NAME", "▎", "bad-install")
        (row,) = (line for line in text(app).splitlines() if line.startswith("▎"))
        assert "bad-expression" in row, "the first, the worst"
