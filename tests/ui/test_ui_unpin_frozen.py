"""To unpin in a frozen place: the review says who froze it and what comes nevertheless, and nothing
runs before that is confirmed. A freeze holds nothing of what was pinned, so the review alone does.
"""

from __future__ import annotations

from typing import Any

import pytest

from fluxtui.domain.danger import Gravity
from fluxtui.domain.marks import (
    FREEZE,
    PIN_INVERSE,
    PINNED_AT,
    PINNED_BY,
    PINNED_REASON,
    SUSPENDED_AT,
    SUSPENDED_BY,
    SUSPENDED_REASON,
    inverse_text,
)
from fluxtui.domain.protection import YES
from fluxtui.domain.resource import Key, Resource
from fluxtui.domain.snapshot import Snapshot
from fluxtui.kit.mergepatch import merged
from fluxtui.ui.screens.review import Review
from tests.ui.conftest import MakeApp, opened
from tests.ui.frame import sees, text, until
from tests.ui.ui_delivery import OCI, night, oci
from tests.ui.ui_engine import ScriptedEngine

SIZES = [(80, 24), (200, 50)]
DIGEST = "sha256:" + "ab" * 32
PINNED = {
    PIN_INVERSE: inverse_text(DIGEST, None),
    PINNED_BY: "anna",
    PINNED_REASON: "1.5.0 loses mails",
    PINNED_AT: "2026-11-20T09:00:00Z",
}
FROZEN = {
    FREEZE: "over-1",
    SUSPENDED_BY: "ben",
    SUSPENDED_REASON: "end of the year",
    SUSPENDED_AT: "2026-11-23T01:00:00Z",
}


def changed(seen: Snapshot, key: Key, spec: dict[str, Any], notes: dict[str, str]) -> Resource:
    resource = seen.get(key)
    assert resource is not None
    patch = {"spec": spec, "metadata": {"annotations": notes}}
    return Resource.from_object(key.environment, merged(resource.as_object(), patch))


def frozen(environment: str) -> Snapshot:
    """activity stands on its pin there, and a freeze that ben made holds the status page."""
    seen = night()
    pinned, held = oci(environment, "activity"), oci(environment, "status-page")
    table = {
        **seen.table(environment, OCI),
        pinned: changed(seen, pinned, {"ref": {"digest": DIGEST}}, PINNED),
        held: changed(seen, held, {"suspend": True}, FROZEN),
    }
    seen.resources[environment][OCI] = table  # type: ignore[index]
    return seen


async def whole(pilot: Any, app: Any) -> str:
    """The review, page after page, its lines joined, without its borders and its scroll bar."""
    await pilot.press("pageup", "pageup", "pageup")
    every = ""
    for _page in range(4):
        every += text(app)
        await pilot.press("pagedown")
        await pilot.pause()
    return " ".join(every.translate(dict.fromkeys(map(ord, "│▁▂▃▄▅▆▇█"), " ")).split())


@pytest.mark.parametrize("size", SIZES)
async def test_it_says_who_froze_the_place_and_what_comes_nevertheless(
    make_app: MakeApp, engine: ScriptedEngine, size: tuple[int, int]
) -> None:
    app = make_app(frozen("production"))
    async with opened(app, size) as pilot:
        await pilot.press("right", "u")
        assert await until(pilot, lambda: isinstance(app.screen, Review)), text(app)
        await sees(pilot, "unpin", "f4 diff")
        every = await whole(pilot, app)
        for says in (
            "production is frozen by ben since 2026-11-23 01:00Z: end of the year (freeze over-1)",
            "OCIRepository/activity-system/activity would take v1.5.0 nevertheless",
            "(in-freeze)",
            "was pinned by anna since 2026-11-20 09:00Z: 1.5.0 loses mails",
        ):
            assert says in every, every
        await pilot.press("escape")
        assert await until(pilot, lambda: not isinstance(app.screen, Review))
    assert engine.ran == []


@pytest.mark.parametrize("size", SIZES)
async def test_where_a_name_is_asked_for_nothing_else_has_it_run(
    make_app: MakeApp, engine: ScriptedEngine, size: tuple[int, int]
) -> None:
    app = make_app(frozen("production"))
    async with opened(app, size) as pilot:
        await pilot.press("right", "u")
        await sees(pilot, "production is protected")
        await pilot.press("y", "enter")
        await sees(pilot, "that is not the name")
        await pilot.press("backspace", "enter")
        await sees(pilot, "nothing was typed")
        await pilot.press(*"staging", "enter")
        await sees(pilot, "that is not the name")
        assert engine.ran == []
        await pilot.press(*["backspace"] * 7, *"production", "enter")
        assert await until(pilot, lambda: len(engine.ran) == 1), text(app)
    ((plan, confirmed),) = engine.ran
    assert (plan.command, confirmed) == ("unpin", frozenset({"production"}))
    (kept,) = [d for d in plan.dangers if d.rule == "in-freeze"]
    assert kept.level is Gravity.STOP and "frozen by ben" in kept.says


@pytest.mark.parametrize("size", SIZES)
async def test_where_a_yes_is_enough_it_is_asked_for_all_the_same(
    make_app: MakeApp, engine: ScriptedEngine, size: tuple[int, int]
) -> None:
    app = make_app(frozen("staging"))
    async with opened(app, size) as pilot:
        await pilot.press("u")
        await sees(pilot, "staging is frozen by ben", "y run")
        await pilot.press("enter", "u", "q")
        assert await until(pilot, lambda: not isinstance(app.screen, Review))
        assert engine.ran == [], "left, and nothing is done"
        await pilot.press("u")
        await sees(pilot, "staging is frozen by ben", "y run")
        await pilot.press("y")
        assert await until(pilot, lambda: len(engine.ran) == 1), text(app)
    assert engine.ran[0][1] == YES
