"""The pure rules: conditions, times, patches, history, order, ownership."""

from __future__ import annotations

from typing import Any

import pytest
from reconciler_stage import kustomization

from fluxtui.domain.inventory import InventoryEntry
from fluxtui.reconciler.conditions import Conditions
from fluxtui.reconciler.dependencies import in_order
from fluxtui.reconciler.expressions import HealthExpressions, NotEvaluated, evaluate
from fluxtui.reconciler.health import Watches
from fluxtui.reconciler.normalise import prepare
from fluxtui.reconciler.objects import Name
from fluxtui.reconciler.ownership import clean_up
from fluxtui.reconciler.record import inventory_of, union, upsert_history
from fluxtui.reconciler.timing import BadSpec, backoff, jittered, kustomization_timeout, seconds

ORDER = ("StorageOperationFailed", "FetchFailed", "ArtifactInStorage", "Stalled", "Reconciling")
NEGATIVE = frozenset(ORDER) - {"ArtifactInStorage"}


@pytest.mark.parametrize(
    ("given_", "ready"),
    [
        ([("ArtifactInStorage", "True", "Succeeded")], ("True", "Succeeded")),
        (
            [("ArtifactInStorage", "True", "Succeeded"), ("FetchFailed", "True", "Broken")],
            ("False", "Broken"),
        ),
        (
            [("Reconciling", "True", "Progressing"), ("StorageOperationFailed", "True", "Full")],
            ("False", "Full"),
        ),
        ([("ArtifactInStorage", "False", "Gone")], ("False", "Gone")),
        ([("ArtifactInStorage", "Unknown", "Waiting")], ("Unknown", "Waiting")),
    ],
)
def test_ready_sums_up_the_others(given_: list[Any], ready: tuple[str, str]) -> None:
    conditions = Conditions(None, 1)
    for type_, status, reason in given_:
        conditions.set(type_, status, reason, "")
    conditions.summarize(ORDER, NEGATIVE)
    found = conditions.get("Ready")
    assert found is not None and (found["status"], found["reason"]) == ready


def test_the_transition_time_moves_with_status_reason_or_message_only() -> None:
    conditions = Conditions([{"type": "Ready", "status": "True"}, "nonsense"], 2)
    for stamp, message, wanted in (("1", "a", "1"), ("2", "a", "1"), ("3", "b", "3")):
        conditions.stamp = stamp
        conditions.set("Ready", "True", "R", message)
        assert conditions.to_list()[0]["lastTransitionTime"] == wanted
    conditions.set("Ready", "True", "R", "x" * 40_000)
    assert len(conditions.to_list()[0]["message"]) == 32_768


def test_stalled_and_reconciling_exclude_each_other_and_ready_comes_first() -> None:
    conditions = Conditions(None, 1)
    conditions.progressing("working")
    conditions.stalled("Bad", "never")
    assert [c["type"] for c in conditions.to_list()] == ["Ready", "Stalled"]
    conditions.reconciling("Progressing", "again")
    assert [c["type"] for c in conditions.to_list()] == ["Ready", "Reconciling"]


def test_times_of_a_spec() -> None:
    assert seconds({"interval": "1h30m"}, "interval") == 5400
    assert kustomization_timeout({"interval": "10m"}) == 570
    assert kustomization_timeout({"interval": "10m", "timeout": "5s"}) == 30
    for bad in ({}, {"interval": 5}, {"interval": "soon"}, {"interval": "-1s"}):
        with pytest.raises(BadSpec, match=r"spec\.interval"):
            seconds(bad, "interval")
    assert [backoff(n) for n in (1, 2, 3, 99)] == [0.75, 1.5, 3.0, 900.0]
    assert all(95 <= jittered(100) <= 105 for _ in range(100))


def remember(status: dict[str, Any], digest: str, outcome: str = "Good") -> None:
    upsert_history(
        status, digest=digest, outcome=outcome, now="t", duration=1.5, revision="r", origin=""
    )


def test_history_counts_the_same_and_keeps_five() -> None:
    status: dict[str, Any] = {"history": "nonsense"}
    for digest in "abcdef":
        remember(status, digest)
    remember(status, "b")
    remember(status, "b", "Bad")
    assert [
        (e["digest"], e["lastReconciledStatus"], e["totalReconciliations"])
        for e in status["history"]
    ] == [("b", "Bad", 1), ("b", "Good", 2), ("f", "Good", 1), ("e", "Good", 1), ("d", "Good", 1)]
    assert status["history"][0]["lastReconciledDuration"] == "1.5s"


def test_an_inventory_that_cannot_be_read_is_read_as_far_as_it_can() -> None:
    good = {"id": "ns_a__ConfigMap", "v": "v1"}
    status = {"inventory": {"entries": [good, {"id": "nonsense", "v": "v1"}, {}, 3]}}
    (entry,) = inventory_of(status)
    assert entry.to_json() == good
    newer = InventoryEntry(entry.id, "v2")
    assert union([entry], [newer]) == [newer]


