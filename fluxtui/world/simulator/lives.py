"""One container's life, step by step, as a kubelet writes it: what its status says next, and when.

Pure: time comes in as seconds since the present state began.
A Pod's status is put together from these in containers.py.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from fluxtui.cluster.port import Json
from fluxtui.world.simulator import fates


@dataclass(frozen=True, slots=True)
class LifePace:
    """Seconds of the World that a Pod's steps take."""

    schedule: float = 0.3
    start: float = 0.9
    ready: float = 1.6
    run_job: float = 3.0
    run_init: float = 0.6
    crash: float = 1.5
    pull_failed: float = 1.0
    back_off_first: float = 10.0
    back_off_most: float = 300.0
    look_again: float = 5.0
    probe: float = 10.0
    end: float = 0.5


@dataclass(frozen=True, slots=True)
class LifeNews:
    """An Event to leave about the container."""

    reason: str
    message: str
    severity: Literal["Normal", "Warning"] = "Normal"


@dataclass(frozen=True, slots=True)
class LifeStep:
    """The next status (None: as it is), the Events with it, and seconds until another look."""

    status: Json | None = None
    news: tuple[LifeNews, ...] = ()
    again: float | None = None


@dataclass(frozen=True, slots=True)
class Life:
    """What the container is. `ends`: its program comes to an end by itself; `restarts`: it is
    started again after a failure; `pod` is the Pod's name as kubelets write it.
    """

    spec: Mapping[str, Any]
    fault: str = ""
    ends: bool = False
    restarts: bool = True
    readies: bool = True
    ready_after: float = 1.6
    runs_for: float = 3.0
    pod: str = ""
    attempts: int = 0
    pace: LifePace = field(default_factory=LifePace)

    @property
    def name(self) -> str:
        return str(self.spec["name"])

    @property
    def image(self) -> str:
        return str(self.spec.get("image") or "")

    # -- states

    def waiting(self, reason: str, message: str = "", before: Json | None = None) -> Json:
        """It does not run; `before` is its status so far."""
        state = {"reason": reason, **({"message": message} if message else {})}
        return self._status({"waiting": state}, before)

    def running(self, now: str, before: Json | None = None, *, ready: bool = False) -> Json:
        """It runs; a start after the first counts as a restart."""
        old = before or {}
        state: Json = {"running": {"startedAt": now}}
        status = self._status(state, before, started=True, ready=ready)
        if (old.get("lastState") or {}).get("terminated"):
            status["restartCount"] = int(old.get("restartCount") or 0) + 1
        return status

    def _status(
        self, state: Json, before: Json | None, *, started: bool = False, ready: bool = False
    ) -> Json:
        old = before or {}
        has_run = "running" in state or "terminated" in state or bool(old.get("imageID"))
        status: Json = {
            "name": self.name,
            "image": self.image,
            "imageID": f"simulated://{self.image}" if has_run else "",
            "ready": ready,
            "started": started,
            "restartCount": int(old.get("restartCount") or 0),
            "state": state,
            "lastState": old.get("lastState") or {},
        }
        return status

    def ended(self, now: str, before: Json, code: int, reason: str = "") -> Json:
        """Its program came to an end."""
        state = before.get("state") or {}
        began = (state.get("running") or {}).get("startedAt", now)
        why = reason or ("Completed" if code == 0 else "Error")
        over = {"exitCode": code, "reason": why, "startedAt": began, "finishedAt": now}
        return self._status({"terminated": over}, before, ready=False)

    # -- steps

    def next(self, before: Json, since: float, now: str) -> LifeStep:
        """What comes after `before`, which it has been for `since` seconds."""
        state: Json = before.get("state") or {}
        if "waiting" in state:
            return self._from_waiting(before, str(state["waiting"].get("reason")), since, now)
        if "running" in state:
            return self._from_running(before, since, now)
        return LifeStep()

    def _from_waiting(self, before: Json, reason: str, since: float, now: str) -> LifeStep:
        pace = self.pace
        if reason == "ErrImagePull":
            more = pace.pull_failed - since
            return LifeStep(again=more) if more > 0 else self._back_off_pulling(before)
        pause = {
            "ImagePullBackOff": self._pause(self.attempts),
            "CrashLoopBackOff": self._pause(int(before.get("restartCount") or 0)),
        }.get(reason, pace.start)
        more = pause - since
        return LifeStep(again=more) if more > 0 else self.start(before, now)

    def start(self, before: Json, now: str) -> LifeStep:
        """Try to start it: pull its image, run it."""
        if self.fault == fates.NO_IMAGE:
            return self._cannot_pull(before)
        present = LifeNews("Pulled", f'Container image "{self.image}" already present on machine')
        news = (
            present,
            LifeNews("Created", "Container created"),
            LifeNews("Started", "Container started"),
        )
        return LifeStep(self.running(now, before), news, self._first_look)

    @property
    def _first_look(self) -> float:
        if self.fault in (fates.CRASH, fates.OUT_OF_MEMORY):
            return self.pace.crash
        return self.runs_for if self.ends else self.ready_after

    def _cannot_pull(self, before: Json) -> LifeStep:
        error = fates.pull_error(self.image)
        news = (
            LifeNews("Pulling", f'Pulling image "{self.image}"'),
            LifeNews("Failed", f'Failed to pull image "{self.image}": {error}', "Warning"),
            LifeNews("Failed", "Error: ErrImagePull", "Warning"),
        )
        return LifeStep(self.waiting("ErrImagePull", error, before), news, self.pace.pull_failed)

    def _back_off_pulling(self, before: Json) -> LifeStep:
        text = f'Back-off pulling image "{self.image}"'
        message = f"{text}: ErrImagePull: {fates.pull_error(self.image)}"
        news = (LifeNews("BackOff", text), LifeNews("Failed", "Error: ImagePullBackOff", "Warning"))
        status = self.waiting("ImagePullBackOff", message, before)
        return LifeStep(status, news, self._pause(self.attempts))

    def _from_running(self, before: Json, since: float, now: str) -> LifeStep:
        if self.fault in (fates.CRASH, fates.OUT_OF_MEMORY):
            more = self.pace.crash - since
            return LifeStep(again=more) if more > 0 else self._crash(before, now)
        if self.ends:
            more = self.runs_for - since
            return LifeStep(again=more) if more > 0 else LifeStep(self.ended(now, before, 0))
        if before.get("ready") or not self.readies:
            return LifeStep()
        if self.fault == fates.NEVER_READY:
            return self._unready(since)
        more = self.ready_after - since
        return LifeStep(again=more) if more > 0 else LifeStep({**before, "ready": True})

    def _unready(self, since: float) -> LifeStep:
        more = self.pace.probe - since % self.pace.probe
        if since < self.ready_after:
            return LifeStep(again=self.ready_after - since)
        text = "Readiness probe failed: HTTP probe failed with statuscode: 503"
        return LifeStep(None, (LifeNews("Unhealthy", text, "Warning"),), more)

    def _crash(self, before: Json, now: str) -> LifeStep:
        killed = self.fault == fates.OUT_OF_MEMORY
        over = self.ended(now, before, 137 if killed else 1, "OOMKilled" if killed else "")
        if not self.restarts:
            return LifeStep(over)
        pause = self._pause(int(before.get("restartCount") or 0))
        message = (
            f"back-off {go_duration(pause)} restarting failed container={self.name} pod={self.pod}"
        )
        status = self.waiting("CrashLoopBackOff", message, {**over, "lastState": over["state"]})
        text = f"Back-off restarting failed container {self.name} in pod {self.pod}"
        return LifeStep(status, (LifeNews("BackOff", text, "Warning"),), pause)

    def _pause(self, times: int) -> float:
        return float(min(self.pace.back_off_most, self.pace.back_off_first * 2**times))


def go_duration(seconds: float) -> str:
    """`10s`, `1m20s`, `5m0s`, as Go prints a duration of whole seconds."""
    minutes, secs = divmod(int(seconds), 60)
    return f"{minutes}m{secs}s" if minutes else f"{secs}s"
