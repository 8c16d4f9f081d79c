"""Asks clusters and registries what a delivery finds there: one short request a question, bounded
in number and time, and nothing is written.

What may not be read, or did not answer in time, is said and never taken for absent. Of a Secret
nothing but its metadata is asked for, which says its keys. Objects of a definition that gets
narrower are read whole and tried here, page by page; nothing of them is kept but what is wrong.
What an answer means is decided by the rules.
"""

from __future__ import annotations

import asyncio
import json
from collections import defaultdict
from collections.abc import Callable, Iterable
from functools import partial

from fluxtui.cluster.port import ApiResource, Cluster, Json
from fluxtui.domain.ask import ReviewStanding, Standing
from fluxtui.domain.errors import FluxtuiError, Forbidden, NotFound
from fluxtui.domain.heldkeys import held_keys
from fluxtui.domain.objectid import ObjectId
from fluxtui.domain.resource import Key
from fluxtui.domain.review.asked import judged_answers
from fluxtui.domain.review.validity import faults
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
LOOKED = 2000
"""Objects of a definition that are tried by its new schema."""
_PAGE = 200  # whole objects come, and are tried between two pages
_KEYS = "its metadata does not say which keys it has"
_RULES = "rules in CEL are not tried here"
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
                metadata = await cluster.metadata(type_, target.namespace, target.name)
                return Heard(True, keys=held_keys(metadata))
            except NotFound:
                return Heard(False)
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
    """Its stored versions and how many objects it has, by their names alone; where there is a
    schema to try them by, the objects themselves, the first `LOOKED` of them."""
    try:
        definition = await cluster.get(_DEFINITIONS, "", asked.name)
        type_ = await cluster.find(f"{asked.group}/{asked.version}", asked.kind)
    except NotFound:
        return Heard(False)
    stored = tuple(map(str, (definition.get("status") or {}).get("storedVersions") or ()))
    try:
        if not asked.schemas:
            listing = await cluster.list(type_, named=True, kept=lambda _object: {})
            return Heard(True, stored=stored, count=len(listing.items))
        tried = partial(_tried, *json.loads(asked.schemas))
        listing = await cluster.list(type_, page=_PAGE, kept=tried, most=LOOKED)
    except Forbidden as error:
        return Heard(None, error.what, stored=stored)
    broken = tuple(str(item["fault"]) for item in listing.items if item)
    cut = len(listing.items) >= LOOKED
    return Heard(True, stored=stored, count=len(listing.items), cut=cut, broken=broken)


def _tried(before: Json, after: Json, obj: Json) -> Json:
    """The first fault of an object that it did not have by the schema before; {} without one."""
    found = tuple(faults(after, obj))
    old = frozenset(faults(before, obj)) if found else frozenset[str]()
    fault = next((one for one in found if one not in old), "")
    return {"fault": f"{ObjectId.of(obj)}: {fault}"} if fault else {}


def unread_of(answers: Iterable[tuple[WantedFact, Heard]]) -> Iterable[str]:
    """What nobody could say, one sentence for each place and reason."""
    by_reason: dict[tuple[str, str], dict[str, None]] = defaultdict(dict)
    for wanted, heard in answers:
        place = wanted.kustomization.environment
        if heard.there is None:
            by_reason[place, heard.why][str(wanted.asked)] = None
        elif heard.there and heard.keys is None:
            for key, _use in wanted.keys:
                by_reason[place, _KEYS][f"{key} in {wanted.asked}"] = None
        if isinstance(wanted.asked, DefinitionAsked) and wanted.asked.rules and heard.count:
            by_reason[place, _RULES][f"{wanted.asked} that breaks a new rule"] = None
        if heard.cut:
            why = f"only the first {heard.count} were tried"
            by_reason[place, why][f"{wanted.asked} that does not fit"] = None
    for (environment, why), things in by_reason.items():
        names = list(things)
        more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
        yield f"{environment}: whether there is {', '.join(names[:_NAMED])}{more}: {why}"