def test_order_is_by_dependency_and_a_cycle_does_not_stop_the_rest() -> None:
    chain = [kustomization("c", after=("b",)), kustomization("b", after=("a",)), kustomization("a")]
    assert [name.name for name in in_order(chain)] == ["a", "b", "c"]
    cycle = [kustomization("a", after=("b",)), kustomization("b", after=("a",)), kustomization("x")]
    assert {name.name for name in in_order(cycle)} == {"a", "b", "x"}


def test_entries_of_kubectl_are_merged_into_ours() -> None:
    live = {
        "metadata": {
            "resourceVersion": "7",
            "annotations": {"kubectl.kubernetes.io/last-applied-configuration": "{}"},
            "labels": {"fluxcd.io/sync-gc-mark": "x"},
            "managedFields": [
                {
                    "manager": "kustomize-controller",
                    "operation": "Apply",
                    "fieldsV1": {"f:data": {"f:a": {}}},
                },
                {
                    "manager": "kubectl-client-side-apply",
                    "operation": "Update",
                    "fieldsV1": {"f:data": {"f:b": {}}},
                },
                {
                    "manager": "kubectl",
                    "operation": "Update",
                    "subresource": "scale",
                    "fieldsV1": {"f:spec": {}},
                },
                {"manager": "fluxtui", "operation": "Apply", "fieldsV1": {"f:data": {"f:c": {}}}},
            ],
        }
    }
    patch = clean_up(live)
    assert [(op["op"], op["path"]) for op in patch] == [
        ("remove", "/metadata/annotations/kubectl.kubernetes.io~1last-applied-configuration"),
        ("remove", "/metadata/labels/fluxcd.io~1sync-gc-mark"),
        ("replace", "/metadata/managedFields"),
        ("replace", "/metadata/resourceVersion"),
    ]
    managers = patch[2]["value"]
    assert [(m["manager"], m.get("subresource")) for m in managers] == [
        ("kubectl", "scale"),
        ("fluxtui", None),
        ("kustomize-controller", None),
    ]
    assert managers[-1]["fieldsV1"] == {"f:data": {"f:a": {}, "f:b": {}}}
    assert clean_up({"metadata": {"managedFields": [managers[-1]]}}) == []


def test_objects_are_normalised_before_they_are_applied() -> None:
    secret = {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {"name": "s", "creationTimestamp": None},
        "stringData": {"a": "b"},
        "data": {"c": "ZA=="},
        "status": {},
    }
    service = {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": "s"},
        "spec": {"ports": [{"port": 80}, {"port": 53, "protocol": "UDP"}]},
    }
    template = {"spec": {"containers": [{"ports": [{"containerPort": 1}]}]}}
    cron = {
        "apiVersion": "batch/v1",
        "kind": "CronJob",
        "metadata": {"name": "c"},
        "spec": {"jobTemplate": {"spec": {"template": template}}},
    }
    common = {"labels": {"kustomize.toolkit.fluxcd.io/name": "other"}}
    one, two, three = prepare([secret, service, cron], Name("ns", "ks"), common)
    assert one["data"] == {"a": "Yg==", "c": "ZA=="} and "stringData" not in one
    assert "status" not in one and "creationTimestamp" not in one["metadata"]
    assert one["metadata"]["labels"] == {
        "kustomize.toolkit.fluxcd.io/name": "other",
        "kustomize.toolkit.fluxcd.io/namespace": "ns",
    }
    assert [port["protocol"] for port in two["spec"]["ports"]] == ["TCP", "UDP"]
    inner = three["spec"]["jobTemplate"]["spec"]["template"]["spec"]
    assert inner["containers"][0]["ports"] == [{"containerPort": 1, "protocol": "TCP"}]


def test_expressions_say_unknown_when_they_cannot_be_evaluated() -> None:
    check = {"apiVersion": "x/v1", "kind": "X", "current": "status.phase == 'Done'"}
    expressions = HealthExpressions({"healthCheckExprs": [check]})
    obj: dict[str, Any] = {"apiVersion": "x/v2", "kind": "X", "metadata": {"generation": 2}}
    states = []
    for status in (
        {},
        {"phase": "Busy"},
        {"phase": "Done", "observedGeneration": 1},
        {"phase": "Done"},
    ):
        found = expressions.status({**obj, "status": status})
        assert found is not None
        states.append(found.status.value)
    assert states == ["Unknown", "InProgress", "InProgress", "Current"]
    assert expressions.status({"apiVersion": "y/v1", "kind": "X"}) is None
    with pytest.raises(NotEvaluated):
        evaluate("1 + 1", {})


def test_watches_are_counted() -> None:
    watches = Watches(1)
    assert watches.take() and not watches.take()
    watches.give_back()
    assert watches.take()
