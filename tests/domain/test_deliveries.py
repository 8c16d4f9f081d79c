"""Rows of what takes no bundle: releases, and what stands on Git. Nothing runs that has no row."""

from __future__ import annotations

from typing import Any

import pytest
from delivery_objects import DIGEST, PROGRESSING, T1, T2, chart, index, made, only, past, release

from fluxtui.domain.board import Level, Severity
from fluxtui.domain.detail import detail_of
from fluxtui.domain.overview import Overview
from fluxtui.domain.resource import Resource
from tests.builders import NS, READY, failed, snapshot, source


def test_a_release_runs_the_highest_entry_that_is_deployed() -> None:
    old, new = past(3, "1.4.2", "superseded"), past(4, "1.5.0", "deployed", lastDeployed=T2)
    row, line = only(snapshot(release(old, new, past(2, "1.4.1", "superseded")), chart("1.5.0")))
    assert row.service == f"{NS}/web"
    assert (line.running_text, line.pick_text, line.newest_text) == ("1.5.0", "1.5.0", "–")
    assert line.at == T2 and not line.behind and line.policy == "web 1.x"
    assert line.health.level is Level.OK
    assert line.source == chart().key and line.appliers == (release().key,)


UNFED = "HelmChart 'apps/web' is not ready: "
LATER = UNFED + "latest generation of object has not been reconciled"
EMPTY = UNFED + "does not have an artifact"
NO_INDEX = "no artifact available for HelmRepository source 'c'"


@pytest.mark.parametrize(
    ("said", "behind", "level"),
    [
        (LATER, (chart(conditions=()), index()), Level.PROGRESSING),  # nobody has looked at it
        (EMPTY, (chart(conditions=(PROGRESSING,)), index()), Level.PROGRESSING),
        (LATER, (chart("1.5.0"), index()), Level.PROGRESSING),  # it is there by now
        (
            UNFED + NO_INDEX,
            (chart(conditions=(failed("NoSourceArtifact", NO_INDEX),)), index((PROGRESSING,))),
            Level.PROGRESSING,
        ),
        (LATER, (chart(conditions=(failed("FetchFailed", "no index"),)), index()), Level.FAILED),
        (LATER, (), Level.FAILED),
        (EMPTY, (chart(), index()), Level.FAILED),  # ready, and nothing was stored
        (UNFED + "no 'web' chart found", (chart("1.5.0"), index()), Level.FAILED),
    ],
)
def test_a_release_whose_chart_is_on_its_way_has_not_failed(
    said: str, behind: tuple[Resource, ...], level: Level
) -> None:
    fresh = release(conditions=(failed("SourceNotReady", said),))
    seen = snapshot(fresh, *behind)
    _row, line = only(seen)
    assert line.health.level is level
    (node,) = seen.board.chains["staging"]
    assert node.health.level is level
    assert detail_of(seen, fresh).health.level is level
    loud = [finding for finding in seen.findings if finding.severity is Severity.ERROR]
    assert bool(loud) == (level is Level.FAILED)


@pytest.mark.parametrize("past_", [(), (past(1, "1.4.2", "deployed"),)])
def test_a_failure_that_was_taken_back_and_is_tried_again_is_still_one(past_: Any) -> None:
    tried: dict[str, Any] = {"lastAttemptedRevision": "1.5.0", "lastAttemptedGeneration": 1}
    again = release(*past_, conditions=(PROGRESSING,), failures=2, **tried)
    _row, line = only(snapshot(again, chart("1.5.0")))
    assert line.health.level is Level.FAILED
    assert line.health.text.startswith("failed before, being tried again: Running")
    first = release(*past_, conditions=(PROGRESSING,), failures=0, **tried)
    assert only(snapshot(first, chart("1.5.0")))[1].health.level is Level.PROGRESSING
    newer = release(*past_, conditions=(PROGRESSING,), failures=2, lastAttemptedGeneration=0)
    assert only(snapshot(newer, chart("1.5.0")))[1].health.level is Level.PROGRESSING, "of another"


