"""Jobs: Pods that run to their end, counted until there are enough, or too many failures.

The demo's migrations are one, and the rehearsal "failing migration" lets it fail. Follows
Kubernetes' job controller: completions one after the other, the back-off limit, and the conditions
as written since 1.31 (`SuccessCriteriaMet` before `Complete`).
"""

from __future__ import annotations

from fluxtui.cluster.port import Json
from fluxtui.world.simulator import pods
from fluxtui.world.simulator.cache import Key, key_of, uid_of
from fluxtui.world.simulator.kinds import JOB, POD
from fluxtui.world.simulator.recorder import EventType
from fluxtui.world.simulator.state import SimState

_COMPONENT = "job-controller"
_PAUSE_FIRST, _PAUSE_MOST = 10.0, 360.0
_DONE = ("CompletionsReached", "Reached expected number of succeeded pods")
_FAILED = ("BackoffLimitExceeded", "Job has reached the specified backoff limit")


class JobLives:
    """`look` at a Job."""

    def __init__(self, state: SimState) -> None:
        self._state = state
        self._retry_at: dict[str, float] = {}

    async def look(self, key: Key) -> float | None:
        """Make the next step, and tell the status."""
        job = self._state.get(JOB, key)
        if job is None or pods.is_ending(job) or _is_over(job) or job["spec"].get("suspend"):
            return None
        own = self._state.owned(POD, job)
        passed = sum(pods.phase(pod) == "Succeeded" for pod in own)
        failed = sum(pods.phase(pod) == "Failed" for pod in own)
        active = [pod for pod in own if pods.is_active(pod)]
        limit = int(job["spec"].get("backoffLimit", 6))
        restarts = sum(pods.restarts(pod) for pod in active)
        if failed > limit or restarts > max(0, limit - 1):
            for pod in active:
                await self._state.delete(POD, pod)
            await self._end(job, passed, failed + len(active), ("FailureTarget", "Failed"), _FAILED)
            self._tell(job, *_FAILED, severity="Warning")
            return None
        goal = int(job["spec"].get("completions") or 1)
        if passed >= goal:
            await self._end(job, passed, failed, ("SuccessCriteriaMet", "Complete"), _DONE)
            self._tell(job, "Completed", "Job completed")
            return None
        again = await self._run(job, goal - passed - len(active), failed)
        active = [pod for pod in self._state.owned(POD, job) if pods.is_active(pod)]
        status = self._counts(job, passed, failed) | {"ready": sum(map(pods.is_ready, active))}
        status |= {"active": len(active)} if active else {}
        await self._state.set_status(JOB, job, status)
        return again

    async def _run(self, job: Json, missing: int, failed: int) -> float | None:
        """Start what is missing; after a failure only when the pause is over."""
        most = int(job["spec"].get("parallelism", 1))
        if missing <= 0:
            return None
        if failed:
            now = self._state.clock.monotonic()
            pause = min(_PAUSE_MOST, _PAUSE_FIRST * 2 ** (failed - 1))
            due = self._retry_at.setdefault(f"{uid_of(job)}/{failed}", now + pause)
            if due > now:
                return due - now
        for _ in range(min(missing, most)):
            await self._start(job)
        return None

    async def _start(self, job: Json) -> None:
        name = key_of(job)[1]
        pod = pods.pod_from(
            job["spec"]["template"],
            JOB,
            job,
            f"{name}-{self._state.suffix()}",
            labels={
                "batch.kubernetes.io/controller-uid": uid_of(job),
                "batch.kubernetes.io/job-name": name,
                "controller-uid": uid_of(job),
                "job-name": name,
            },
        )
        new = await self._state.create(POD, pod)
        if new is not None:
            self._tell(job, "SuccessfulCreate", f"Created pod: {key_of(new)[1]}")

    async def _end(
        self, job: Json, passed: int, failed: int, types: tuple[str, str], why: tuple[str, str]
    ) -> None:
        now = self._state.stamp()
        status = self._counts(job, passed, failed)
        conditions: list[Json] = list(status.get("conditions") or ())
        for type_ in types:
            conditions = pods.set_condition(
                conditions,
                type_,
                "True",
                now,
                reason=why[0],
                message=why[1],
                extra={"lastProbeTime": now},
            )
        status |= {"conditions": conditions, "ready": 0}
        status |= {"completionTime": now} if types[1] == "Complete" else {}
        await self._state.set_status(JOB, job, status)

    def _counts(self, job: Json, passed: int, failed: int) -> Json:
        old = job.get("status") or {}
        status: Json = {
            "startTime": old.get("startTime") or self._state.stamp(),
            "uncountedTerminatedPods": {},
        }
        status |= {"succeeded": passed} if passed else {}
        return status | ({"failed": failed} if failed else {})

    def _tell(
        self, job: Json, reason: str, message: str, *, severity: EventType = "Normal"
    ) -> None:
        self._state.recorder.event(
            JOB, job, reason, message, component=_COMPONENT, severity=severity
        )


def _is_over(job: Json) -> bool:
    return any(
        (pods.condition(job, type_) or {}).get("status") == "True"
        for type_ in ("Complete", "Failed")
    )
