"""The simulator of one environment: who is told about which change.

It starts one informer a kind and one queue a controller, and passes news on: a Pod's to its owner,
a ReplicaSet's to its Deployment, a definition's to a new custom kind. The deciding is done in the
controllers.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from types import TracebackType

from fluxtui.cluster.port import ApiResource, Cluster, Json
from fluxtui.cluster.reflector import FeedPace as Following
from fluxtui.cluster.reflector import FeedTarget, Reflector
from fluxtui.domain.errors import ClusterError, Conflict, NotFound
from fluxtui.kit.clock import Clock
from fluxtui.kit.keyqueue import Failed, KeyQueue, Process
from fluxtui.world.simulator import pods
from fluxtui.world.simulator.budgets import Budgets, selects
from fluxtui.world.simulator.cache import Key, key_of, owner_of
from fluxtui.world.simulator.claims import Claims
from fluxtui.world.simulator.customs import Customs, custom_kind
from fluxtui.world.simulator.deployments import Deployments
from fluxtui.world.simulator.jobs import JobLives
from fluxtui.world.simulator.kinds import (
    CLAIM,
    CRD,
    DEPLOYMENT,
    DISRUPTION_BUDGET,
    JOB,
    POD,
    REPLICA_SET,
    STATEFUL_SET,
    WATCHED,
)
from fluxtui.world.simulator.kubelet import Kubelet
from fluxtui.world.simulator.lives import LifePace
from fluxtui.world.simulator.nodes import register_nodes
from fluxtui.world.simulator.replicasets import ReplicaSets
from fluxtui.world.simulator.scheduler import Scheduler, claims_of
from fluxtui.world.simulator.state import SimState
from fluxtui.world.simulator.statefulsets import StatefulSets

_LOG = logging.getLogger(__name__)
_RETRY_FIRST, _RETRY_MOST = 0.25, 8.0
_AT_ONCE = 8


class Simulator:
    """Keeps the workloads of one cluster alive while it is entered.

    `async with Simulator(cluster, Clock(speed)): ...`, or `start` and `stop`. The cluster stays the
    caller's: it is not closed here.
    """

    def __init__(
        self,
        cluster: Cluster,
        clock: Clock,
        *,
        pace: LifePace | None = None,
        seed: int | None = None,
    ) -> None:
        self._cluster = cluster
        self._state = SimState(cluster, clock, seed=seed)
        self._clock = clock
        self._scheduler = Scheduler(self._state, pace or LifePace())
        self._kubelet = Kubelet(self._state, pace or LifePace())
        self._looks: dict[ApiResource, Process[Key]] = {
            DEPLOYMENT: Deployments(self._state).look,
            REPLICA_SET: ReplicaSets(self._state).look,
            STATEFUL_SET: StatefulSets(self._state).look,
            JOB: JobLives(self._state).look,
            POD: self._look_at_pod,
            CLAIM: Claims(self._state).look,
            DISRUPTION_BUDGET: Budgets(self._state).look,
        }
        self._queues: dict[ApiResource, KeyQueue[Key]] = {
            type_: KeyQueue(clock) for type_ in self._looks
        }
        self._by_kind = {(type_.group, type_.kind): queue for type_, queue in self._queues.items()}
        self._customs: dict[str, tuple[ApiResource, tuple[asyncio.Task[None], ...]]] = {}
        self._tasks: list[asyncio.Task[None]] = []

    async def start(self) -> None:
        """Begin; returns once everything that exists is known. Raises ClusterError."""
        await register_nodes(self._state)
        self._tasks.append(asyncio.create_task(self._state.recorder.run(), name="recorder"))
        for type_ in WATCHED:
            self._state.cache(type_).changed = self._teller(type_)
        self._state.cache(CRD).changed = self._definition
        for type_ in (*WATCHED, CRD):
            self._tasks.append(self._following(type_))
        for type_ in (*WATCHED, CRD):
            await self._state.cache(type_).synced.wait()
        for type_, look in self._looks.items():
            self._tasks.append(_working(self._queues[type_], type_, look))

    async def stop(self) -> None:
        """End all work."""
        tasks = [*self._tasks, *(task for _, pair in self._customs.values() for task in pair)]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def __aenter__(self) -> Simulator:
        await self.start()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.stop()

    def _teller(self, type_: ApiResource) -> Callable[[Json], None]:
        """Who hears of a change of this kind: its controller, its owner, the budgets over it."""
        queue = self._queues.get(type_)

        def tell(obj: Json) -> None:
            if queue is not None:
                queue.add(key_of(obj))
            owner = owner_of(obj)
            if owner is not None:
                group = str(owner.get("apiVersion", "")).rpartition("/")[0]
                above = self._by_kind.get((group, str(owner.get("kind"))))
                if above is not None:
                    above.add((key_of(obj)[0], str(owner.get("name"))))
            if type_ == POD:
                self._tell_budgets(obj)
            elif type_ == CLAIM:
                self._tell_waiting(*key_of(obj))

        return tell

    async def _look_at_pod(self, key: Key) -> float | None:
        pod = self._state.get(POD, key)
        on_node = pod is None or pods.is_ending(pod) or bool(pod["spec"].get("nodeName"))
        return await (self._kubelet if on_node else self._scheduler).look(key)

    def _tell_waiting(self, namespace: str, claim: str) -> None:
        """Pods that could not be placed for want of this claim may be now."""
        for pod in self._state.cache(POD):
            if key_of(pod)[0] == namespace and claim in claims_of(pod):
                self._queues[POD].add(key_of(pod))

    def _tell_budgets(self, pod: Json) -> None:
        for budget in self._state.cache(DISRUPTION_BUDGET):
            if selects((budget.get("spec") or {}).get("selector"), pod, key_of(budget)):
                self._queues[DISRUPTION_BUDGET].add(key_of(budget))

    def _definition(self, crd: Json) -> None:
        """A definition came, changed or went: follow its kind, or stop doing so."""
        name = key_of(crd)[1]
        stored = self._state.get(CRD, key_of(crd))
        kind = custom_kind(stored) if stored is not None else None
        following = self._customs.get(name)
        if following is not None and (kind is None or following[0] != kind.type):
            del self._customs[name]
            for task in following[1]:
                task.cancel()
            following = None
        if kind is None or following is not None:
            return
        type_ = kind.type
        queue: KeyQueue[Key] = KeyQueue(self._clock)
        self._state.cache(type_).changed = lambda obj: queue.add(key_of(obj))
        work = _working(queue, type_, Customs(self._state, kind).look)
        self._customs[name] = (type_, (self._following(type_), work))

    def _following(self, type_: ApiResource) -> asyncio.Task[None]:
        """The task that keeps the cache of a kind equal to what the API says."""
        target = FeedTarget((type_.group, type_.kind), type_.version, plural=type_.plural)
        cache = self._state.cache(type_)
        reflector = Reflector(self._cluster, target, cache, self._clock, Following(parked=1.0))
        return asyncio.create_task(reflector.run(), name=f"follow {type_.plural}")


def _working(queue: KeyQueue[Key], type_: ApiResource, look: Process[Key]) -> asyncio.Task[None]:
    """The task that looks at what is in the queue, until it is cancelled."""
    return asyncio.create_task(queue.run(look, _AT_ONCE, _failed(type_.plural)), name=type_.plural)


def _failed(plural: str) -> Failed[Key]:
    def failed(key: Key, error: Exception, times: int) -> float | None:
        if not isinstance(error, ClusterError):
            # A malformed object must not end the simulation of all others.
            _LOG.error("%s %s", plural, key, exc_info=error)
            return None
        # A view that was old is daily business: the news are on their way, or will be asked for.
        daily = isinstance(error, (Conflict, NotFound))
        _LOG.log(logging.DEBUG if daily else logging.WARNING, "%s %s: %s", plural, key, error)
        return float(min(_RETRY_MOST, _RETRY_FIRST * 2 ** min(times - 1, 8)))

    return failed
