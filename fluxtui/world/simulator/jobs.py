"""Jobs: Pods that run to their end, counted until there are enough, or too many failures.

Follows Kubernetes' job controller: parallelism, completions, back-off limit, deadline, failure
policy, suspend and time-to-live; conditions as written since 1.31 (`SuccessCriteriaMet` before
`Complete`).
"""

from __future__ import annotations

from fluxtui.cluster.port import Json
from fluxtui.world.simulator import pods
from fluxtui.world.simulator.cache import Key, key_of, uid_of
from fluxtui.world.simulator.failurepolicy import verdict
from fluxtui.world.simulator.kinds import JOB, POD
from fluxtui.world.simulator.moments import seconds_since
from fluxtui.world.simulator.state import State

_COMPONENT = "job-controller"
_DEFAULT_BACK_OFF = 6
_PAUSE_FIRST, _PAUSE_MOST = 10.0, 360.0


class Jobs:
    """`look` at a Job."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._retry_at: dict[str, float] = {}
        self._began: dict[str, float] = {}

    async def look(self, key: Key) -> float | None:
        """Make the next step, and tell the status."""
        job = self._state.get(JOB, key)
        if job is None or pods.is_ending(job):
            return None
        if _is_over(job):
            return await self._expire(job)
        if job["spec"].get("suspend"):
            return await self._suspend(job)
        mine = self._state.owned(POD, job)
        done = [pod for pod in mine if pods.phase(pod) == "Succeeded"]
        failed = [pod for pod in mine if pods.phase(pod) == "Failed"]
        active = [pod for pod in mine if pods.is_active(pod)]
        counted = [pod for pod in failed if verdict(job["spec"].get("podFailurePolicy"), pod)[1]]
        why = self._failure(job, active, failed, counted)
        if why is not None:
            return await self._fail(job, active, len(counted), len(done), why)
        if len(done) >= _completions(job):
            return await self._complete(job, len(done), len(counted))
        again = await self._run(job, active, len(failed), len(done))
        await self._tell_progress(job, done, counted)
        return _soonest(again, self._deadline_left(job))

    def _failure(
        self, job: Json, active: list[Json], failed: list[Json], counted: list[Json]
    ) -> tuple[str, str] | None:
        """(reason, message) when the Job has failed, in the order the job controller asks."""
        for pod in failed:
            message, _ = verdict(job["spec"].get("podFailurePolicy"), pod)
            if message:
                return "PodFailurePolicy", message
        restarts = sum(pods.restarts(pod) for pod in active)
        if len(counted) > _back_off_limit(job) or _restarted_too_often(job, restarts):
            return "BackoffLimitExceeded", "Job has reached the specified backoff limit"
        left = self._deadline_left(job)
        if left is not None and left <= 0:
            return "DeadlineExceeded", "Job was active longer than specified deadline"
        return None

    def _deadline_left(self, job: Json) -> float | None:
        """Seconds until activeDeadlineSeconds are over; None when there is no deadline."""
        deadline = job["spec"].get("activeDeadlineSeconds")
        if deadline is None:
            return None
        now = self._state.clock.monotonic()
        passed = seconds_since((job.get("status") or {}).get("startTime"), self._state.clock.now())
        # The API's times are whole seconds: what was seen begin here is known better.
        began = self._began.setdefault(uid_of(job), now - self._state.on_clock(passed))
        return float(deadline) - (now - began)

    async def _run(self, job: Json, active: list[Json], failed: int, done: int) -> float | None:
        """Start what is missing; after a failure only when the pause is over."""
        parallelism = job["spec"].get("parallelism")
        most = 1 if parallelism is None else int(parallelism)
        missing = min(most, _completions(job) - done) - len(active)
        if missing <= 0:
            return None
        if failed:
            now = self._state.clock.monotonic()
            pause = min(_PAUSE_MOST, _PAUSE_FIRST * 2 ** (failed - 1))
            due = self._retry_at.setdefault(f"{uid_of(job)}/{failed}", now + pause)
            if due > now:
                return due - now
        for _ in range(missing):
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
        pod["spec"].setdefault("restartPolicy", "Never")
        made = await self._state.create(POD, pod)
        if made is not None:
            self._tell(job, "SuccessfulCreate", f"Created pod: {key_of(made)[1]}")

    async def _tell_progress(self, job: Json, done: list[Json], failed: list[Json]) -> None:
        active = [pod for pod in self._state.owned(POD, job) if pods.is_active(pod)]
        status = self._counts(job, len(done), len(failed))
        if active:
            status["active"] = len(active)
        status["ready"] = sum(pods.is_ready(pod) for pod in active)
        await self._state.set_status(JOB, job, status)

    async def _complete(self, job: Json, done: int, failed: int) -> float | None:
        now = self._state.stamp()
        status = self._counts(job, done, failed)
        reached = "Reached expected number of succeeded pods"
        conditions: list[Json] = list(status.get("conditions") or ())
        for type_ in ("SuccessCriteriaMet", "Complete"):
            conditions = pods.set_condition(
                conditions,
                type_,
                "True",
                now,
                reason="CompletionsReached",
                message=reached,
                extra={"lastProbeTime": now},
            )
        status |= {"conditions": conditions, "completionTime": now, "ready": 0}
        self._tell(job, "Completed", "Job completed")
        return await self._expire(await self._state.set_status(JOB, job, status))

    async def _fail(
        self, job: Json, active: list[Json], failed: int, done: int, why: tuple[str, str]
    ) -> float | None:
        reason, message = why
        now = self._state.stamp()
        for pod in active:
            await self._state.delete(POD, pod)
        status = self._counts(job, done, failed + len(active))
        conditions: list[Json] = list(status.get("conditions") or ())
        for type_ in ("FailureTarget", "Failed"):
            conditions = pods.set_condition(
                conditions,
                type_,
                "True",
                now,
                reason=reason,
                message=message,
                extra={"lastProbeTime": now},
            )
        status |= {"conditions": conditions, "ready": 0}
        self._state.recorder.event(
            JOB,
            job,
            reason,
            message,
            component=_COMPONENT,
            severity="Warning",
        )
        return await self._expire(await self._state.set_status(JOB, job, status))

    async def _suspend(self, job: Json) -> float | None:
        now = self._state.stamp()
        self._began.pop(uid_of(job), None)
        for pod in self._state.owned(POD, job):
            if pods.is_active(pod):
                await self._state.delete(POD, pod)
        status = dict(job.get("status") or {})
        status.pop("active", None)
        status.pop("startTime", None)
        before = pods.condition(job, "Suspended")
        if before is None or before.get("status") != "True":
            status["conditions"] = pods.set_condition(
                list(status.get("conditions") or ()),
                "Suspended",
                "True",
                now,
                reason="JobSuspended",
                message="Job suspended",
                extra={"lastProbeTime": now},
            )
        await self._state.set_status(JOB, job, status)
        return None

    async def _expire(self, job: Json) -> float | None:
        """ttlSecondsAfterFinished."""
        seconds = job["spec"].get("ttlSecondsAfterFinished")
        if seconds is None:
            return None
        finished = (job.get("status") or {}).get("completionTime")
        if finished is None:
            finished = (pods.condition(job, "Failed") or {}).get("lastTransitionTime")
        passed = seconds_since(finished, self._state.clock.now())
        left = float(seconds) - self._state.on_clock(passed)
        if left > 0:
            return left
        await self._state.delete(JOB, job)
        return None

    def _counts(self, job: Json, done: int, failed: int) -> Json:
        old = job.get("status") or {}
        status: Json = {
            "startTime": old.get("startTime") or self._state.stamp(),
            "uncountedTerminatedPods": {},
        }
        if old.get("conditions"):
            now = self._state.stamp()
            status["conditions"] = [
                {**entry, "status": "False", "lastTransitionTime": now, "reason": "JobResumed"}
                if entry.get("type") == "Suspended" and entry.get("status") == "True"
                else entry
                for entry in old["conditions"]
            ]
        if done:
            status["succeeded"] = done
        if failed:
            status["failed"] = failed
        return status

    def _tell(self, job: Json, reason: str, message: str) -> None:
        self._state.recorder.event(JOB, job, reason, message, component=_COMPONENT)


def _is_over(job: Json) -> bool:
    return any(
        (pods.condition(job, type_) or {}).get("status") == "True"
        for type_ in ("Complete", "Failed")
    )


def _completions(job: Json) -> int:
    for field in ("completions", "parallelism"):
        if job["spec"].get(field) is not None:
            return int(job["spec"][field])
    return 1


def _restarted_too_often(job: Json, restarts: int) -> bool:
    """Restarts in place count only for Pods that are restarted in place."""
    if (job["spec"]["template"].get("spec") or {}).get("restartPolicy") != "OnFailure":
        return False
    return restarts > 0 if _back_off_limit(job) == 0 else restarts >= _back_off_limit(job)


def _soonest(*moments: float | None) -> float | None:
    return min((at for at in moments if at is not None), default=None)


def _back_off_limit(job: Json) -> int:
    limit = job["spec"].get("backoffLimit")
    return _DEFAULT_BACK_OFF if limit is None else int(limit)
