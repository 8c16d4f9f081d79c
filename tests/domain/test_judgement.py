"""How bad something is, by Flux's own words and by what its objects and Pods show."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parents[1]))
from builders import NS, condition, failed, ks, revision, snapshot, source

from fluxtui.domain.board import HealthLine, Level, ObjectLine
from fluxtui.domain.overview.judgement import (
    blamed_object,
    describe,
    flux_health,
    level_of,
    member_health,
    object_lines,
    worst,
)
from fluxtui.domain.resource import Key, Resource

WELL = condition("Ready", "True", "ReconciliationSucceeded", "Applied")
LABELS = {"app": "web"}
NEW = revision("1.5.0", "b")
OK, FAILED, WAITING = Level.OK, Level.FAILED, Level.WAITING
PROGRESSING, UNKNOWN = Level.PROGRESSING, Level.UNKNOWN


def thing(kind: str, name: str = "x", api: str = "v1", **parts: Any) -> Resource:
    meta = {"name": name, "namespace": parts.pop("namespace", NS), **parts.pop("meta", {})}
    return Resource.from_object(
        "staging", {"apiVersion": api, "kind": kind, "metadata": meta, **parts}
    )


@pytest.mark.parametrize(
    ("resource", "level", "text"),
    [
        (ks(conditions=[]), UNKNOWN, "no controller has looked at it yet"),
        (ks(conditions=[WELL]), OK, "Applied"),
        (ks(conditions=[WELL], generation=2), PROGRESSING, "the newest spec was not acted on"),
        (ks(conditions=[WELL], deletionTimestamp="now"), PROGRESSING, "being deleted"),
        (ks(conditions=[condition("Stalled", "True", "Bad", "b"), WELL]), FAILED, "Bad: b"),
        (ks(conditions=[condition("Stalled", "False", "Bad", "b"), WELL]), OK, "Applied"),
        (ks(conditions=[failed("DependencyNotReady", "waits")]), WAITING, "waits"),
        (ks(conditions=[failed("Progressing", "works")]), PROGRESSING, "works"),
        (ks(conditions=[failed("BuildFailed", "no")]), FAILED, "BuildFailed: no"),
        (ks(conditions=[condition("Ready", "Unknown", "x", "starts")]), PROGRESSING, "starts"),
        (
            ks(
                conditions=[
                    condition("Ready", "Unknown", "x", "starts"),
                    condition("Reconciling", "True", "y", "at step two"),
                ]
            ),
            PROGRESSING,
            "at step two",
        ),
        (
            thing("Widget", api="example.com/v1", status={"conditions": [failed("Progressing")]}),
            FAILED,
            "Progressing: ",
        ),
    ],
)
def test_flux_says_how_an_object_is(resource: Resource, level: Level, text: str) -> None:
    found = flux_health(resource)
    assert found.level is level and found.text.startswith(text)


def test_trying_again_what_failed_is_still_a_failure() -> None:
    runs = [(NEW, "HealthCheckFailed", "2026-11-22T02:00:00Z")]
    again = {"attempted": NEW, "history": runs}
    tries = condition("Ready", "Unknown", "Progressing", "works")
    one = member_health(ks(conditions=[tries], **again))
    assert one == HealthLine(FAILED, "HealthCheckFailed before, being tried again: works")
    leaves = member_health(ks(conditions=[tries], deletionTimestamp="now", **again))
    assert leaves == HealthLine(PROGRESSING, "being deleted")
    waits = ks(conditions=[failed("DependencyNotReady", "waits")], **again)
    assert member_health(waits).level is WAITING


# -- objects


def line(status: str, message: str = "", fails: bool = False, name: str = "web") -> ObjectLine:
    return ObjectLine(Key("staging", "apps", "Deployment", NS, name), status, message, fails)


def test_an_object_is_as_bad_as_its_word_and_worse_when_it_cannot_start() -> None:
    levels = {word: level_of(line(word)) for word in ("Failed", "InProgress", "Unknown", "Current")}
    assert list(levels.values()) == [FAILED, PROGRESSING, UNKNOWN, OK]
    assert level_of(line("Terminating")) is PROGRESSING and level_of(line("NotFound")) is UNKNOWN
    assert level_of(line("InProgress", fails=True)) is FAILED
    assert describe(line("Failed")) == f"Deployment/{NS}/web: Failed"
    assert describe(line("Failed", "no")) == f"Deployment/{NS}/web: no"


def test_who_cannot_start_is_blamed_first_then_who_failed() -> None:
    stuck, lost = line("InProgress", fails=True, name="stuck"), line("Failed", name="lost")
    slow, well = line("InProgress", name="slow"), line("Current", name="well")
    assert blamed_object([well, slow, lost, stuck]) is stuck
    assert blamed_object([well, slow, lost]) is lost and blamed_object([slow, well]) is slow
    assert blamed_object([well]) is None and blamed_object([]) is None


@pytest.mark.parametrize(
    ("own", "objects", "level", "text"),
    [
        (OK, [], OK, "own"),
        (OK, [line("Current")], OK, "own"),
        (OK, [line("InProgress", "1/3")], PROGRESSING, "Ready, but Deployment"),
        (OK, [line("Failed", "no")], FAILED, "Ready, but Deployment"),
        (PROGRESSING, [line("InProgress", "1/3")], PROGRESSING, "own"),
        (PROGRESSING, [line("InProgress", "1/3", True)], FAILED, "Deployment"),
        (PROGRESSING, [line("Unknown", "?")], UNKNOWN, "Deployment"),
        (FAILED, [line("Failed", "no")], FAILED, "own"),
        (FAILED, [line("InProgress", "1/3")], FAILED, "own"),
        (WAITING, [line("Failed", "no")], FAILED, "Deployment"),
        (OK, [line("Current"), line("Failed", "no"), line("InProgress")], FAILED, "Ready, but"),
        (FAILED, [line("Unknown", "?")], FAILED, "own"),
        (WAITING, [line("InProgress", "1/3")], WAITING, "own"),
        (UNKNOWN, [line("Unknown", "?")], UNKNOWN, "own"),
    ],
)
def test_the_worse_of_flux_and_its_objects_is_told(
    own: Level, objects: list[ObjectLine], level: Level, text: str
) -> None:
    found = worst(HealthLine(own, "own"), objects)
    assert found.level is level and found.text.startswith(text)


# -- what is behind an object


def workload(kind: str = "Deployment", api: str = "apps/v1", **status: Any) -> Resource:
    spec = {"replicas": 1, "selector": {"matchLabels": LABELS}}
    return thing(kind, "web", api, spec=spec, status=status)


def pod(name: str = "web-1", **status: Any) -> Resource:
    labels = status.pop("labels", LABELS)
    spec = status.pop("spec", {})
    space = status.pop("namespace", NS)
    return thing("Pod", name, meta={"labels": labels}, namespace=space, spec=spec, status=status)


def container(state: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"containerStatuses": [{"name": "app", "state": state, **more}]}


def seen(one: Resource, *others: Resource) -> ObjectLine:
    world = snapshot(source(), ks(), one, *others)
    (found,) = object_lines([one.key, Key("staging", "", "ConfigMap", NS, "gone")], world)
    return found


STUCK = container({"waiting": {"reason": "ImagePullBackOff"}}, image="web:v2")
ENDED = container({"terminated": {"exitCode": 3, "reason": "Error"}})


def test_a_settled_object_asks_nobody() -> None:
    settled = thing("ConfigMap")
    assert seen(settled, pod(**STUCK)) == ObjectLine(
        settled.key, "Current", "Resource is always ready"
    )


def test_an_object_under_way_says_what_is_behind_it_and_what_it_says_itself() -> None:
    short = workload(replicas=0)
    assert seen(short).message == "Replicas: 0/1" and not seen(short).fails
    found = seen(short, pod(**STUCK))
    assert found.message == "container app ImagePullBackOff: image web:v2 (Replicas: 0/1)"
    assert found.fails and found.status == "InProgress"
    slow = seen(short, pod(**container({"running": {"startedAt": "x"}}, ready=False)))
    assert "runs but is not ready" in slow.message and not slow.fails
    ended = seen(short, pod(**ENDED))
    assert ended.message.startswith("container app exited with 3 (") and ended.fails


def test_only_its_own_pods_are_behind_it_and_the_worst_is_named() -> None:
    short = workload(replicas=0)
    for other in (pod(labels={"app": "api"}, **STUCK), pod(namespace="far", **STUCK)):
        assert seen(short, other).message == "Replicas: 0/1"
    blind = thing("Deployment", "web", "apps/v1", spec={"replicas": 1}, status={"replicas": 0})
    assert seen(blind, pod(**STUCK)).message == "Replicas: 0/1", "without a selector nobody is"
    both = seen(short, pod("a", **ENDED), pod("b", **STUCK))
    assert "ImagePullBackOff" in both.message


def test_a_job_that_may_try_again_is_not_stuck_yet() -> None:
    def job(*conditions: Any) -> Resource:
        state = {"startTime": "x", "active": 1, "conditions": list(conditions)}
        return workload("Job", "batch/v1", **state)

    assert not seen(job(), pod(**ENDED)).fails
    assert seen(job(), pod(**STUCK)).fails
    lost = job(condition("Failed", "True", "BackoffLimitExceeded", "tried 6 times"))
    assert seen(lost).message.startswith("BackoffLimitExceeded: tried 6 times (Job Failed")
    assert "exited with 3; BackoffLimitExceeded" in seen(lost, pod(**ENDED)).message
    other = workload("Deployment", conditions=[condition("Failed", "True", "X", "x")], replicas=0)
    assert seen(other).message == "Replicas: 0/1"


# -- containers, as their Pod tells of them


@pytest.mark.parametrize(
    ("status", "says"),
    [
        (container({"waiting": {"reason": "ErrImagePull"}}), "ErrImagePull: image not named"),
        (
            container({"waiting": {"reason": "CreateContainerError"}}),
            "app CreateContainerError (Replicas",
        ),
        (
            container({"waiting": {"reason": "CreateContainerConfigError", "message": "no map"}}),
            "app CreateContainerConfigError: no map (",
        ),
        (
            container({"waiting": {"reason": "CrashLoopBackOff", "message": "back-off"}}),
            "app CrashLoopBackOff (Replicas",
        ),
        (
            container(
                {"waiting": {"reason": "CrashLoopBackOff"}},
                lastState={"terminated": {"reason": "OOMKilled"}},
                restartCount=0,
            ),
            "CrashLoopBackOff (OOMKilled) (",
        ),
        (
            container({"waiting": {"reason": "CrashLoopBackOff"}}, restartCount=1),
            "CrashLoopBackOff, restarted 1 time",
        ),
        (container({"waiting": {"reason": "CrashLoopBackOff"}}, restartCount="1"), "BackOff ("),
        (
            container(
                {"waiting": {"reason": "CrashLoopBackOff"}},
                lastState={"terminated": {"reason": "Completed"}},
            ),
            "CrashLoopBackOff (Replicas",
        ),
        (container({"terminated": {"exitCode": 1, "reason": "Error"}}), "exited with 1 (Repl"),
        (container({"terminated": {"exitCode": 1}}), "exited with 1 (Repl"),
        (container({"terminated": {"exitCode": 9, "reason": "OOMKilled"}}), "9 (OOMKilled)"),
        (
            container(
                {"running": {"startedAt": "x"}}, ready=False, restartCount=2,
                lastState={"terminated": {"exitCode": 7}},
            ),
            "exited with 7, restarted 2 times, runs again but is not ready",
        ),
        (
            {"conditions": [condition("PodScheduled", "False", "Unschedulable", "no room")]},
            "Unschedulable: no room",
        ),
    ],
)  # fmt: skip
def test_a_container_says_what_a_person_needs_to_mend_it(status: Any, says: str) -> None:
    assert says in seen(workload(replicas=0), pod(**status)).message


@pytest.mark.parametrize(
    "status",
    [
        container({"running": {"startedAt": "x"}}, ready=True),
        container({"waiting": {"reason": "ContainerCreating"}}),
        container({"terminated": {"exitCode": 0}}),
        {"initContainerStatuses": [{"name": "s", "state": {"running": {"at": 1}}, "ready": False}]},
        {"conditions": [condition("PodScheduled", "True")]},
        {"containerStatuses": ["odd", None]},
        {"containerStatuses": {"name": "app"}},
        container({"waiting": "odd"}),
    ],
)
def test_a_pod_that_only_takes_its_time_says_nothing(status: Any) -> None:
    assert seen(workload(replicas=0), pod(**status)).message == "Replicas: 0/1"


# -- claims


def claim(name: str = "data", phase: str = "Pending", **more: Any) -> Resource:
    meta = {"deletionTimestamp": "now"} if more.pop("leaves", False) else {}
    space = more.pop("namespace", NS)
    status = {"phase": phase} if phase else {}
    return thing(
        "PersistentVolumeClaim", name, spec=more, status=status, meta=meta, namespace=space
    )


MOUNTS = {"volumes": [{"persistentVolumeClaim": {"claimName": "data"}}, {"emptyDir": {}}, "odd"]}


def test_a_claim_says_what_it_has_no_volume_of() -> None:
    assert seen(claim(storageClassName="fast")).message.startswith("Pending, StorageClass fast (")
    assert seen(claim(phase="")).message.startswith("Pending, no StorageClass is set (")
    assert seen(claim(phase="Bound")).status == "Current"


def test_a_claim_that_leaves_is_kept_by_who_mounts_it_on_a_node() -> None:
    on_node = {**MOUNTS, "nodeName": "n"}
    leaving = claim(leaves=True)
    kept = seen(leaving, pod("b", spec=on_node), pod("a", spec=on_node), pod("c", spec=MOUNTS))
    assert kept.message.startswith("kept while Pod a, b uses it")
    far = pod("d", spec=on_node, namespace="far")
    assert "kept" not in seen(leaving, far, pod("e", spec={"nodeName": "n", "volumes": {}})).message


def test_a_pod_without_a_node_names_the_claims_that_it_waits_for() -> None:
    homeless: dict[str, Any] = {
        "conditions": [condition("PodScheduled", "False", "Unschedulable", "no")]
    }
    waits = pod(spec=MOUNTS, **homeless)
    short = workload(replicas=0)
    found = seen(short, waits, claim(), claim("other"), claim(namespace="far"))
    assert found.message == (
        "Unschedulable: no; PersistentVolumeClaim data Pending, no StorageClass is set "
        "(Replicas: 0/1)"
    )
    assert "PersistentVolumeClaim" not in seen(short, waits, claim(phase="Bound")).message
