"""Indexes of charts, each fetched once for all who want charts of it, as lists of versions.

Conditional: an index that has not changed is neither sent nor read again, whether or not its host
tells changes apart, and whether or not it could be read. Reading one is the worker's. An index that
cannot be had is an error of whoever asked; when it is asked for is the TagWatch's.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from fluxtui.domain.errors import ArtifactError, ArtifactMissing
from fluxtui.domain.snapshot import TagFacts
from fluxtui.engine.registries import RegistryDoor

if TYPE_CHECKING:
    from fluxtui.artifacts.chartentries import ChartVersion, Entries
    from fluxtui.artifacts.chartindex import Validators

Compute = Callable[..., Awaitable[Any]]
"""The result of `module:name` with arguments, off this loop."""
_ENTRIES = "fluxtui.artifacts.chartentries:entries"


@dataclass(frozen=True, slots=True)
class ChartList:
    """The versions of one chart in the index's order, and what it says of each."""

    tags: tuple[str, ...]
    facts: Mapping[str, TagFacts]


@dataclass
class _Index:
    """`charts`: which were looked for when it was read last; `read`: the hash of what was, and
    `fault` why it could not be."""

    known: Validators | None = None
    charts: frozenset[str] = frozenset()
    lists: Mapping[str, ChartList] = field(default_factory=dict)
    read: bytes = b""
    fault: ArtifactError | None = None
    flight: asyncio.Task[None] | None = None


class ChartIndexes:
    """Lives on the Engine's loop."""

    def __init__(self, registries: RegistryDoor, compute: Compute) -> None:
        self._registries = registries
        self._compute = compute
        self._indexes: dict[str, _Index] = {}

    async def versions(self, url: str, chart: str, charts: Collection[str]) -> ChartList:
        """The versions of the chart in the index at `url` now; who asks while it is fetched gets
        the same answer. `charts`: all that are wanted of it. Raises FluxtuiError.
        """
        index = self._indexes.setdefault(url, _Index())
        # Of hundreds who ask one does: only that one looks through all that are wanted.
        flight = index.flight or self._begun(url, index, frozenset((chart, *charts)))
        await asyncio.shield(flight)
        if chart not in index.charts:  # it was not wanted yet when that fetch began
            wanted = frozenset((chart, *charts))
            await asyncio.shield(index.flight or self._begun(url, index, wanted))
        if chart not in index.lists:
            raise ArtifactMissing(
                f"the index has no chart {chart!r}", where=url, next="check the chart's name"
            )
        return index.lists[chart]

    def forget(self, url: str) -> None:
        """Nobody wants a chart of it any more."""
        index = self._indexes.pop(url, None)
        if index is not None and index.flight is not None:
            index.flight.cancel()

    def _begun(self, url: str, index: _Index, charts: frozenset[str]) -> asyncio.Task[None]:
        index.flight = asyncio.create_task(self._refresh(url, index, charts), name=f"index {url}")
        index.flight.add_done_callback(lambda task: _landed(index, task))
        return index.flight

    async def _refresh(self, url: str, index: _Index, charts: frozenset[str]) -> None:
        known = index.known if charts <= index.charts else None
        sent = await self._registries.index(url, known)
        digest = index.read if sent is None else hashlib.sha256(sent.body).digest()
        if sent is not None and (digest != index.read or not charts <= index.charts):
            await self._reread(index, sent.body, charts)
        if sent is not None:
            index.known, index.read = sent.known, digest
        if index.fault is not None:
            raise index.fault.with_traceback(None)  # it is raised again and again

    async def _reread(self, index: _Index, body: bytes, charts: frozenset[str]) -> None:
        entries: Entries = {}
        index.fault = None
        try:
            entries = await self._compute(_ENTRIES, body, charts)
        except ArtifactError as error:
            index.fault = error
        index.lists = {name: _listed(entries[name], index.lists.get(name)) for name in entries}
        index.charts = charts


def _landed(index: _Index, task: asyncio.Task[None]) -> None:
    index.flight = None
    if not task.cancelled():
        task.exception()  # who waited has it; nobody may have


def _listed(versions: tuple[ChartVersion, ...], before: ChartList | None) -> ChartList:
    """The same object when nothing of it is new: readers compare by identity."""
    facts: dict[str, TagFacts] = {}
    for entry in versions:  # of two entries of one text the first is taken
        version = entry.version
        facts.setdefault(
            version,
            TagFacts(
                version, entry.digest, entry.created, app=entry.app, deprecated=entry.deprecated
            ),
        )
    if before is not None and before.tags == tuple(facts) and before.facts == facts:
        return before
    return ChartList(tuple(facts), MappingProxyType(facts))
