"""The chain names what is behind a blocked Kustomization: the object, the Pod, its reason."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parents[1]))
from builders import NS, condition, failed, ks, revision, snapshot, source

from fluxtui.domain.board import ChainNode
from fluxtui.domain.resource import Resource

NEW = revision("1.5.0", "b")
LABELS = {"app": "web"}


def thing(api: str, kind: str, name: str, **parts: Any) -> Resource:
    born = {"creationTimestamp": "2026-11-23T08:00:00Z", "uid": f"uid-{name}"}
    metadata = {"name": name, "namespace": NS, **born, **parts.pop("meta", {})}
    obj = {"apiVersion": api, "kind": kind, "metadata": metadata, **parts}
    return Resource.from_object("staging", obj)


def web(**status: Any) -> Resource:
    """A Deployment of one that is not available."""
    counts = {"replicas": 1, "updatedReplicas": 1, "unavailableReplicas": 1, **status}
    spec = {"replicas": 1, "selector": {"matchLabels": LABELS}}
    return thing("apps/v1", "Deployment", "web", spec=spec, status=counts)


def pod(
    state: dict[str, Any] | None = None,
    *,
    init: dict[str, Any] | None = None,
    conditions: list[dict[str, Any]] | None = None,
    spec: dict[str, Any] | None = None,
    labels: dict[str, str] = LABELS,
    **more: Any,
) -> Resource:
    status: dict[str, Any] = {"phase": "Pending", "conditions": conditions or []}
    if state is not None:
        image = {"image": "example.com/web:v2", "restartCount": 0, "ready": False}
        status["containerStatuses"] = [{"name": "web", **image, "state": state, **more}]
    if init is not None:
        status["initContainerStatuses"] = [{"name": "setup", "state": init, **more}]
    meta = {"labels": labels}
    return thing("v1", "Pod", "web-1", meta=meta, spec=spec or {}, status=status)


def waiting(reason: str, message: str = "") -> dict[str, Any]:
    return {"waiting": {"reason": reason, "message": message}}


def chain(*objects: Resource, blocked_by: Any = None) -> tuple[ChainNode, ChainNode]:
    """The Kustomization whose objects these are, and one that waits for it."""
    inventory = [
        f"{NS}_{o.key.name}_{o.key.group}_{o.key.kind}" for o in objects if o.key.kind != "Pod"
    ]
    why = blocked_by or failed("HealthCheckFailed", "timeout waiting for: [...]")
    waits = failed("DependencyNotReady", "dependency 'apps/api' is not ready")
    seen = snapshot(
        source(stored=NEW),
        ks(name="api", attempted=NEW, conditions=[why], inventory=inventory),
        ks(name="ui", needs=["api"], conditions=[waits]),
        *objects,
    )
    nodes = {node.key.name: node for node in seen.board.chains["staging"]}
    return nodes["api"], nodes["ui"]


@pytest.mark.parametrize(
    ("made", "says"),
    [
        (pod(waiting("ImagePullBackOff", "Back-off pulling image ...")),
         "container web ImagePullBackOff: image example.com/web:v2"),
        (pod(waiting("ErrImagePull")), "container web ErrImagePull: image example.com/web:v2"),
        (pod(waiting("InvalidImageName")),
         "container web InvalidImageName: image example.com/web:v2"),
        (pod(waiting("CreateContainerConfigError", 'secret "login" not found')),
         'container web CreateContainerConfigError: secret "login" not found'),
        (pod(waiting("CrashLoopBackOff", "back-off 20s ..."), restartCount=3,
             lastState={"terminated": {"reason": "Error", "exitCode": 1}}),
         "container web CrashLoopBackOff, restarted 3 times"),
        (pod(waiting("CrashLoopBackOff"), restartCount=3,
             lastState={"terminated": {"reason": "OOMKilled", "exitCode": 137}}),
         "container web CrashLoopBackOff (OOMKilled), restarted 3 times"),
        (pod(waiting("PodInitializing"), init=waiting("CrashLoopBackOff")),
         "init container setup CrashLoopBackOff"),
        (pod({"terminated": {"reason": "OOMKilled", "exitCode": 137}}),
         "container web exited with 137 (OOMKilled)"),
        (pod({"running": {"startedAt": "2026-11-23T09:00:00Z"}}),
         "container web runs but is not ready"),
        (pod(conditions=[condition("PodScheduled", "False", "Unschedulable",
                                   "0/3 nodes are available: 3 Insufficient cpu.")]),
         "Unschedulable: 0/3 nodes are available: 3 Insufficient cpu."),
    ],
)  # fmt: skip
def test_a_workload_is_blamed_on_its_pod(made: Resource, says: str) -> None:
    api, ui = chain(web(), made)
    assert api.because.startswith(f"Deployment/{NS}/web {says}")
    assert ui.because.startswith(f"blocked by api: Deployment/{NS}/web {says}")


@pytest.mark.parametrize("state", [waiting("ContainerCreating"), {"terminated": {"exitCode": 0}}])
def test_what_has_not_begun_or_has_ended_well_is_not_said_to_run(state: dict[str, Any]) -> None:
    api, _ui = chain(web(), pod(state))
    assert "container" not in api.because


def test_the_worst_container_is_named_whatever_else_is_unready() -> None:
    running = {"running": {"startedAt": "2026-11-23T09:00:00Z"}}
    other = thing(
        "v1",
        "Pod",
        "web-0",
        meta={"labels": LABELS},
        status={"containerStatuses": [{"name": "web", "ready": False, "state": running}]},
    )
    _, ui = chain(web(), other, pod(waiting("ImagePullBackOff")))
    assert "ImagePullBackOff" in ui.because


def test_a_pod_that_an_expression_leaves_out_is_not_the_workloads() -> None:
    """The canary beside it has its labels and one more; whose Pod it is the expression says."""
    expression = {"key": "track", "operator": "DoesNotExist"}
    selector = {"matchLabels": LABELS, "matchExpressions": [expression]}
    counts = {"replicas": 1, "updatedReplicas": 1, "unavailableReplicas": 1}
    spec = {"replicas": 1, "selector": selector}
    stable = thing("apps/v1", "Deployment", "web", spec=spec, status=counts)
    canary = {**LABELS, "track": "canary"}
    api, _ = chain(stable, pod(waiting("ImagePullBackOff"), labels=canary))
    assert "ImagePullBackOff" not in api.because
    api, _ = chain(stable, pod(waiting("ImagePullBackOff")))
    assert "ImagePullBackOff" in api.because


def test_a_deadline_that_has_passed_still_names_the_pod() -> None:
    late = web(conditions=[condition("Progressing", "False", "ProgressDeadlineExceeded", "late")])
    api, _ = chain(late, pod(waiting("ImagePullBackOff")))
    assert "container web ImagePullBackOff: image example.com/web:v2" in api.because
    assert "Progress deadline exceeded" in api.because


def claim(phase: str, class_: str | None = "gone", **meta: Any) -> Resource:
    spec = {} if class_ is None else {"storageClassName": class_}
    return thing(
        "v1", "PersistentVolumeClaim", "data", meta=meta, spec=spec, status={"phase": phase}
    )


@pytest.mark.parametrize(
    ("class_", "says"),
    [("gone", "Pending, StorageClass gone"), (None, "Pending, no StorageClass is set")],
)
def test_a_claim_that_is_not_bound_says_what_storage_it_wants(
    class_: str | None, says: str
) -> None:
    _, ui = chain(claim("Pending", class_))
    assert f"PersistentVolumeClaim/{NS}/data {says} (PVC is not Bound" in ui.because


def test_a_pod_that_waits_for_a_claim_names_it() -> None:
    mounts = {"volumes": [{"name": "d", "persistentVolumeClaim": {"claimName": "data"}}]}
    unbound = "0/3 nodes are available: pod has unbound immediate PersistentVolumeClaims."
    waits = pod(
        conditions=[condition("PodScheduled", "False", "Unschedulable", unbound)], spec=mounts
    )
    seen, _ = chain(web(), waits, claim("Pending"))
    assert f"{unbound}; PersistentVolumeClaim data Pending, StorageClass gone" in seen.because


def test_a_claim_that_does_not_go_away_names_the_pod_that_keeps_it() -> None:
    spec = {
        "nodeName": "node-1",
        "volumes": [{"name": "d", "persistentVolumeClaim": {"claimName": "data"}}],
    }
    leaving = claim("Bound", deletionTimestamp="2026-11-23T09:00:00Z")
    api, _ = chain(leaving, pod({"running": {}}, spec=spec))
    assert "kept while Pod web-1 uses it" in api.because


@pytest.mark.parametrize(
    ("reason", "message"),
    [
        ("BackoffLimitExceeded", "Job has reached the specified backoff limit"),
        ("DeadlineExceeded", "Job was active longer than specified deadline"),
    ],
)
def test_a_job_that_failed_says_why_and_so_does_its_pod(reason: str, message: str) -> None:
    chosen = {"job": "migrate"}
    job = thing(
        "batch/v1",
        "Job",
        "migrate",
        spec={"selector": {"matchLabels": chosen}},
        status={"failed": 1, "conditions": [condition("Failed", "True", reason, message)]},
    )
    ended = {"terminated": {"exitCode": 3, "reason": "Error"}}
    _, ui = chain(job, pod(ended, labels=chosen))
    expected = f"container web exited with 3; {reason}: {message}"
    assert f"blocked by api: Job/{NS}/migrate {expected}" in ui.because
    alone, _ = chain(job)
    assert f"{reason}: {message}" in alone.because


def test_a_webhook_that_denies_is_quoted_and_no_pod_is_blamed_for_it() -> None:
    said = (
        'Deployment/apps/web dry-run failed (Forbidden): admission webhook "policy.example.com" '
        "denied the request: images need a digest"
    )
    denied = failed("ReconciliationFailed", said)
    api, ui = chain(web(), pod(waiting("CrashLoopBackOff")), blocked_by=denied)
    assert api.because == f"ReconciliationFailed: {said}"
    assert ui.because == f"blocked by api: ReconciliationFailed: {said}"
