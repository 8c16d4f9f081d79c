"""An object is Current, on its way, failed or gone, as Flux would wait for it."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from fluxtui.domain.health import (
    Health,
    Malformed,
    Status,
    aggregate,
    compute,
    condition,
    reader_status,
    ready,
    status,
)

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


def obj(api: str, kind: str, **parts: Any) -> dict[str, Any]:
    metadata = {"name": "x", "namespace": "shop", "generation": 2}
    return {"apiVersion": api, "kind": kind, "metadata": metadata, **parts}


def says(type: str, value: str, reason: str = "", message: str = "") -> dict[str, str]:
    return {"type": type, "status": value, "reason": reason, "message": message}


def deployment(**counts: int) -> dict[str, Any]:
    numbers = {"replicas": 3, "updatedReplicas": 3, "availableReplicas": 3, "readyReplicas": 3}
    conditions = [says("Available", "True"), says("Progressing", "True", "NewReplicaSetAvailable")]
    return obj(
        "apps/v1",
        "Deployment",
        spec={"replicas": 3, "progressDeadlineSeconds": 600},
        status={"observedGeneration": 2, "conditions": conditions, **numbers, **counts},
    )


def looping_pod() -> dict[str, Any]:
    waiting = {"name": "app", "state": {"waiting": {"reason": "CrashLoopBackOff"}}}
    return obj("v1", "Pod", status={"phase": "Running", "containerStatuses": [waiting]})


@pytest.mark.parametrize(
    ("counts", "message"),
    [
        ({"replicas": 2}, "Replicas: 2/3"),
        ({"updatedReplicas": 1}, "Updated: 1/3"),
        ({"replicas": 4}, "Pending termination: 1"),
        ({"availableReplicas": 0}, "Available: 0/3"),
        ({"readyReplicas": 1}, "Ready: 1/3"),
        ({"observedGeneration": 1}, "Deployment generation is 2, but latest observed is 1"),
    ],
)
def test_a_deployment_on_its_way_says_what_is_short(counts: dict[str, int], message: str) -> None:
    found = status(deployment(**counts))
    assert found.status is Status.IN_PROGRESS
    assert found.message.replace("observed generation", "observed") == message


def test_a_settled_deployment_is_current_and_one_past_its_deadline_failed() -> None:
    assert status(deployment()).status is Status.CURRENT
    stuck = deployment(readyReplicas=0)
    stuck["status"]["conditions"] = [says("Progressing", "False", "ProgressDeadlineExceeded")]
    assert status(stuck) == Health(
        Status.FAILED, "Progress deadline exceeded", "ProgressDeadlineExceeded"
    )


def test_not_there_and_going_away() -> None:
    assert status(None).status is Status.NOT_FOUND
    gone = deployment()
    gone["metadata"]["deletionTimestamp"] = "2026-11-23T12:00:00Z"
    assert status(gone).status is Status.TERMINATING


def test_custom_resources_speak_through_their_conditions() -> None:
    def widget(*conditions: dict[str, str]) -> Health:
        return status(obj("example.com/v1", "Widget", status={"conditions": list(conditions)}))

    assert status(obj("example.com/v1", "Widget")).status is Status.CURRENT
    assert widget(says("Ready", "True")).status is Status.CURRENT
    assert widget(says("Ready", "False", "Nope", "no")) == Health(Status.IN_PROGRESS, "no", "Nope")
    assert widget(says("Stalled", "True", "Bad", "b")) == Health(Status.FAILED, "b", "Bad")
    both = says("Ready", "True"), says("Reconciling", "True", "Progressing", "working")
    assert widget(*both).status is Status.IN_PROGRESS


def test_a_malformed_object_is_unknown_with_the_reason() -> None:
    bad = obj("example.com/v1", "Widget", status={"conditions": "none"})
    assert status(bad) == Health(Status.UNKNOWN, ".status.conditions is not a list", "Malformed")
    with pytest.raises(Malformed):
        compute(bad)
    assert ready(bad) is None and ready(None) is None


def test_a_job_must_end_for_flux_but_not_for_the_library() -> None:
    running = obj("batch/v1", "Job", status={"startTime": "2026-11-23T12:00:00Z", "active": 1})
    assert status(running).status is Status.CURRENT
    assert reader_status(running).status is Status.IN_PROGRESS
    assert reader_status({**running, "spec": {"suspend": True}}).status is Status.CURRENT
    done = {"conditions": [says("Complete", "True")], "succeeded": 1}
    assert reader_status({**running, "status": done}).message == "Job Completed. succeeded: 1/1"
    lost = {"conditions": [says("Failed", "True")], "failed": 2}
    assert reader_status({**running, "status": lost}).status is Status.FAILED


def test_a_stateful_set_fails_with_its_pods_but_not_with_those_that_cannot_be_scheduled() -> None:
    waiting = obj("apps/v1", "StatefulSet", status={"replicas": 0})
    homeless = obj(
        "v1",
        "Pod",
        status={"phase": "Pending", "conditions": [says("PodScheduled", "False", "Unschedulable")]},
    )
    assert reader_status(waiting, [homeless], NOW).status is Status.IN_PROGRESS
    found = reader_status(waiting, [homeless, looping_pod()], NOW)
    assert found.status is Status.FAILED
    assert found.message == "1 pods have failed: Containers in CrashLoop state: app"
    leaving = looping_pod()
    leaving["metadata"]["deletionTimestamp"] = "2026-11-23T12:00:00Z"
    assert reader_status(waiting, [leaving], NOW).status is Status.IN_PROGRESS


def test_a_pod_has_fifteen_seconds_to_find_a_node() -> None:
    conditions = [says("PodScheduled", "False", "Unschedulable")]
    pod = obj("v1", "Pod", status={"phase": "Pending", "conditions": conditions})
    pod["metadata"]["creationTimestamp"] = "2026-11-23T12:00:00Z"
    assert status(pod, NOW + timedelta(seconds=14)).status is Status.IN_PROGRESS
    assert status(pod, NOW + timedelta(seconds=16)).status is Status.FAILED


def test_many_make_one() -> None:
    current, waiting, bad = Status.CURRENT, Status.IN_PROGRESS, Status.FAILED
    assert aggregate([]) is current
    assert aggregate([current, current]) is current
    assert aggregate([current, waiting]) is waiting
    assert aggregate([waiting, Status.UNKNOWN]) is Status.UNKNOWN
    assert aggregate([Status.UNKNOWN, bad]) is bad
    assert aggregate([Status.NOT_FOUND], desired=Status.NOT_FOUND) is Status.NOT_FOUND


def test_flux_conditions_are_found_by_type() -> None:
    ks = obj(
        "kustomize.toolkit.fluxcd.io/v1",
        "Kustomization",
        status={"conditions": [says("Healthy", "True"), says("Ready", "False", "BuildFailed")]},
    )
    found = ready(ks)
    assert found is not None and found.false and found.reason == "BuildFailed"
    healthy = condition(ks, "Healthy")
    assert healthy is not None and healthy.true
    assert condition(ks, "Stalled") is None


@pytest.mark.parametrize(
    ("ready", "is_ready"), [(3, True), (3.0, True), (3.5, False), ("3", False)]
)
def test_a_count_that_is_no_whole_number_counts_as_none(ready: Any, is_ready: bool) -> None:
    found = compute(deployment(readyReplicas=ready), NOW)
    assert (found.status is Status.CURRENT) == is_ready
    assert is_ready or found.message == "Ready: 0/3"
