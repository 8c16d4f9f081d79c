"""The health of one source or Kustomization: Flux conditions and live objects, the worst wins.

Flux's Ready alone may be an hour old (docs/flux.md#timing); so a Kustomization that is Ready while
one of its objects is not says both. Suspension is a mark and plays no part here.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from fluxtui.domain import kinds
from fluxtui.domain.board import HealthLine, Level, ObjectLine
from fluxtui.domain.kinds import appliers
from fluxtui.domain.overview.pods import CLAIM, Blame, claim_trouble, culprit
from fluxtui.domain.resource import Condition, Key, Resource
from fluxtui.domain.snapshot import Snapshot

# The order of blame among objects.
STATIC = "static: no controller reports on it"
FAULTS = ("Failed", "InProgress", "Terminating", "NotFound", "Unknown")
_LEVELS = {
    "Failed": Level.FAILED,
    "InProgress": Level.PROGRESSING,
    "Terminating": Level.PROGRESSING,
    "NotFound": Level.UNKNOWN,
    "Unknown": Level.UNKNOWN,
}


def flux_health(resource: Resource) -> HealthLine:
    """Health by the object's own conditions (docs/flux.md#conditions)."""
    if resource.deleting:
        return HealthLine(Level.PROGRESSING, "being deleted")
    if kinds.is_static(resource):
        return HealthLine(Level.OK, STATIC)
    stalled = resource.condition("Stalled")
    if stalled is not None and stalled.status == "True":
        return HealthLine(Level.FAILED, _blame(resource))
    ready = resource.condition("Ready")
    if ready is None:
        return HealthLine(Level.UNKNOWN, "no controller has looked at it yet")
    if ready.status == "True":
        if not _observed(resource, ready):
            return HealthLine(Level.PROGRESSING, "the newest spec was not acted on yet")
        return HealthLine(Level.OK, flat(ready.message))
    if ready.status == "False":
        kind = kinds.of(resource.key)
        if kind is not None and ready.reason in kind.waiting:
            return HealthLine(Level.WAITING, flat(ready.message))
        if kind is not None and ready.reason in kind.working:
            return HealthLine(Level.PROGRESSING, flat(ready.message))
        return HealthLine(Level.FAILED, _blame(resource))
    working = resource.condition("Reconciling")
    return HealthLine(Level.PROGRESSING, flat((working or ready).message))


def found_health(resource: Resource) -> HealthLine:
    """Health of an object of a kind that fluxtui has no file for: by Ready where it has that, else
    by kstatus."""
    if resource.condition("Ready") is not None:
        return flux_health(resource)
    from fluxtui.domain.health import reader_status

    health = reader_status(resource.as_object())
    word = str(health.status.value)
    return HealthLine(_LEVELS.get(word, Level.OK), flat(health.message) or word)


def telling(resource: Resource) -> Condition | None:
    """The condition that says how it stands: Stalled, else Ready; of a failure with a cause that
    the kind tells by another condition, that one, with the reason that only counts behind it."""
    stalled, ready = resource.condition("Stalled"), resource.condition("Ready")
    said = stalled if stalled is not None and stalled.status == "True" else ready
    kind = kinds.of(resource.key)
    if said is None or kind is None or not kind.causes:
        return said
    if said is ready and (ready.status != "False" or ready.reason in kind.waiting | kind.working):
        return said
    causes = (resource.condition(name) for name in kind.causes)
    cause = next((c for c in causes if c is not None and c.status == "False"), None)
    if cause is None or cause.reason == said.reason:
        return said
    return replace(cause, message=f"{cause.message} ({said.reason})")


def _blame(resource: Resource) -> str:
    said = telling(resource)
    return f"{said.reason}: {flat(said.message)}" if said is not None else ""


def flat(text: str) -> str:
    """A sentence of several lines in one."""
    return " ".join(text.split()) if "\n" in text else text


def _observed(resource: Resource, ready: Condition) -> bool:
    """Whether the newest spec was acted on; kinds without observedGeneration have it in Ready."""
    if "observedGeneration" in resource.status or not ready.observed_generation:
        return resource.observed
    return ready.observed_generation == resource.generation


def member_health(resource: Resource) -> HealthLine:
    """`flux_health` of a Kustomization: trying again what has failed is still a failure.

    Ready is Unknown during every run (docs/flux.md#conditions), for minutes while health is waited
    for; what its history says of the same revision is known all the same.
    """
    own = flux_health(resource)
    before = appliers.failed_before(resource) if own.level == Level.PROGRESSING else None
    if before is None or resource.deleting:
        return own
    return HealthLine(Level.FAILED, f"{before.status} before, being tried again: {own.text}")


def object_lines(keys: Iterable[Key], snapshot: Snapshot) -> tuple[ObjectLine, ...]:
    """Live kstatus of the inventory objects that are known; unknown ones are left out.

    What is not settled says why, by its Pods when they are live.
    """
    there = [resource for key in keys if (resource := snapshot.get(key)) is not None]
    if not there:
        return ()
    from fluxtui.domain.health import Status, reader_status

    lines = []
    for resource in there:
        key = resource.key
        health = reader_status(resource.as_object())
        status, message = str(health.status.value), health.message
        if health.status == Status.CURRENT:
            lines.append(ObjectLine(key, status, message))
            continue
        blamed = culprit(resource, snapshot)
        why = _why(resource, snapshot, blamed)
        message = f"{why} ({message})" if why and message else why or message
        # A Job whose Pod ended badly tries again with another: only one that cannot run is stuck.
        fails = blamed is not None and (blamed.rank == 0 if key.kind == "Job" else blamed.fails)
        lines.append(ObjectLine(key, status, message, fails))
    return tuple(lines)


def _why(resource: Resource, snapshot: Snapshot, blamed: Blame | None) -> str:
    """What is behind an object that is not settled, in a sentence; "" when nothing more is known.

    A Job says by itself why it failed; its Pods, why they did.
    """
    if (resource.key.group, resource.key.kind) == CLAIM:
        return claim_trouble(resource, snapshot)
    failed = resource.condition("Failed") if resource.key.kind == "Job" else None
    own = f"{failed.reason}: {failed.message}" if failed is not None else ""
    return "; ".join(part for part in (blamed.text if blamed else "", own) if part)


def level_of(line: ObjectLine) -> Level:
    """How bad one object is."""
    return Level.FAILED if line.fails else _LEVELS.get(line.status, Level.OK)


def blamed_object(objects: Iterable[ObjectLine]) -> ObjectLine | None:
    """The object most to blame; None when all are settled."""
    order = {word: number for number, word in enumerate(FAULTS)}
    faulty = (line for line in objects if line.status in order)
    return min(faulty, key=lambda line: (not line.fails, order[line.status]), default=None)


def worst(own: HealthLine, objects: Iterable[ObjectLine]) -> HealthLine:
    """Own conditions against the live objects; names the object when it is the worse of the two."""
    bad = max(objects, key=level_of, default=None)
    if bad is None:
        return own
    level, sentence = level_of(bad), describe(bad)
    if level <= own.level:
        return own
    return HealthLine(level, f"Ready, but {sentence}" if own.level == Level.OK else sentence)


def describe(line: ObjectLine) -> str:
    """`Deployment/ns/name: 1 of 3 available`."""
    return f"{line.key.label}: {line.message or line.status}"
