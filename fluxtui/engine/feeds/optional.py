"""Which of Flux's kinds an API serves: asked now and then, in one question for all of them.

A cluster has some of Flux's kinds and not others, and a CRD may come or go at any time. A kind that
is not served has no feed, only a row that says so. What is done with an answer is the caller's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from fluxtui.cluster.port import Cluster
from fluxtui.domain import kinds
from fluxtui.domain.config import Environment
from fluxtui.domain.errors import FluxtuiError
from fluxtui.domain.knowledge import FeedState, Trouble, trouble_of
from fluxtui.domain.snapshot import Feed
from fluxtui.engine.feeds.targets import CORE, Served
from fluxtui.engine.pace import Pace
from fluxtui.engine.publication.store import Store
from fluxtui.kit.backoff import Backoff
from fluxtui.kit.clock import Clock

OPTIONAL = tuple(kind for kind in kinds.ALL if not kind.core)
_NOT_SERVED = "its CRD is not installed"


class Optional:
    """One API's. `served` is what is known of it; `changed` is told when that is new."""

    def __init__(
        self,
        environments: Iterable[Environment],
        store: Store,
        clock: Clock,
        pace: Pace,
        changed: Callable[[], None],
    ) -> None:
        self.served: Served = CORE
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
            try:
                types = await cluster.discover()
            except FluxtuiError as error:
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
            self._learn({kind.id: types[kind.id].version for kind in OPTIONAL if kind.id in types})
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

    def _learn(self, served: dict[tuple[str, str], str]) -> None:
        known, now = self.served, {**CORE, **served}
        if known is not CORE and known == now:
            return
        self.served = now
        self._changed()  # feeds first: between a row and its feed a kind would be known by neither
        for id_ in served:
            for environment in self._environments:
                self._store.feed((environment.name, id_), None)
        self.state(FeedState.ABSENT, _NOT_SERVED, trouble=Trouble.NONE)
