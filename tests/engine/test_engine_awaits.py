"""When an awaited state is reached, will not come, or has to be waited for."""

from __future__ import annotations

from typing import Any

import pytest
from engine_stage import ready

from fluxtui.domain.kinds import kustomization, ocirepository
from fluxtui.domain.plan import AwaitStep, Until
from fluxtui.domain.resource import Key, Resource
from fluxtui.engine.acts.awaits import judge

OLD = "1.4.0@sha256:" + "a" * 64
NEW = "1.5.0@sha256:" + "b" * 64
AT = "2026-11-23T18:00:00.000000001Z"
LATER = "2026-11-23T18:00:01Z"
EARLIER = "2026-11-23T17:59:59.999Z"
SUCCEEDED = ready("True", "ReconciliationSucceeded", "applied", 2)
UNHEALTHY = ready("False", "HealthCheckFailed", "timeout", 2)
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
    ("ready", Until.READY, "", ks(SUCCEEDED), True),
    ("ready of before", Until.READY, "", ks(ready("True", "Succeeded", "old", 1)), None),
    ("stalled", Until.READY, "", source(STALLED, ready("False", "URLInvalid", "no", 2)), False),
    ("suspended", Until.SUSPENDED, "", ks(spec={"suspend": True}), True),
    ("not suspended", Until.SUSPENDED, "", ks(spec={"suspend": False}), None),
    ("still suspended", Until.RESUMED, "", ks(SUCCEEDED, spec={"suspend": True}), None),
    ("resumed", Until.RESUMED, "", ks(SUCCEEDED), True),
]


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
