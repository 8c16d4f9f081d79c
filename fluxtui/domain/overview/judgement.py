"""The health of one source or Kustomization: Flux conditions and live objects, the worst wins.

Flux's Ready alone may be an hour old (design.md 2); so a Kustomization that is Ready while one of
its objects is not says both. Suspension is a mark and plays no part here.
"""

from __future__ import annotations

from collections.abc import Iterable

from fluxtui.domain.board import HealthLine, Level, ObjectLine
from fluxtui.domain.overview.pods import CLAIM, claim_trouble, culprit
from fluxtui.domain.resource import Key, Resource
from fluxtui.domain.snapshot import Snapshot

DEPENDENCY = "DependencyNotReady"
# Ready=False for a moment although nothing is wrong: a newer revision is being fetched (A8).
WORKING = frozenset({"Progressing", "NewRevision"})
FAULTS = ("Failed", "InProgress", "Terminating", "NotFound", "Unknown")
_LEVELS = {
    "Failed": Level.FAILED,
    "InProgress": Level.PROGRESSING,
    "Terminating": Level.PROGRESSING,
    "NotFound": Level.UNKNOWN,
}


def flux_health(resource: Resource) -> HealthLine:
    """Health by the object's own conditions (flux-semantics A8, B8b)."""
    if resource.deleting:
        return HealthLine(Level.PROGRESSING, "being deleted")
    stalled = resource.condition("Stalled")
    if stalled is not None and stalled.status == "True":
        return HealthLine(Level.FAILED, f"{stalled.reason}: {stalled.message}")
    ready = resource.condition("Ready")
    if ready is None:
        return HealthLine(Level.UNKNOWN, "no controller has looked at it yet")
    if ready.status == "True":
        if not resource.observed:
            return HealthLine(Level.PROGRESSING, "the newest spec was not acted on yet")
        return HealthLine(Level.OK, ready.message)
    if ready.status == "False":
        if ready.reason == DEPENDENCY:
            return HealthLine(Level.WAITING, ready.message)
        if ready.reason in WORKING:
            return HealthLine(Level.PROGRESSING, ready.message)
        return HealthLine(Level.FAILED, f"{ready.reason}: {ready.message}")
    working = resource.condition("Reconciling")
    return HealthLine(Level.PROGRESSING, (working or ready).message)


def object_lines(keys: Iterable[Key], snapshot: Snapshot) -> tuple[ObjectLine, ...]:
    """Live kstatus of the inventory objects that are known; unknown ones are left out.

    What is not settled says why, by its Pods when they are live.
    """
    from fluxtui.domain.health import Status, reader_status

    lines = []
    for key in keys:
        resource = snapshot.get(key)
        if resource is None:
            continue
        health = reader_status(resource.as_object())
        message = health.message
        if health.status != Status.CURRENT:
            why = _why(resource, snapshot)
            message = f"{why} ({message})" if why and message else why or message
        lines.append(ObjectLine(key, str(health.status.value), message))
    return tuple(lines)


def _why(resource: Resource, snapshot: Snapshot) -> str:
    """What is behind an object that is not settled, in a sentence; "" when nothing more is known.

    A Job says by itself why it failed; its Pods, why they did.
    """
    if (resource.key.group, resource.key.kind) == CLAIM:
        return claim_trouble(resource, snapshot)
    blamed = culprit(resource, snapshot)
    failed = resource.condition("Failed") if resource.key.kind == "Job" else None
    own = f"{failed.reason}: {failed.message}" if failed is not None else ""
    return "; ".join(part for part in (blamed[1] if blamed else "", own) if part)


def worst(own: HealthLine, objects: Iterable[ObjectLine]) -> HealthLine:
    """Own conditions against the live objects; names the object when it is the worse of the two."""
    bad = max(objects, key=lambda line: _LEVELS.get(line.status, Level.OK), default=None)
    if bad is None:
        return own
    level = _LEVELS.get(bad.status, Level.OK)
    if level <= Level.PROGRESSING and level <= own.level:
        return own
    said = describe(bad)
    if own.level == Level.OK:
        return HealthLine(level, f"Ready, but {said}")
    if level > own.level or own.level == Level.PROGRESSING:
        return HealthLine(max(level, own.level), said)
    return own


def describe(line: ObjectLine) -> str:
    """`Deployment/ns/name: 1 of 3 available`."""
    return f"{line.key.label}: {line.message or line.status}"
