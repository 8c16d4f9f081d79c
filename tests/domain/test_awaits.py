"""When an awaited state is reached, will not come, or has to be waited for."""

from __future__ import annotations

from typing import Any

import pytest

from fluxtui.domain import kinds
from fluxtui.domain.awaits import Judgement, judge, ready_text
from fluxtui.domain.kinds import kustomization, ocirepository
from fluxtui.domain.plan import AwaitStep, Until
from fluxtui.domain.resource import Key, Resource

OLD = "1.4.0@sha256:" + "a" * 64
NEW = "1.5.0@sha256:" + "b" * 64
AT = "2026-11-23T18:00:00.000000001Z"
LATER = "2026-11-23T18:00:01Z"
EARLIER = "2026-11-23T17:59:59.999Z"


def ready(status: str, reason: str, message: str, generation: int = 1) -> dict[str, Any]:
    """A Ready condition, said of that generation."""
    said = {"status": status, "reason": reason, "message": message}
    return {"type": "Ready", **said, "observedGeneration": generation}


SUCCEEDED = ready("True", "ReconciliationSucceeded", "applied", 2)
UNHEALTHY = ready("False", "HealthCheckFailed", "timeout", 2)
TRYING = ready("Unknown", "Progressing", "running health checks", 2)
WAITING = ready("False", "DependencyNotReady", "waits", 2)
BUSY = {"type": "Reconciling", "status": "True", "reason": "Progressing", "message": "working"}
STALLED = {"type": "Stalled", "status": "True", "reason": "URLInvalid", "message": "bad url"}


def resource(kind: str, spec: dict[str, Any], status: dict[str, Any]) -> Resource:
    api = kustomization.KIND if kind == "Kustomization" else ocirepository.KIND
    meta = {"name": "web", "namespace": "apps", "generation": 2, "resourceVersion": "9"}
    obj = {"apiVersion": api.api_version, "kind": kind, "metadata": meta}
    return Resource.from_object("prod", {**obj, "spec": spec, "status": status})


def ks(*conditions: dict[str, Any], spec: dict[str, Any] | None = None, **status: Any) -> Resource:
    known = {"observedGeneration": 2, "conditions": list(conditions), **status}
    return resource("Kustomization", spec or {}, known)


def source(*conditions: dict[str, Any], revision: str = "") -> Resource:
    artifact = {"revision": revision} if revision else {}
    status = {"observedGeneration": 2, "conditions": list(conditions), "artifact": artifact}
    return resource("OCIRepository", {}, status)


