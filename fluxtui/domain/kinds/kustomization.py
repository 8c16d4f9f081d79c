"""Kustomization: what applies a bundle with this Environment's patches (docs/flux.md#runs)."""

from __future__ import annotations

import math
from collections.abc import Mapping

from fluxtui.domain.durations import parse_duration
from fluxtui.domain.errors import UsageError
from fluxtui.domain.kinds.kind import SHAPE, Applier, Kind, KindColumn, Run
from fluxtui.domain.kinds.reading import (
    SOURCES,
    dependencies,
    expressions,
    history,
    inventory,
    mapping_at,
    mappings_at,
    reference,
    text_at,
)
from fluxtui.domain.resource import Key, Resource
from fluxtui.kit.moments import order, rfc3339, seconds

GROUP, KUSTOMIZATION = "kustomize.toolkit.fluxcd.io", "Kustomization"

# Written only after the apply: the revision is live by then (docs/flux.md#live-revision).
HEALTH_PHASE = frozenset(
    {"HealthCheckFailed", "HealthCheckCanceled", "PruneFailed", "ReconciliationSucceeded"}
)

SUCCEEDED = "ReconciliationSucceeded"


def source(resource: Resource) -> Key | None:
    """The key of spec.sourceRef, whatever kind of source it names."""
    return reference(resource, mapping_at(resource.spec, "sourceRef"), SOURCES)


def depends_on(resource: Resource) -> tuple[Key, ...]:
    """Keys of spec.dependsOn, in order; entries without a name are left out."""
    return dependencies(resource, GROUP, KUSTOMIZATION)


def applied(resource: Resource) -> str:
    """status.lastAppliedRevision."""
    return str(resource.status.get("lastAppliedRevision") or "")


def attempted(resource: Resource) -> str:
    """status.lastAttemptedRevision."""
    return str(resource.status.get("lastAttemptedRevision") or "")


def running(resource: Resource) -> str:
    """The *live* revision (docs/flux.md#live-revision).

    The attempted one as soon as its apply is recorded: by history, or by a Ready reason of the
    health phase; else the one last applied. A bad revision is live although Flux still shows the
    old one.
    """
    tried = attempted(resource)
    if not tried or tried == applied(resource):
        return applied(resource)
    recorded = any(
        run.revision == tried and run.status in HEALTH_PHASE for run in history(resource)
    )
    ready = resource.condition("Ready")
    health = resource.condition("Healthy")
    in_health = (ready is not None and ready.reason in HEALTH_PHASE) or (
        # `Running health checks for revision ...`; a check of an older run may still say Unknown.
        health is not None and health.status == "Unknown" and tried in health.message
    )
    return tried if recorded or in_health else applied(resource)


def failing_since(resource: Resource, stored: str = "") -> str:
    """Since when it fails (RFC 3339), "" when it does not or nobody noted it; never too early.

    Ready and Healthy turn Unknown at the start of every run, so their own time is that of the last
    try; history remembers when this content failed first (docs/flux.md#history). `stored`: when its
    source stored what it tries (RFC 3339, "" not known).
    """
    ready = resource.condition("Ready")
    newest = before(resource)
    if newest is not None and newest.first:
        runs = history(resource)
        well = max((order(run.last) for run in runs if run.status == SUCCEEDED), default=-1)
        return newest.first if order(newest.first) > well else _again(resource, well, stored)
    return ready.last_transition if ready is not None and ready.status != "True" else ""


def _again(resource: Resource, well: int, stored: str) -> str:
    """Since when it fails again with content that failed before it was well.

    Nobody notes the end of what went well: its last run may be an interval before that. What came
    later than that run was tried at once, and failed when the try was over; else only the last
    failure is sure.
    """
    newest = next(mappings_at(resource.status, "history"))
    last, came = text_at(newest, "lastReconciled"), seconds(stored)
    if came is None or order(stored) <= well:
        return last
    try:
        took = parse_duration(text_at(newest, "lastReconciledDuration"))
    except UsageError:
        return last
    return min(rfc3339(math.ceil(came + took), 0), last, key=order)


def before(resource: Resource) -> Run | None:
    """The newest entry of its history when that is a failure of what it tries now."""
    ready = resource.condition("Ready")
    newest = next(iter(history(resource)), None)
    if newest is None or (ready is not None and ready.status == "True"):
        return None
    if not newest.status.endswith("Failed"):
        return None
    return newest if newest.revision and newest.revision == attempted(resource) else None


KIND = Kind(
    GROUP,
    "v1",
    KUSTOMIZATION,
    "kustomizations",
    "ks",
    core=True,
    columns=(KindColumn("PATH", lambda resource: text_at(resource.spec, "path") or "./"),),
    applier=Applier(
        source=source,
        depends_on=depends_on,
        inventory=inventory,
        history=history,
        applied=applied,
        attempted=attempted,
        running=running,
        before=before,
        failing_since=failing_since,
        good=SUCCEEDED,
        # A source that cannot be fetched, a dependency that is not ready or a check that was broken
        # off say nothing of the build that was attempted last.
        bad=frozenset({"BuildFailed", "ReconciliationFailed", "PruneFailed", "HealthCheckFailed"}),
        health=HEALTH_PHASE,
        expressions=lambda resource: expressions(resource, GROUP, KUSTOMIZATION),
    ),
    unfed=("artifact not found, retrying",),
    shape={
        **SHAPE,
        "spec.path": str,
        "spec.sourceRef": Mapping,
        "spec.dependsOn": list,
        "spec.patches": list,
        "status.inventory": Mapping,
        "status.history": list,
    },
    needed=("spec.sourceRef",),
)
