"""Detail: everything that is known of one object, for a person who looks at it alone.

Made of a Snapshot at once, by the roles and data of the object's kind; what only the API says
(`ObjectReading`, `InventoryReading`) is asked of the Engine when somebody looks, and merged here.
Pure; nothing is laid out.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from fluxtui.domain import kinds, roles
from fluxtui.domain.board import HealthLine, Level, ObjectLine
from fluxtui.domain.chartvalues import ChartValues, Referent, chart_values, place_of
from fluxtui.domain.detail.conditions import conditions_of
from fluxtui.domain.detail.values import (
    Detail,
    HistoryLine,
    InventoryReading,
    StoredArtifact,
    WaitLine,
)
from fluxtui.domain.errors import UsageError
from fluxtui.domain.feeding import feeders
from fluxtui.domain.inventory import ObjectId
from fluxtui.domain.kinds import appliers, releases, sources
from fluxtui.domain.kinds.kind import Run
from fluxtui.domain.kinds.reading import text_at, whole_at
from fluxtui.domain.known import kind_known
from fluxtui.domain.marks import pin, suspension
from fluxtui.domain.masking import Masker
from fluxtui.domain.naming import Tables, names_in
from fluxtui.domain.objectstate import no_revision, revision_text
from fluxtui.domain.overview import doubt
from fluxtui.domain.overview.arrivals import awaited, own_health
from fluxtui.domain.overview.expressions import judged
from fluxtui.domain.overview.judgement import member_health, object_lines
from fluxtui.domain.resource import Key, Resource
from fluxtui.domain.revision import version_text
from fluxtui.domain.snapshot import Snapshot

_REVISION = "org.opencontainers.image.revision"
_SOURCE = "org.opencontainers.image.source"


def detail_of(snapshot: Snapshot, resource: Resource) -> Detail:
    """What the Snapshot knows of it."""
    key = resource.key
    kind = kinds.of(key)
    known = kind_known(snapshot, key.environment, (key.group, key.kind), key.namespace)
    columns = kind.columns if kind is not None else ()
    entries = tuple(inventory_keys(resource))
    references = releases.values_from(resource)
    return Detail(
        key,
        resource.created,
        resource.generation,
        _is_observed(resource),
        doubt.health(awaited(member_health(resource), resource, snapshot), known)
        if kind is not None
        else HealthLine(),
        appliers.parent(resource),
        suspension(resource),
        pin(resource),
        revision_text(resource, snapshot),
        facts=tuple((c.title, text) for c in columns if (text := c.text(resource))),
        conditions=tuple(conditions_of(resource)),
        artifact=stored_artifact(resource),
        is_source=sources.is_source(key),
        stands_on=tuple(_stands_on(snapshot, resource)),
        waits=tuple(_waits(snapshot, resource)),
        history=tuple(_history(snapshot, resource)),
        has_history=appliers.is_applier(key),
        inventory=tuple(_inventory(snapshot, resource, entries)),
        has_inventory=appliers.is_applier(key) or bool(entries),
        no_inventory=_no_inventory(resource),
        has_values=releases.has_releases(key),
        value_sources=tuple(place_of(key.namespace, each) for each in references),
        values_touch_secrets=any(each.kind == "Secret" for each in references),
        unsettled=_unsettled(resource),
        no_revision=no_revision(resource),
    )


def with_inventory(detail: Detail, reading: InventoryReading) -> Detail:
    """The same with what was read of entries that no feed brings."""
    lines = (
        line if line.status else reading.lines.get(line.key, line) for line in detail.inventory
    )
    return replace(detail, inventory=tuple(lines))


def plain_values(resource: Resource) -> ChartValues | None:
    """The values of what reads them out of nothing besides itself; None where others are read."""
    if not releases.has_releases(resource.key) or releases.values_from(resource):
        return None
    own, nobody = releases.own_values(resource), Masker(bytes(16))
    space = resource.key.namespace
    return chart_values(space, own, (), lambda _none: Referent(), lambda _none: {}, nobody)


def stored_artifact(resource: Resource) -> StoredArtifact | None:
    """What a source holds; None when it holds nothing, or is none."""
    artifact = sources.artifact(resource)
    if not sources.is_source(resource.key) or not artifact:
        return None
    return StoredArtifact(
        sources.revision(resource),
        text_at(artifact, "digest"),
        sources.stored_at(resource),
        whole_at(artifact, "size"),
        sources.url(resource),
        text_at(artifact, "metadata", _REVISION),
        text_at(artifact, "metadata", _SOURCE),
    )


def inventory_keys(resource: Resource) -> Iterator[Key]:
    """What it keeps, in its order; ids that no Flux wrote are left out."""
    yield from (key for key, _version in inventory_versions(resource))


def inventory_versions(resource: Resource) -> Iterator[tuple[Key, str]]:
    """The same with the version of each one's API, "" where the inventory says none."""
    for text, version in appliers.inventory(resource):
        try:
            identity = ObjectId.parse(text)
        except UsageError:
            continue
        parts = (identity.group, identity.kind, identity.namespace, identity.name)
        yield Key(resource.key.environment, *parts), version
    kind = kinds.of(resource.key)
    for key in kind.makes(resource) if kind is not None else ():
        made = kinds.of(key)
        yield key, made.version if made is not None else ""