CASES: list[tuple[str, Until, str, Resource | None, bool | None]] = [
    ("gone", Until.READY, "", None, None),
    ("handled, ready", Until.HANDLED, AT, ks(SUCCEEDED, lastHandledReconcileAt=AT), True),
    ("handled, failed", Until.HANDLED, AT, ks(UNHEALTHY, lastHandledReconcileAt=AT), False),
    ("handled, busy", Until.HANDLED, AT, ks(SUCCEEDED, BUSY, lastHandledReconcileAt=AT), None),
    ("a later request", Until.HANDLED, AT, ks(SUCCEEDED, lastHandledReconcileAt=LATER), True),
    ("an earlier one", Until.HANDLED, AT, ks(SUCCEEDED, lastHandledReconcileAt=EARLIER), None),
    (
        "a request without a time",
        Until.HANDLED,
        "asked",
        ks(SUCCEEDED, lastHandledReconcileAt="asked"),
        True,
    ),
    ("another one without", Until.HANDLED, "asked", ks(SUCCEEDED, lastHandledReconcileAt=AT), None),
    ("handled, says nothing", Until.HANDLED, AT, ks(lastHandledReconcileAt=AT), None),
    (
        "handled, unknown",
        Until.HANDLED,
        AT,
        ks(ready("Unknown", "Progressing", "", 2), lastHandledReconcileAt=AT),
        None,
    ),
    (
        "handled, was busy",
        Until.HANDLED,
        AT,
        ks(SUCCEEDED, {**BUSY, "status": "False"}, lastHandledReconcileAt=AT),
        True,
    ),
    (
        "handled, is retried",
        Until.HANDLED,
        AT,
        ks(UNHEALTHY, {**BUSY, "reason": "ProgressingWithRetry"}, lastHandledReconcileAt=AT),
        False,
    ),
    ("nothing awaited", Until.PICKED, "", source(), None),
    ("picked by commit", Until.PICKED, "1" * 40, source(revision="main@sha1:" + "1" * 40), True),
    ("picked whole", Until.PICKED, NEW, source(revision=NEW), True),
    (
        "a chart's version as Flux built it",
        Until.PICKED,
        "1.5.0",
        source(revision="1.5.0+0123456789ab"),
        True,
    ),
    ("picked by tag", Until.PICKED, "1.5.0", source(revision=NEW), True),
    ("picked by digest", Until.PICKED, "sha256:" + "b" * 64, source(revision=NEW), True),
    ("part of a tag", Until.PICKED, "1.5", source(revision=NEW), None),
    ("nothing stored", Until.PICKED, "1.5.0", source(), None),
    (
        "applied",
        Until.APPLIED,
        "1.5.0",
        ks(SUCCEEDED, lastAppliedRevision=NEW, lastAttemptedRevision=NEW),
        True,
    ),
    (
        "not applied yet",
        Until.APPLIED,
        "1.5.0",
        ks(SUCCEEDED, lastAppliedRevision=OLD, lastAttemptedRevision=OLD),
        None,
    ),
    (
        "tried and unhealthy",
        Until.APPLIED,
        "1.5.0",
        ks(UNHEALTHY, lastAppliedRevision=OLD, lastAttemptedRevision=NEW),
        False,
    ),
    (
        "waits for a dependency",
        Until.APPLIED,
        "1.5.0",
        ks(WAITING, lastAppliedRevision=OLD, lastAttemptedRevision=NEW),
        None,
    ),
    (
        "going back while the bad one is live",
        Until.APPLIED,
        "1.4.0",
        ks(UNHEALTHY, lastAppliedRevision=OLD, lastAttemptedRevision=NEW),
        None,
    ),
    (
        "applied, and nobody says what was tried",
        Until.APPLIED,
        "1.5.0",
        ks(SUCCEEDED, lastAppliedRevision=NEW),
        True,
    ),
    (
        "tried, and no word of it yet",
        Until.APPLIED,
        "1.5.0",
        ks(lastAppliedRevision=OLD, lastAttemptedRevision=NEW),
        None,
    ),
    (
        "what failed was another one",
        Until.APPLIED,
        "1.6.0",
        ks(UNHEALTHY, lastAppliedRevision=OLD, lastAttemptedRevision=NEW),
        None,
    ),
    (
        "a bad word of a run that is not over",
        Until.APPLIED,
        "1.5.0",
        ks({**UNHEALTHY, "status": "Unknown"}, lastAppliedRevision=OLD, lastAttemptedRevision=NEW),
        None,
    ),
    ("failing", Until.READY, "", ks(UNHEALTHY), None),
    ("stalled no longer", Until.READY, "", source({**STALLED, "status": "False"}, SUCCEEDED), True),
    (
        "going back, tried again and not at its end",
        Until.APPLIED,
        "sha256:" + "a" * 64,
        ks(TRYING, BUSY, lastAppliedRevision=OLD, lastAttemptedRevision="sha256:" + "a" * 64),
        None,
    ),
    (
        "gone back, and unhealthy again",
        Until.APPLIED,
        "sha256:" + "a" * 64,
        ks(UNHEALTHY, lastAppliedRevision=OLD, lastAttemptedRevision="sha256:" + "a" * 64),
        False,
    ),
    ("ready", Until.READY, "", ks(SUCCEEDED), True),
    ("ready of before", Until.READY, "", ks(ready("True", "Succeeded", "old", 1)), None),
    ("stalled", Until.READY, "", source(STALLED, ready("False", "URLInvalid", "no", 2)), False),
    ("suspended", Until.SUSPENDED, "", ks(spec={"suspend": True}), True),
    ("not suspended", Until.SUSPENDED, "", ks(spec={"suspend": False}), None),
    ("still suspended", Until.RESUMED, "", ks(SUCCEEDED, spec={"suspend": True}), None),
    ("resumed", Until.RESUMED, "", ks(SUCCEEDED), True),
]


def other(short: str, status: dict[str, Any], **more: Any) -> Resource:
    """An object of any kind, of generation 2."""
    kind = kinds.by_short(short)
    assert kind is not None
    meta = {"name": "web", "namespace": "apps", "generation": 2, "resourceVersion": "9"}
    body = {"apiVersion": kind.api_version, "kind": kind.kind, "metadata": {**meta, **more}}
    return Resource.from_object("prod", {**body, "spec": {}, "status": status})


def demanded(force: str, *conditions: dict[str, Any], handled: str = AT) -> Resource:
    """A HelmRelease that has answered a request, and acknowledged that force."""
    answered = {"lastHandledReconcileAt": handled, "lastHandledForceAt": force}
    return other("hr", {"conditions": list(conditions), **answered})


