"""Which of Flux's kinds an API serves: asked now and then, in one question for all of them.

A cluster has some of Flux's kinds and not others, and a CRD may come or go at any time. A kind that
is not served has no feed, only a row that says so. With the same question comes what else the API
says is Flux's. What is done with an answer is the caller's.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Iterable, Mapping

from fluxtui.cluster.port import ApiResource, Cluster
from fluxtui.domain import foundkinds, kinds
from fluxtui.domain.config import Environment
from fluxtui.domain.errors import FluxtuiError
from fluxtui.domain.kinds.kind import Kind
from fluxtui.domain.knowledge import FeedState, Trouble, trouble_of
from fluxtui.domain.snapshot import Feed
from fluxtui.engine.feeds.targets import CORE, Served
from fluxtui.engine.pace import Pace
from fluxtui.engine.publication.store import Store
from fluxtui.kit.backoff import Backoff
from fluxtui.kit.clock import Clock

OPTIONAL = tuple(kind for kind in kinds.ALL if not kind.core)
_NOT_SERVED = "its CRD is not installed"
_DEFINITIONS = ApiResource(
    "apiextensions.k8s.io", "v1", "CustomResourceDefinition", "customresourcedefinitions", False
)


class Optional:
    """One API's. `served` is what is known of it, `found` which of these kinds have no file of
    ours; `changed` is told when that is new."""

    def __init__(
        self,
        environments: Iterable[Environment],
        store: Store,
        clock: Clock,
        pace: Pace,
        changed: Callable[[], None],
    ) -> None:
        self.served: Served = CORE
        self.found: tuple[Kind, ...] = ()
        self._environments = tuple(environments)
        self._store = store
        self._clock = clock
        self._pace = pace
        self._changed = changed
        self.state(FeedState.STARTING)

    async def run(self, cluster: Cluster) -> None:
        """Ask until cancelled; an answer that does not come is waited for with a back-off."""
        backoff = Backoff(self._pace.first, self._pace.most)
        while True:
            labelled = asyncio.create_task(_labelled(cluster), name="which definitions")
            try:
                types = await cluster.discover()
                found = self._found(types, await labelled)
            except FluxtuiError as error:
                labelled.cancel()
                if self.served is CORE:
                    self.state(
                        FeedState.RETRYING,
                        error.sentence,
                        next=error.next,
                        trouble=trouble_of(error),
                    )
                await self._clock.sleep(backoff.next())
                continue
            backoff.reset()
            known = (kind for kind in OPTIONAL if kind.id in types)
            self._learn({kind.id: types[kind.id].version for kind in known}, found)
            await self._clock.sleep(self._pace.served)
            cluster.forget_discovery()

    def state(
        self, state: FeedState, message: str = "", *, next: str = "", trouble: str = ""
    ) -> None:
        """How well it is known of each kind without a feed whether it is served."""
        for kind in OPTIONAL:
            if kind.id not in self.served:
                for environment in self._environments:
                    name, now = environment.name, self._clock.now()
                    row = Feed(name, kind.id, "", state, message, now, next, trouble)
                    self._store.feed((environment.name, kind.id), row)

    def _found(
        self, types: Mapping[tuple[str, str], ApiResource], labelled: Collection[str]
    ) -> tuple[Kind, ...]:
        """What is Flux's by its category or its definition's label. What has no namespaces is left
        out where only some are looked into."""
        limited = any(environment.namespaces for environment in self._environments)
        theirs = (
            foundkinds.found(type_.group, type_.version, type_.kind, type_.plural, type_.short)
            for type_ in types.values()
            if not foundkinds.is_known(type_.group, type_.kind)
            and (type_.namespaced or not limited)
            and (
                f"{type_.plural}.{type_.group}" in labelled
                or any(name.startswith(foundkinds.CATEGORY) for name in type_.categories)
            )
        )
        return tuple(sorted(theirs, key=lambda kind: kind.id))[: foundkinds.MOST]

    def _learn(self, served: dict[tuple[str, str], str], found: tuple[Kind, ...]) -> None:
        known, now = self.served, {**CORE, **served, **{kind.id: kind.version for kind in found}}
        if known is not CORE and known == now:
            return
        self.served, self.found = now, found
        for environment in self._environments:
            self._store.found(environment.name, found)
        self._changed()  # feeds first: between a row and its feed a kind would be known by neither
        for id_ in served:
            for environment in self._environments:
                self._store.feed((environment.name, id_), None)
        self.state(FeedState.ABSENT, _NOT_SERVED, trouble=Trouble.NONE)


async def _labelled(cluster: Cluster) -> frozenset[str]:
    """Names of the definitions that say they are part of Flux; none where they may not be read."""
    try:
        listing = await cluster.list(_DEFINITIONS, label_selector=foundkinds.PART_OF, named=True)
    except FluxtuiError:
        return frozenset()
    names = ((item.get("metadata") or {}).get("name") for item in listing.items)
    return frozenset(str(name) for name in names if name)
