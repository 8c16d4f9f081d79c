"""Kustomization: what applies a bundle with this Environment's patches (docs/flux.md#runs)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fluxtui.domain.kinds import ocirepository
from fluxtui.domain.kinds.kind import Kind
from fluxtui.domain.resource import EMPTY, Key, Resource
from fluxtui.kit.moments import order

KIND = Kind("kustomize.toolkit.fluxcd.io", "v1", "Kustomization", "kustomizations", "ks")

# Written only after the apply: the revision is live by then (docs/flux.md#live-revision).
HEALTH_PHASE = frozenset(
    {"HealthCheckFailed", "HealthCheckCanceled", "PruneFailed", "ReconciliationSucceeded"}
)

SUCCEEDED = "ReconciliationSucceeded"


def source(resource: Resource) -> Key | None:
    """The key of spec.sourceRef when it names an OCIRepository."""
    named = origin(resource)
    return named if named is not None and named.kind == ocirepository.KIND.kind else None


def origin(resource: Resource) -> Key | None:
    """The key of spec.sourceRef, whatever kind of source it names."""
    reference = _mapping(resource.spec.get("sourceRef"))
    kind, name = str(reference.get("kind") or ""), str(reference.get("name") or "")
    if not kind or not name:
        return None
    namespace = str(reference.get("namespace") or resource.key.namespace)
    return Key(resource.key.environment, ocirepository.KIND.group, kind, namespace, name)


def depends_on(resource: Resource) -> tuple[Key, ...]:
    """Keys of spec.dependsOn, in order; entries without a name are left out."""
    entries = resource.spec.get("dependsOn")
    group, kind = KIND.id
    return tuple(
        Key(
            resource.key.environment,
            group,
            kind,
            str(entry.get("namespace") or resource.key.namespace),
            str(entry["name"]),
        )
        for entry in (entries if isinstance(entries, list) else [])
        if isinstance(entry, Mapping) and entry.get("name")
    )


def applied(resource: Resource) -> str:
    """status.lastAppliedRevision."""
    return str(resource.status.get("lastAppliedRevision") or "")


def attempted(resource: Resource) -> str:
    """status.lastAttemptedRevision."""
    return str(resource.status.get("lastAttemptedRevision") or "")


def history(resource: Resource) -> tuple[Mapping[str, Any], ...]:
    """status.history, newest first (at most five entries)."""
    entries = resource.status.get("history")
    return tuple(e for e in entries if isinstance(e, Mapping)) if isinstance(entries, list) else ()


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
        str(_mapping(entry.get("metadata")).get("revision") or "") == tried
        and entry.get("lastReconciledStatus") in HEALTH_PHASE
        for entry in history(resource)
    )
    ready = resource.condition("Ready")
    health = resource.condition("Healthy")
    in_health = (ready is not None and ready.reason in HEALTH_PHASE) or (
        # `Running health checks for revision ...`; a check of an older run may still say Unknown.
        health is not None and health.status == "Unknown" and tried in health.message
    )
    return tried if recorded or in_health else applied(resource)


def inventory(resource: Resource) -> tuple[tuple[str, str], ...]:
    """status.inventory.entries as (id, version) pairs (docs/flux.md#inventory)."""
    entries = _mapping(resource.status.get("inventory")).get("entries")
    return tuple(
        (str(e.get("id") or ""), str(e.get("v") or ""))
        for e in (entries if isinstance(entries, list) else [])
        if isinstance(e, Mapping)
    )


def failing_since(resource: Resource) -> str:
    """Since when it fails (RFC 3339), "" when it does not or nobody noted it.

    Ready turns Unknown at the start of every run, so its own time is that of the last try; history
    remembers when this content failed first (docs/flux.md#history).
    """
    ready = resource.condition("Ready")
    newest = failed_before(resource)
    if newest is not None and newest.get("firstReconciled"):
        # The same content may have failed long ago and been well in between.
        well = (e for e in history(resource) if e.get("lastReconciledStatus") == SUCCEEDED)
        times = (str(newest["firstReconciled"]), *(str(e.get("lastReconciled")) for e in well))
        return max(times, key=order)
    return ready.last_transition if ready is not None and ready.status != "True" else ""


def failed_before(resource: Resource) -> Mapping[str, Any] | None:
    """The newest entry of its history when that is a failure of what it tries now."""
    ready = resource.condition("Ready")
    newest = next(iter(history(resource)), None)
    if newest is None or (ready is not None and ready.status == "True"):
        return None
    status = str(newest.get("lastReconciledStatus") or "")
    if not status.endswith("Failed"):
        return None
    revision = str(_mapping(newest.get("metadata")).get("revision") or "")
    return newest if revision and revision == attempted(resource) else None


def parent(resource: Resource) -> Key | None:
    """The Kustomization that applies this object, by its owner labels."""
    name = resource.labels.get(f"{KIND.group}/name", "")
    namespace = resource.labels.get(f"{KIND.group}/namespace", "")
    if not name:
        return None
    return Key(resource.key.environment, KIND.group, KIND.kind, namespace, name)


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else EMPTY