def _is_observed(resource: Resource) -> bool:
    """Whether its controller has begun with the newest spec; always, where it counts none.

    The status says so only once a run has ended well or for good, conditions from its start on.
    """
    if "observedGeneration" not in resource.status or resource.observed:
        return True
    newest = resource.generation
    return any(0 < one.observed_generation == newest for one in resource.conditions)


def _unsettled(resource: Resource) -> str:
    """Why its controller is not through with the newest spec, with which it has begun."""
    if "observedGeneration" not in resource.status or resource.observed:
        return ""
    if not _is_observed(resource):
        return ""
    return _UNDER_WAY if _is_running(resource) else "not reconciled well yet"


def _no_inventory(resource: Resource) -> str:
    """Why what it has applied is not known; "" where its controller has written that down."""
    if not appliers.is_applier(resource.key) or appliers.keeps_inventory(resource):
        return ""
    return f"{_UNWRITTEN}; {_UNDER_WAY}" if _is_running(resource) else _UNWRITTEN


_UNWRITTEN = "its controller has written none"
_UNDER_WAY = "a run of it is under way"


def _is_running(resource: Resource) -> bool:
    ready = resource.condition("Ready")
    return ready is not None and ready.status == "Unknown"


def _stands_on(snapshot: Snapshot, resource: Resource) -> Iterator[WaitLine]:
    for key in feeders(resource):
        yield WaitLine(key, "", *_standing(snapshot, key))


def _waits(snapshot: Snapshot, resource: Resource) -> Iterator[WaitLine]:
    untils = {each.key: each for each in judged(resource)}
    for key in appliers.depends_on(resource):
        until, standing = untils.get(key), _standing(snapshot, key)
        if until is not None and snapshot.get(key) is not None:
            standing = (until.met, *_VERDICTS[until.met])
        yield WaitLine(key, until.expression if until is not None else "", *standing)


Standing = tuple[bool | None, Level, str]
_VERDICTS: Mapping[bool | None, tuple[Level, str]] = {
    True: (Level.OK, "it was true when its controller looked last"),
    False: (Level.WAITING, "it is not true, says its controller"),
    None: (Level.UNKNOWN, "whether it is true is not known"),
}


def _standing(snapshot: Snapshot, key: Key) -> Standing:
    """Whether another object is ready, how bad that is, and what it says."""
    resource = snapshot.get(key)
    if resource is not None:
        health = own_health(resource, snapshot)
        return health.level is Level.OK, health.level, health.text
    known = kind_known(snapshot, key.environment, (key.group, key.kind), key.namespace)
    if known.known and kinds.of(key) is not None:
        return False, Level.FAILED, "it is not there"
    why = f"not known: {known.clause}" if not known.known else "it is not looked at here"
    return None, Level.UNKNOWN, why


def _history(snapshot: Snapshot, resource: Resource) -> Iterator[HistoryLine]:
    runs = appliers.history(resource)
    source = roles.source_of(snapshot, resource.key)
    names: Tables = names_in(snapshot, source) if source is not None else ()
    for run in runs:
        yield HistoryLine(run, version_text(run.revision, names), _is_good(resource.key, run))


def _is_good(key: Key, run: Run) -> bool | None:
    if appliers.is_good(key, run.status):
        return True
    return False if appliers.is_bad(key, run.status) else None


def _inventory(snapshot: Snapshot, resource: Resource, keys: Iterable[Key]) -> Iterator[ObjectLine]:
    """Live kstatus of those that are known; the chain has judged most of them already."""
    nodes = snapshot.board.chains.get(resource.key.environment, ())
    node = next((node for node in nodes if node.key == resource.key), None)
    judged_lines = {line.key: line for line in node.objects} if node is not None else {}
    for key in keys:
        line = judged_lines.get(key) or next(iter(object_lines((key,), snapshot)), None)
        yield line or ObjectLine(key, "")
