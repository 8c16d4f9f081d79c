"""Why an applier's source gives it nothing: the source's own words, whatever kind it is of.

Flux says of such an applier only that an artifact was not found; what broke stands on the source,
or on what that stands on. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable

from fluxtui.domain import kinds
from fluxtui.domain.board import Level
from fluxtui.domain.kinds import appliers, sources, suspended
from fluxtui.domain.knowledge import Knowing
from fluxtui.domain.known import kind_known
from fluxtui.domain.overview.facts import Facts
from fluxtui.domain.overview.judgement import flux_health
from fluxtui.domain.resource import Key, Resource
from fluxtui.domain.snapshot import Snapshot
from fluxtui.kit.records import NamedTuple


class SourceFault(NamedTuple):
    """What gives nothing, and why."""

    key: Key
    why: str


def faults(members: Iterable[Facts], snapshot: Snapshot) -> dict[Key, SourceFault]:
    """Applier -> what is wrong with its source, for those that it gives nothing; `members`: those
    that are neither well nor wait for another."""
    faulty: dict[Key, SourceFault] = {}
    for member in members:
        if member.origin is None:
            continue
        ready = member.resource.condition("Ready")
        if ready is None or appliers.is_starved(member.key, ready.reason):
            fault = fault_of(member.origin, snapshot)
            if fault is not None:
                faulty[member.key] = fault
    return faulty


def fault_of(
    source: Key, snapshot: Snapshot, above: frozenset[Key] = frozenset()
) -> SourceFault | None:
    """Why a source has nothing to give, and the object that it lies with; None when it has
    something, or when nobody can know. `above`: those that stand on it, where it is asked for them:
    an ExternalArtifact may name any other as what it is made of, itself too."""
    why = _empty(source, snapshot)
    if not why:
        return None
    resource = snapshot.get(source)
    behind = _behind(resource, snapshot, above | {source}) if resource is not None else None
    return behind or SourceFault(source, why)


def _behind(source: Resource, snapshot: Snapshot, above: frozenset[Key]) -> SourceFault | None:
    """What the source stands on itself, when that gives nothing or fails."""
    for key in kinds.needs(source):
        if key in above:
            continue
        fault = fault_of(key, snapshot, above)
        if fault is not None:
            return fault
        resource = snapshot.get(key)
        health = flux_health(resource) if resource is not None else None
        if health is not None and health.level is Level.FAILED:
            return SourceFault(key, health.text)
    return None


def _empty(source: Key, snapshot: Snapshot) -> str:
    """Why a source has nothing to give; "" when it has, or when nobody can know."""
    if not sources.is_source(source):
        return ""
    resource = snapshot.get(source)
    if resource is None:
        known = kind_known(
            snapshot, source.environment, (source.group, source.kind), source.namespace
        )
        if known.known:
            return "not found"
        if known.state is Knowing.ABSENT:
            return f"cannot be there: {source.kind} is not served"
        return f"may not be read: {known.why}" if known.state is Knowing.FORBIDDEN else ""
    if sources.revision(resource) or kinds.is_static(resource):
        return ""
    if suspended(resource):
        return "is suspended, and nothing was ever fetched"
    own = flux_health(resource)
    return own.text if own.level is not Level.OK else "has fetched nothing yet"