@pytest.mark.parametrize(
    ("resource", "done"),
    [
        (demanded(AT, SUCCEEDED), True),
        (demanded(LATER, SUCCEEDED), True),
        (demanded(EARLIER, SUCCEEDED), None),
        (demanded(EARLIER, WAITING), False),
        (demanded(AT, UNHEALTHY), False),
        (demanded(AT, SUCCEEDED, handled=EARLIER), None),
    ],
)
def test_a_force_has_to_be_acknowledged_beside_the_request(
    resource: Resource, done: bool | None
) -> None:
    step = AwaitStep(
        "w", "wait", target=resource.key, until=Until.HANDLED, value=AT, demands=("force",)
    )
    assert judge(resource, step).done is done


OF_OLD, STOPPED = ready("True", "Ok", "", 1), {**STALLED, "observedGeneration": 2}


@pytest.mark.parametrize(
    ("resource", "done"),
    [
        (other("rset", {"conditions": [SUCCEEDED]}), True),
        (other("rset", {"conditions": [OF_OLD]}), None),
        (other("rset", {"conditions": [UNHEALTHY, STOPPED]}), False),
        (other("rset", {"conditions": [UNHEALTHY, {**STOPPED, "observedGeneration": 1}]}), None),
        (other("rset", {}), None),
        (other("alert", {}), True),
        (other("hr", {}), None),
        (other("hr", {"observedGeneration": 1, "conditions": [SUCCEEDED]}), None),
    ],
)
def test_a_kind_without_an_observed_generation_is_judged_by_its_conditions(
    resource: Resource, done: bool | None
) -> None:
    step = AwaitStep("w", "wait", target=resource.key, until=Until.RESUMED)
    assert judge(resource, step).done is done


@pytest.mark.parametrize(
    ("reason", "done"), [("UpgradeFailed", False), ("RollbackSucceeded", False), ("Other", None)]
)
def test_a_release_that_was_rolled_back_has_not_applied_its_chart(
    reason: str, done: bool | None
) -> None:
    releases = [
        {"version": 1, "chartVersion": "1.4.0", "status": "superseded"},
        {"version": 3, "chartVersion": "1.4.0", "status": "deployed"},
        {"version": 2, "chartVersion": "1.5.0", "status": "failed"},
    ]
    conditions = [ready("False", reason, "no", 2)]
    status = {"history": releases, "lastAttemptedRevision": "1.5.0", "conditions": conditions}
    release = other("hr", status)
    step = AwaitStep("w", "wait", target=release.key, until=Until.APPLIED, value="1.5.0")
    assert judge(release, step).done is done


@pytest.mark.parametrize(
    ("until", "value", "seen", "done"), [case[1:] for case in CASES], ids=[c[0] for c in CASES]
)
def test_how_an_awaited_state_stands(
    until: Until, value: str, seen: Resource | None, done: bool | None
) -> None:
    target = Key("prod", *kustomization.KIND.id, "apps", "web")
    found = judge(seen, AwaitStep("w", "wait", target=target, until=until, value=value))
    assert found.done is done
    assert found.text


def test_what_is_waited_for_is_said_as_it_stands() -> None:
    """The sentence goes into the Receipt: what is there instead, and what the object says."""

    def text(until: Until, seen: Resource | None) -> str:
        target = Key("prod", *kustomization.KIND.id, "apps", "web")
        return judge(seen, AwaitStep("w", "w", target=target, until=until, value="1.5.0")).text

    assert text(Until.READY, None) == "Kustomization/apps/web is not there"
    assert text(Until.PICKED, source(SUCCEEDED)) == (
        "stored is nothing; Ready=True ReconciliationSucceeded: applied"
    )
    assert text(Until.PICKED, source(revision=OLD)) == f"stored is {OLD}; no Ready condition yet"
    assert text(Until.APPLIED, ks()) == "live is nothing; no Ready condition yet"
    assert text(Until.APPLIED, ks(lastAppliedRevision=OLD)).startswith(f"live is {OLD};")
    assert text(Until.HANDLED, ks(SUCCEEDED)) == "the request was not picked up yet"
    many = ks(ready("False", "BuildFailed", "no such file\nand a trace of it"))
    assert ready_text(many) == "Ready=False BuildFailed: no such file"


def test_what_has_no_controller_is_resumed_when_its_field_says_so() -> None:
    alert = other("alert", {})
    step = AwaitStep("w", "wait", target=alert.key, until=Until.RESUMED)
    assert judge(alert, step) == Judgement(
        True, "no longer suspended; no controller says more of it"
    )
