"""Keeps the tags of every repository listed that a source picks from, with ages and errors; a chart
in an index is such a repository.

Two tasks per repository: one lists it every interval, sooner when asked or when a source picked
something new; one reads the manifests that `manifests` wants whenever a Selection is new. A
registry that is down costs its own lists only: the last tags stay, with the error beside them (a
finding of the overview). Which tag is chosen is not decided here.
"""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
from collections.abc import Awaitable, Callable, Iterable, Mapping
from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING

from fluxtui.domain import kinds
from fluxtui.domain.errors import ArtifactMissing, FluxtuiError
from fluxtui.domain.kinds import sources
from fluxtui.domain.picking import concerns, index_of, pickers, picking
from fluxtui.domain.resource import Key, Resource
from fluxtui.domain.revision import is_digest
from fluxtui.domain.selection import Selection
from fluxtui.domain.snapshot import Snapshot, TagFacts, TagList
from fluxtui.engine.pace import Pace
from fluxtui.engine.publication.store import Batch, Store, Touch
from fluxtui.engine.registries import RegistryDoor
from fluxtui.engine.tags.manifests import NEWEST_LOOKS, wanted
from fluxtui.kit.backoff import Backoff
from fluxtui.kit.clock import Clock

if TYPE_CHECKING:
    from fluxtui.domain.pushcontent import PushContent
    from fluxtui.engine.tags.indexes import ChartIndexes


class _Reading:
    """What was done about one repository's manifests since it was listed last."""

    def __init__(self) -> None:
        self.due = asyncio.Event()
        self.fresh: frozenset[str] = frozenset()
        self.tried: set[str] = set()
        self.spare = 0
        self.unsaid = self.busy = False


