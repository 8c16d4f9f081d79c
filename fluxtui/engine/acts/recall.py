"""Keeps what the Journal tells of other sessions in the Store, for as long as it grows.

Another terminal acts through the same Journal: an act that it runs must not be told as running
after it has ended, nor be told by nobody. Acts of this session are the Store's own already. It
must not write.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from fluxtui.engine.publication.store import ACTS_KEPT, Store

if TYPE_CHECKING:
    from fluxtui.domain.snapshot import Act
    from fluxtui.engine.acts.journal import Journal
    from fluxtui.kit.clock import Clock

EVERY = 2.0  # seconds between two looks at whether the file has grown


class Recall:
    """Lives on the Engine's loop."""

    def __init__(self, journal: Journal, store: Store, clock: Clock) -> None:
        self._journal = journal
        self._store = store
        self._clock = clock
        self._mark: object = None
        self._elsewhere = False

    def look(self, *, acts: bool = True) -> None:
        """Read all of it now; `acts` False: only what somebody must be reminded of. Raises
        OSError."""
        self._mark = self._journal.mark()
        if self._mark is None or (not acts and self._journal.is_settled()):
            return
        from fluxtui.engine.acts.past import past_acts

        self._take(past_acts(self._journal, ACTS_KEPT))

    async def run(self) -> None:
        """Look again whenever it has grown, and while another session is at an act: it may be
        killed without a word."""
        while True:
            await self._clock.sleep(EVERY)
            from fluxtui.engine.acts.past import past_acts

            try:
                mark = self._journal.mark()
                if mark == self._mark and not self._elsewhere:
                    continue
                acts = await asyncio.to_thread(past_acts, self._journal, ACTS_KEPT)
            except OSError:
                continue  # unreadable, it says so at the next act; looking on needs none
            self._mark = mark
            self._take(acts)

    def _take(self, acts: tuple[Act, ...]) -> None:
        self._store.remember(acts)
        self._elsewhere = any(not act.finished for act in acts)
