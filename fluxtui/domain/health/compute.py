"""kstatus of one object as Flux sees it (docs/flux.md#kstatus): a library's rules, and readers.

`status` is the plain library; `reader_status` is what kustomize-controller waits on. CEL health
expressions come in front of both and are the Reconciler's business, not this file's.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from fluxtui.domain.health.fields import (
    Malformed,
    Object,
    StatusCondition,
    conditions,
    generation,
    lookup,
)
from fluxtui.domain.health.rules import RULES, job_outcome
from fluxtui.domain.health.values import Health, Status, current, failed, in_progress

NOT_FOUND = Health(Status.NOT_FOUND, "Resource not found", "NotFound")


def status(obj: Object | None, now: datetime | None = None) -> Health:
    """kstatus of an object, None meaning that it is not there. Raises nothing.

    `now` decides only how long an unschedulable Pod is given (15 s); without it, no time at all.
    """
    if obj is None:
        return NOT_FOUND
    try:
        return compute(obj, now)
    except Malformed as error:
        return Health(Status.UNKNOWN, str(error), "Malformed")


def reader_status(
    obj: Object | None, pods: Iterable[Object] = (), now: datetime | None = None
) -> Health:
    """kstatus with kustomize-controller's readers. Raises nothing.

    A Job must end (or be suspended) to be Current; a StatefulSet or ReplicaSet in progress has
    failed when one of its selected `pods` has.
    """
    if obj is None:
        return NOT_FOUND
    group, kind = group_kind(obj)
    try:
        if (group, kind) == ("batch", "Job"):
            return _job(obj)
        health = compute(obj, now)
        waiting = health.status is Status.IN_PROGRESS
        if waiting and group == "apps" and kind in ("StatefulSet", "ReplicaSet"):
            return _failed_pods(pods, now) or health
        return health
    except Malformed as error:
        return Health(Status.UNKNOWN, str(error), "Malformed")


def compute(obj: Object, now: datetime | None = None) -> Health:
    """As `status`. Raises Malformed where the library answers with an error."""
    deleting, deleted = lookup(obj, "metadata", "deletionTimestamp")
    if deleting and not isinstance(deleted, str):
        raise Malformed(".metadata.deletionTimestamp is not a string")
    if deleted:
        return Health(Status.TERMINATING, "Resource scheduled for deletion", "Terminating")
    desired = generation(obj, "metadata", "generation")
    group, kind = group_kind(obj)
    if desired is not None:
        observed = generation(obj, "status", "observedGeneration")
        if observed is not None and observed != desired:
            message = (
                f"{kind} generation is {desired}, but latest observed generation is {observed}"
            )
            return in_progress("LatestGenerationNotObserved", message)
    listed = conditions(obj)
    for c in listed:
        if c.type == "Reconciling" and c.true:
            return in_progress(c.reason, c.message)
        if c.type == "Stalled" and c.true:
            return failed(c.reason, c.message)
    rule = RULES.get((group, kind))
    if rule is not None:
        return rule(obj, now)
    return _by_ready(listed) or current("Resource is current")


def _by_ready(listed: tuple[StatusCondition, ...]) -> Health | None:
    for c in listed:
        if c.type != "Ready":
            continue
        if c.true:
            return current("Resource is Ready")
        if c.status in ("False", "Unknown"):
            return in_progress(c.reason, c.message)
    return None


def _job(obj: Object) -> Health:
    """kustomize-controller's Job reader; a Job on its way out says so rather than InProgress."""
    _, suspended = lookup(obj, "spec", "suspend")
    if suspended is True:
        return current("Job is suspended")
    ended = job_outcome(obj)
    if ended:
        return ended
    _, deleted = lookup(obj, "metadata", "deletionTimestamp")
    if deleted:
        return Health(Status.TERMINATING, "Resource scheduled for deletion", "Terminating")
    return in_progress("JobInProgress", "Job in progress")


def _failed_pods(pods: Iterable[Object], now: datetime | None) -> Health | None:
    bad = []
    for pod in pods:
        health = status(pod, now)
        if health.status is Status.FAILED and health.reason != "PodUnschedulable":
            bad.append(health)
    if not bad:
        return None
    return failed("PodsFailed", f"{len(bad)} pods have failed: {bad[0].message}")


def group_kind(obj: Object) -> tuple[str, str]:
    """(group, kind) of an object; the core group is ''."""
    version, kind = obj.get("apiVersion"), obj.get("kind")
    text = version if isinstance(version, str) else ""
    group = text.rpartition("/")[0]
    return group, kind if isinstance(kind, str) else ""


def condition(obj: Object | None, type: str) -> StatusCondition | None:
    """The condition of that type, None when absent or when the conditions are malformed."""
    if not isinstance(obj, Mapping):
        return None
    try:
        return next((c for c in conditions(obj) if c.type == type), None)
    except Malformed:
        return None  # `status` of the same object says Unknown, and why


def ready(obj: Object | None) -> StatusCondition | None:
    """Flux's Ready condition, None when it was never set."""
    return condition(obj, "Ready")
