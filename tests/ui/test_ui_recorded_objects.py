"""Objects as Flux's own controllers wrote them: each has its row, with what must be known."""

from __future__ import annotations

from dataclasses import replace

import pytest

from fluxtui.domain import kinds
from fluxtui.domain.config import Config, Environment
from fluxtui.domain.kinds.kind import Kind
from fluxtui.domain.knowledge import FeedState
from fluxtui.domain.resource import Resource
from fluxtui.domain.rowfilter import parsed
from fluxtui.domain.snapshot import Feed, Snapshot
from fluxtui.ui.panes.objectcells import columns, row_of, sizes
from fluxtui.ui.panes.objectrows import Choice, ObjectRow, ObjectRows, passes
from fluxtui.ui.spans import plain
from tests.builders import snapshot
from tests.contract.fleet.recordings import expected, recorded
from tests.ui.conftest import MakeApp, opened
from tests.ui.frame import sees, text
from tests.ui.ui_delivery import NOW_SECONDS

CONFIG = Config(environments=(Environment("fleet", "fleet", protected=False),), user="anna")
READY = {
    "ready": {"True"},
    "failing": {"False"},
    "stalled": {"False"},
    "progressing": {"", "False", "True", "Unknown"},
    "static": {"static"},
}


def fleet() -> Snapshot:
    objects = [Resource.from_object("fleet", body) for body in recorded().values()]
    feeds = tuple(Feed("fleet", kind.id, "", FeedState.LIVE) for kind in kinds.ALL)
    return replace(snapshot(*objects, config=CONFIG, feeds=feeds), serial=3)


def rows(seen: Snapshot) -> dict[str, ObjectRow]:
    every = ObjectRows().of(seen, Choice("fleet", kinds.ALL))
    return {f"{r.key.kind}/{r.key.namespace}/{r.key.name}": r for r in every}


def test_each_has_a_row_with_its_readiness_and_the_worst_come_first() -> None:
    seen = fleet()
    every = rows(seen)
    assert set(every) == set(recorded())
    levels = [row.health.level for row in every.values()]
    assert levels == sorted(levels, reverse=True)
    for name, case in expected().items():
        row = every[name]
        assert row.suspended == (case.state == "suspended"), name
        if case.state in READY:
            assert row.ready in READY[case.state], (name, row.ready)
        for mixed in (True, False):
            spec = columns(None if mixed else row.kind)
            drawn = row_of(row, seen, NOW_SECONDS, mixed=mixed, marked=False)
            assert len(drawn.cells) == len(spec) == len(sizes(row, seen, mixed=mixed)), name
            assert case.state not in ("failing", "stalled") or "✓" not in plain(drawn.cells[2])


@pytest.mark.parametrize("kind", kinds.ALL, ids=lambda kind: kind.kind)
def test_a_field_finds_the_objects_of_its_kind(kind: Kind) -> None:
    seen = fleet()
    mine = [row for row in rows(seen).values() if row.kind is kind]
    assert mine, "nothing of it was recorded"
    for row in mine:
        assert passes(row, parsed(f"field:metadata.name={row.key.name}"), seen)
        assert not passes(row, parsed(f"!field:metadata.name={row.key.name}"), seen)


@pytest.mark.parametrize("size", [(80, 24), (200, 50)])
async def test_one_goes_through_all_kinds_of_a_real_fleet(
    make_app: MakeApp, size: tuple[int, int]
) -> None:
    app = make_app(fleet(), config=CONFIG)
    async with opened(app, size) as pilot:
        await pilot.press("7")
        await sees(pilot, "MESSAGE")
        for kind in kinds.ALL:
            await pilot.press("right_square_bracket")
            name = next(row.key.name for row in rows(fleet()).values() if row.kind is kind)
            assert app.pane is not None and app.pane.kind == kind.kind
            assert len(app.pane.table.listed_items) > 0, text(app)
            await sees(pilot, name[:6])
