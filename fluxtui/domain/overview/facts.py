"""What an applier says by itself, read once per version of it.

Board and chain ask the same questions of every object for every Snapshot; the answers change only
with the object. Nothing here may look at another object or at the Snapshot.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from sys import intern

from fluxtui.domain import kinds
from fluxtui.domain.board import HealthLine, Mark, Until
from fluxtui.domain.errors import UsageError
from fluxtui.domain.kinds import appliers, sources
from fluxtui.domain.marks import suspension
from fluxtui.domain.naming import remembered
from fluxtui.domain.objectid import ObjectId
from fluxtui.domain.overview.expressions import judged
from fluxtui.domain.overview.judgement import member_health, telling
from fluxtui.domain.resource import Condition, Key, Resource
from fluxtui.domain.snapshot import TagFacts


@dataclass(frozen=True, slots=True, eq=False)
class Facts:
    """One version of one applier; compared by identity.

    `flux` is the health by its own conditions, `said` the condition that it comes from. `managed`:
    keys of its inventory, Flux's own kinds left out. `depends_on`: appliers alone, what else it
    waits for it says itself. `owner`: the applier that made it, as its labels say. `source` is its
    source when that has tags, `origin` its source of whatever kind. `since`: when it began to fail.
    `tags`: what its history calls digests. `released`: when what runs went well last, "" when its
    history does not say.
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
    until: tuple[Until, ...]
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


def _released(resource: Resource, running: str) -> str:
    runs = (run for run in appliers.history(resource) if run.revision == running)
    return next((run.last for run in runs if appliers.is_good(resource.key, run.status)), "")


def _owner(resource: Resource) -> Key | None:
    owner = appliers.parent(resource)
    return owner if owner != resource.key else None  # bootstrap's applies itself


def _managed(resource: Resource) -> Iterator[Key]:
    """Keys of its inventory, Flux's own kinds left out."""
    environment = resource.key.environment
    for text, _version in appliers.inventory(resource):
        try:
            identity = ObjectId.parse(text)
        except UsageError:
            continue  # an id that no Flux wrote names no object to look at
        # Tens of thousands of objects share a few words: each is kept once.
        group, kind, namespace = map(intern, (identity.group, identity.kind, identity.namespace))
        key = Key(environment, group, kind, namespace, identity.name)
        if not kinds.is_ours(key):
            yield key
