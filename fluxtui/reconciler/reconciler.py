"""The Reconciler of one cluster: feeds, a queue a kind, and the controllers behind them.

`run` works until it is cancelled. Several clusters are several Reconcilers in one loop. It talks to
the cluster only through the port, and to registries and Git remotes only through `artifacts`.
"""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from fluxtui.artifacts import RegistrySettings
from fluxtui.cluster.events import Recorder
from fluxtui.cluster.port import ApiResource, Cluster, Json
from fluxtui.domain.errors import ClusterError, Throttled, Unreachable
from fluxtui.kit.clock import Clock
from fluxtui.kit.keyqueue import KeyQueue
from fluxtui.reconciler.application import Tools
from fluxtui.reconciler.beside import refuse_beside_flux
from fluxtui.reconciler.feed import KindFeed
from fluxtui.reconciler.gitsource import GitSourceReconciler
from fluxtui.reconciler.health import Watches
from fluxtui.reconciler.kustomization import COMPONENT, KustomizationReconciler
from fluxtui.reconciler.objects import (
    INSTANCE,
    KUSTOMIZATION,
    KUSTOMIZE_GROUP,
    SOURCE_GROUP,
    Name,
    is_deleting,
    mapping,
    metadata,
    name_of,
    revision_of,
    status_of,
    text,
)
from fluxtui.reconciler.registries import SourceRegistries
from fluxtui.reconciler.source import SourceReconciler
from fluxtui.reconciler.sourcing import SourceController
from fluxtui.reconciler.storage import Storage
from fluxtui.reconciler.timing import backoff
from fluxtui.reconciler.triggers import (
    released,
    users_of_source,
    users_of_variables,
    wants_run,
)

_OCI = ApiResource(SOURCE_GROUP, "v1", "OCIRepository", "ocirepositories")
_GIT = ApiResource(SOURCE_GROUP, "v1", "GitRepository", "gitrepositories")
_SOURCES = {type_.kind: type_ for type_ in (_OCI, _GIT)}
_KUSTOMIZATIONS = ApiResource(KUSTOMIZE_GROUP, "v1", "Kustomization", "kustomizations")
_WATCHED = "reconcile.fluxcd.io/watch=Enabled"
# A health wait occupies a worker, and parents wait for their children: many, as they cost nothing.
SOURCE_WORKERS, KUSTOMIZATION_WORKERS = 8, 64
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Lane:
    """The sources of one kind: what there is, what is to be looked at, and who does."""

    feed: KindFeed
    queue: KeyQueue[Name]
    controller: SourceController


