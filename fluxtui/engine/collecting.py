"""The garbage collector, held off until the first whole picture.

What the first lists bring and what is made of it is kept, all of it: to walk it again and again in
search of garbage is a seventh of what a start costs (docs/architecture.md#costs). It must not stay
off: an API that does not answer is not waited for longer than LONGEST.
"""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Awaitable

from fluxtui.kit.clock import Clock

LONGEST = 30.0  # seconds


async def held_off(whole: Awaitable[object], clock: Clock) -> None:
    """Off until `whole` is over, then on, with what is there by then never walked again."""
    gc.disable()
    waits = [asyncio.ensure_future(one) for one in (whole, clock.sleep(LONGEST))]
    try:
        await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for wait in waits:
            wait.cancel()
        gc.freeze()
        gc.enable()
