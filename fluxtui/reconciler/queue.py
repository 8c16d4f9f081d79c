"""Which object is looked at next: one queue a kind, never two runs at once on one object.

A key added while its object is being worked on runs again afterwards. This module knows keys and
time, and nothing about objects.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable

from fluxtui.kit.clock import Clock
from fluxtui.reconciler.objects import Name

Process = Callable[[Name], Awaitable[float | None]]


class Queue:
    """Keys that are ready, keys that will be, and keys being worked on."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._ready: dict[Name, None] = {}
        self._due: dict[Name, float] = {}
        self._running: dict[Name, asyncio.Task[None]] = {}
        self._wake = asyncio.Event()
        self.settled = asyncio.Event()
        """Set while nothing runs and nothing is ready to; what is due later does not count."""
        self.settled.set()

    def add(self, keys: Name | Iterable[Name]) -> None:
        """Run these as soon as possible, in this order."""
        for key in [keys] if isinstance(keys, Name) else keys:
            self._ready.setdefault(key)
            self.settled.clear()
        self._wake.set()

    def forget(self, key: Name) -> None:
        """The object is gone: drop what was planned for it."""
        self._ready.pop(key, None)
        self._due.pop(key, None)
        self._settle()

    async def run(self, process: Process, workers: int) -> None:
        """Work for ever: `process` gives the seconds until its key's next run, None for never.

        `process` must not raise. Ends only by cancellation, and cancels what is running then.
        """
        try:
            while True:
                self._wake.clear()
                self._start(process, workers)
                await self._clock.wait(self._wake, self._next_due())
        finally:
            tasks = list(self._running.values())
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    def _start(self, process: Process, workers: int) -> None:
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
            self._running[key] = asyncio.create_task(self._one(process, key))

    async def _one(self, process: Process, key: Name) -> None:
        try:
            delay = await process(key)
            if delay is not None:
                self._due[key] = self._clock.monotonic() + delay
        finally:
            del self._running[key]
            self._settle()
            self._wake.set()

    def _settle(self) -> None:
        if not self._running and not self._ready:
            self.settled.set()

    def _next_due(self) -> float | None:
        if not self._due:
            return None
        return max(0.0, min(self._due.values()) - self._clock.monotonic())
