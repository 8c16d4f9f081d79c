"""How tasks of the Engine are brought to their end: cancelled until they are, never once and hoped.

A library that limits the time of a request by cancelling its own task may take our cancel for its
own, when both come in one turn; the task then goes on, and whoever waits for it waits for ever.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import Any

AGAIN = 2.0
"""Seconds that a task has to clean up before it is cancelled once more."""


async def ended(tasks: Iterable[asyncio.Task[Any] | None], again: float = AGAIN) -> None:
    """Cancel the tasks and wait until they have cleaned up."""
    waiting = {task for task in tasks if task is not None and not task.done()}
    while waiting:
        for task in waiting:
            task.cancel()
        finished, waiting = await asyncio.wait(waiting, timeout=again)
        for task in finished:
            if not task.cancelled():
                task.exception()  # it is told elsewhere, or by nobody: the Engine is leaving


async def hung_up(loop: asyncio.AbstractEventLoop) -> None:
    """Abort connections that are still saying good-bye.

    A request cancelled before its answer leaves a TLS farewell behind that nobody owns and that the
    server may answer later than our loop lives. asyncio has no public list of open transports.
    """
    for transport in list(getattr(loop, "_transports", {}).values()):
        transport.abort()
    await asyncio.sleep(0)
