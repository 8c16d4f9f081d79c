"""A scripted person at the real app: presses keys, reads the screen, never sleeps.

Wraps Textual's Pilot. `sees` waits until the text stands on the screen, looking again whenever the
app has nothing left to do; the deadline is generous because these machines are small.
"""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from textual.pilot import Pilot

from fluxtui.cli.acts import now_text
from fluxtui.cli.session import known, make_engine
from fluxtui.domain.config import Config
from fluxtui.domain.snapshot import Snapshot
from fluxtui.ui.app import FluxtuiApp

PATIENCE = 240.0


class Person:
    """One person at one screen."""

    def __init__(self, app: FluxtuiApp, pilot: Pilot[Any]) -> None:
        self.app = app
        self.pilot = pilot

    @property
    def screen(self) -> str:
        """What stands on the screen now."""
        strips = self.app.screen._compositor.render_strips()
        return "\n".join(strip.text.rstrip() for strip in strips)

    @property
    def snapshot(self) -> Snapshot:
        """What the Engine knows now."""
        return self.app.bridge.peek()

    async def waits(
        self, what: str, condition: Callable[[], bool], within: float = PATIENCE
    ) -> None:
        """Until the condition holds."""
        deadline = time.monotonic() + within
        while not condition():
            assert time.monotonic() < deadline, f"{what}: not within {within:.0f} s\n{self.screen}"
            await self.pilot.pause()

    async def sees(self, *texts: str, within: float = PATIENCE) -> None:
        """Until all texts stand on the screen."""
        await self.waits(f"sees {texts}", lambda: all(t in self.screen for t in texts), within)

    async def presses(self, *keys: str) -> None:
        """Keys, one after the other."""
        await self.pilot.press(*keys)
        await self.pilot.pause()

    async def closes(self) -> None:
        """Leaves what is open over the panes; a key typed before it is gone is for nobody."""
        await self.presses("escape")
        await self.waits("the panes", lambda: self.app.screen is self.app.main)

    async def types(self, text: str) -> None:
        """Text into the field that has the focus."""
        await self.presses(*text)

    async def points_at(self, service: str, environment: str) -> None:
        """Moves the cursor on the board."""
        await self.presses("1")
        await self.waits("the board", lambda: known(self.snapshot))
        await self.sees("WOULD PICK")
        for _ in range(40):
            target = self.app.target
            if (target.service, target.environment) == (service, environment):
                return
            if not await self._moves("down" if target.service != service else "right"):
                await self._moves("home" if target.service != service else "left")
        raise AssertionError(f"cannot reach {service} in {environment}\n{self.screen}")

    async def _moves(self, key: str) -> bool:
        """Whether the key moves the cursor; a starved app takes its time to."""
        before = self.app.target
        await self.presses(key)
        for _ in range(20):
            if self.app.target != before:
                return True
            await self.pilot.pause()
        return False

    async def agrees(self, protected: str = "") -> None:
        """Reads the review, says yes (or types the environment's name), sees it done."""
        await self.sees("STEPS")
        if protected:
            await self.sees("is protected")
            await self.types(protected)
            await self.presses("enter")
        else:
            await self.sees("run", "leave")
            await self.presses("y")
        await self.sees("✓ done")

    async def sees_settled(self, *environments: str) -> None:
        """Until everything in these Environments is ready, and what was asked for has its answer:
        a source that looked by itself may have made all ready before."""

        def ready() -> bool:
            chains = self.snapshot.board.chains
            return all(act.finished for act in self.snapshot.acts) and all(
                len(chains.get(e, ())) > 2 and all(n.health.level == 0 for n in chains[e])
                for e in environments
            )

        await self.waits(f"{environments} ready", ready)


@asynccontextmanager
async def at_the_screen(config: Config, size: tuple[int, int] = (120, 40)) -> AsyncIterator[Person]:
    """Open the app on a real Engine."""
    engine = make_engine(config)
    app = FluxtuiApp(engine, config=config, user="casey@laptop", now=now_text)
    try:
        async with app.run_test(size=size) as pilot:
            yield Person(app, pilot)
    finally:
        engine.stop()
