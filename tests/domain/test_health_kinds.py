"""What each built-in kind must show before Flux calls it current (docs/flux.md#kstatus)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from fluxtui.domain.health import Status, condition, reader_status, ready, status

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
CURRENT, WAITING, FAILED = Status.CURRENT, Status.IN_PROGRESS, Status.FAILED
UNKNOWN, TERMINATING = Status.UNKNOWN, Status.TERMINATING
Json = dict[str, Any]


def obj(api: str, kind: str, spec: Json | None = None, state: Any = None, **meta: Any) -> Json:
    metadata = {"name": "x", "namespace": "shop", "generation": 2, **meta}
    found: Json = {"apiVersion": api, "kind": kind, "metadata": metadata}
    return found | ({"spec": spec} if spec else {}) | ({"status": state} if state else {})


def says(type_: Any, value: str, reason: str = "", message: str = "") -> Json:
    return {"type": type_, "status": value, "reason": reason, "message": message}


def found(one: Json) -> tuple[Status, str]:
    health = status(one, NOW)
    return health.status, health.message


# -- workloads

FULL = {"replicas": 3, "updatedReplicas": 3, "availableReplicas": 3, "readyReplicas": 3}
AVAILABLE, OUT = says("Available", "True"), says("Progressing", "True", "NewReplicaSetAvailable")


@pytest.mark.parametrize(
    ("conditions", "deadline", "expected"),
    [
        ([AVAILABLE, OUT], 600, (CURRENT, "Deployment is available. Replicas: 3")),
        ([OUT, AVAILABLE], 600, (CURRENT, "Deployment is available. Replicas: 3")),
        ([AVAILABLE, OUT, says("Progressing", "True", "Again")], 600, (CURRENT, "")),
        ([AVAILABLE, says("Available", "False"), OUT], 600, (CURRENT, "")),
        ([AVAILABLE], 600, (WAITING, "ReplicaSet not Available")),
        ([AVAILABLE], None, (CURRENT, "")),
        ([AVAILABLE, says("Progressing", "True", "ReplicaSetUpdated")], 600, (WAITING, "")),
        ([AVAILABLE, says("Progressing", "False", OUT["reason"])], 600, (WAITING, "")),
        ([OUT], 600, (WAITING, "Deployment not Available")),
        ([OUT, says("Available", "False")], 600, (WAITING, "Deployment not Available")),
    ],
)
def test_a_deployment_is_out_when_its_conditions_say_so(
    conditions: list[Json], deadline: int | None, expected: tuple[Status, str]
) -> None:
    spec = {"replicas": 3, **({"progressDeadlineSeconds": deadline} if deadline else {})}
    state, message = found(obj("apps/v1", "Deployment", spec, {**FULL, "conditions": conditions}))
    assert state is expected[0] and message.startswith(expected[1])


LABELLED = {"replicas": 2, "fullyLabeledReplicas": 2, "availableReplicas": 2, "readyReplicas": 2}


@pytest.mark.parametrize(
    ("counts", "expected"),
    [
        ({}, (CURRENT, "ReplicaSet is available. Replicas: 2")),
        ({"fullyLabeledReplicas": 1}, (WAITING, "Labelled: 1/2")),
        ({"availableReplicas": 1}, (WAITING, "Available: 1/2")),
        ({"readyReplicas": 0}, (WAITING, "Ready: 0/2")),
        ({"replicas": 3}, (WAITING, "Pending termination: 1")),
        ({"conditions": [says("ReplicaFailure", "True")]}, (WAITING, "Replica Failure condition.")),
        (
            {"conditions": [says("Other", "True"), says("ReplicaFailure", "True")]},
            (WAITING, "Replica Failure condition."),
        ),
        ({"conditions": [says("ReplicaFailure", "False")]}, (CURRENT, "")),
        ({"conditions": [says("Other", "True")]}, (CURRENT, "")),
    ],
)
def test_a_replica_set_says_what_is_short(counts: Json, expected: tuple[Status, str]) -> None:
    state, message = found(obj("apps/v1", "ReplicaSet", {"replicas": 2}, {**LABELLED, **counts}))
    assert state is expected[0] and message.startswith(expected[1])


SET = {"replicas": 3, "readyReplicas": 3, "currentReplicas": 3}
ROLLING = {"type": "RollingUpdate"}


@pytest.mark.parametrize(
    ("strategy", "counts", "expected"),
    [
        (ROLLING, {}, (CURRENT, "All replicas scheduled as expected. Replicas: 3")),
        ({"type": "OnDelete"}, {"readyReplicas": 0}, (CURRENT, "StatefulSet is using the ondel")),
        (ROLLING, {"replicas": 2}, (WAITING, "Replicas: 2/3")),
        (ROLLING, {"readyReplicas": 2}, (WAITING, "Ready: 2/3")),
        (ROLLING, {"replicas": 5}, (WAITING, "Pending termination: 2")),
        (ROLLING, {"currentReplicas": 2}, (WAITING, "current: 2/3")),
        (ROLLING, {"currentRevision": "a", "updateRevision": "b"}, (WAITING, "Waiting for upd")),
        (ROLLING, {"currentRevision": "b", "updateRevision": "b"}, (CURRENT, "")),
        ({"rollingUpdate": {"partition": 2}}, {}, (WAITING, "updated: 0/1")),
        (
            {"rollingUpdate": {"partition": 2}},
            {"updatedReplicas": 1, "currentReplicas": 0},
            (CURRENT, "Partition rollout complete. updated: 1"),
        ),
    ],
)
def test_a_stateful_set_follows_its_strategy(
    strategy: Json, counts: Json, expected: tuple[Status, str]
) -> None:
    spec = {"replicas": 3, "updateStrategy": strategy}
    state, message = found(obj("apps/v1", "StatefulSet", spec, {**SET, **counts}))
    assert state is expected[0] and message.startswith(expected[1])


DAEMONS = {
    "observedGeneration": 2,
    "desiredNumberScheduled": 3,
    "currentNumberScheduled": 3,
    "updatedNumberScheduled": 3,
    "numberAvailable": 3,
    "numberReady": 3,
}


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({}, (CURRENT, "All replicas scheduled as expected. Replicas: 3")),
        ({"currentNumberScheduled": 2}, (WAITING, "Current: 2/3")),
        ({"updatedNumberScheduled": 1}, (WAITING, "Updated: 1/3")),
        ({"numberAvailable": 0}, (WAITING, "Available: 0/3")),
        ({"numberReady": 2}, (WAITING, "Ready: 2/3")),
        ({"desiredNumberScheduled": None}, (WAITING, "Missing .status.desiredNumberScheduled")),
    ],
)
def test_a_daemon_set_counts_its_nodes(changed: Json, expected: tuple[Status, str]) -> None:
    daemons = obj("apps/v1", "DaemonSet", None, {**DAEMONS, **changed})
    assert found(daemons) == expected
    del daemons["status"]["observedGeneration"]
    assert found(daemons) == (WAITING, "DaemonSet status.observedGeneration not found")
    del daemons["metadata"]["generation"]
    assert found(daemons) == (WAITING, "DaemonSet metadata.generation not found")


# -- Pods and Jobs


def pod(phase: str, *conditions: Json, containers: Any = None, **meta: Any) -> Json:
    state: Json = {"phase": phase, "conditions": list(conditions)}
    if containers is not None:
        state["containerStatuses"] = containers
    return obj("v1", "Pod", None, state, **meta)


LOOPING = {"name": "app", "state": {"waiting": {"reason": "CrashLoopBackOff"}}}
HOMELESS = says("PodScheduled", "False", "Unschedulable")


@pytest.mark.parametrize(
    ("one", "expected"),
    [
        (pod("Succeeded"), (CURRENT, "Pod has completed successfully")),
        (pod("Failed"), (CURRENT, "Pod has completed, but not successfully")),
        (pod("Running", says("Ready", "True")), (CURRENT, "Pod is Ready")),
        (pod("Running", says("Ready", "True"), containers=[LOOPING]), (CURRENT, "Pod is Ready")),
        (pod("Running", says("Ready", "False")), (WAITING, "Pod is running but is not Ready")),
        (pod("Running", says("PodScheduled", "True")), (WAITING, "Pod is running but is not")),
        (
            pod("Running", says("Ready", "True"), says("Other", "False")),
            (CURRENT, "Pod is Ready"),
        ),
        (
            pod("Running", containers=[LOOPING, {"name": "side"}, {**LOOPING, "name": "b"}]),
            (FAILED, "Containers in CrashLoop state: app,b"),
        ),
        (
            pod("Running", containers=[None, {**LOOPING, "name": 7}, "x"]),
            (WAITING, "Pod is running but is not Ready"),
        ),
        (pod("Running", containers="no list"), (WAITING, "Pod is running but is not Ready")),
        (pod("Pending"), (WAITING, "Pod is in the Pending phase")),
        (pod("Pending", says("PodScheduled", "True", "Unschedulable")), (WAITING, "Pod is in")),
        (pod("Pending", says("PodScheduled", "False", "Gated")), (WAITING, "Pod is in the Pend")),
        (pod("Pending", says("Other", "False", "Unschedulable")), (WAITING, "Pod is in the Pend")),
        (pod("Pending", says("Other", "False"), HOMELESS), (FAILED, "Pod could not be scheduled")),
        (pod(""), (WAITING, "Pod phase not available")),
        (pod("Dreaming"), (UNKNOWN, "unknown phase Dreaming")),
    ],
)
def test_a_pod_is_what_its_phase_and_its_containers_say(
    one: Json, expected: tuple[Status, str]
) -> None:
    state, message = found(one)
    assert state is expected[0] and message.startswith(expected[1])


def test_a_pod_without_a_node_has_fifteen_seconds_by_any_clock_that_it_names() -> None:
    for stamp in ("2026-11-23T12:00:00Z", "2026-11-23T13:00:00+01:00", "2026-11-23T12:00:00"):
        homeless = pod("Pending", HOMELESS, creationTimestamp=stamp)
        assert status(homeless, NOW + timedelta(seconds=14)).status is WAITING
        assert status(homeless, NOW + timedelta(seconds=15)).status is FAILED
        assert status(homeless).status is FAILED, "without a clock there is no time to give"
    assert status(pod("Pending", HOMELESS, creationTimestamp="soon"), NOW).status is FAILED


def job(state: Json, spec: Json | None = None, **meta: Any) -> Json:
    return obj("batch/v1", "Job", spec, state, **meta)


def test_a_job_for_the_library_runs_once_it_has_started() -> None:
    assert found(job({"active": 1})) == (WAITING, "Job not started")
    started = {"startTime": "2026-11-23T12:00:00Z", "active": 2, "succeeded": 1, "failed": 4}
    assert found(job(started)) == (CURRENT, "Job in progress. success:1, active: 2, failed: 4")
    no = [says("Complete", "False"), says("Failed", "False")]
    assert found(job({**started, "conditions": no}))[1].startswith("Job in progress")
    lost = {**started, "conditions": [says("Other", "True"), says("Failed", "True")]}
    assert found(job(lost, {"parallelism": 3})) == (FAILED, "Job Failed. failed: 4/3")
    done = {**started, "conditions": [says("Complete", "True")]}
    assert found(job(done, {"completions": 5})) == (CURRENT, "Job Completed. succeeded: 1/5")


def test_a_job_on_its_way_out_says_so_to_flux_too() -> None:
    leaving = {"deletionTimestamp": "2026-11-23T12:00:00Z"}
    assert reader_status(job({"active": 1}, None, **leaving)).status is TERMINATING
    assert reader_status(job({"active": 1})).status is WAITING
    done = {"conditions": [says("Complete", "True")], "succeeded": 1}
    assert reader_status(job(done, None, **leaving)).status is CURRENT


# -- the rest of the built-in kinds


@pytest.mark.parametrize(
    ("one", "expected"),
    [
        (obj("v1", "PersistentVolumeClaim"), (WAITING, "PVC is not Bound. phase: unknown")),
        (
            obj("v1", "PersistentVolumeClaim", None, {"phase": "Lost"}),
            (WAITING, "PVC is not Bound. phase: Lost"),
        ),
        (obj("v1", "PersistentVolumeClaim", None, {"phase": "Bound"}), (CURRENT, "PVC is Bound")),
        (obj("v1", "Service"), (CURRENT, "Service is ready")),
        (obj("v1", "Service", {"type": "NodePort"}), (CURRENT, "Service is ready")),
        (
            obj("v1", "Service", {"type": "LoadBalancer"}),
            (WAITING, "ClusterIP not set. Service type: LoadBalancer"),
        ),
        (
            obj("v1", "Service", {"type": "LoadBalancer", "clusterIP": "10.0.0.9"}),
            (CURRENT, "Service is ready"),
        ),
        (obj("v1", "ConfigMap", None, {"conditions": []}), (CURRENT, "Resource is always ready")),
    ],
)
def test_simple_kinds_ask_for_little(one: Json, expected: tuple[Status, str]) -> None:
    assert found(one) == expected


@pytest.mark.parametrize(
    ("conditions", "expected"),
    [
        ([], (WAITING, "Install in progress")),
        ([says("Established", "True")], (CURRENT, "CRD is established")),
        ([says("Established", "False", "Installing", "soon")], (WAITING, "Install in progress")),
        ([says("Established", "False", "NotAccepted", "no")], (FAILED, "no")),
        ([says("Established", "Unknown", "Hm", "hm")], (WAITING, "Install in progress")),
        ([says("NamesAccepted", "True"), says("Established", "True")], (CURRENT, "CRD is estab")),
        ([says("NamesAccepted", "False", "Taken", "taken")], (FAILED, "taken")),
        ([says("Other", "False", "X", "x"), says("Established", "True")], (CURRENT, "CRD is est")),
        ([says("Other", "True")], (WAITING, "Install in progress")),
    ],
)
def test_a_definition_is_there_once_it_is_established(
    conditions: list[Json], expected: tuple[Status, str]
) -> None:
    crd = obj(
        "apiextensions.k8s.io/v1", "CustomResourceDefinition", None, {"conditions": conditions}
    )
    state, message = found(crd)
    assert state is expected[0] and message.startswith(expected[1])


# -- custom kinds, and objects of an odd shape


def widget(*conditions: Any, **state: Any) -> Json:
    return obj("example.com/v1", "Widget", None, {"conditions": list(conditions), **state})


def test_only_a_true_condition_holds_a_custom_object_up() -> None:
    well = says("Ready", "True")
    assert status(widget(says("Reconciling", "False", "Idle"), well)).status is CURRENT
    assert status(widget(says("Stalled", "False", "Fine"), well)).status is CURRENT
    assert status(widget(says("Other", "False", "No", "no"), well)).message == "Resource is Ready"
    unknown = says("Ready", "Unknown", "Asking", "asks")
    assert found(widget(unknown)) == (WAITING, "asks")
    assert found(widget(says("Ready", "Perhaps"))) == (CURRENT, "Resource is current")
    assert found(widget(says("Other", "False"))) == (CURRENT, "Resource is current")


@pytest.mark.parametrize(
    ("kind", "api", "expected"),
    [
        ("StatefulSet", "apps/v1", FAILED),
        ("ReplicaSet", "apps/v1", FAILED),
        ("Deployment", "apps/v1", WAITING),
        ("StatefulSet", "example.com/v1", CURRENT),
    ],
)
def test_pods_fail_only_who_has_no_deadline_of_his_own(
    kind: str, api: str, expected: Status
) -> None:
    looping = pod("Running", containers=[LOOPING])
    short = obj(api, kind, {"replicas": 2}, {"replicas": 0})
    assert reader_status(short, [looping], NOW).status is expected
    assert reader_status(short, [], NOW).status is (CURRENT if expected is CURRENT else WAITING)


def test_pods_of_a_set_that_is_current_are_not_asked() -> None:
    settled = obj("apps/v1", "StatefulSet", {"replicas": 1}, {**dict.fromkeys(SET, 1)})
    assert reader_status(settled, [pod("Running", containers=[LOOPING])], NOW).status is CURRENT
    assert reader_status(None).status is status(None).status is Status.NOT_FOUND


@pytest.mark.parametrize(
    ("one", "reason"),
    [
        (widget() | {"metadata": {"deletionTimestamp": 7}}, ".metadata.deletionTimestamp is not"),
        (widget() | {"metadata": "x"}, ".metadata is not a map"),
        (widget() | {"metadata": {"generation": "2"}}, ".metadata.generation is not an integer"),
        (widget() | {"metadata": {"generation": True}}, ".metadata.generation is not an integer"),
        (widget(observedGeneration=2.5), ".status.observedGeneration is not an integer"),
        (widget("no map"), "an entry of .status.conditions is not a map"),
        (widget(says(7, "True")), "type of a condition is not a string"),
    ],
)
def test_an_object_of_an_odd_shape_is_unknown_and_says_where(one: Json, reason: str) -> None:
    health = status(one)
    assert health.status is UNKNOWN and health.message.startswith(reason)
    assert reader_status(one) == health


def test_what_is_not_there_is_no_fault_of_shape() -> None:
    assert status(widget(None, says("Ready", "True"))).message == "Resource is Ready"
    assert status(widget({"type": "Ready", "status": "True", "reason": None})).status is CURRENT
    bare = {"apiVersion": 1, "kind": None, "metadata": None, "status": None}
    assert status(bare) == status({}) and status(bare).status is CURRENT
    assert ready({"status": {"conditions": None}}) is None
    assert condition("no object", "Ready") is None  # type: ignore[arg-type]


def test_a_condition_keeps_the_generation_it_was_made_for() -> None:
    for observed, kept in ((7, 7), (True, 0), ("7", 0), (None, 0)):
        noted = ready(widget({"type": "Ready", "status": "True", "observedGeneration": observed}))
        assert noted is not None and noted.observed_generation == kept
        assert noted.observed_generation is not True and noted.reason == ""


def test_a_count_that_is_true_or_text_counts_as_nothing() -> None:
    for odd in (True, "3", None, [3]):
        one = obj("apps/v1", "ReplicaSet", {"replicas": 1}, {**LABELLED, "readyReplicas": odd})
        assert found(one) == (WAITING, "Ready: 0/1")
