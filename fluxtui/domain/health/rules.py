"""kstatus rules of single kinds (docs/flux.md#kstatus): pure functions from object to Health.

The first failing check gives InProgress. Generic rules (deletion, generation, Reconciling and
Stalled conditions) come before and are not repeated here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from fluxtui.domain.health.fields import Malformed, Object, conditions, count, generation, text
from fluxtui.domain.health.values import Health, current, failed, in_progress
from fluxtui.kit.moments import seconds

SCHEDULE_WINDOW = 15.0
_NO_DEADLINE = 2147483647
Rule = Callable[[Object, datetime | None], Health]
# (reason, label, have, want): InProgress when have < want
_Check = tuple[str, str, int, int]


def _short(checks: tuple[_Check, ...]) -> Health | None:
    for reason, label, have, want in checks:
        if have < want:
            return in_progress(reason, f"{label}: {have}/{want}")
    return None


def _extra(have: int, want: int) -> Health | None:
    if have > want:
        return in_progress("ExtraPods", f"Pending termination: {have - want}")
    return None


def _deployment(obj: Object, now: datetime | None) -> Health:
    deadline = count(obj, "spec", "progressDeadlineSeconds", default=_NO_DEADLINE)
    progressing = deadline == _NO_DEADLINE
    available = False
    for c in conditions(obj):
        if c.type == "Progressing":
            if c.reason == "ProgressDeadlineExceeded":
                return failed(c.reason, "Progress deadline exceeded")
            progressing = progressing or (c.true and c.reason == "NewReplicaSetAvailable")
        elif c.type == "Available":
            available = available or c.true
    want = count(obj, "spec", "replicas", default=1)
    have = count(obj, "status", "replicas")
    updated = count(obj, "status", "updatedReplicas")
    health = (
        _short(
            (("LessReplicas", "Replicas", have, want), ("LessUpdated", "Updated", updated, want))
        )
        or _extra(have, want)
        or _short(
            (
                ("LessAvailable", "Available", count(obj, "status", "availableReplicas"), updated),
                ("LessReady", "Ready", count(obj, "status", "readyReplicas"), want),
            )
        )
    )
    if health:
        return health
    if not progressing:
        return in_progress("ReplicaSetNotAvailable", "ReplicaSet not Available")
    if not available:
        return in_progress("DeploymentNotAvailable", "Deployment not Available")
    return current(f"Deployment is available. Replicas: {have}")


def _replica_set(obj: Object, now: datetime | None) -> Health:
    if any(c.type == "ReplicaFailure" and c.true for c in conditions(obj)):
        return in_progress("ReplicaFailure", "Replica Failure condition. Check Pods")
    want = count(obj, "spec", "replicas", default=1)
    have = count(obj, "status", "replicas")
    labelled = count(obj, "status", "fullyLabeledReplicas")
    available = count(obj, "status", "availableReplicas")
    ready = count(obj, "status", "readyReplicas")
    return (
        _short(
            (
                ("LessLabelled", "Labelled", labelled, want),
                ("LessAvailable", "Available", available, want),
                ("LessReady", "Ready", ready, want),
            )
        )
        or _extra(have, want)
        or current(f"ReplicaSet is available. Replicas: {have}")
    )


def _stateful_set(obj: Object, now: datetime | None) -> Health:
    if text(obj, "spec", "updateStrategy", "type") == "OnDelete":
        return current("StatefulSet is using the ondelete update strategy")
    want = count(obj, "spec", "replicas", default=1)
    have = count(obj, "status", "replicas")
    ready = count(obj, "status", "readyReplicas")
    health = _short(
        (("LessReplicas", "Replicas", have, want), ("LessReady", "Ready", ready, want))
    ) or _extra(have, want)
    if health:
        return health
    partition = count(obj, "spec", "updateStrategy", "rollingUpdate", "partition", default=-1)
    if partition != -1:
        updated = count(obj, "status", "updatedReplicas")
        return _short((("PartitionRollout", "updated", updated, want - partition),)) or current(
            f"Partition rollout complete. updated: {updated}"
        )
    health = _short((("LessCurrent", "current", count(obj, "status", "currentReplicas"), want),))
    if health:
        return health
    if text(obj, "status", "currentRevision") != text(obj, "status", "updateRevision"):
        return in_progress("RevisionMismatch", "Waiting for updated revision to match current")
    return current(f"All replicas scheduled as expected. Replicas: {have}")


def _daemon_set(obj: Object, now: datetime | None) -> Health:
    if generation(obj, "metadata", "generation") is None:
        return in_progress("NoGeneration", "DaemonSet metadata.generation not found")
    if generation(obj, "status", "observedGeneration") is None:
        message = "DaemonSet status.observedGeneration not found"
        return in_progress("NoObservedGeneration", message)
    want = count(obj, "status", "desiredNumberScheduled", default=-1)
    if want == -1:
        return in_progress("NoDesiredNumber", "Missing .status.desiredNumberScheduled")
    return _short(
        (
            ("LessCurrent", "Current", count(obj, "status", "currentNumberScheduled"), want),
            ("LessUpdated", "Updated", count(obj, "status", "updatedNumberScheduled"), want),
            ("LessAvailable", "Available", count(obj, "status", "numberAvailable"), want),
            ("LessReady", "Ready", count(obj, "status", "numberReady"), want),
        )
    ) or current(f"All replicas scheduled as expected. Replicas: {want}")


def _pod(obj: Object, now: datetime | None) -> Health:
    phase = text(obj, "status", "phase")
    listed = conditions(obj)
    if phase == "Succeeded":
        return current("Pod has completed successfully")
    if phase == "Failed":
        return current("Pod has completed, but not successfully")
    if phase == "Running":
        if any(c.type == "Ready" and c.true for c in listed):
            return current("Pod is Ready")
        looping = _crash_looping(obj)
        if looping:
            message = f"Containers in CrashLoop state: {','.join(looping)}"
            return failed("ContainerCrashLooping", message)
        return in_progress("PodRunningNotReady", "Pod is running but is not Ready")
    if phase == "Pending":
        scheduled = next((c for c in listed if c.type == "PodScheduled" and c.false), None)
        if scheduled and scheduled.reason == "Unschedulable":
            if now is not None and now.timestamp() - SCHEDULE_WINDOW < _created(obj):
                return in_progress("PodNotScheduled", "Pod has not been scheduled")
            return failed("PodUnschedulable", "Pod could not be scheduled")
        return in_progress("PodPending", "Pod is in the Pending phase")
    if not phase:
        return in_progress("PodNotObserved", "Pod phase not available")
    raise Malformed(f"unknown phase {phase}")


def _created(obj: Object) -> float:
    """Seconds since 1970; an object that does not say when it was made is older than any window."""
    return seconds(text(obj, "metadata", "creationTimestamp"), zone=False) or 0.0


def _crash_looping(pod: Object) -> list[str]:
    """Names of the containers (not init containers) that wait in CrashLoopBackOff."""
    containers = pod["status"].get("containerStatuses")  # its phase stands there
    names: list[str] = []
    for container in containers if isinstance(containers, list | tuple) else ():
        if not isinstance(container, Mapping) or not isinstance(container.get("name"), str):
            continue
        if text(container, "state", "waiting", "reason") == "CrashLoopBackOff":
            names.append(container["name"])
    return names


def _job(obj: Object, now: datetime | None) -> Health:
    outcome = job_outcome(obj)
    if outcome:
        return outcome
    if not text(obj, "status", "startTime"):
        return in_progress("JobNotStarted", "Job not started")
    succeeded, active = count(obj, "status", "succeeded"), count(obj, "status", "active")
    bad = count(obj, "status", "failed")
    return current(f"Job in progress. success:{succeeded}, active: {active}, failed: {bad}")


def job_outcome(obj: Object) -> Health | None:
    """Current or Failed once the Job has ended, None before."""
    parallelism = count(obj, "spec", "parallelism", default=1)
    completions = count(obj, "spec", "completions", default=parallelism)
    for c in conditions(obj):
        if c.type == "Complete" and c.true:
            succeeded = count(obj, "status", "succeeded")
            return current(f"Job Completed. succeeded: {succeeded}/{completions}")
        if c.type == "Failed" and c.true:
            bad = count(obj, "status", "failed")
            return failed("JobFailed", f"Job Failed. failed: {bad}/{completions}")
    return None


def _claim(obj: Object, now: datetime | None) -> Health:
    phase = text(obj, "status", "phase", default="unknown")
    if phase != "Bound":
        return in_progress("NotBound", f"PVC is not Bound. phase: {phase}")
    return current("PVC is Bound")


def _service(obj: Object, now: datetime | None) -> Health:
    balancer = text(obj, "spec", "type", default="ClusterIP") == "LoadBalancer"
    if balancer and not text(obj, "spec", "clusterIP"):
        return in_progress("NoIPAssigned", "ClusterIP not set. Service type: LoadBalancer")
    return current("Service is ready")


def _definition(obj: Object, now: datetime | None) -> Health:
    for c in conditions(obj):
        if c.type == "NamesAccepted" and c.false:
            return failed(c.reason, c.message)
        if c.type == "Established":
            if c.false and c.reason != "Installing":
                return failed(c.reason, c.message)
            if c.true:
                return current("CRD is established")
    return in_progress("Installing", "Install in progress")


def _disruption_budget(obj: Object, now: datetime | None) -> Health:
    return current("AllowedDisruptions has been computed.")


def _always(obj: Object, now: datetime | None) -> Health:
    return current("Resource is always ready")


RULES: dict[tuple[str, str], Rule] = {
    ("", "ConfigMap"): _always,
    ("", "PersistentVolumeClaim"): _claim,
    ("", "Pod"): _pod,
    ("", "Secret"): _always,
    ("", "Service"): _service,
    ("apiextensions.k8s.io", "CustomResourceDefinition"): _definition,
    ("apps", "DaemonSet"): _daemon_set,
    ("apps", "Deployment"): _deployment,
    ("apps", "ReplicaSet"): _replica_set,
    ("apps", "StatefulSet"): _stateful_set,
    ("batch", "CronJob"): _always,
    ("batch", "Job"): _job,
    ("extensions", "DaemonSet"): _daemon_set,
    ("extensions", "Deployment"): _deployment,
    ("extensions", "ReplicaSet"): _replica_set,
    ("policy", "PodDisruptionBudget"): _disruption_budget,
}