class TagWatch:
    """Lives on the Engine's loop."""

    def __init__(
        self,
        registries: RegistryDoor,
        store: Store,
        clock: Clock,
        pace: Pace,
        indexes: Callable[[], ChartIndexes],
        before: Callable[[str], Awaitable[None]] | None = None,
        *,
        times: bool = True,
        first: Callable[[], Awaitable[None]] | None = None,
    ) -> None:
        """`indexes` is called when the first index is met; `before` is awaited before a repository
        is listed first, and after each failure. `times`: whether manifests are also read only for
        when they were published. `first`: what comes before any repository is listed unasked.
        """
        self._first = first
        self._spare = NEWEST_LOOKS if times else 0
        self._before = before
        self._registries = registries
        self._open_indexes = indexes
        self._store = store
        self._clock = clock
        self._pace = pace
        self._tasks: dict[str, tuple[asyncio.Task[None], ...]] = {}
        self._reading: dict[str, _Reading] = {}
        self._selections: Mapping[Key, Selection] = MappingProxyType({})
        self._followers: tuple[object, dict[str, list[Resource]]] = (None, {})
        self._asked: dict[str, asyncio.Event] = {}
        self._lists: dict[str, TagList] = {}
        self._locks: dict[str, asyncio.Lock] = {}
        self._charts: dict[str, set[str]] = {}  # of each index, those that are followed

    @cached_property
    def _indexes(self) -> ChartIndexes:
        return self._open_indexes()

    @property
    def is_behind(self) -> bool:
        """Whether something is still to be asked of what is known already."""
        unread = any(reading.busy or reading.due.is_set() for reading in self._reading.values())
        return unread or any(repository not in self._lists for repository in self._tasks)

    def follow(self, batch: Batch, snapshot: Snapshot) -> Snapshot:
        """A stage: new repositories are listed, unused ones forgotten."""
        self._follow(batch)
        return snapshot

    def _follow(self, batch: Batch) -> None:
        touched = [touch for touch in batch.touched if concerns(touch.key)]
        if not touched:
            return
        repositories = {picked.address for _source, picked in pickers(batch.half)}
        for repository in self._tasks.keys() - repositories:
            self._forget(repository)
        for repository in sorted(repositories - self._tasks.keys()):
            place = index_of(repository)
            if place is not None:
                self._charts.setdefault(place[0], set()).add(place[1])
            self._asked[repository] = asyncio.Event()
            self._reading[repository] = reading = _Reading()
            reading.spare = self._spare
            self._tasks[repository] = (
                asyncio.create_task(self._keep(repository), name=f"tags {repository}"),
                asyncio.create_task(self._read(repository), name=f"manifests {repository}"),
            )
        for repository in _picked_anew(touched, batch.half) & self._asked.keys():
            self._asked[repository].set()

    def read(self, _batch: Batch, snapshot: Snapshot) -> Snapshot:
        """A stage, of a Snapshot that is whole: new picks may want new manifests."""
        self._look(snapshot)
        return snapshot

    def _look(self, snapshot: Snapshot) -> None:
        for unsaid in [r for r in self._reading.values() if r.unsaid]:
            unsaid.due.set()
        before, self._selections = self._selections, snapshot.selections
        if before is snapshot.selections:
            return
        for key, selection in snapshot.selections.items():
            if before.get(key) is not selection and (resource := snapshot.get(key)) is not None:
                picked = picking(snapshot, resource)
                reading = self._reading.get(picked.address) if picked is not None else None
                if reading is not None:
                    reading.due.set()

    async def list_now(self, repository: str) -> TagList:
        """List the tags now. Never raises for a registry's answer: the error is in the TagList."""
        async with self._locks.setdefault(repository, asyncio.Lock()):
            older = self._lists.get(repository, TagList(repository))
            on_demand = repository not in self._tasks
            if on_demand and self._before is not None:
                await self._before(repository)
            try:
                tags, facts = await self._ask(repository)
            except FluxtuiError as error:
                absent = isinstance(error, ArtifactMissing)
                listed = dataclasses.replace(
                    self._known(repository),
                    error=str(error),
                    absent=absent,
                    on_demand=on_demand,
                )
            else:
                older = self._known(repository)
                # The same tuple when nothing changed: readers compare by identity.
                unchanged = older.tags if older.tags == tags else tags
                self._listed_anew(older, tags)
                listed = dataclasses.replace(
                    older,
                    tags=unchanged,
                    facts=older.facts if facts is None else facts,
                    listed_at=self._clock.now(),
                    error="",
                    absent=False,
                    on_demand=on_demand,
                    read_for=older.read_for if unchanged is older.tags else frozenset(),
                    compared=MappingProxyType({}),
                )
            self._keep_list(listed)
            return listed

    async def _ask(self, repository: str) -> tuple[tuple[str, ...], Mapping[str, TagFacts] | None]:
        """Its tags and, where an index says it, what is known of each. Raises FluxtuiError."""
        place = index_of(repository)
        if place is None:
            return await self._registries.list_tags(repository), None
        url, chart = place
        listed = await self._indexes.versions(url, chart, self._charts.get(url, ()))
        return listed.tags, listed.facts

    async def read_facts(
        self, repository: str, names: Iterable[str], *, signatures: bool = True
    ) -> TagList:
        """Read the manifests of these tags or digests, and look for their signatures. What cannot
        be read stays without facts.

        Raises the first error only when not one manifest could be read; that there is none is an
        answer.
        """
        if index_of(repository) is not None:
            return self._known(repository)  # an index says at once all that it says
        wanted_names = list(dict.fromkeys(names))
        tags = frozenset(self._known(repository).tags) or None
        answers = await asyncio.gather(
            *(
                self._registries.facts(repository, name, signature=signatures, tags=tags)
                for name in wanted_names
            ),
            return_exceptions=True,
        )
        read = {
            name: a
            for name, a in zip(wanted_names, answers, strict=True)
            if isinstance(a, TagFacts)
        }
        failed = [a for a in answers if isinstance(a, BaseException)]
        errors = [a for a in failed if not isinstance(a, ArtifactMissing)]
        if errors and not read:
            raise errors[0]
        older = self._known(repository)
        facts = {n: _kept(older.facts.get(n), a) for n, a in read.items() if not is_digest(n)}
        pinned = {n: _kept(older.pinned.get(n), a) for n, a in read.items() if is_digest(n)}
        listed = dataclasses.replace(
            older,
            facts=MappingProxyType({**older.facts, **facts}) if facts else older.facts,
            pinned=MappingProxyType({**older.pinned, **pinned}) if pinned else older.pinned,
        )
        self._keep_list(listed)
        return listed

    async def compare(self, content: PushContent) -> TagList:
        """Note whether the tag of a push holds what its folder packs to, or why nobody can say."""
        try:
            answer: bool | str = await self._registries.holds(content)
        except (FluxtuiError, OSError) as error:
            answer = str(error)
        older = self._known(content.repository)
        compared = MappingProxyType({**older.compared, content: answer})
        listed = dataclasses.replace(older, compared=compared)
        self._keep_list(listed)
        return listed

    async def _keep(self, repository: str) -> None:
        backoff = Backoff(self._pace.first, self._pace.most)
        blind = True
        if self._first is not None:
            await self._first()
        while True:
            self._asked[repository].clear()
            if blind and self._before is not None:
                await self._before(repository)
            listed = await self.list_now(repository)
            blind = bool(listed.error)
            if blind:
                wait = min(self._pace.listing, backoff.next())
            else:
                backoff.reset()
                wait = self._pace.listing
            await self._sleep_or_asked(repository, wait)

    def _listed_anew(self, older: TagList, tags: tuple[str, ...]) -> None:
        """Manifests may be tried again, and some more be read."""
        reading = self._reading.get(older.repository)
        if reading is None:
            return
        if older.listed_at:
            reading.fresh = frozenset(tags) - frozenset(older.tags)
        reading.tried.clear()
        reading.spare = self._spare
        reading.due.set()

    async def _read(self, repository: str) -> None:
        reading = self._reading[repository]
        while True:
            reading.busy = False
            await reading.due.wait()
            reading.busy = True
            reading.due.clear()
            want = wanted(
                self._sources(repository),
                self._store.latest.selections,
                self._known(repository),
                fresh=reading.fresh,
                tried=reading.tried,
                spare=reading.spare,
            )
            names = (*want.tags, *want.digests)
            reading.tried.update(names)
            reading.spare -= len(want.spare)
            if names:
                # What cannot be read now is asked for again when the tags are listed again; a row
                # in sight that has no facts says so.
                with contextlib.suppress(FluxtuiError):
                    await self.read_facts(repository, names, signatures=False)
                reading.due.set()
            else:
                reading.unsaid = not self._all_read(repository)

    def _all_read(self, repository: str) -> bool:
        """Note for whom manifests were read; False while no Snapshot rests on the newest list."""
        listed = self._known(repository)
        if self._store.latest.tags.get(repository) is not listed:
            return False
        readers = frozenset(source.key for source in self._sources(repository))
        if listed.listed_at and readers != listed.read_for:
            self._keep_list(dataclasses.replace(listed, read_for=readers))
        return True

    def _sources(self, repository: str) -> list[Resource]:
        """Who follows the repository; looked through once per Snapshot, not once per repository."""
        snapshot = self._store.latest
        if self._followers[0] is not snapshot.resources:
            followers: dict[str, list[Resource]] = {}
            for resource, picked in pickers(snapshot):
                followers.setdefault(picked.address, []).append(resource)
            self._followers = (snapshot.resources, followers)
        return self._followers[1].get(repository, [])

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

    def _known(self, repository: str) -> TagList:
        return self._lists.get(repository, TagList(repository))

    def _keep_list(self, listed: TagList) -> None:
        # A registry that stays away is tried again and again: hundreds of equal answers must not
        # keep the Engine making Snapshots, or a real change would wait for its turn behind them.
        if listed != self._lists.get(listed.repository):
            self._lists[listed.repository] = listed
            self._store.tag_list(listed)

    def _forget(self, repository: str) -> None:
        for task in self._tasks.pop(repository):
            task.cancel()
        self._asked.pop(repository)
        self._reading.pop(repository)
        self._lists.pop(repository, None)
        self._locks.pop(repository, None)
        self._store.forget_tags(repository)
        place = index_of(repository)
        if place is None:
            return
        charts = self._charts[place[0]]
        charts.discard(place[1])
        if not charts:
            del self._charts[place[0]]
            self._indexes.forget(place[0])


def _kept(before: TagFacts | None, now: TagFacts) -> TagFacts:
    """What was found out about a signature stays while the digest does."""
    if now.signed is None and before is not None and before.digest == now.digest:
        return dataclasses.replace(now, signed=before.signed, blind=now.blind or before.blind)
    return now


def _picked_anew(touched: Iterable[Touch], half: Snapshot) -> set[str]:
    """What a source has picked anew from, and what is in an index that was fetched anew."""
    moved = {
        touch.key
        for touch in touched
        if touch.after is not None
        and touch.before is not None
        and sources.revision(touch.after) != sources.revision(touch.before)
    }
    if not moved:
        return set()
    return {
        picked.address
        for resource, picked in pickers(half)
        if resource.key in moved or not moved.isdisjoint(kinds.needs(resource))
    }