def hook(made_at: str = T2, *, image: bool = False, **meta: Any) -> tuple[Resource, ...]:
    """A Job of Helm's, and its Pod, whose image is not there."""
    meta = {"annotations": {"helm.sh/hook": "pre-upgrade"}, "creationTimestamp": made_at,
            "labels": {"app.kubernetes.io/instance": "web"}, **meta}  # fmt: skip
    selector = {"selector": {"matchLabels": {"job-name": "migrate"}}, "completions": 1}
    job = made("batch/v1", "Job", "migrate", selector, {"active": 1}, **meta)
    waits = {"waiting": {"reason": "ImagePullBackOff"}}
    state = {"name": "db", "image": "db:9", "ready": False, "state": waits if image else {}}
    status = {"containerStatuses": [state]}
    return job, made("v1", "Pod", "migrate-x", {}, status, labels={"job-name": "migrate"})


BEGAN = {**PROGRESSING, "lastTransitionTime": T2, "message": "Running 'upgrade' action"}


def test_a_hook_that_cannot_run_is_told_long_before_its_timeout() -> None:
    busy = release(past(1, "1.4.2", "deployed"), conditions=(BEGAN,))
    seen = snapshot(busy, chart("1.5.0"), *hook(image=True))
    _row, line = only(seen)
    assert line.health.level is Level.FAILED
    (loud,) = [finding for finding in seen.findings if finding.severity is Severity.ERROR]
    assert loud.subject == busy.key
    for words in ("Job/", "migrate", "ImagePullBackOff", "db:9", "hook pre-upgrade"):
        assert words in loud.message, loud.message


@pytest.mark.parametrize(
    "others",
    [
        hook(T1, image=True),  # of a run before this one
        hook(image=True, labels={"app.kubernetes.io/instance": "api"}),
        hook(image=True, annotations={}),
        hook(),  # it only runs
    ],
)
def test_what_is_no_stuck_hook_of_this_run_blames_nobody(others: tuple[Resource, ...]) -> None:
    busy = release(past(1, "1.4.2", "deployed"), conditions=(BEGAN,))
    seen = snapshot(busy, chart("1.5.0"), *others)
    assert only(seen)[1].health.level is Level.PROGRESSING
    assert not [finding for finding in seen.findings if finding.severity is Severity.ERROR]
    done = snapshot(release(past(1, "1.5.0", "deployed")), chart("1.5.0"), *hook(image=True))
    assert only(done)[1].health.level is Level.OK


def test_hooks_are_looked_at_again_when_a_pod_of_theirs_is_another() -> None:
    busy, look = release(past(1, "1.4.2", "deployed"), conditions=(BEGAN,)), Overview()

    def level(*others: Resource) -> Level:
        board, _findings = look(snapshot(busy, chart("1.5.0"), *others))
        return board.rows[0].lines["staging"][0].health.level

    levels = [level(), level(*hook()), level(*hook(image=True)), level()]
    assert levels == [Level.PROGRESSING, Level.PROGRESSING, Level.FAILED, Level.PROGRESSING]


def test_a_release_is_judged_again_when_its_chart_is_another() -> None:
    fresh = release(conditions=(failed("SourceNotReady", LATER),))
    look = Overview()

    def level(*behind: Resource) -> Level:
        seen = snapshot(fresh, *behind, index())
        board, _findings = look(seen)
        (row,) = board.rows
        (line,) = row.lines["staging"]
        return line.health.level

    lost = chart(conditions=(failed("FetchFailed", "no index"),))
    levels = [level(chart(conditions=())), level(lost), level(chart("1.5.0")), level(lost)]
    assert levels == [Level.PROGRESSING, Level.FAILED, Level.PROGRESSING, Level.FAILED]


@pytest.mark.parametrize(
    ("said", "conditions", "level", "word"),
    [
        # What runs is well, and what comes next cannot be had.
        (READY, (failed("FetchFailed", "no index"),), Level.FAILED, "no index"),
        (PROGRESSING, (failed("FetchFailed", "no index"),), Level.FAILED, "no index"),
        (READY, (), Level.UNKNOWN, "no controller has looked at it yet"),
        (PROGRESSING, (), Level.PROGRESSING, "Running"),
        (PROGRESSING, (READY,), Level.PROGRESSING, "Running"),
    ],
)
def test_what_feeds_a_release_is_part_of_its_health_but_for_one_that_is_new(
    said: Any, conditions: Any, level: Level, word: str
) -> None:
    one = release(past(1, "1.4.2", "deployed"), conditions=(said,))
    _row, line = only(snapshot(one, chart("1.4.2", conditions), index()))
    assert line.health.level is level and word in line.health.text


