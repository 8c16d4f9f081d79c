"""What the first picture needs, and what can wait until it is there.

Until the first whole picture is published everything in this process competes with it for the
interpreter. So what it stands on is imported first; registries, and what only a key needs, have
their turn after it (docs/architecture.md#costs). Nothing waits for ever: an API that does not
answer holds the rest up for no longer than LONGEST after what came last.
"""

from __future__ import annotations

import asyncio
import importlib
from collections.abc import Callable, Iterable

from fluxtui.kit.clock import Clock

LONGEST = 3.0  # seconds
OFTEN = 5
"""So often LONGEST at most: a picture that is still on its way is the one to wait for."""
DRAWING = 0.3  # seconds that the screen has for itself, to draw what was published
# What the first Snapshots are made with.
HEAVY = ("fluxtui.domain.overview", "fluxtui.domain.versions", "fluxtui.artifacts.client")
# What asks, where one answer is wanted.
BRIEFLY = ("fluxtui.cluster.client", "fluxtui.cluster.briefwire")
# What a first key may need: read before somebody waits for it.
SOON = ("fluxtui.engine.answers", "fluxtui.engine.acts.jobs")


def load(names: Iterable[str]) -> None:
    """Import all of them now."""
    for name in names:
        importlib.import_module(name)


async def imported(names: Iterable[str]) -> None:
    """One import per turn of the loop: others get theirs in between."""
    for name in names:
        importlib.import_module(name)
        await asyncio.sleep(0)


async def looked_at(
    whole: asyncio.Event,
    clock: Clock,
    progress: Callable[[], object] = lambda: None,
    *,
    drawn: bool = True,
) -> None:
    """Until the first whole picture is published, and drawn as far as one can tell, where somebody
    looks at it. `progress`: another answer as long as more of it comes."""
    for _ in range(OFTEN):
        before = progress()
        if await clock.wait(whole, LONGEST) or progress() == before:
            break
    if drawn:
        await clock.sleep(DRAWING)
