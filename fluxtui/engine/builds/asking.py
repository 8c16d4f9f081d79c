"""Asks clusters and registries what a delivery finds there: one short request a question, bounded
in number and time, and nothing is written.

What may not be read, or did not answer in time, is said and never taken for absent. Of a Secret
nothing but its metadata is asked for. What an answer means is decided by the rules.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Callable, Iterable

from fluxtui.cluster.port import ApiResource, Cluster
from fluxtui.domain.ask import ReviewStanding, Standing
from fluxtui.domain.errors import FluxtuiError, Forbidden, NotFound
from fluxtui.domain.resource import Key
from fluxtui.domain.review.asked import judged_answers
from fluxtui.domain.review.wanted import (
    Asked,
    DefinitionAsked,
    Heard,
    ImageAsked,
    KindAsked,
    ObjectAsked,
    WantedFact,
)
from fluxtui.engine.builds.askingimages import ImageRound
from fluxtui.engine.publication.store import Store
from fluxtui.engine.registries import RegistryDoor

LIMIT = 8.0
"""Seconds for all questions of one review together."""
_AT_ONCE = 6
_NAMED = 3  # things named in a sentence about what was not looked at
_DEFINITIONS = ApiResource(
    "apiextensions.k8s.io", "v1", "CustomResourceDefinition", "customresourcedefinitions", False
)
_ELSEWHERE = "it goes to another cluster, which fluxtui is not connected to"


class StandingReader:
    """Lives on the Engine's loop. `limit`: real seconds."""

    def __init__(
        self,
        store: Store,
        registries: RegistryDoor,
        cluster: Callable[[str], Cluster],
        limit: float = LIMIT,
    ) -> None:
        self._store = store
        self._registries = registries
        self._cluster = cluster
        self._limit = limit

    async def ask(self, question: ReviewStanding) -> Standing:
        """Every question put, each place once, and what the answers mean."""
        open_ = [wanted for wanted in question.wanted if not wanted.gone]
        places = dict.fromkeys((self._place(w.kustomization), w.asked) for w in open_)
        images = ImageRound(self._registries, self._cluster, self._store.snapshot)
        round_ = _Round(self._cluster, images)
        tasks = {
            (place, asked): asyncio.create_task(round_.heard(place, asked))
            for place, asked in places
            if place
        }
        if tasks:
            _done, late = await asyncio.wait(tasks.values(), timeout=self._limit)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)
        answers = []
        for wanted in question.wanted:
            reading = tasks.get((self._place(wanted.kustomization), wanted.asked))
            answers.append((wanted, Heard(False) if wanted.gone else self._answer(reading)))
        return Standing(judged_answers(answers), tuple(unread_of(answers)))

    def _answer(self, task: asyncio.Task[Heard] | None) -> Heard:
        if task is None:
            return Heard(None, _ELSEWHERE)
        if task.cancelled():
            return Heard(None, f"no answer within {self._limit:.0f} s")
        return task.result()

    def _place(self, kustomization: Key) -> str:
        """The Environment whose API it goes to; "" for a cluster that is not connected."""
        resource = self._store.snapshot.get(kustomization)
        elsewhere = resource is not None and bool(resource.spec.get("kubeConfig"))
        return "" if elsewhere else kustomization.environment


class _Round:
    """The questions of one review. A refusal counts for all of that kind in that namespace."""

    def __init__(self, cluster: Callable[[str], Cluster], images: ImageRound) -> None:
        self._cluster = cluster
        self._images = images
        self._turn = asyncio.Semaphore(_AT_ONCE)
        self._refused: dict[tuple[str, ApiResource, str], str] = {}

    async def heard(self, environment: str, asked: Asked) -> Heard:
        """The answer of one Environment's API."""
        async with self._turn:
            if isinstance(asked, ImageAsked):
                return await self._images.heard(environment, asked)
            try:
                cluster = self._cluster(environment)
                if isinstance(asked, KindAsked):
                    return await _served(cluster, asked)
                if isinstance(asked, DefinitionAsked):
                    return await _used(cluster, asked)
                return await self._there(cluster, environment, asked)
            except FluxtuiError as error:
                return Heard(None, str(error))

    async def _there(self, cluster: Cluster, environment: str, asked: ObjectAsked) -> Heard:
        target = asked.target
        type_ = await cluster.find(asked.api_version, target.kind)
        place = (environment, type_, target.namespace)
        if place not in self._refused:
            try:
                return Heard(await cluster.exists(type_, target.namespace, target.name))
            except Forbidden as error:
                self._refused[place] = error.what
        return Heard(None, self._refused[place])


async def _served(cluster: Cluster, asked: KindAsked) -> Heard:
    try:
        await cluster.find(asked.api_version, asked.kind)
    except NotFound:
        return Heard(False)
    return Heard(True)


async def _used(cluster: Cluster, asked: DefinitionAsked) -> Heard:
    """Its stored versions and how many objects it has, by their names alone."""
    try:
        definition = await cluster.get(_DEFINITIONS, "", asked.name)
        type_ = await cluster.find(f"{asked.group}/{asked.version}", asked.kind)
    except NotFound:
        return Heard(False)
    stored = (definition.get("status") or {}).get("storedVersions") or ()
    listing = await cluster.list(type_, named=True, kept=lambda _object: {})
    return Heard(True, stored=tuple(map(str, stored)), count=len(listing.items))


def unread_of(answers: Iterable[tuple[WantedFact, Heard]]) -> Iterable[str]:
    """What nobody could say, one sentence for each place and reason."""
    by_reason: dict[tuple[str, str], dict[str, None]] = defaultdict(dict)
    for wanted, heard in answers:
        if heard.there is None:
            place = (wanted.kustomization.environment, heard.why)
            by_reason[place][str(wanted.asked)] = None
    for (environment, why), things in by_reason.items():
        names = list(things)
        more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
        yield f"{environment}: whether there is {', '.join(names[:_NAMED])}{more}: {why}"