def test_what_its_source_has_fetched_would_be_picked() -> None:
    _row, line = only(snapshot(release(past(1, "1.4.2", "deployed")), chart("1.5.0")))
    assert (line.running_text, line.pick_text, line.behind) == ("1.4.2", "1.5.0", True)


@pytest.mark.parametrize(
    ("ready", "text", "level"),
    [
        (PROGRESSING, "1.4.2 -> 1.5.0", Level.PROGRESSING),
        (failed("UpgradeFailed", "boom"), "1.4.2, 1.5.0 failed", Level.FAILED),
    ],
)
def test_what_is_tried_stands_beside_what_runs(ready: Any, text: str, level: Level) -> None:
    one = release(past(1, "1.4.2", "deployed"), conditions=[ready], lastAttemptedRevision="1.5.0")
    _row, line = only(snapshot(one, chart("1.5.0")))
    assert (line.running_text, line.running.version) == (text, "1.4.2")
    assert line.health.level is level


def test_what_takes_files_is_dated_by_its_source_and_not_by_its_own_runs() -> None:
    """A Kustomization reconciles the same files again and again."""
    runs = {"firstReconciled": T1, "lastReconciled": "2026-11-22T10:00:00Z",
            "lastReconciledStatus": "ReconciliationSucceeded",
            "metadata": {"revision": "main@sha1:" + "a" * 40}}  # fmt: skip
    status = {"conditions": [READY], "observedGeneration": 1, "history": [runs],
              "lastAppliedRevision": "main@sha1:" + "a" * 40}  # fmt: skip
    spec = {"sourceRef": {"kind": "GitRepository", "name": "fleet"}}
    user = made("kustomize.toolkit.fluxcd.io/v1", "Kustomization", "apps", spec, status)
    stored = {"revision": "main@sha1:" + "a" * 40, "lastUpdateTime": T2}
    seen = {"conditions": [READY], "observedGeneration": 1, "artifact": stored}
    where = {"url": "https://git.test/fleet"}
    git = made("source.toolkit.fluxcd.io/v1", "GitRepository", "fleet", where, seen)
    assert only(snapshot(user, git))[1].at == T2


def test_before_the_first_release_nothing_runs() -> None:
    one = release(conditions=[PROGRESSING], lastAttemptedRevision="1.5.0")
    _row, line = only(snapshot(one, chart("1.5.0")))
    assert line.running_text == "nothing -> 1.5.0"


def test_a_source_that_fails_is_told_while_its_user_is_at_work() -> None:
    """And one that nobody has looked at is not: its user says that it is at work."""
    reference = {"kind": "GitRepository", "name": "fleet"}
    group = "kustomize.toolkit.fluxcd.io/v1"

    def health(conditions: Any, own: Any = PROGRESSING) -> tuple[Level, str]:
        status = {"conditions": [own], "observedGeneration": 1}
        user = made(group, "Kustomization", "apps", {"sourceRef": reference}, status)
        seen = {"conditions": conditions, "observedGeneration": 1}
        api = "source.toolkit.fluxcd.io/v1"
        git = made(api, "GitRepository", "fleet", {"url": "https://git.test/fleet"}, seen)
        line = only(snapshot(user, git))[1]
        return line.health.level, line.health.text

    assert health([failed("GitOperationFailed", "no")]) == (Level.FAILED, "GitOperationFailed: no")
    assert health([]) == (Level.PROGRESSING, "Running")
    assert health([], READY) == (Level.UNKNOWN, "no controller has looked at it yet")


def test_the_first_digits_behind_a_version_are_its_digest() -> None:
    one = release(
        past(1, f"1.4.2+{'ab' * 6}", "deployed", ociDigest=DIGEST),
        lastAttemptedRevision=f"1.4.2+{'ab' * 6}",
        lastAttemptedRevisionDigest=f"latest@{DIGEST}",
    )
    _row, line = only(snapshot(one))
    assert (line.running_text, line.running.digest) == ("1.4.2", DIGEST)


def test_the_reason_is_what_went_wrong_and_not_only_how_often() -> None:
    stalled = {"type": "Stalled", "status": "True", "reason": "RetriesExceeded", "message": "1 try"}
    released = {**failed("UpgradeFailed", "deadline exceeded"), "type": "Released"}
    one = release(past(1, "1.4.2", "deployed"), conditions=[stalled, released])
    seen = snapshot(one, chart("1.5.0"))
    first = seen.findings[0]
    assert first.subject == one.key
    for words in ("UpgradeFailed", "deadline exceeded", "RetriesExceeded"):
        assert words in first.message


