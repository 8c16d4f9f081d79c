"""Turns what has arrived into Snapshots, at a bounded rate, and tells who waits for one.

One Snapshot takes everything that arrived before it. The first after a quiet time is made at once;
while events keep coming the pause grows with what a Snapshot costs, so that the Engine's thread
never takes the interpreter away from the screen for long. How a Snapshot is completed is handed in
as `stages`.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from math import inf

from fluxtui.domain.board import Finding, Severity
from fluxtui.domain.snapshot import Snapshot
from fluxtui.engine.publication.gate import Gate
from fluxtui.engine.publication.store import Batch, Store
from fluxtui.kit.clock import Clock

Condition = Callable[[Snapshot], bool]
_LONGEST_PAUSE = 2.0
_SHORTEST_NAP, _LONGEST_NAP = 0.05, 60.0
HASTY = 0.3
"""For whoever waits for one answer: what arrives together still comes in one Snapshot."""
TOGETHER = 0.5
"""Seconds at most that what has arrived waits for what is under way, to come in one Snapshot. What
it makes us ask for is asked meanwhile."""
MANY, WHOLE, LONG = 1000, 1.0, 3
"""While the first lists arrive, more objects than that wait so many seconds for the rest, and once
more if some of it has come, LONG times at most: half of a large picture costs as much as all of it,
and to make it twice would take longer than to have waited for it."""
STARTING = 0.5
"""Seconds between Snapshots while first lists arrive, where a screen looks on."""
PATIENT = 4.0
"""So many times what a Snapshot costs the interpreter is left to the screen."""


class Publisher:
    """Lives on the Engine's loop. `whole` is set once a Snapshot was made of all that was asked for
    first. `interval`: the shortest pause between Snapshots, in seconds;
    `share`: how many times what a Snapshot cost the pause after it is at least; `under_way`, for
    whoever waits for one answer: whether more is about to arrive. `ahead`: what can be done before
    anything is judged: for them those stages that make more arrive, else what reads objects."""

    def __init__(
        self,
        store: Store,
        gate: Gate,
        clock: Clock,
        interval: float,
        stages: Callable[[Batch], Snapshot],
        share: float = PATIENT,
        under_way: Callable[[], bool] | None = None,
        ahead: Callable[[Batch], Snapshot] | None = None,
    ) -> None:
        self._under_way = under_way
        self._ahead = ahead
        self._store = store
        self._gate = gate
        self._clock = clock
        self._interval = interval
        self._share = share
        self._stages = stages
        self.whole = asyncio.Event()
        self._waiting: list[tuple[Condition, asyncio.Future[Snapshot]]] = []

    async def run(self) -> None:
        """Publish until cancelled."""
        while True:
            while not self._store.is_new:
                await self._more()
            # One turn of the loop: whatever else is ready now comes into the same Snapshot.
            await asyncio.sleep(0)
            busy = self._clock.busy()
            try:
                await self._together()
                busy = self._clock.busy()
                self.publish_if_new()
            except Exception as error:
                # Whatever it is, the next change must have its Snapshot.
                self._store.note("publishing", _fault(error))
            cost = self._clock.busy() - busy
            # Counted from the end: so the gate, of the same interval, is open when the next one
            # comes.
            await self._rest(min(_LONGEST_PAUSE, max(self._shortest(), self._share * cost)))

    def _shortest(self) -> float:
        """Parts of a first picture come seldom: each is drawn by the interpreter that it waits
        for, and the pause ends with the last list anyway."""
        starting = self._under_way is None and not self._store.settled.is_set()
        return max(self._interval, STARTING) if starting else self._interval

    async def _rest(self, pause: float) -> None:
        """A pause; one that begins with half of a first picture ends when that can be whole."""
        if self._store.settled.is_set():
            await self._clock.sleep(pause)
            return
        ends = [
            asyncio.ensure_future(self._clock.sleep(pause)),
            asyncio.ensure_future(self._store.settled.wait()),
        ]
        try:
            while not any(end.done() for end in ends):
                self._store.arrived.clear()
                ends.append(asyncio.ensure_future(self._store.arrived.wait()))
                await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
                ends.pop().cancel()
                self._read_on()
        finally:
            for end in ends:
                end.cancel()

    def _read_on(self) -> None:
        """While more of a first picture is on its way, nobody else needs the interpreter much."""
        if self._under_way is not None or not self._store.unread:
            return
        try:
            self._look_ahead()
        except Exception as error:
            self._store.note("publishing", _fault(error))

    async def _together(self) -> None:
        """A Snapshot costs more than most of what comes in it, and nobody looks at half of one."""
        if self._under_way is None:
            for _ in range(LONG):
                came = self._store.pending
                if came <= MANY or self._store.settled.is_set():
                    break
                await self._rest(WHOLE)
                if self._store.pending == came:
                    break
            return
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(TOGETHER):
                while self._under_way():
                    self._look_ahead()
                    await self._more()

    def _look_ahead(self) -> None:
        """Have what has arrived asked about, without judging it."""
        if self._ahead is not None:
            batch = self._store.take(self._clock.now())
            snapshot = batch.half
            try:
                snapshot = self._ahead(batch)
            finally:  # whatever trips, what was taken is not lost
                self._store.advance(batch, snapshot)

    async def _more(self) -> None:
        """Until something has arrived, or time alone has made what is known mean more."""
        self._store.arrived.clear()
        arrived = asyncio.ensure_future(self._store.arrived.wait())
        try:
            while (wait := self._store.due - self._clock.now()) < inf:
                # A clock may be set, and stands still while a machine sleeps: not all at once.
                soon = min(max(wait, _SHORTEST_NAP), _LONGEST_NAP)
                over = asyncio.ensure_future(self._clock.sleep(soon))
                await asyncio.wait((arrived, over), return_when=asyncio.FIRST_COMPLETED)
                over.cancel()
                if arrived.done():
                    return
                if self._clock.now() >= self._store.due:
                    self._store.again()
                    return
            await arrived
        finally:
            arrived.cancel()

    def publish_if_new(self) -> None:
        """Make a Snapshot now when something arrived since the last."""
        if self._store.is_new:
            self.publish()

    def publish(self) -> None:
        """Make one Snapshot now."""
        snapshot = self._stages(self._store.take(self._clock.now()))
        self._store.commit(snapshot)
        for waiting in list(self._waiting):
            condition, future = waiting
            if future.done():
                continue
            try:
                if condition(snapshot):
                    future.set_result(snapshot)
            except Exception as error:
                future.set_exception(error)
        self._gate.knock()
        if self._store.settled.is_set():
            self.whole.set()

    async def until(self, condition: Condition, timeout: float) -> Snapshot:
        """The first Snapshot for which `condition` holds, the present one included.

        Raises TimeoutError after `timeout` seconds, and whatever the condition raises.
        """
        if condition(self._store.snapshot):
            return self._store.snapshot
        future: asyncio.Future[Snapshot] = asyncio.get_running_loop().create_future()
        entry = (condition, future)
        self._waiting.append(entry)
        try:
            async with asyncio.timeout(timeout):
                return await future
        finally:
            self._waiting.remove(entry)


def _fault(error: Exception) -> Finding:
    return Finding(
        Severity.ERROR,
        "engine-fault",
        "",
        f"a Snapshot could not be made: {type(error).__name__}: {error}",
        "what is shown may be older than it looks; please report this",
    )
