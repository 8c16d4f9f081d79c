"""Freezing on the screen: asked by key and by word, confirmed by name, seen in every view."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from fluxtui.commands.registry import by_id
from fluxtui.domain.board import Mark
from fluxtui.domain.holdtally import tally_of
from fluxtui.domain.marks import FREEZE
from fluxtui.domain.plan import PatchStep
from fluxtui.domain.resource import Resource
from fluxtui.domain.snapshot import Snapshot
from fluxtui.ui.app import FluxtuiApp
from fluxtui.ui.screens.review import Review
from tests.ui.conftest import MakeApp, opened
from tests.ui.frame import sees, text, until
from tests.ui.ui_clock import Clock
from tests.ui.ui_delivery import CONFIG, KS, NOW, ks, night
from tests.ui.ui_engine import ScriptedEngine

NAMES = (
    "versions",
    "tags",
    "chain",
    "diff",
    "events",
    "journal",
    "objects",
    "help",
    "holds",
    "freeze",
)


def app_of(engine: ScriptedEngine, seen: Snapshot, **more: Any) -> FluxtuiApp:
    engine.give(seen)
    commands = tuple(by_id(name) for name in NAMES)
    setting: dict[str, Any] = {"config": CONFIG, "user": "anna", "now": lambda: NOW, **more}
    return FluxtuiApp(engine, commands=commands, **setting)


@pytest.mark.parametrize("keys", [("x",), (":", *"freeze", "enter")], ids=["key", "word"])
@pytest.mark.parametrize("size", [(80, 24), (200, 50)])
async def test_a_place_is_frozen_by_key_or_word_and_its_name(
    engine: ScriptedEngine, keys: tuple[str, ...], size: tuple[int, int]
) -> None:
    app = app_of(engine, night())
    async with opened(app, size) as pilot:
        await pilot.press("right", *keys)
        await sees(pilot, "Which environment or stage?", "production", "would be held")
        assert "Freeze ·" not in text(app), "it is about no service"
        await pilot.press(*"audit", "enter")
        assert await until(pilot, lambda: isinstance(app.screen, Review)), text(app)
        await sees(pilot, "freeze production", "production is protected")
        await pilot.press(*"staging", "enter")
        assert engine.ran == [], "another name confirms nothing"
        await pilot.press(*["backspace"] * 7, *"production", "enter")
        assert await until(pilot, lambda: len(engine.ran) == 1), text(app)
        plan, _confirmed = engine.ran[0]
        patches = [s for s in plan.steps if isinstance(s, PatchStep)]
        assert patches and {s.target.environment for s in patches} == {"production"}
        assert len({s.patch["metadata"]["annotations"][FREEZE] for s in patches}) == 1


@pytest.mark.parametrize(
    ("size", "says"),
    [((200, 50), "‖2 frozen 1 overdue 2 ageing"), ((80, 24), "‖2 frozen 1 late 2 old")],
)
async def test_every_view_says_what_is_frozen_overdue_and_ageing(
    make_app: MakeApp, size: tuple[int, int], says: str
) -> None:
    marks = (
        Mark("anna", "audit", NOW, "2026-11-23T03:00:00Z", "production-1a2b3c"),
        Mark("ben", "left over", "2026-11-01T00:00:00Z"),
        Mark("ben", "left over", "2026-10-01T00:00:00Z"),
    )
    app = make_app(replace(night(), holds={"production": tally_of(marks, 2)}))
    async with opened(app, size) as pilot:
        for key in "1234567":
            await pilot.press(key)
            assert await until(pilot, lambda: says in text(app).splitlines()[0]), text(app)


async def test_a_frozen_row_says_so_in_its_cell_and_below(make_app: MakeApp) -> None:
    seen = night()
    rows = []
    for row in seen.board.rows:
        lines = {
            name: tuple(
                replace(one, suspended=replace(one.suspended, freeze="production-1a2b3c"))
                if one.suspended
                else one
                for one in group
            )
            for name, group in row.lines.items()
        }
        rows.append(replace(row, lines=lines))
    app = make_app(replace(seen, board=replace(seen.board, rows=tuple(rows))))
    async with opened(app, (120, 40)) as pilot:
        await pilot.press("end", "right")
        await sees(pilot, "frozen by ben", "waiting for the audit")
        assert "suspended  " not in text(app)


@pytest.mark.parametrize("size", [(80, 24), (200, 50)])
async def test_all_that_is_held_can_be_read_over_any_view(
    engine: ScriptedEngine, size: tuple[int, int]
) -> None:
    held = ks("staging", "web")
    notes = {
        "fluxtui.dev/suspended-by": "ben",
        "fluxtui.dev/suspended-reason": "the audit",
        "fluxtui.dev/suspended-at": "2026-11-01T00:00:00Z",
        "fluxtui.dev/suspended-until": "2026-11-02T00:00:00Z",
        FREEZE: "staging-1a2b3c",
    }
    meta = {"name": held.name, "namespace": held.namespace, "annotations": notes}
    body = {"kind": held.kind, "apiVersion": f"{held.group}/v1", "metadata": meta}
    one = Resource.from_object("staging", {**body, "spec": {"suspend": True}})
    seen = night()
    tables = {**seen.resources["staging"], KS: {**seen.table("staging", KS), held: one}}
    resources = {**seen.resources, "staging": tables}
    clock = Clock()
    app = app_of(engine, replace(seen, resources=resources), clock=clock)
    async with opened(app, size) as pilot:
        await pilot.press("3", "H")
        await sees(pilot, "frozen 22d", "overdue", "ageing", "by ben: the audit")
        await sees(pilot, "freeze staging-1a2b3c")
        clock.now += 2 * 86400
        app.screen.pass_time()  # type: ignore[attr-defined]
        await sees(pilot, "frozen 24d")
        engine.give(seen)
        assert await until(pilot, lambda: "by ben: the audit" not in text(app)), "resumed meanwhile"
        await sees(pilot, "Holds")
        engine.give(replace(seen, resources=resources))
        await sees(pilot, "by ben: the audit")
        await pilot.press("q")
        assert await until(pilot, lambda: "by ben: the audit" not in text(app))


@pytest.mark.parametrize("size", [(80, 24), (200, 50)])
async def test_what_a_freeze_does_not_hold_stands_in_every_header(
    make_app: MakeApp, size: tuple[int, int]
) -> None:
    tally = replace(tally_of([Mark("anna", "audit", NOW, "", "production-1a2b3c")]), loose=2)
    app = make_app(replace(night(), holds={"production": tally}))
    async with opened(app, size) as pilot:
        for key in "13":
            await pilot.press(key)
            await sees(pilot, "frozen, 2 not held")
