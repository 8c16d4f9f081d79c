"""Keeps the tags of every OCIRepository's repository listed, with ages and errors.

One task per repository: lists it every interval, sooner when asked or when a source picked
something new. A registry that is down costs its own lists only: the last tags stay, with the error
beside them (a finding of the overview). Which tag is chosen is not decided here.
"""

from __future__ import annotations

import asyncio
import dataclasses
from collections.abc import Iterable
from types import MappingProxyType

from fluxtui.domain.errors import FluxtuiError
from fluxtui.domain.kinds import ocirepository
from fluxtui.domain.revision import digest_of, tag_of
from fluxtui.domain.snapshot import Snapshot, TagFacts, TagList
from fluxtui.engine.clock import Backoff, Clock, Pace
from fluxtui.engine.registries import Registries
from fluxtui.engine.store import Batch, Store, Touch

NAMELESS_LOOKS = 50


class TagWatch:
    """Lives on the Engine's loop."""

    def __init__(self, registries: Registries, store: Store, clock: Clock, pace: Pace) -> None:
        self._registries = registries
        self._store = store
        self._clock = clock
        self._pace = pace
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._asked: dict[str, asyncio.Event] = {}
        self._lists: dict[str, TagList] = {}
        self._locks: dict[str, asyncio.Lock] = {}

    def update(self, batch: Batch) -> None:
        """Follow the sources: new repositories are listed, unused ones forgotten."""
        sources = [t for t in batch.touched if (t.key.group, t.key.kind) == ocirepository.KIND.id]
        if not sources:
            return
        wanted = _repositories(batch.half)
        for repository in self._tasks.keys() - wanted:
            self._forget(repository)
        for repository in wanted - self._tasks.keys():
            self._asked[repository] = asyncio.Event()
            self._tasks[repository] = asyncio.create_task(
                self._keep(repository), name=f"tags {repository}"
            )
        for repository in _picked_anew(sources) & self._asked.keys():
            self._asked[repository].set()

    async def list_now(self, repository: str) -> TagList:
        """List the tags now. Never raises for a registry's answer: the error is in the TagList."""
        async with self._locks.setdefault(repository, asyncio.Lock()):
            known = self._lists.get(repository, TagList(repository))
            try:
                tags = await self._registries.list_tags(repository)
            except FluxtuiError as error:
                listed = dataclasses.replace(self._known(repository), error=str(error))
            else:
                known = self._known(repository)
                # The same tuple when nothing changed: readers compare by identity.
                same = known.tags if known.tags == tags else tags
                listed = dataclasses.replace(
                    known, tags=same, listed_at=self._clock.now(), error=""
                )
            self._keep_list(listed)
            return listed

    async def read_facts(self, repository: str, tags: Iterable[str]) -> TagList:
        """Read the manifests of these tags. Tags that cannot be read stay without facts.

        Raises the first error only when not one manifest could be read.
        """
        names = list(dict.fromkeys(tags))
        answers = await asyncio.gather(
            *(self._registries.facts(repository, tag) for tag in names), return_exceptions=True
        )
        found = {a.tag: a for a in answers if isinstance(a, TagFacts)}
        errors = [a for a in answers if isinstance(a, BaseException)]
        if errors and not found:
            raise errors[0]
        known = self._known(repository)
        listed = dataclasses.replace(known, facts=MappingProxyType({**known.facts, **found}))
        self._keep_list(listed)
        return listed

    async def _keep(self, repository: str) -> None:
        backoff = Backoff(self._pace)
        while True:
            self._asked[repository].clear()
            try:
                listed = await self.list_now(repository)
                if not listed.error:
                    await self._name_digests(repository)
            except FluxtuiError as error:
                listed = dataclasses.replace(self._known(repository), error=str(error))
            if listed.error:
                wait = min(self._pace.listing, backoff.next())
            else:
                backoff.reset()
                wait = self._pace.listing
            await self._sleep_or_asked(repository, wait)

    async def _sleep_or_asked(self, repository: str, seconds: float) -> None:
        ends = [
            asyncio.ensure_future(self._clock.sleep(seconds)),
            asyncio.ensure_future(self._asked[repository].wait()),
        ]
        try:
            await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for end in ends:
                end.cancel()

    async def _name_digests(self, repository: str) -> None:
        """Read facts that the board needs: of what is picked, and of digests without a tag."""
        known = self._known(repository)
        wanted: dict[str, None] = {}
        nameless = False
        for resource in self._store.snapshot.of_kind(ocirepository.KIND):
            if ocirepository.url(resource) != repository:
                continue
            revision = ocirepository.revision(resource)
            tag, digest = tag_of(revision), digest_of(revision)
            if tag and (tag not in known.facts or known.facts[tag].digest != digest):
                wanted[tag] = None
            pick = self._store.snapshot.selections.get(resource.key)
            if pick is not None and pick.chosen and pick.chosen not in known.facts:
                wanted[pick.chosen] = None
            if digest and not tag and all(f.digest != digest for f in known.facts.values()):
                nameless = True
        if nameless:
            # The newest tags are mostly listed last; looking at all of thousands would be rude.
            unread = [t for t in known.tags if t not in known.facts]
            wanted.update(dict.fromkeys(unread[-NAMELESS_LOOKS:]))
        there = [tag for tag in wanted if tag in known.tags]
        if there:
            await self.read_facts(repository, there)

    def _known(self, repository: str) -> TagList:
        return self._lists.get(repository, TagList(repository))

    def _keep_list(self, listed: TagList) -> None:
        self._lists[listed.repository] = listed
        self._store.tag_list(listed)

    def _forget(self, repository: str) -> None:
        self._tasks.pop(repository).cancel()
        self._asked.pop(repository)
        self._lists.pop(repository, None)
        self._locks.pop(repository, None)
        self._store.forget_tags(repository)


def _repositories(snapshot: Snapshot) -> set[str]:
    urls = {ocirepository.url(resource) for resource in snapshot.of_kind(ocirepository.KIND)}
    return urls - {""}


def _picked_anew(sources: Iterable[Touch]) -> set[str]:
    return {
        ocirepository.url(touch.after)
        for touch in sources
        if touch.after is not None
        and touch.before is not None
        and ocirepository.revision(touch.after) != ocirepository.revision(touch.before)
    }
