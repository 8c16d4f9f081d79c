"""The form of a range on the screen: what it would pick while it is typed, what is wrong in it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from fluxtui.commands.registry import by_id
from fluxtui.domain.kinds import sources
from fluxtui.domain.snapshot import TagFacts, TagList
from fluxtui.ui.app import FluxtuiApp
from fluxtui.ui.screens.arguments import Arguments
from tests.ui.conftest import opened
from tests.ui.frame import sees, until
from tests.ui.ui_delivery import CONFIG, NOW, night
from tests.ui.ui_engine import ScriptedEngine


def app_of(engine: ScriptedEngine) -> FluxtuiApp:
    seen = night()
    (url,) = {
        sources.url(r) for t in seen.resources["staging"].values() for r in t.values()
        if r.key.name == "activity" and sources.is_source(r.key)
    }  # fmt: skip
    names = ("v1.4.2", "v1.5.0", "v2.0.0")
    listed = TagList(url, names, 100.0, facts={t: TagFacts(t, "sha256:" + "1" * 64) for t in names})
    engine.give(replace(seen, tags={**seen.tags, url: listed}))
    commands = tuple(by_id(name) for name in ("versions", "help", "reconcile", "range"))
    return FluxtuiApp(engine, config=CONFIG, user="anna", now=lambda: NOW, commands=commands)


@pytest.mark.parametrize("size", [(80, 24), (200, 50)])
async def test_a_range_is_typed_judged_and_reviewed(
    engine: ScriptedEngine, size: tuple[int, int]
) -> None:
    app = app_of(engine)
    opening: Callable[[], bool] = lambda: isinstance(app.screen, Arguments)  # noqa: E731
    async with opened(app, size) as pilot:
        await pilot.press("e")
        assert await until(pilot, opening)
        await sees(pilot, "Which versions?", "Of which tags?")
        await pilot.press(*">=1.0.0 <<2", "enter")
        await sees(pilot, "is no range from character 9 on", "<<2")
        await pilot.press("ctrl+u", *">=1.0.0 <2.0.0")  # anew, for a refused word stays
        await sees(pilot, "would pick v1.5.0")
        await pilot.press("enter")
        await sees(pilot, "pick by semver >=1.", "v1.5.0 never ran anywhere")
