"""Scheduler and kubelets: a Pod is bound, its containers start, become ready, end or crash.

One look at a Pod makes the next step that is due and says when the step after that is. All it knows
is in the Pod's own status, so that a restart of the simulator goes on where the last one ended.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass

from fluxtui.cluster.port import ApiResource, Json
from fluxtui.world.simulator import pods
from fluxtui.world.simulator.cache import Key, key_of, owner_of, uid_of
from fluxtui.world.simulator.containers import Containers
from fluxtui.world.simulator.kinds import POD
from fluxtui.world.simulator.nodes import NODES
from fluxtui.world.simulator.state import KUBELET, SCHEDULER, State


@dataclass(frozen=True, slots=True)
class Pace:
    """Seconds of the World that a Pod's steps take."""

    schedule: float = 0.3
    start: float = 0.9
    ready: float = 1.6
    run_job: float = 3.0
    crash: float = 1.5
    back_off_first: float = 10.0
    back_off_most: float = 300.0


class Kubelet:
    """`look` at a Pod; returns the seconds until it wants to be looked at again."""

    def __init__(self, state: State, pace: Pace) -> None:
        self._state = state
        self._pace = pace
        self._nodes = itertools.cycle(NODES)
        self._addresses = itertools.count(10)
        self._since: dict[Key, tuple[str, float]] = {}

    async def look(self, key: Key) -> float | None:
        """Make the step that is due."""
        pod = self._state.get(POD, key)
        over = ("Succeeded", "Failed")
        if pod is None or pods.is_ending(pod) or pods.phase(pod) in over:
            self._since.pop(key, None)
            return None
        if not (pod.get("spec") or {}).get("nodeName"):
            return self._after(pod, self._pace.schedule) or await self._bind(pod)
        if not (pod.get("status") or {}).get("containerStatuses"):
            return await self._accept(pod)
        return await self._run(pod)

    def _after(self, pod: Json, seconds: float) -> float | None:
        """Seconds still to wait since the present step was first seen; None when it is due.

        Kept here in full precision: the API's times are whole seconds, too coarse for a step.
        """
        now = self._state.clock.monotonic()
        uid, since = self._since.get(key_of(pod), ("", 0.0))
        if uid != uid_of(pod):
            since = now
            self._since[key_of(pod)] = (uid_of(pod), now)
        left = seconds - (now - since)
        return left if left > 0 else None

    def _next_step(self, pod: Json) -> None:
        self._since[key_of(pod)] = (uid_of(pod), self._state.clock.monotonic())

    async def _bind(self, pod: Json) -> float | None:
        namespace, name = key_of(pod)
        node = next(self._nodes)
        binding = ApiResource("", "v1", "Binding", f"pods/{name}/binding")
        await self._state.cluster.create(
            binding,
            {
                "apiVersion": "v1",
                "kind": "Binding",
                "metadata": {"namespace": namespace, "name": name},
                "target": {"apiVersion": "v1", "kind": "Node", "name": node.name},
            },
            field_manager=SCHEDULER,
        )
        self._next_step(pod)
        self._state.recorder.event(
            POD,
            pod,
            "Scheduled",
            f"Successfully assigned {namespace}/{name} to {node.name}",
            component="default-scheduler",
        )
        # The watch brings the bound Pod, and with it the next look.
        return None

    async def _accept(self, pod: Json) -> float | None:
        self._next_step(pod)
        status = Containers(pod, self._state.stamp()).creating()
        await self._state.set_status(POD, pod, status, manager=KUBELET)
        return self._pace.start

    async def _run(self, pod: Json) -> float | None:
        containers = Containers(pod, self._state.stamp())
        if containers.waiting_to_start:
            left = self._after(pod, self._pace.start)
            return left or await self._start(pod, containers)
        if containers.crashing:
            return await self._crash(pod, containers)
        if _ends_by_itself(pod):
            left = self._after(pod, self._pace.run_job)
            return left or await self._succeed(pod, containers)
        if not pods.is_ready(pod):
            left = self._after(pod, _ready_after(pod, self._pace.ready))
            return left or await self._ready(pod, containers)
        return None

    async def _start(self, pod: Json, containers: Containers) -> float | None:
        self._next_step(pod)
        address = next(self._addresses)
        for entry in containers.specs:
            path = f"spec.containers{{{entry['name']}}}"
            pulled = f'Container image "{entry.get("image")}" already present on machine'
            self._tell(pod, "Pulled", pulled, path)
            self._tell(pod, "Created", f"Created container: {entry['name']}", path)
            self._tell(pod, "Started", f"Started container {entry['name']}", path)
        status = containers.running(f"10.244.{address // 250 % 250}.{address % 250 + 1}")
        await self._state.set_status(POD, pod, status, manager=KUBELET)
        if containers.crashing:
            return self._pace.crash
        return self._pace.run_job if _ends_by_itself(pod) else _ready_after(pod, self._pace.ready)

    async def _ready(self, pod: Json, containers: Containers) -> float | None:
        await self._state.set_status(POD, pod, containers.ready(), manager=KUBELET)
        return None

    async def _succeed(self, pod: Json, containers: Containers) -> float | None:
        await self._state.set_status(POD, pod, containers.succeeded(), manager=KUBELET)
        return None

    async def _crash(self, pod: Json, containers: Containers) -> float | None:
        """Running -> terminated -> (back-off, longer each time) -> running again."""
        pace = self._pace
        if containers.is_backing_off:
            times = max(0, pods.restarts(pod))
            pause = min(pace.back_off_most, pace.back_off_first * 2**times)
            left = self._after(pod, pause)
            if left:
                return left
            self._next_step(pod)
            await self._state.set_status(POD, pod, containers.restarted(), manager=KUBELET)
            for entry in containers.faulty:
                path = f"spec.containers{{{entry['name']}}}"
                self._tell(pod, "Started", f"Started container {entry['name']}", path)
            return pace.crash
        left = self._after(pod, pace.crash)
        if left:
            return left
        self._next_step(pod)
        if (pod.get("spec") or {}).get("restartPolicy") == "Never":
            await self._state.set_status(POD, pod, containers.failed(), manager=KUBELET)
            return None
        namespace, name = key_of(pod)
        for entry in containers.faulty:
            self._state.recorder.event(
                POD,
                pod,
                "BackOff",
                f"Back-off restarting failed container {entry['name']} in pod "
                f"{name}_{namespace}({uid_of(pod)})",
                component=KUBELET,
                severity="Warning",
                field_path=f"spec.containers{{{entry['name']}}}",
            )
        await self._state.set_status(POD, pod, containers.backing_off(), manager=KUBELET)
        return pace.back_off_first

    def _tell(self, pod: Json, reason: str, message: str, path: str) -> None:
        self._state.recorder.event(POD, pod, reason, message, component=KUBELET, field_path=path)


def _ends_by_itself(pod: Json) -> bool:
    owner = owner_of(pod)
    return owner is not None and owner.get("kind") == "Job"


def _ready_after(pod: Json, usual: float) -> float:
    asked = (pod["metadata"].get("annotations") or {}).get(pods.READY_AFTER)
    try:
        return float(asked) if asked else usual
    except ValueError:
        return usual
