"""CronJobs: a Job whenever the schedule says so, by the wall clock in UTC.

Standard five-field schedules with names, ranges, steps and the `@daily` kind; anything else is told
as an Event and never started. History limits and concurrencyPolicy are kept as Kubernetes does.
"""

from __future__ import annotations

import copy
from datetime import UTC, datetime, timedelta

from fluxtui.cluster.port import Json
from fluxtui.world.simulator import pods
from fluxtui.world.simulator.cache import Key, key_of, uid_of
from fluxtui.world.simulator.kinds import CRON_JOB, JOB
from fluxtui.world.simulator.moments import moment, stamp
from fluxtui.world.simulator.state import State

_COMPONENT = "cronjob-controller"
_LONGEST_NAP = 3600.0
_MACROS = {
    "@yearly": "0 0 1 1 *",
    "@annually": "0 0 1 1 *",
    "@monthly": "0 0 1 * *",
    "@weekly": "0 0 * * 0",
    "@daily": "0 0 * * *",
    "@midnight": "0 0 * * *",
    "@hourly": "0 * * * *",
}
_MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
_DAYS = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"]


class CronJobs:
    """`look` at a CronJob."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._refused: set[tuple[str, str]] = set()

    async def look(self, key: Key) -> float | None:
        """Start a Job when one is due, and tidy up old ones."""
        cron = self._state.get(CRON_JOB, key)
        if cron is None or pods.is_ending(cron):
            return None
        await self._tell_active(cron)
        if cron["spec"].get("suspend"):
            return None
        text = str(cron["spec"].get("schedule", ""))
        try:
            schedule = Schedule(text)
        except ValueError as error:
            if (uid_of(cron), text) not in self._refused:
                self._refused.add((uid_of(cron), text))
                self._tell(cron, "UnparseableSchedule", f"unparseable schedule {text!r}: {error}")
            return None
        now = self._state.clock.now().astimezone(UTC)
        last = moment((cron.get("status") or {}).get("lastScheduleTime"))
        last = last or moment(cron["metadata"].get("creationTimestamp")) or now
        due = schedule.latest(last, now)
        if due is not None:
            await self._start(cron, due)
        coming = schedule.next(now)
        left = (coming - now).total_seconds() if coming else _LONGEST_NAP
        # The schedule runs by the wall clock, the queue by the World's: ask again in real seconds.
        return self._state.on_clock(min(left, _LONGEST_NAP))

    async def _start(self, cron: Json, due: datetime) -> None:
        active = [job for job in self._state.owned(JOB, cron) if not _is_over(job)]
        policy = cron["spec"].get("concurrencyPolicy", "Allow")
        if active and policy == "Forbid":
            return
        if policy == "Replace":
            for job in active:
                await self._state.delete(JOB, job)
        namespace, name = key_of(cron)
        template = copy.deepcopy(cron["spec"].get("jobTemplate") or {})
        meta = template.get("metadata") or {}
        made = await self._state.create(
            JOB,
            {
                "apiVersion": "batch/v1",
                "kind": "Job",
                "metadata": {
                    "name": f"{name}-{int(due.timestamp()) // 60}",
                    "namespace": namespace,
                    "labels": meta.get("labels") or {},
                    "annotations": {
                        **(meta.get("annotations") or {}),
                        "batch.kubernetes.io/cronjob-scheduled-timestamp": stamp(due),
                    },
                    "ownerReferences": [pods.controller_reference(CRON_JOB, cron)],
                },
                "spec": template.get("spec") or {},
            },
        )
        if made is not None:
            self._tell(cron, "SuccessfulCreate", f"Created job {key_of(made)[1]}")
        status = {**(cron.get("status") or {}), "lastScheduleTime": stamp(due)}
        await self._state.set_status(
            CRON_JOB, self._state.get(CRON_JOB, key_of(cron)) or cron, status
        )
        await self._tidy(cron)

    async def _tidy(self, cron: Json) -> None:
        jobs = self._state.owned(JOB, cron)
        for type_, field, usual in (
            ("Complete", "successfulJobsHistoryLimit", 3),
            ("Failed", "failedJobsHistoryLimit", 1),
        ):
            limit = cron["spec"].get(field)
            keep = usual if limit is None else int(limit)
            over = [
                job for job in jobs if (pods.condition(job, type_) or {}).get("status") == "True"
            ]
            for job in over[: max(0, len(over) - keep)]:
                await self._state.delete(JOB, job)

    async def _tell_active(self, cron: Json) -> None:
        old = cron.get("status") or {}
        jobs = self._state.owned(JOB, cron)
        status = {key: value for key, value in old.items() if key != "active"}
        active = [
            {
                "apiVersion": "batch/v1",
                "kind": "Job",
                "namespace": key_of(job)[0],
                "name": key_of(job)[1],
                "uid": uid_of(job),
            }
            for job in jobs
            if not _is_over(job)
        ]
        if active:
            status["active"] = active
        ended = [str((job.get("status") or {}).get("completionTime") or "") for job in jobs]
        if any(ended):
            status["lastSuccessfulTime"] = max(ended)
        await self._state.set_status(CRON_JOB, cron, status)

    def _tell(self, cron: Json, reason: str, message: str) -> None:
        self._state.recorder.event(
            CRON_JOB,
            cron,
            reason,
            message,
            component=_COMPONENT,
            severity="Normal" if reason == "SuccessfulCreate" else "Warning",
        )


class Schedule:
    """A five-field schedule. Raises ValueError when it is none."""

    def __init__(self, text: str) -> None:
        fields = _MACROS.get(text.strip().lower(), text).split()
        if len(fields) != 5:
            raise ValueError("five fields are needed")
        self._minutes = _field(fields[0], 0, 59)
        self._hours = _field(fields[1], 0, 23)
        self._days = _field(fields[2], 1, 31)
        self._months = _field(fields[3], 1, 12, _MONTHS, 1)
        self._weekdays = {day % 7 for day in _field(fields[4], 0, 7, _DAYS)}
        self._any_day, self._any_weekday = fields[2][0] in "*?", fields[4][0] in "*?"

    def matches(self, at: datetime) -> bool:
        """Whether the minute of `at` is one of the schedule's."""
        return at.minute in self._minutes and at.hour in self._hours and self._on_day(at)

    def next(self, after: datetime) -> datetime | None:
        """The first moment after `after`, within two years."""
        at = after.replace(second=0, microsecond=0) + timedelta(minutes=1)
        end = after + timedelta(days=731)
        while at < end:
            if not self._on_day(at):
                at = at.replace(hour=0, minute=0) + timedelta(days=1)
            elif at.hour not in self._hours:
                at = at.replace(minute=0) + timedelta(hours=1)
            elif at.minute not in self._minutes:
                at += timedelta(minutes=1)
            else:
                return at
        return None

    def latest(self, after: datetime, until: datetime) -> datetime | None:
        """The last moment in (after, until]; missed ones before it are not made up for."""
        last, at = None, self.next(after)
        for _ in range(100):
            if at is None or at > until:
                break
            last, at = at, self.next(at)
        return last

    def _on_day(self, at: datetime) -> bool:
        if at.month not in self._months:
            return False
        day = at.day in self._days
        weekday = (at.weekday() + 1) % 7 in self._weekdays
        # As cron has it: two restrictions are joined by "or".
        return day and weekday if self._any_day or self._any_weekday else day or weekday


def _field(
    text: str, low: int, high: int, names: list[str] | None = None, base: int = 0
) -> set[int]:
    values: set[int] = set()
    for part in text.lower().split(","):
        span, _, step = part.partition("/")
        first, dash, last = span.partition("-")
        if span in ("*", "?"):
            start, stop = low, high
        else:
            start = _number(first, names, base)
            stop = _number(last, names, base) if dash else (high if step else start)
        every = int(step) if step else 1
        if not (low <= start <= stop <= high and every > 0):
            raise ValueError(f"{part!r} is out of range")
        values.update(range(start, stop + 1, every))
    return values


def _number(text: str, names: list[str] | None, base: int) -> int:
    if names and text in names:
        return names.index(text) + base
    return int(text)


def _is_over(job: Json) -> bool:
    return any(
        (pods.condition(job, type_) or {}).get("status") == "True"
        for type_ in ("Complete", "Failed")
    )
