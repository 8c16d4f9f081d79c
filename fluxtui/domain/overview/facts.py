"""What an applier says by itself, read once per version of it.

Board and chain ask the same questions of every object for every Snapshot; the answers change only
with the object, and with what it said before. Nothing here may look at another object or at the
Snapshot.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from sys import intern

from fluxtui.domain import kinds
from fluxtui.domain.board import HealthLine, Level, Mark, ReadyUntil
from fluxtui.domain.kinds import appliers, sources
from fluxtui.domain.marks import suspension
from fluxtui.domain.naming import remembered
from fluxtui.domain.objectid import parts_of
from fluxtui.domain.overview.expressions import judged
from fluxtui.domain.overview.judgement import member_health, telling
from fluxtui.domain.resource import Condition, Key, Resource
from fluxtui.domain.snapshot import TagFacts
from fluxtui.kit.moments import order
from fluxtui.kit.values import frozen

_FLUX = frozenset(kind.id for kind in kinds.ALL)
_AGAIN = " (being tried again)"
_RBAC, _NETWORKING = "_rbac.authorization.k8s.io", "_networking.k8s.io"
NEVER_SEEN = (
    *(f"__{kind}" for kind in ("ConfigMap", "Secret", "Service", "ServiceAccount", "Namespace")),
    *(f"{_RBAC}_{kind}" for kind in ("Role", "RoleBinding", "ClusterRole", "ClusterRoleBinding")),
    *(f"{_NETWORKING}_{kind}" for kind in ("Ingress", "NetworkPolicy")),
)
"""How ids end of what no feed brings (`engine/feeds/targets.py`): most of an inventory."""


@frozen(eq=False)
class Facts:
    """One version of one applier; compared by identity.

    `flux` is the health by its own conditions, `said` the condition that it comes from. `managed`:
    keys of its inventory that may be seen, Flux's own kinds left out. `depends_on`: appliers alone,
    what else it waits for it says itself. `owner`: the applier that made it, as its labels say.
    `source` is its source when that has tags, `origin` its source of whatever kind. `since`: when
    it began to fail. `tags`: what its history calls digests. `released`: when what runs went well
    last, "" when its history does not say.
    """

    resource: Resource
    flux: HealthLine
    said: Condition | None
    managed: tuple[Key, ...]
    source: Key | None
    origin: Key | None
    since: str
    depends_on: tuple[Key, ...]
    owner: Key | None
    running: str
    applied: str
    suspended: Mark | None
    until: tuple[ReadyUntil, ...]
    tags: Mapping[str, TagFacts]
    released: str

    @property
    def key(self) -> Key:
        """The applier's."""
        return self.resource.key


def facts_of(resource: Resource) -> Facts:
    """Read an applier."""
    origin, running = appliers.source(resource), appliers.running(resource)
    return Facts(
        resource,
        member_health(resource),
        telling(resource),
        tuple(_managed(resource)),
        origin if origin is not None and sources.is_tagged(origin) else None,
        origin,
        appliers.failing_since(resource),
        tuple(key for key in appliers.depends_on(resource) if appliers.is_applier(key)),
        _owner(resource),
        running,
        appliers.applied(resource),
        suspension(resource),
        judged(resource),
        remembered(resource),
        _released(resource, running),
    )


def with_memory(now: Facts, before: Facts | None) -> Facts:
    """What failed and is tried again still fails, and since it failed first.

    Ready turns Unknown with every run and its time with it (docs/flux.md#history); of what failed
    before anything was applied, no history tells, so what was seen before does.
    """
    if before is None or before.flux.level is not Level.FAILED or not _same_try(now, before):
        return now
    if now.flux.level not in (Level.FAILED, Level.PROGRESSING):
        return now
    since = min(filter(None, (before.since, now.since)), key=order, default="")
    if now.flux.level is Level.FAILED:
        return replace(now, since=since)
    flux = HealthLine(Level.FAILED, before.flux.text.removesuffix(_AGAIN) + _AGAIN)
    told = before.said
    assert told is not None, "a failure comes from a condition"
    checked = appliers.waits_for_health(now.key, told.reason)
    return replace(now, since=since, flux=flux, said=now.said if checked else told)


def _same_try(now: Facts, before: Facts) -> bool:
    """Whether the same spec and revision are tried as before, and have not gone well."""
    resource, tried = now.resource, appliers.attempted(now.resource)
    ready, working = resource.condition("Ready"), resource.condition("Reconciling")
    if resource.deleting or ready is None or ready.status == "True":
        return False
    if (resource.key, resource.generation) != (before.key, before.resource.generation):
        return False
    said = working.message if working is not None else ""
    # `Building manifests for revision ...`: the field may follow only at the run's end.
    other = bool(tried) and " revision " in said and tried not in said
    return not other and tried == appliers.attempted(before.resource)


def same_build(now: Facts, before: Facts) -> bool:
    """Whether what is tried is the same revision by the same spec as before."""
    same_spec = now.resource.generation == before.resource.generation
    return same_spec and _tried(now.resource) == _tried(before.resource)


def _tried(resource: Resource) -> str:
    """The revision that it says it is at; the field may follow only at the run's end."""
    working = resource.condition("Reconciling")
    _, _, said = (working.message if working is not None else "").partition(" revision ")
    return said.partition(" ")[0] or appliers.attempted(resource)


def _released(resource: Resource, running: str) -> str:
    runs = (run for run in appliers.history(resource) if run.revision == running)
    return next((run.last for run in runs if appliers.is_good(resource.key, run.status)), "")


def _owner(resource: Resource) -> Key | None:
    owner = appliers.parent(resource)
    return owner if owner != resource.key else None  # bootstrap's applies itself


def _managed(resource: Resource) -> Iterator[Key]:
    """Keys of its inventory, without Flux's own kinds and those that are never seen."""
    environment = resource.key.environment
    for text, _version in appliers.inventory(resource):
        if text.endswith(NEVER_SEEN):
            continue
        parts = parts_of(text)
        if parts is None:
            continue  # an id that no Flux wrote names no object to look at
        namespace, name, group, kind = parts
        if (group, kind) not in _FLUX:
            # Tens of thousands of objects share a few words: each is kept once.
            yield Key(environment, intern(group), intern(kind), intern(namespace), name)
