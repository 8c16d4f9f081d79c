"""Which key is looked at next: never two runs at once on one key, and nothing is lost meanwhile.

A key that is added while it is being worked on runs again afterwards. This module knows keys and
time, and nothing about what they name.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Hashable
from typing import Generic, TypeVar

from fluxtui.kit.clock import Clock

K = TypeVar("K", bound=Hashable)
Process = Callable[[K], Awaitable[float | None]]
"""Work for one key; seconds until its next run, None for never."""
Failed = Callable[[K, Exception, int], float | None]
"""What to make of the nth error in a row of a key; seconds until the next try, None for never."""


class KeyQueue(Generic[K]):
    """Keys that are ready, keys that will be, and keys being worked on."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._ready: dict[K, None] = {}
        self._due: dict[K, float] = {}
        self._running: dict[K, asyncio.Task[None]] = {}
        self._failures: dict[K, int] = {}
        self._wake = asyncio.Event()
        self.settled = asyncio.Event()
        """Set while nothing runs and nothing is ready to; what is due later does not count."""
        self.settled.set()

    def add(self, *keys: K) -> None:
        """Run these as soon as possible, in this order."""
        for key in keys:
            self._ready.setdefault(key)
            self.settled.clear()
        self._wake.set()

    def forget(self, key: K) -> None:
        """What it names is gone: drop what was planned for it."""
        self._ready.pop(key, None)
        self._due.pop(key, None)
        self._failures.pop(key, None)
        self._settle()

    async def run(self, process: Process[K], workers: int, failed: Failed[K]) -> None:
        """Work for ever, on `workers` keys at once.

        `failed` is told what `process` raises and must not raise itself. Ends only by
        cancellation, and cancels what is running then.
        """
        try:
            while True:
                self._wake.clear()
                self._start(process, workers, failed)
                await self._clock.wait(self._wake, self._next_due())
        finally:
            tasks = list(self._running.values())
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    def _start(self, process: Process[K], workers: int, failed: Failed[K]) -> None:
        now = self._clock.monotonic()
        for key, due in sorted(self._due.items(), key=lambda item: item[1]):
            if due > now:
                break
            del self._due[key]
            self._ready.setdefault(key)
            self.settled.clear()
        for key in [key for key in self._ready if key not in self._running]:
            if len(self._running) >= workers:
                return
            del self._ready[key]
            self._due.pop(key, None)
            self._running[key] = asyncio.create_task(self._one(process, key, failed))

    async def _one(self, process: Process[K], key: K, failed: Failed[K]) -> None:
        try:
            delay = await self._tried(process, key, failed)
            if delay is not None:
                self._due[key] = self._clock.monotonic() + delay
        finally:
            del self._running[key]
            self._settle()
            self._wake.set()

    async def _tried(self, process: Process[K], key: K, failed: Failed[K]) -> float | None:
        try:
            delay = await process(key)
        except Exception as error:
            times = self._failures[key] = self._failures.get(key, 0) + 1
            return failed(key, error, times)
        self._failures.pop(key, None)
        return delay

    def _settle(self) -> None:
        if not self._running and not self._ready:
            self.settled.set()

    def _next_due(self) -> float | None:
        if not self._due:
            return None
        return max(0.0, min(self._due.values()) - self._clock.monotonic())
