"""A queue of keys with one rule: never two at once on one key, and nothing is lost meanwhile.

Delays run on the World's clock; an error sends the key round again a little later. What is done for
a key is somebody else's.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable

from fluxtui.domain.errors import ClusterError, Conflict, NotFound
from fluxtui.kit.clock import Clock
from fluxtui.world.simulator.cache import Key

_LOG = logging.getLogger(__name__)
_RETRY_FIRST, _RETRY_MOST = 0.25, 8.0
_AT_ONCE = 8

Reconcile = Callable[[Key], Awaitable[float | None]]
"""Work for one key; seconds until the key wants to be looked at again, or None."""


class WorkQueue:
    """Runs `reconcile` for every key that was added, in tasks of one group."""

    def __init__(self, name: str, reconcile: Reconcile, clock: Clock) -> None:
        self.name = name
        self._reconcile = reconcile
        self._clock = clock
        self._dirty: set[Key] = set()
        self._running: dict[Key, asyncio.Task[None]] = {}
        self._later: dict[Key, asyncio.Task[None]] = {}
        self._failures: dict[Key, int] = {}
        self._gate = asyncio.Semaphore(_AT_ONCE)
        self._closed = False

    def add(self, key: Key) -> None:
        """Have `key` looked at soon (again, when it is being looked at right now)."""
        if self._closed:
            return
        self._dirty.add(key)
        if key not in self._running:
            self._running[key] = asyncio.create_task(self._work(key), name=f"{self.name} {key}")

    def add_after(self, key: Key, seconds: float) -> None:
        """Have `key` looked at in `seconds` of the World; replaces an earlier appointment."""
        if self._closed:
            return
        earlier = self._later.pop(key, None)
        if earlier is not None:
            earlier.cancel()
        self._later[key] = asyncio.create_task(self._wait(key, seconds))

    async def close(self) -> None:
        """End all work."""
        self._closed = True
        tasks = [*self._running.values(), *self._later.values()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _wait(self, key: Key, seconds: float) -> None:
        await self._clock.sleep(seconds)
        del self._later[key]
        self.add(key)

    async def _work(self, key: Key) -> None:
        try:
            while key in self._dirty:
                self._dirty.discard(key)
                async with self._gate:
                    again = await self._once(key)
                if again is not None:
                    self.add_after(key, again)
        finally:
            del self._running[key]

    async def _once(self, key: Key) -> float | None:
        try:
            again = await self._reconcile(key)
        except (Conflict, NotFound) as error:
            # Our view was old; the news are on their way. Come back in case they were not news.
            _LOG.debug("%s %s: %s", self.name, key, error)
            return self._back_off(key)
        except ClusterError as error:
            _LOG.warning("%s %s: %s", self.name, key, error)
            return self._back_off(key)
        except Exception:
            # A malformed object must not end the simulation of all others.
            _LOG.exception("%s %s", self.name, key)
            return None
        self._failures.pop(key, None)
        return again

    def _back_off(self, key: Key) -> float:
        failures = self._failures.get(key, 0)
        self._failures[key] = failures + 1
        return float(min(_RETRY_MOST, _RETRY_FIRST * 2**failures))