def test_an_index_that_cannot_be_read_is_the_root() -> None:
    starving = failed("SourceNotReady", f"HelmChart '{NS}/{NS}-web' is not ready")
    broken = index([failed("IndexationFailed", "404 Not Found")])
    waits = chart(conditions=[failed("NoSourceArtifact", "no artifact")])
    seen = snapshot(release(conditions=[starving]), waits, broken)
    first = seen.findings[0]
    assert "HelmRepository" in first.message and "404 Not Found" in first.message
    (node,) = seen.board.chains["staging"]
    assert node.root == broken.key and node.to_blame


def test_an_address_of_a_registry_is_neither_well_nor_broken() -> None:
    oci = made(
        "source.toolkit.fluxcd.io/v1", "HelmRepository", "c",
        {"url": "oci://charts.test", "type": "oci"}, {},
    )  # fmt: skip
    seen = snapshot(release(past(1, "1.4.2", "deployed")), chart("1.4.2"), oci)
    assert [f for f in seen.findings if f.subject == oci.key] == []


def test_a_release_and_a_kustomization_of_one_name_are_two_rows() -> None:
    git = {"sourceRef": {"kind": "GitRepository", "name": "platform"}}
    group = "kustomize.toolkit.fluxcd.io/v1"
    other = made(group, "Kustomization", "web", git, {"conditions": [READY]})
    seen = snapshot(release(past(1, "1.4.2", "deployed")), other)
    assert [row.service for row in seen.board.rows] == [f"{NS}/web", f"{NS}/web (ks)"]


def test_a_label_joins_what_is_called_otherwise_elsewhere() -> None:
    labels = {"fluxtui.dev/service": "shop"}
    one = made("helm.toolkit.fluxcd.io/v2", "HelmRelease", "web-a", {}, {}, labels=labels)
    other = made(
        "helm.toolkit.fluxcd.io/v2", "HelmRelease", "web-b", {}, {},
        labels=labels, where="production",
    )  # fmt: skip
    (row,) = snapshot(one, other).board.rows
    assert (row.service, set(row.lines)) == ("shop", {"staging", "production"})


def test_a_bundle_is_its_sources_line_alone() -> None:
    chart_of = {"chartRef": {"kind": "OCIRepository", "name": "activity"}}
    seen = snapshot(source(stored="1.0.0@" + DIGEST), release(spec=chart_of))
    assert [row.service for row in seen.board.rows] == [f"{NS}/web"]
    _row, line = only(seen)
    assert line.source == source().key and line.has_list


def test_who_is_applied_stands_below_who_applies_and_below_what_it_waits_for() -> None:
    def one(name: str, owner: str = "", needs: tuple[str, ...] = ()) -> Resource:
        label = "kustomize.toolkit.fluxcd.io"
        labels = {f"{label}/name": owner, f"{label}/namespace": NS} if owner else {}
        spec = {
            "sourceRef": {"kind": "GitRepository", "name": "platform"},
            "dependsOn": [{"name": need} for need in needs],
        }
        status = {"conditions": [READY], "observedGeneration": 1}
        return made(f"{label}/v1", "Kustomization", name, spec, status, labels=labels)

    nodes = snapshot(
        one("root", owner="root"),
        one("app", "root"),
        one("db", "root"),
        one("ui", "root", ("app",)),
    ).board.chains["staging"]
    assert [(n.key.name, n.depth) for n in nodes] == [("root", 0), ("app", 1), ("ui", 2), ("db", 1)]
    assert [n.owner.name if n.owner else "" for n in nodes] == ["", "root", "root", "root"]


def test_two_that_apply_each_other_are_both_drawn() -> None:
    label = "kustomize.toolkit.fluxcd.io"
    git = {"sourceRef": {"kind": "GitRepository", "name": "platform"}}

    def one(name: str, owner: str) -> Resource:
        labels = {f"{label}/name": owner, f"{label}/namespace": NS}
        return made(f"{label}/v1", "Kustomization", name, git, {}, labels=labels)

    nodes = snapshot(one("a", "b"), one("b", "a")).board.chains["staging"]
    assert sorted(n.key.name for n in nodes) == ["a", "b"]