class Reconciler:
    """Reconciles every OCIRepository, GitRepository and Kustomization of one cluster.

    `storage` is a folder of its own for this environment. `cancel_health_checks`: a newer revision
    or spec ends a health wait (Flux: feature gate CancelHealthCheckOnNewRevision, off by default).
    """

    def __init__(
        self,
        cluster: Cluster,
        registry: RegistrySettings,
        *,
        clock: Clock,
        storage: Path,
        force_beside_flux: bool = False,
        cancel_health_checks: bool = False,
    ) -> None:
        self.cluster = cluster
        self.running = asyncio.Event()
        self._clock = clock
        self._force = force_beside_flux
        self._storage = Storage(storage)
        self._registries = SourceRegistries(registry, clock)
        self._queue: KeyQueue[Name] = KeyQueue(clock)
        self._kustomizations = KindFeed(cluster, *KUSTOMIZATION, clock, self._kustomization_changed)
        self._variables = {
            kind: KindFeed(
                cluster,
                "v1",
                kind,
                clock,
                self._variables_changed,
                label_selector=_WATCHED,
                without=("data", "binaryData", "stringData"),
            )
            for kind in ("ConfigMap", "Secret")
        }
        recorder = Recorder(cluster, COMPONENT, clock, INSTANCE)
        tools = Tools(cluster, clock, self._storage, recorder, Watches())
        rest = (self._storage, clock, self._advertised)
        self._lanes = {
            "OCIRepository": self._lane(SourceReconciler(cluster, _OCI, self._registries, *rest)),
            "GitRepository": self._lane(GitSourceReconciler(cluster, _GIT, registry, *rest)),
        }
        self._controller = KustomizationReconciler(
            _KUSTOMIZATIONS,
            _SOURCES,
            tools,
            lambda kind, name: self._lanes[kind].queue.add(name),
            cancel_health_checks=cancel_health_checks,
        )

    def _lane(self, controller: SourceController) -> _Lane:
        version, kind = controller.api_version, controller.kind
        changed = partial(self._source_changed, kind)
        feed = KindFeed(self.cluster, version, kind, self._clock, changed)
        return _Lane(feed, KeyQueue(self._clock), controller)

    async def run(self) -> None:
        """Work until cancelled. Raises RefusedError beside a live Flux, ClusterError when refused.

        `running` is set once everything there is has been seen.
        """
        await self._reach()
        try:
            async with asyncio.TaskGroup() as group:
                lanes = self._lanes.values()
                feeds = (*(lane.feed for lane in lanes), self._kustomizations)
                for feed in (*feeds, *self._variables.values()):
                    group.create_task(feed.run())
                for feed in feeds:
                    await feed.synced.wait()
                for lane in lanes:
                    work = lane.controller.reconcile
                    group.create_task(lane.queue.run(work, SOURCE_WORKERS, self._failed))
                group.create_task(
                    self._queue.run(self._controller.reconcile, KUSTOMIZATION_WORKERS, self._failed)
                )
                self.running.set()
        finally:
            await asyncio.to_thread(self._registries.close)

    async def _reach(self) -> None:
        """Wait until the API answers (others must not suffer from one that is down), and look."""
        attempt = 0
        while not self._force:
            try:
                return await refuse_beside_flux(self.cluster)
            except Unreachable as error:
                attempt += 1
                _log.warning("waiting for %s: %s", self.cluster.name, error)
                await self._clock.sleep(min(backoff(attempt), 30.0))

    async def settled(self) -> None:
        """Return once no run is going on or about to begin; intervals and retries still wait."""
        queues = (*(lane.queue for lane in self._lanes.values()), self._queue)
        while not all(queue.settled.is_set() for queue in queues):
            for queue in queues:
                await queue.settled.wait()

    def _failed(self, name: Name, error: Exception, times: int) -> float:
        """A run whose faults, expected or not, cost only its own object."""
        details = (self.cluster.name, name, error)
        if isinstance(error, (Unreachable, Throttled)):
            _log.warning("%s %s: %s", *details)
        elif isinstance(error, ClusterError):
            _log.error("%s %s: %s", *details)
        else:
            _log.error("%s %s: reconciling it failed", *details[:2], exc_info=error)
        return backoff(times)

    def _advertised(self) -> set[str]:
        return {
            text(mapping(status_of(obj).get("artifact")).get("digest"))
            for lane in self._lanes.values()
            for obj in lane.feed.objects.values()
        } - {""}

    def _source_changed(self, kind: str, old: Json | None, new: Json | None) -> None:
        queue = self._lanes[kind].queue
        if new is None:
            if old is not None:
                queue.forget(name_of(old))
            return
        if wants_run(old, new):
            queue.add(name_of(new))
        revision = revision_of(new)
        if revision and (old is None or revision_of(old) != revision):
            users = users_of_source(kind, new, self._kustomizations.objects.values())
            for user in users:
                self._controller.interrupt(user, f"{kind}/{name_of(new)}")
            self._queue.add(*users)

    def _kustomization_changed(self, old: Json | None, new: Json | None) -> None:
        if new is None:
            if old is not None:
                self._queue.forget(name_of(old))
                self._controller.waiting.discard(name_of(old))
            return
        if wants_run(old, new):
            self._controller.interrupt(
                name_of(new), f"Kustomization/{name_of(new)}", deleting=is_deleting(new)
            )
            self._queue.add(name_of(new))
        waiting = self._controller.waiting
        self._queue.add(*released(old, new, waiting, self._kustomizations.objects))

    def _variables_changed(self, old: Json | None, new: Json | None) -> None:
        obj = new or old
        if obj is None:
            return
        kind = text(obj.get("kind"))
        if old is None and not self._variables[kind].synced.is_set():
            return  # not new, only seen for the first time
        versions = [metadata(o).get("resourceVersion") for o in (old, new) if o is not None]
        if len(versions) == 1 or versions[0] != versions[1]:
            self._queue.add(
                *users_of_variables(kind, name_of(obj), self._kustomizations.objects.values())
            )
