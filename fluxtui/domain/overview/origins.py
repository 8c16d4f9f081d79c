"""Why an applier's source gives it nothing: the source's own words, whatever kind it is of.

Flux says of such a Kustomization only that an artifact was not found; what broke stands on the
source. Also which sources hold Helm charts, and are no deliveries of bundles. Pure.
"""

from __future__ import annotations

from collections.abc import Container, Iterable

from fluxtui.domain import roles
from fluxtui.domain.board import Level
from fluxtui.domain.kinds import origins, sources
from fluxtui.domain.kinds.kind import suspended
from fluxtui.domain.knowledge import Knowing
from fluxtui.domain.known import kind_known
from fluxtui.domain.overview.facts import Facts
from fluxtui.domain.overview.judgement import flux_health
from fluxtui.domain.resource import Key
from fluxtui.domain.snapshot import Snapshot


def faults(members: Iterable[Facts], snapshot: Snapshot) -> dict[Key, str]:
    """Kustomization -> what is wrong with its source, for those that it gives nothing."""
    found: dict[Key, str] = {}
    for member in members:
        if member.flux.level in (Level.OK, Level.WAITING) or member.origin is None:
            continue
        ready = member.resource.condition("Ready")
        if ready is None or ready.reason == "ArtifactFailed":
            why = fault(member.origin, snapshot)
            if why:
                found[member.key] = why
    return found


def fault(source: Key, snapshot: Snapshot) -> str:
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
    if sources.revision(resource):
        return ""
    if suspended(resource):
        return "is suspended, and nothing was ever fetched"
    own = flux_health(resource)
    return own.text if own.level is not Level.OK else "has fetched nothing yet"


def is_read(key: Key) -> bool:
    """Whether its kind is one that is looked at."""
    return sources.is_source(key)


def charts(environment: str, used: Container[Key], snapshot: Snapshot) -> tuple[Key, ...]:
    """Sources that are no bundles: they select a chart's layer, or only HelmReleases use
    them. `used`: those that Kustomizations name.
    """
    releases = snapshot.table(environment, origins.HELM_RELEASE).values()
    by_release = {origins.chart_source(release) for release in releases}
    here = {source.key: source for source in roles.tagged_in(snapshot, environment)}
    return tuple(
        key
        for key, source in sorted(here.items())
        if key not in used and (sources.policy(source).helm or key in by_release)
    )
