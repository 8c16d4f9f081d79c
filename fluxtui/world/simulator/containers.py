"""A Pod's status at each step of its containers' lives, as a kubelet writes it. Pure."""

from __future__ import annotations

from typing import Any

from fluxtui.cluster.port import Json
from fluxtui.world.simulator import pods


class Containers:
    """Statuses for one Pod at the moment `now` (as the API writes it)."""

    def __init__(self, pod: Json, now: str) -> None:
        self._pod = pod
        self._now = now
        spec = pod.get("spec") or {}
        self.specs: list[Json] = list(spec.get("containers") or ())
        self._init: list[Json] = list(spec.get("initContainers") or ())
        self._status: Json = dict(pod.get("status") or {})
        self._before: dict[str, Json] = {
            str(entry["name"]): entry for entry in self._status.get("containerStatuses") or ()
        }
        self.faulty = [entry for entry in self.specs if pods.crashes(pod, entry)]

    @property
    def crashing(self) -> bool:
        """Some container's program fails."""
        return bool(self.faulty)

    @property
    def waiting_to_start(self) -> bool:
        """The containers are being created."""
        return self._any_waiting("ContainerCreating")

    @property
    def is_backing_off(self) -> bool:
        """A container waits for its next attempt."""
        return self._any_waiting("CrashLoopBackOff")

    def creating(self) -> Json:
        """Bound, nothing runs yet."""
        entries = [
            self._entry(spec, {"waiting": {"reason": "ContainerCreating"}}) for spec in self.specs
        ]
        return self._whole("Pending", entries, ready=False, startTime=self._now)

    def running(self, address: str) -> Json:
        """Everything runs, nothing is ready yet."""
        entries = [self._entry(spec, self._live(), started=True) for spec in self.specs]
        return self._whole("Running", entries, ready=False, podIP=address, podIPs=[{"ip": address}])

    def ready(self) -> Json:
        """Everything runs and is ready."""
        entries = [
            self._entry(spec, self._state(spec), started=True, ready=True) for spec in self.specs
        ]
        return self._whole("Running", entries, ready=True)

    def succeeded(self) -> Json:
        """All programs ended well."""
        entries = [self._entry(spec, self._ended(spec, 0)) for spec in self.specs]
        return self._whole("Succeeded", entries, ready=False, why="PodCompleted")

    def failed(self) -> Json:
        """A program ended badly and must not be started again."""
        entries = [
            self._entry(spec, self._ended(spec, 1 if spec in self.faulty else 0))
            for spec in self.specs
        ]
        return self._whole("Failed", entries, ready=False, why="PodFailed")

    def backing_off(self) -> Json:
        """The faulty containers wait for their next attempt."""
        entries = []
        for spec in self.specs:
            if spec not in self.faulty:
                entries.append(self._entry(spec, self._state(spec), started=True, ready=True))
                continue
            message = f"back-off restarting failed container={spec['name']}"
            waiting = {"waiting": {"reason": "CrashLoopBackOff", "message": message}}
            last = self._ended(spec, 1)
            entries.append(self._entry(spec, waiting, last=last))
        return self._whole("Running", entries, ready=False)

    def restarted(self) -> Json:
        """The next attempt runs."""
        entries = []
        for spec in self.specs:
            if spec not in self.faulty:
                entries.append(self._entry(spec, self._state(spec), started=True, ready=True))
                continue
            last = self._before[spec["name"]].get("lastState")
            more = int(self._before[spec["name"]].get("restartCount") or 0) + 1
            entries.append(
                self._entry(spec, self._live(), started=True, last=last, restart_count=more)
            )
        return self._whole("Running", entries, ready=False)

    # -- parts

    def _any_waiting(self, reason: str) -> bool:
        return any(
            ((entry.get("state") or {}).get("waiting") or {}).get("reason") == reason
            for entry in self._before.values()
        )

    def _state(self, spec: Json) -> Json:
        """What the container does now, unchanged."""
        state: Json = (self._before.get(spec["name"]) or {}).get("state") or self._live()
        return state

    def _live(self) -> Json:
        return {"running": {"startedAt": self._now}}

    def _ended(self, spec: Json, code: int) -> Json:
        running = self._state(spec).get("running") or {}
        return {
            "terminated": {
                "exitCode": code,
                "reason": "Completed" if code == 0 else "Error",
                "startedAt": running.get("startedAt", self._now),
                "finishedAt": self._now,
            }
        }

    def _entry(
        self,
        spec: Json,
        state: Json,
        *,
        started: bool = False,
        ready: bool = False,
        last: Json | None = None,
        restart_count: int | None = None,
    ) -> Json:
        before = self._before.get(spec["name"]) or {}
        count = int(before.get("restartCount") or 0) if restart_count is None else restart_count
        image = str(spec.get("image") or "")
        entry: Json = {
            "name": spec["name"],
            "image": image,
            "imageID": f"simulated://{image}" if state.get("waiting", {}) != _CREATING else "",
            "ready": ready,
            "started": started,
            "restartCount": count,
            "state": state,
            "lastState": (before.get("lastState") or {}) if last is None else last,
        }
        return entry

    def _whole(
        self, phase: str, entries: list[Json], *, ready: bool, why: str = "", **more: Any
    ) -> Json:
        """The whole status; `why` is set when the Pod has ended."""
        names = [entry["name"] for entry in entries if not entry["ready"]]
        unready = f"containers with unready status: [{' '.join(names)}]"
        conditions = list(self._status.get("conditions") or ())
        running = "True" if phase == "Running" or why else "False"
        steps = (
            ("PodReadyToStartContainers", "False" if why else running, "", ""),
            ("Initialized", "True", why if why == "PodCompleted" else "", ""),
            ("Ready", *_readiness(ready, why, unready)),
            ("ContainersReady", *_readiness(ready, why, unready)),
            ("PodScheduled", "True", "", ""),
        )
        for type_, status, reason, message in steps:
            conditions = pods.set_condition(
                conditions, type_, status, self._now, reason=reason, message=message
            )
        whole = {
            **self._status,
            "phase": phase,
            "conditions": conditions,
            "hostIP": "127.0.0.1",
            "qosClass": self._status.get("qosClass", "Burstable"),
            "containerStatuses": entries,
            **more,
        }
        if self._init:
            whole["initContainerStatuses"] = [self._done(spec) for spec in self._init]
        return whole

    def _done(self, spec: Json) -> Json:
        ended = {"exitCode": 0, "reason": "Completed", "startedAt": self._now}
        return {
            "name": spec["name"],
            "image": str(spec.get("image") or ""),
            "imageID": "",
            "ready": True,
            "started": False,
            "restartCount": 0,
            "state": {"terminated": {**ended, "finishedAt": self._now}},
            "lastState": {},
        }


_CREATING = {"reason": "ContainerCreating"}


def _readiness(ready: bool, why: str, unready: str) -> tuple[str, str, str]:
    if ready:
        return "True", "", ""
    if why:
        return "False", why, ""
    return "False", "ContainersNotReady", unready
