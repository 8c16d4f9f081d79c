"""Keys pressed one after the other, each when the screen has come to rest."""

from __future__ import annotations

from textual.pilot import Pilot

WIDE = (120, 40)


async def press(pilot: Pilot[None], *keys: str) -> None:
    await pilot.press(*keys)
    await pilot.pause()
