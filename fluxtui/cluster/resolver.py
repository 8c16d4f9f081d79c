"""Looks names up in threads of its own, which nobody has to wait for.

asyncio does it in the loop's few shared threads: a DNS that does not answer for one environment
would hold up the names of all others, the Journal, and whoever quits.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
import threading
from collections.abc import Callable
from typing import Any, TypeVar

T = TypeVar("T")


class Lookups:
    """The two look-ups of an event loop, for aiohttp's own resolver to stand on."""

    async def getaddrinfo(self, host: str, port: int, **hints: Any) -> list[Any]:
        """As `socket.getaddrinfo`. Raises OSError."""
        return await _alone(lambda: socket.getaddrinfo(host, port, **hints))

    async def getnameinfo(self, address: Any, flags: int = 0) -> tuple[str, str]:
        """As `socket.getnameinfo`. Raises OSError."""
        return await _alone(lambda: socket.getnameinfo(address, flags))


async def _alone(work: Callable[[], T]) -> T:
    loop = asyncio.get_running_loop()
    answer: asyncio.Future[T] = loop.create_future()

    def deliver(result: list[T], error: Exception | None) -> None:
        if answer.done():
            return
        if error is not None:
            answer.set_exception(error)
        else:
            answer.set_result(result[0])

    def body() -> None:
        result: list[T] = []
        error: Exception | None = None
        try:
            result.append(work())
        except Exception as raised:
            error = raised
        with contextlib.suppress(RuntimeError):  # the loop is closed: nobody waits any more
            loop.call_soon_threadsafe(deliver, result, error)

    threading.Thread(target=body, name="fluxtui-names", daemon=True).start()
    return await answer
