"""What fails is a finding: the root, with its object, its reason and its start, worst first."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parents[1]))
from builders import (
    CONFIG,
    NS,
    READY,
    URL,
    body,
    condition,
    deployment,
    failed,
    ks,
    revision,
    snapshot,
    source,
    tag_list,
)

from fluxtui.domain.board import Finding, Level, Line, Severity
from fluxtui.domain.knowledge import FeedState
from fluxtui.domain.resource import Resource
from fluxtui.domain.snapshot import Feed, Snapshot

OLD, NEW = revision("1.4.2", "a"), revision("1.5.0", "b")
WAITING = failed("DependencyNotReady", f"dependency '{NS}/b' is not ready")
CHECKING = (
    condition("Ready", "Unknown", "Progressing", "Reconciliation in progress"),
    condition("Healthy", "Unknown", "Progressing", f"Running health checks for revision {NEW}"),
)
CRASHING = {"waiting": {"reason": "CrashLoopBackOff"}}
KINDS = {
    "git": ("GitRepository", "source.toolkit.fluxcd.io/v1"),
    "bucket": ("Bucket", "source.toolkit.fluxcd.io/v1"),
}
CHART = "application/vnd.cncf.helm.chart.content.v1.tar+gzip"


def row(seen: Snapshot) -> Line:
    return seen.board.rows[0].lines["staging"][0]


def node(seen: Snapshot, name: str) -> Any:
    return next(n for n in seen.board.chains["staging"] if n.key.name == name)


def pod(state: dict[str, Any], *, name: str = "worker-1", **status: Any) -> Resource:
    container = {"name": "app", "image": "x:1", "ready": False, "state": state, **status}
    return Resource.from_object(
        "staging",
        {
            "apiVersion": "v1",
            "kind": "Pod",
            "metadata": {"name": name, "namespace": NS, "labels": {"app": "worker"}},
            "spec": {},
            "status": {"phase": "Running", "containerStatuses": [container]},
        },
    )


def worker(**more: Any) -> Resource:
    obj = deployment("worker", **more).as_object()
    obj["spec"]["selector"] = {"matchLabels": {"app": "worker"}}
    return Resource.from_object("staging", obj)


def delivery(*more: Resource, conditions: Any = CHECKING, **of_b: Any) -> Snapshot:
    """`a` is fine, `b` holds the worker, `c` and `d` wait for it."""
    return snapshot(
        source(stored=NEW),
        ks(name="a", applied=NEW),
        ks(
            name="b",
            needs=["a"],
            applied=OLD,
            attempted=NEW,
            conditions=conditions,
            inventory=[f"{NS}_worker_apps_Deployment"],
            **of_b,
        ),
        ks(name="c", needs=["b"], applied=OLD, conditions=[WAITING]),
        ks(name="d", needs=["c"], applied=OLD, conditions=[WAITING]),
        worker(),
        *more,
    )


@pytest.mark.parametrize(
    ("state", "status", "reason", "rest"),
    [
        (CRASHING, {"restartCount": 4}, "CrashLoopBackOff", ("restarted 4 times",)),
        ({"waiting": {"reason": "ImagePullBackOff"}}, {}, "ImagePullBackOff", ("image x:1",)),
        ({"waiting": {"reason": "ErrImagePull"}}, {}, "ErrImagePull", ("image x:1",)),
        ({"waiting": {"reason": "CreateContainerConfigError", "message": 'secret "k" not found'}},
         {}, "CreateContainerConfigError", ('secret "k" not found',)),
        (CRASHING, {"lastState": {"terminated": {"reason": "OOMKilled", "exitCode": 137}}},
         "CrashLoopBackOff (OOMKilled)", ()),
        ({"terminated": {"reason": "OOMKilled", "exitCode": 137}}, {},
         "exited with 137 (OOMKilled)", ()),
        ({"running": {"startedAt": "t"}},
         {"lastState": {"terminated": {"reason": "OOMKilled", "exitCode": 137}}},
         "exited with 137 (OOMKilled)", ("runs again but is not ready",)),
    ],
)  # fmt: skip
def test_what_cannot_run_is_the_first_finding_and_the_row_says_it(
    state: Any, status: Any, reason: str, rest: tuple[str, ...]
) -> None:
    unrelated = Finding(Severity.WARNING, "pick", "staging", "an older note")
    seen = delivery(pod(state, **status))
    found = (unrelated, *seen.findings)
    first = sorted(found, key=lambda f: f.severity is not Severity.ERROR)[0]
    assert seen.findings and first == seen.findings[0]
    assert (first.severity, first.code, first.subject) == (
        Severity.ERROR,
        "failed",
        node(seen, "b").key,
    )
    assert first.message.startswith(f"b {reason}: Deployment/worker container app")
    assert all(part in first.message for part in rest)
    assert first.behind == 2 and first.next.startswith("2 more wait for it")
    line = row(seen)
    assert line.health.level is Level.FAILED
    assert line.health.text.startswith(f"b {reason}: Deployment/{NS}/worker container app")


def test_one_that_only_takes_its_time_is_rolling_and_no_failure() -> None:
    seen = delivery(pod({"running": {"startedAt": "t"}}))
    assert row(seen).health.level is Level.PROGRESSING
    assert "container app runs but is not ready" in row(seen).health.text
    first = seen.findings[0]
    assert (first.severity, first.code) == (Severity.WARNING, "not-ready")
    assert "is not ready" in first.message and first.behind == 2


def test_what_never_gets_ready_has_failed_while_it_is_tried_again() -> None:
    past = [(NEW, "HealthCheckFailed", "2026-11-23T03:10:00Z")]
    seen = delivery(pod({"running": {"startedAt": "t"}}), history=past)
    assert node(seen, "b").health.level is Level.FAILED
    assert row(seen).health.level is Level.FAILED
    assert seen.findings[0].code == "failed"
    assert "container app runs but is not ready" in seen.findings[0].message


def test_a_failure_says_since_when_and_not_since_the_last_try() -> None:
    broken = {
        **failed("HealthCheckFailed", "timeout"),
        "lastTransitionTime": "2026-11-23T03:10:00Z",
    }
    obj = ks(name="b", applied=OLD, attempted=NEW, conditions=[broken]).as_object()
    obj["status"]["history"] = [
        {
            "metadata": {"revision": NEW},
            "lastReconciledStatus": "HealthCheckFailed",
            "firstReconciled": "2026-11-23T01:00:00Z",
            "lastReconciled": "2026-11-23T03:10:00Z",
        },
        {
            "metadata": {"revision": OLD},
            "lastReconciledStatus": "ReconciliationSucceeded",
            "firstReconciled": "2026-11-20T01:00:00Z",
            "lastReconciled": "2026-11-23T00:59:00.5Z",
        },
    ]
    seen = snapshot(source(stored=NEW), Resource.from_object("staging", obj))
    assert seen.findings[0].since == "2026-11-23T01:00:00Z"
    never_noted = snapshot(source(), ks(conditions=[broken]))
    assert never_noted.findings[0].since == "2026-11-23T03:10:00Z"


@pytest.mark.parametrize(
    ("stored", "since"),
    [
        (NEW, "2026-11-23T02:23:45Z"),
        (OLD, "2026-11-23T03:10:00Z"),  # of what it tries nothing is known
    ],
)
def test_a_failure_that_came_again_does_not_count_what_was_well_in_between(
    stored: str, since: str
) -> None:
    """Well for the last time at 02:20, taken back at 02:23:36 and failed 9s later."""
    obj = ks(name="b", applied=OLD, attempted=NEW, conditions=[failed("x")]).as_object()
    obj["status"]["history"] = [
        {
            "metadata": {"revision": revision_},
            "lastReconciledStatus": status,
            "firstReconciled": "2026-11-23T01:00:00Z",
            "lastReconciled": last,
            "lastReconciledDuration": "8.7s",
        }
        for revision_, status, last in (
            (NEW, "HealthCheckFailed", "2026-11-23T03:10:00Z"),
            (OLD, "ReconciliationSucceeded", "2026-11-23T02:20:00Z"),
        )
    ]
    feed = source(stored=stored)
    artifact = {**feed.status["artifact"], "lastUpdateTime": "2026-11-23T02:23:36Z"}
    feed = replace(feed, status={**feed.status, "artifact": artifact})
    seen = snapshot(feed, Resource.from_object("staging", obj))
    assert [f.since for f in seen.findings if f.code == "failed"] == [since]


@pytest.mark.parametrize("reason", ["BuildFailed", "ReconciliationFailed", "PruneFailed"])
def test_every_failed_kustomization_is_a_finding_in_its_own_words(reason: str) -> None:
    seen = snapshot(source(stored=OLD), ks(applied=OLD, conditions=[failed(reason, "no such x")]))
    assert [f.message for f in seen.findings[:1]] == [f"api: {reason}: no such x"]
    assert row(seen).health.text == f"{reason}: no such x"


def test_a_failed_job_is_told_with_its_own_reason() -> None:
    job = {
        "apiVersion": "batch/v1",
        "kind": "Job",
        "metadata": {"name": "migrate", "namespace": NS},
        "spec": {},
        "status": {
            "conditions": [
                {"type": "Failed", "status": "True", "reason": "BackoffLimitExceeded",
                 "message": "Job has reached the specified backoff limit"}
            ]
        },
    }  # fmt: skip
    member = ks(
        applied=OLD,
        conditions=[failed("HealthCheckFailed", "failed early")],
        inventory=[f"{NS}_migrate_batch_Job"],
    )
    seen = snapshot(source(stored=OLD), member, Resource.from_object("staging", job))
    assert seen.findings[0].message.startswith("api BackoffLimitExceeded: Job/migrate: Job has")


def test_the_worst_comes_first_and_protected_environments_before_open_ones() -> None:
    broken = failed("BuildFailed", "no")
    tags = [replace(tag_list({}), error="connection refused")]
    seen = snapshot(
        source("staging", stored=OLD),
        source("production", stored=OLD),
        ks("staging", conditions=[broken]),
        ks("production", conditions=[broken], suspend=True),
        tags=tags,
        feeds=(Feed("staging", ("apps", "Deployment"), "", FeedState.FORBIDDEN, "no list"),),
    )
    told = [(f.environment, f.code) for f in seen.findings]
    assert told[:2] == [("production", "failed"), ("staging", "failed")]
    assert told[2][1] == "registry"
    assert [f.severity for f in seen.findings] == sorted(
        (f.severity for f in seen.findings), key=list(Severity)[::-1].index
    )


def git(kind: str, *conditions: Any, stored: str = "") -> Resource:
    word, version = KINDS[kind]
    status: dict[str, Any] = {"observedGeneration": 1, "conditions": list(conditions)}
    if stored:
        status["artifact"] = {"revision": stored}
    obj = {**body("OCIRepository", "platform", spec={"url": "x"}, status=status)}
    return Resource.from_object("staging", {**obj, "apiVersion": version, "kind": word})


def user(kind: str, **more: Any) -> Resource:
    lost = failed("ArtifactFailed", "Source artifact not found, retrying in 30s")
    obj = ks(name="from-git", conditions=more.pop("conditions", [lost]), **more).as_object()
    obj["spec"]["sourceRef"] = {"kind": KINDS[kind][0], "name": "platform"}
    return Resource.from_object("staging", obj)


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_a_source_that_cannot_be_fetched_is_the_root_with_its_own_error(kind: str) -> None:
    broken = git(kind, failed("GitOperationFailed", "unable to clone: no such host"))
    behind = ks(name="behind", needs=["from-git"], conditions=[WAITING])
    seen = snapshot(broken, user(kind), behind)
    label = f"{KINDS[kind][0]}/{NS}/platform"
    told = node(seen, "from-git")
    assert told.root == broken.key and told.to_blame
    assert told.because == f"{label} GitOperationFailed: unable to clone: no such host"
    assert node(seen, "behind").because.startswith(f"blocked by from-git: {label} Git")
    assert node(seen, "behind").root == broken.key
    first = seen.findings[0]
    assert first.code == "failed" and "GitOperationFailed: unable to clone" in first.message
    assert "artifact not found" not in first.message
    assert first.behind == 1


def test_a_source_that_is_not_there_or_not_readable_says_so() -> None:
    feeds = (Feed("staging", ("source.toolkit.fluxcd.io", "GitRepository"), "", FeedState.LIVE),)
    gone = snapshot(user("git"), feeds=feeds)
    assert node(gone, "from-git").because == f"GitRepository/{NS}/platform not found"
    closed = snapshot(
        user("git"), feeds=(replace(feeds[0], state=FeedState.FORBIDDEN, message="no list"),)
    )
    assert node(closed, "from-git").because.endswith("may not be read: no list")
    unread = snapshot(user("git"), feeds=(replace(feeds[0], state=FeedState.STARTING),))
    assert node(unread, "from-git").because.startswith("ArtifactFailed: ")


def test_a_source_that_fails_under_users_who_run_on_is_a_finding_too() -> None:
    broken = git("git", failed("AuthenticationFailed", "bad key"), stored="main@sha1:0123")
    seen = snapshot(broken, user("git", conditions=[READY]))
    assert seen.findings[0].code == "source"
    assert "AuthenticationFailed: bad key" in seen.findings[0].message


def test_a_path_that_is_not_in_the_artifact_is_not_blamed_on_the_source() -> None:
    lost = failed("ArtifactFailed", "kustomization path not found: ./x")
    seen = snapshot(git("git", READY, stored="main@sha1:0"), user("git", conditions=[lost]))
    assert node(seen, "from-git").because == "ArtifactFailed: kustomization path not found: ./x"


def test_a_failed_kustomization_that_no_registry_feeds_is_a_finding() -> None:
    seen = snapshot(user("git", conditions=[failed("BuildFailed", "no such file")]))
    assert [f.message for f in seen.findings if f.code == "failed"] == [
        "from-git: BuildFailed: no such file"
    ]


def test_a_suspended_member_is_seen_on_the_line_of_its_ready_source() -> None:
    seen = snapshot(source(stored=OLD), ks(name="a", applied=OLD), ks(name="b", suspend=True))
    line = row(seen)
    assert line.suspended is None
    assert [h.key.name for h in line.held] == ["b"]
    assert line.hold is not None


def test_sources_of_helm_charts_are_no_rows_and_are_said() -> None:
    def chart(name: str, **spec: Any) -> Resource:
        obj = source(name=name, url=f"{URL}-chart").as_object()
        obj["spec"].update(spec)
        return Resource.from_object("staging", obj)

    release = {
        "apiVersion": "helm.toolkit.fluxcd.io/v2",
        "kind": "HelmRelease",
        "metadata": {"name": "x", "namespace": "other"},
        "spec": {"chartRef": {"kind": "OCIRepository", "name": "by-use", "namespace": NS}},
    }
    seen = snapshot(
        source(stored=OLD),
        ks(applied=OLD),
        chart("by-layer", layerSelector={"mediaType": CHART, "operation": "copy"}),
        chart("by-use"),
        Resource.from_object("staging", release),
    )
    assert [r.service for r in seen.board.rows] == ["acme/activity", "other/x"]
    assert [k.name for k in seen.board.charts["staging"]] == ["by-layer", "by-use"]
    told = [f for f in seen.findings if f.code == "charts"]
    assert told[0].message.startswith("2 OCIRepositories hold Helm charts, not bundles: by-layer")


def test_a_source_that_nobody_uses_says_so() -> None:
    assert row(snapshot(source(stored=OLD))).running_text == "not used"


def test_others_that_wait_for_this_service_do_not_hide_what_it_waits_for() -> None:
    outside = ks(name="infra", of="other", conditions=[failed("BuildFailed", "no CRD")])
    seen = snapshot(
        source(stored=OLD), outside, ks(name="web", needs=["infra"], conditions=[WAITING])
    )
    line = row(seen)
    assert line.health.level is Level.WAITING
    assert line.health.text == "blocked by infra: BuildFailed: no CRD"
    assert CONFIG.environments[0].name == "staging"


def test_kinds_that_may_not_be_read_for_one_reason_are_one_finding() -> None:
    """Discovery that is refused refuses every kind: one sentence, not a dozen."""
    kinds = [("source.toolkit.fluxcd.io", "OCIRepository"), ("apps", "Deployment"), ("", "Event")]
    kinds += [("apps", "StatefulSet"), ("kustomize.toolkit.fluxcd.io", "Kustomization")]
    why = "staging discovery: forbidden: nobody may look"
    feeds = [Feed("staging", kind, "", FeedState.FORBIDDEN, why) for kind in kinds]
    feeds.append(Feed("staging", ("batch", "Job"), "", FeedState.FORBIDDEN, "no list of jobs"))
    feeds.append(Feed("production", kinds[0], "", FeedState.FORBIDDEN, why))
    seen = [f for f in snapshot(feeds=tuple(feeds)).findings if f.code == "forbidden"]
    assert len(seen) == 3
    (alike,) = (f for f in seen if f.environment == "staging" and "Job" not in f.message)
    assert alike.message.startswith(
        "OCIRepository, Kustomization, Deployment and 2 more kinds may not be read: "
    )
    assert alike.severity is Severity.ERROR


def test_many_namespaces_of_one_reason_are_one_finding() -> None:
    pods = [
        Feed("staging", ("", "Pod"), f"team-{n}", FeedState.RETRYING, "no route") for n in range(9)
    ]
    (only,) = (f for f in snapshot(feeds=tuple(pods)).findings if f.code == "feed")
    assert (
        only.message == "Pod is not live in team-0, team-1, team-2 and 6 more namespaces: no route"
    )
