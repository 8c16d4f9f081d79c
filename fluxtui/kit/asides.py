"""Blocking work in a thread of its own that nobody has to wait for when all ends.

The executor of asyncio has few threads, and its end waits for each: a host that does not answer
would hold up everybody else's work, and leaving. Nothing is known here of what is done.
"""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Callable
from typing import TypeVar, cast

T = TypeVar("T")


async def aside(work: Callable[[Callable[[], bool]], T], name: str) -> T:
    """What `work` returns or raises. It is given a question: whether nobody waits any more."""
    loop, over = asyncio.get_running_loop(), threading.Event()
    future: asyncio.Future[T] = loop.create_future()

    def deliver(result: T | None, error: Exception | None) -> None:
        if future.done():
            return
        if error is not None:
            future.set_exception(error)
        else:
            future.set_result(cast(T, result))

    def body() -> None:
        result: T | None = None
        error: Exception | None = None
        try:
            result = work(over.is_set)
        except Exception as raised:
            error = raised
        with contextlib.suppress(RuntimeError):  # the loop is closed: nobody waits
            loop.call_soon_threadsafe(deliver, result, error)

    threading.Thread(target=body, name=name, daemon=True).start()
    try:
        return await future
    finally:
        over.set()
