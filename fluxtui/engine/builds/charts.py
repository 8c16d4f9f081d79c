"""Answers what changes from one version of a release's chart to another: fetches both, when asked.

From where Flux takes it, an index or a registry, by the user's own credentials; digests are checked
and sizes bounded there. Packed charts go to the worker; nothing is unpacked here.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import TYPE_CHECKING

from fluxtui.domain.ask import (
    ChartDiff,
    ComparedKustomization,
    Comparison,
    DeliveredKustomization,
)
from fluxtui.domain.errors import ArtifactMissing, FluxtuiError, UsageError
from fluxtui.domain.kinds import appliers, releases, sources
from fluxtui.domain.picking import index_of, picking
from fluxtui.domain.plan import Move
from fluxtui.domain.resource import Key, Resource
from fluxtui.domain.review.content import Content
from fluxtui.domain.revision import digest_of, short_digest, tag_of
from fluxtui.domain.selection import HELM_CHART
from fluxtui.engine.builds.chartdiffs import ChartJudged, ChartReview, PackedChart, Render
from fluxtui.engine.builds.releases import ReleaseReader, unread
from fluxtui.engine.builds.worker import Worker
from fluxtui.engine.publication.store import Store
from fluxtui.engine.registries import RegistryDoor

if TYPE_CHECKING:
    from fluxtui.artifacts.chartentries import ChartVersion

_ENTRIES = "fluxtui.artifacts.chartentries:entries"
_COMPARE = "fluxtui.engine.builds.chartdiffs:compare_charts"
_REVIEWED = "fluxtui.engine.builds.chartreview:reviewed"
_RENDERED = "fluxtui.engine.builds.chartdiffs:compare_rendered"


class ChartReader:
    """Lives on the Engine's loop. `reader`: who reads values, with its masks."""

    def __init__(
        self, reader: ReleaseReader, store: Store, registries: RegistryDoor, worker: Worker
    ) -> None:
        self._reader = reader
        self._store = store
        self._registries = registries
        self._worker = worker

    async def compare(self, question: ChartDiff) -> Comparison:
        """Version -> version. What cannot be had is the part's error. Raises UsageError where the
        chart comes out of neither an index nor a registry."""
        resource = self._reader.resource(question.release)
        address = self._address(resource)
        before = question.before or deployed_version(resource)
        if not before:
            raise UsageError("no release of it is deployed", where=str(resource.key))
        names = (before, question.after)
        part = ComparedKustomization(resource.key, *names)
        missed: tuple[str, ...] = ()
        try:
            listed = await self._listed(address)
            old, new = [await self._packed(resource, address, v, listed) for v in names]
            if question.rendered:
                inputs = await self._reader.inputs(resource)
                missed = unread(inputs)
                render = Render(*releases.released_as(resource), inputs)
                arguments = (self._reader.session, old, new, render, part)
                part = await self._worker.call(_RENDERED, *arguments)
            else:
                part = await self._worker.call(_COMPARE, old, new, part)
        except FluxtuiError as error:
            part = dataclasses.replace(part, error=str(error))
        what = "rendered" if question.rendered else "as packed"
        title = f"chart of {resource.key.name}: {' -> '.join(names)}, {what}"
        return Comparison(title, (part,), missed, *names)

    async def delivered(self, key: Key, source: Resource, move: Move) -> ChartJudged:
        """What a release would get of a chart, judged; why it cannot be had is the part's error."""
        resource = self._reader.resource(key)
        runs = deployed_version(resource)
        after = _version_in(move.after or sources.revision(source))
        part = ComparedKustomization(key, runs or "nothing", short_digest(after))
        try:
            if not runs:
                raise FluxtuiError("no release of it is deployed that it could be compared with")
            address = self._address(resource)
            listed = await self._listed(address)
            old, new = [await self._packed(resource, address, v, listed) for v in (runs, after)]
            inputs = await self._reader.inputs(resource)
            review = ChartReview(
                self._reader.session,
                old,
                new,
                part,
                Render(*releases.released_as(resource), inputs),
                dict(releases.own_values(resource)),
                releases.definitions(resource),
            )
            judged: ChartJudged = await self._worker.call(_REVIEWED, review)
        except FluxtuiError as error:
            failed = DeliveredKustomization(dataclasses.replace(part, error=str(error)), Content())
            return ChartJudged(failed, (f"{key}: Helm chart not compared: {error}",))
        more = [f"{key}: {text}" for text in unread(inputs)]
        if judged.part.content.chart is not None and resource.spec.get("postRenderers"):
            more.append(f"{key}: what its spec.postRenderers make of it")
        return dataclasses.replace(judged, unread=(*judged.unread, *more))

    async def _listed(self, address: str) -> tuple[ChartVersion, ...]:
        """The chart's entries in its index; none of a registry."""
        index = index_of(address)
        if index is None:
            return ()
        sent = await self._registries.index(index[0], None)
        assert sent is not None, "asked without a word of what is known"
        found = await self._worker.call(_ENTRIES, sent.body, (index[1],))
        entries: tuple[ChartVersion, ...] = found.get(index[1], ())
        return entries

    async def _packed(
        self, resource: Resource, address: str, version: str, listed: Sequence[ChartVersion]
    ) -> PackedChart:
        index = index_of(address)
        if index is None:
            # What runs is known by its digest; a tag may name another one by now.
            runs = digest_of(appliers.running(resource))
            running = runs if version == deployed_version(resource) else ""
            name = running or version.replace("+", "_")
            pulled = await self._registries.pull(address, name, HELM_CHART)
            return PackedChart(version, pulled.layer)
        from fluxtui.artifacts.chartarchive import entry_of

        url, chart = index
        entry = entry_of(listed, version)
        if entry is None:
            raise ArtifactMissing(f"the index has no version {version} of {chart}", where=url)
        return PackedChart(version, await self._registries.archive(url, entry))

    def _address(self, resource: Resource) -> str:
        key = appliers.source(resource)
        source = self._store.snapshot.get(key) if key is not None else None
        picked = picking(self._store.snapshot, source) if source is not None else None
        if picked is None:
            fed = f"its chart comes out of {key.label}" if key is not None else "it has no chart"
            raise UsageError(
                f"{fed}: there is neither an index nor a registry to fetch versions from",
                where=str(resource.key),
            )
        return picked.address


def _version_in(text: str) -> str:
    """A version or tag as a chart spells it; of a bare digest that."""
    return tag_of(text).replace("_", "+") or digest_of(text)


def deployed_version(resource: Resource) -> str:
    """The chart's version in the release that runs, without what Flux adds of a digest."""
    return appliers.running(resource).partition("@")[0]
