"""The garbage collector, held off while the first lists arrive.

What they bring is kept, all of it: to walk it again and again in search of garbage is a seventh of
what a start costs (docs/architecture.md#costs). It must not stay off: an API that does not answer
is not waited for longer than LONGEST.
"""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Awaitable

from fluxtui.kit.clock import Clock

LONGEST = 30.0  # seconds


async def held_off(settled: Awaitable[object], clock: Clock) -> None:
    """Off until `settled` is over, then on, with what is there by then never walked again."""
    gc.disable()
    waits = [asyncio.ensure_future(one) for one in (settled, clock.sleep(LONGEST))]
    try:
        await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for wait in waits:
            wait.cancel()
        gc.freeze()
        gc.enable()
