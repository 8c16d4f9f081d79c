"""Fixtures of the screen's tests: an app on a scripted engine, showing one fixed night."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest
from textual.pilot import Pilot

from fluxtui.commands.command import Target
from fluxtui.commands.registry import by_id
from fluxtui.domain.config import Config
from fluxtui.domain.snapshot import Snapshot
from fluxtui.ui.app import FluxtuiApp
from tests.ui.ui_delivery import CONFIG, NOW, night
from tests.ui.ui_engine import ScriptedEngine

# Frames show these, so that a new Command does not change every picture.
SHOWN = (
    *("versions", "tags", "chain", "diff", "events", "journal", "objects", "help", "reconcile"),
    *(
        "reconcile-with-source",
        "suspend",
        "resume",
        "promote",
        "rollback",
        "pin",
        "unpin",
        "publish",
    ),
)
MakeApp = Callable[..., FluxtuiApp]


@asynccontextmanager
async def opened(app: FluxtuiApp, size: tuple[int, int] = (120, 40)) -> AsyncIterator[Pilot[None]]:
    """The app, with its main screen over the first paint."""
    async with app.run_test(size=size) as pilot:
        for _ in range(5000):
            await pilot.pause()
            parts = app.pane.query(".main") if app.pane is not None else ()
            if any(part.has_focus for part in parts):
                break
        await pilot.pause()
        yield pilot


@pytest.fixture(autouse=True)
def _same_looks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TEXTUAL_ANIMATIONS", "none")
    monkeypatch.delenv("NO_COLOR", raising=False)


@pytest.fixture
def engine() -> ScriptedEngine:
    return ScriptedEngine(night())


@pytest.fixture
def make_app(engine: ScriptedEngine) -> MakeApp:
    commands = tuple(by_id(name) for name in SHOWN)

    def make(
        snapshot: Snapshot | None = None,
        config: Config = CONFIG,
        start: Target | None = None,
        clock: Callable[[], float] | None = None,
    ) -> FluxtuiApp:
        if snapshot is not None:
            engine.give(snapshot)
        return FluxtuiApp(
            engine,
            config=config,
            user="anna",
            start=start,
            now=lambda: NOW,
            clock=clock,
            commands=commands,
        )

    return make
