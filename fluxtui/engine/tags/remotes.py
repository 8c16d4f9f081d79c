"""Asks the Git remotes of sources what they hold now, where the user has turned that on.

One task a question, however many sources put it; at most a few at once, each in a thread of its
own that ends when nobody waits any more. A remote that is down costs its own answer only, and is
asked again ever more rarely. No Secret is read, and nothing is written anywhere.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from fluxtui.domain import kinds
from fluxtui.domain.config import Config
from fluxtui.domain.errors import FluxtuiError
from fluxtui.domain.gitreference import RemoteAnswer, RemoteQuestion
from fluxtui.domain.kinds import sources
from fluxtui.domain.picking import remotes_of
from fluxtui.domain.snapshot import Snapshot
from fluxtui.engine.pace import Pace
from fluxtui.engine.publication.store import Batch, Store
from fluxtui.kit.asides import aside
from fluxtui.kit.backoff import Backoff
from fluxtui.kit.clock import Clock

LONGEST = 20.0
_AT_ONCE = 4
_KINDS = tuple(kind for kind in kinds.SOURCES if kind.source and kind.source.reference)


class RemoteReader:
    """Asks one remote one question; lives on the Engine's loop."""

    def __init__(self, config: Config, store: Store, clock: Clock) -> None:
        self._config = config
        self._store = store
        self._clock = clock
        self._slots = asyncio.Semaphore(_AT_ONCE)

    async def now(self, asked: RemoteQuestion) -> RemoteAnswer:
        """What it says, in the Snapshot as well; never raises for its answer."""
        if not self._config.ask_remotes:
            return RemoteAnswer(error="Git remotes are not asked: git.askRemotes is off")
        async with self._slots:
            answer = await aside(lambda over: self._answer(asked, over), f"remote {asked.url}")
        self._store.remote(asked, answer)
        return answer

    def _answer(self, asked: RemoteQuestion, over: Callable[[], bool]) -> RemoteAnswer:
        from fluxtui.artifacts.gitahead import ahead
        from fluxtui.artifacts.gitwire import Patience
        from fluxtui.artifacts.settings import RegistrySettings

        about = self._config.registries
        settings = RegistrySettings(ca_files=about.ca_files, plain_http=about.plain_http)
        patience = Patience(LONGEST, over)
        try:
            revision, count = ahead(asked.url, asked.wanted, asked.stored, settings, patience)
        except FluxtuiError as error:
            return RemoteAnswer(error=error.what)
        return RemoteAnswer(revision, count, at=self._clock.now())


class RemoteWatch:
    """Lives on the Engine's loop."""

    def __init__(self, reader: RemoteReader, store: Store, clock: Clock, pace: Pace) -> None:
        self._reader = reader
        self._store = store
        self._clock = clock
        self._pace = pace
        self._tasks: dict[RemoteQuestion, asyncio.Task[None]] = {}

    def follow(self, batch: Batch, snapshot: Snapshot) -> Snapshot:
        """A stage: new questions are put, those that nobody has any more are dropped."""
        ids = {kind.id for kind in _KINDS}
        if any((touch.key.group, touch.key.kind) in ids for touch in batch.touched):
            found = map(sources.question, remotes_of(batch.half))
            wanted = {asked for asked in found if asked is not None}
            for asked in self._tasks.keys() - wanted:
                self._tasks.pop(asked).cancel()
                self._store.remote(asked, None)
            for asked in wanted - self._tasks.keys():
                self._tasks[asked] = asyncio.create_task(
                    self._keep(asked), name=f"remote {asked.url}"
                )
        return snapshot

    async def _keep(self, asked: RemoteQuestion) -> None:
        backoff = Backoff(self._pace.first, self._pace.most)
        while True:
            answer = await self._reader.now(asked)
            if answer.error:
                await self._clock.sleep(max(self._pace.listing, backoff.next()))
            else:
                backoff.reset()
                await self._clock.sleep(self._pace.listing)
