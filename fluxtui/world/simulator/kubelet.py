"""Kubelets: a bound Pod's containers start, become ready, end, crash, and end when it is deleted.

One look at a Pod makes every step that is due and says when the next one is. What has happened is
in the Pod's own status, so that a restart of the simulator goes on where the last one ended; only
how long a state has lasted is kept here, in full precision (the API's times are whole seconds).
Needed by every rehearsal: crash loop, missing image, never ready, out of memory.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from typing import Any

from fluxtui.cluster.port import Json
from fluxtui.domain.errors import Conflict, NotFound
from fluxtui.world.simulator import fates, pods
from fluxtui.world.simulator.cache import Key, key_of, owner_of, uid_of
from fluxtui.world.simulator.containers import exit_code, is_initialized, pod_status
from fluxtui.world.simulator.kinds import POD
from fluxtui.world.simulator.lives import Life, LifeNews, LifePace, LifeStep
from fluxtui.world.simulator.state import KUBELET, SimState

_Clock = dict[tuple[str, str], tuple[object, float]]


class Kubelet:
    """`look` at a bound Pod; returns the seconds until it wants to be looked at again."""

    def __init__(self, state: SimState, pace: LifePace) -> None:
        self._state = state
        self._pace = pace
        self._addresses = itertools.count(10)
        # (Pod's uid, container) -> its present state, and since when it has been in it.
        self._since: _Clock = {}
        self._attempts: dict[tuple[str, str], int] = {}
        self._uids: dict[Key, str] = {}

    async def look(self, key: Key) -> float | None:
        """Make the steps that are due."""
        pod = self._state.get(POD, key)
        if pod is None:
            self._forget(self._uids.pop(key, ""))
            return None
        if pods.is_ending(pod):
            return await self._end(pod)
        if pods.phase(pod) in ("Succeeded", "Failed"):
            self._forget(uid_of(pod))
            return None
        self._uids[key] = uid_of(pod)
        if not (pod.get("status") or {}).get("containerStatuses"):
            return await self._accept(pod)
        return await self._run(pod)

    async def _accept(self, pod: Json) -> float | None:
        spec = pod.get("spec") or {}
        inits = list(spec.get("initContainers") or ())
        reason = "PodInitializing" if inits else "ContainerCreating"
        lives = [self._life(pod, c, init=False) for c in spec.get("containers") or ()]
        mains = [life.waiting(reason) for life in lives]
        first = [self._life(pod, c, init=True).waiting("PodInitializing") for c in inits]
        await self._store(pod, first, mains)
        return self._pace.start

    async def _run(self, pod: Json) -> float | None:
        spec, status = pod.get("spec") or {}, pod.get("status") or {}
        inits, mains = _by_name(status, "initContainerStatuses"), _by_name(status)
        walk = _Walk()
        first: list[Json] = []
        may_go_on = True
        for container in spec.get("initContainers") or ():
            before = inits.get(container["name"]) or {}
            life = self._life(pod, container, init=True)
            after = self._advance(pod, life, before, walk) if may_go_on else before
            first.append(after or life.waiting("PodInitializing"))
            may_go_on = may_go_on and is_initialized(after)
        after_mains: list[Json] = []
        for container in spec.get("containers") or ():
            before = mains.get(container["name"]) or {}
            life = self._life(pod, container, init=False)
            after = self._advance(pod, life, before, walk) if may_go_on else before
            after_mains.append(after or life.waiting("PodInitializing"))
        await self._store(pod, first, after_mains)
        for life, news in walk.news:
            self._tell(pod, life, news)
        return walk.again

    def _advance(self, pod: Json, life: Life, before: Json, walk: _Walk) -> Json:
        """One container's next step, its news and its next appointment noted in `walk`."""
        since = self._lasted(pod, life.name, before)
        step = life.next(before, since, self._state.stamp())
        place = (uid_of(pod), life.name)
        after = step.status if step.status is not None else before
        if step.status is not None:
            self._lasted(pod, life.name, after)
            if _waiting(after) == "ImagePullBackOff":
                self._attempts[place] = self._attempts.get(place, 0) + 1
        if step.news and (step.status is not None or self._is_time(place, since)):
            walk.news += [(life, text) for text in step.news]
        if life.ends and not life.readies and exit_code(after) == 0:
            after = {**after, "ready": True}
        walk.plan(_due(step))
        return after

    # -- time

    def _lasted(self, pod: Json, name: str, status: Json) -> float:
        """Seconds that the container has been in its present state, as seen here."""
        now = self._state.clock.monotonic()
        state = status.get("state") or {}
        phase = next(iter(state), "")
        mark = (phase, _waiting(status), status.get("restartCount"))
        place = (uid_of(pod), name)
        last, since = self._since.get(place, (None, now))
        if last != mark:
            since = now
            self._since[place] = (mark, now)
        return now - since

    def _is_time(self, place: tuple[str, str], since: float) -> bool:
        """Whether a thing told over and over is due again."""
        turn = ("told", *place)
        number = int(since // self._pace.probe)
        last, _ = self._since.get((turn[0] + place[0], place[1]), (None, 0.0))
        self._since[turn[0] + place[0], place[1]] = (number, 0.0)
        return last != number

    def _forget(self, uid: str) -> None:
        if not uid:
            return
        for place in [p for p in self._since if p[0] in (uid, f"told{uid}")]:
            del self._since[place]
        for place in [p for p in self._attempts if p[0] == uid]:
            del self._attempts[place]

    def _life(self, pod: Json, container: Mapping[str, Any], *, init: bool) -> Life:
        policy = (pod.get("spec") or {}).get("restartPolicy") or "Always"
        name = str(container["name"])
        namespace, pod_name = key_of(pod)
        return Life(
            container,
            fault=fates.fault_of(pod, container),
            ends=init or _ends_by_itself(pod),
            restarts=policy != "Never",
            readies=not init,
            ready_after=self._pace.ready,
            runs_for=self._pace.run_init if init else self._pace.run_job,
            pod=f"{pod_name}_{namespace}({uid_of(pod)})",
            attempts=self._attempts.get((uid_of(pod), name), 0),
            pace=self._pace,
        )

    async def _store(self, pod: Json, inits: list[Json], mains: list[Json]) -> None:
        number = next(self._addresses)
        address = f"10.244.{number // 250 % 250}.{number % 250 + 1}"
        status = pod_status(pod, inits, mains, self._state.stamp(), address)
        await self._state.set_status(POD, pod, status, manager=KUBELET)

    async def _end(self, pod: Json) -> float | None:
        """Its containers are stopped, then it is deleted for good (unless a finalizer holds it)."""
        pause = self._pace.end - self._lasted(pod, "", {"state": {"ending": {}}})
        if pause > 0:
            return pause
        self._forget(uid_of(pod))
        if pod["metadata"].get("finalizers") and not _grace_left(pod):
            return None
        for status in _by_name(pod.get("status") or {}).values():
            if "running" in (status.get("state") or {}):
                path = f"spec.containers{{{status['name']}}}"
                text = f"Stopping container {status['name']}"
                self._state.recorder.event(
                    POD, pod, "Killing", text, component=KUBELET, field_path=path
                )
        try:
            await self._state.remove(POD, pod)
        except (NotFound, Conflict):
            return None  # somebody was faster; the news are on their way
        return None

    def _tell(self, pod: Json, life: Life, news: LifeNews) -> None:
        kind = "containers" if life.readies else "initContainers"
        self._state.recorder.event(
            POD,
            pod,
            news.reason,
            news.message,
            component=KUBELET,
            severity=news.severity,
            field_path=f"spec.{kind}{{{life.name}}}",
        )


class _Walk:
    """What one look at a Pod gathers: news, and the soonest next appointment."""

    def __init__(self) -> None:
        self.news: list[tuple[Life, LifeNews]] = []
        self.again: float | None = None

    def plan(self, seconds: float | None) -> None:
        if seconds is not None:
            self.again = seconds if self.again is None else min(self.again, seconds)


def _due(step: LifeStep) -> float | None:
    """A step that changed something is followed by another look at once where none is named."""
    if step.again is not None:
        return max(step.again, 0.0)
    return 0.0 if step.status is not None and exit_code(step.status) is not None else None


def _by_name(status: Json, field: str = "containerStatuses") -> dict[str, Json]:
    return {str(entry["name"]): entry for entry in status.get(field) or ()}


def _waiting(status: Json) -> str:
    waiting = (status.get("state") or {}).get("waiting") or {}
    return str(waiting.get("reason") or "")


def _grace_left(pod: Json) -> bool:
    return bool(pod["metadata"].get("deletionGracePeriodSeconds"))


def _ends_by_itself(pod: Json) -> bool:
    owner = owner_of(pod)
    return owner is not None and owner.get("kind") == "Job"
