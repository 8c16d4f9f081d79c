"""What a review draws of rings: how long a build was well in the stage before, of how long."""

from __future__ import annotations

from dataclasses import replace

import pytest

from fluxtui.commands.command import Target
from fluxtui.commands.registry import by_id
from fluxtui.domain.config import Config, Environment
from fluxtui.kit.moments import seconds
from fluxtui.ui.app import FluxtuiApp
from tests.builders import NOW, ks, revision, snapshot, source, tag_list
from tests.ui.conftest import opened
from tests.ui.frame import sees
from tests.ui.ui_engine import ScriptedEngine

A, B = revision("1.4.2", "a"), revision("1.5.0", "b")
RINGS = Config(
    environments=(
        Environment("staging", "staging", protected=False, soak=86_400.0),
        Environment("production", "production"),
    ),
    user="anna",
)


@pytest.mark.parametrize("size", [(80, 24), (200, 50)])
async def test_a_soak_that_is_not_over_stands_among_the_dangers(
    engine: ScriptedEngine, size: tuple[int, int]
) -> None:
    run = {
        "metadata": {"revision": B},
        "lastReconciledStatus": "ReconciliationSucceeded",
        "firstReconciled": "2026-11-22T21:12:00Z",
        "lastReconciled": "2026-11-23T03:00:00Z",
    }
    user = ks(applied=B)
    user = replace(user, status={**user.status, "history": [run]})
    there = source("production", stored=A), ks("production", applied=A)
    tags = [tag_list({"1.4.2": "a", "1.5.0": "b"})]
    present = seconds(NOW) or 0.0
    engine.give(snapshot(source(stored=B), user, *there, tags=tags, config=RINGS, taken_at=present))
    commands = tuple(by_id(name) for name in ("versions", "help", "pin"))
    start = Target("production", object=there[0].key)
    app = FluxtuiApp(
        engine, config=RINGS, user="anna", now=lambda: NOW, commands=commands, start=start
    )
    async with opened(app, size) as pilot:
        await pilot.press("p")
        await sees(pilot, "Which version?", "● 1.5.0", "Why?")
        await pilot.press(*"hotfix", "enter")
        await sees(pilot, "DANGER", "1.5.0 has been well in staging for 6h of 24h")
