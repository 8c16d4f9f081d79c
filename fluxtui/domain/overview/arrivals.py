"""What fails only because what it stands on has not come yet: that is progress, not a failure.

Flux's controllers begin all at once. Who looks before its source was fetched says Ready=False, and
looks again as soon as something is there. Whether something comes is the source's to say, so this
looks at both. Pure.
"""

from __future__ import annotations

from fluxtui.domain import kinds
from fluxtui.domain.board import HealthLine, Level
from fluxtui.domain.feeding import feeders
from fluxtui.domain.kinds import sources, suspended
from fluxtui.domain.overview.judgement import flux_health
from fluxtui.domain.resource import Resource
from fluxtui.domain.snapshot import Snapshot

_DEEP = 4  # a release stands on a chart, that on an index; nothing stands on itself for long


def own_health(resource: Resource, snapshot: Snapshot) -> HealthLine:
    """`flux_health`, but for what is on its way to it."""
    return awaited(flux_health(resource), resource, snapshot)


def awaited(health: HealthLine, resource: Resource, snapshot: Snapshot) -> HealthLine:
    """That health; of a failure that waits for what is on its way, progress in the same words."""
    if health.level is Level.FAILED and _comes(resource, snapshot, _DEEP):
        return HealthLine(Level.PROGRESSING, health.text)
    return health


def _comes(resource: Resource, snapshot: Snapshot, deep: int) -> bool:
    """Whether it says only that it was given nothing, and all that it stands on is being fetched
    or has come since."""
    kind, ready = kinds.of(resource.key), resource.condition("Ready")
    stalled = resource.condition("Stalled")
    if kind is None or ready is None or (stalled is not None and stalled.status == "True"):
        return False
    if not deep or not any(words in ready.message for words in kind.unfed):
        return False
    feeding = [snapshot.get(key) for key in feeders(resource)]
    return bool(feeding) and all(one and _arrives(one, snapshot, deep) for one in feeding)


def _arrives(source: Resource, snapshot: Snapshot, deep: int) -> bool:
    if suspended(source) or kinds.is_static(source):
        return False
    health = flux_health(source)
    if health.level is Level.OK:
        return bool(sources.revision(source))
    if health.level is Level.FAILED:
        return _comes(source, snapshot, deep - 1)
    return health.level is Level.PROGRESSING or source.condition("Ready") is None
