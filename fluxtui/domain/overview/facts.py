"""What a Kustomization says by itself, read once per version of it.

Board and chain ask the same questions of every object for every Snapshot; the answers change only
with the object. Nothing here may look at another object or at the Snapshot.
"""

from __future__ import annotations

from collections.abc import Mapping
from sys import intern

from fluxtui.domain.board import HealthLine, Mark
from fluxtui.domain.errors import UsageError
from fluxtui.domain.inventory import ObjectId
from fluxtui.domain.kinds import kustomization, ocirepository
from fluxtui.domain.marks import suspension
from fluxtui.domain.naming import remembered
from fluxtui.domain.overview.judgement import member_health
from fluxtui.domain.resource import Condition, Key, Resource
from fluxtui.domain.snapshot import TagFacts
from fluxtui.kit.frozen import frozen


@frozen(eq=False)
class Facts:
    """One version of one Kustomization; compared by identity.

    `flux` is the health by its own conditions, `said` the condition that it comes from. `managed`:
    keys of its inventory, Flux's own kinds left out. `source` is its OCIRepository, `origin` its
    source of whatever kind. `since`: when it began to fail. `tags`: what its history calls digests.
    """

    resource: Resource
    flux: HealthLine
    said: Condition | None
    managed: tuple[Key, ...]
    source: Key | None
    origin: Key | None
    since: str
    depends_on: tuple[Key, ...]
    running: str
    applied: str
    suspended: Mark | None
    tags: Mapping[str, TagFacts]

    @property
    def key(self) -> Key:
        """The Kustomization's."""
        return self.resource.key


def facts_of(resource: Resource) -> Facts:
    """Read a Kustomization."""
    stalled = resource.condition("Stalled")
    is_stalled = stalled is not None and stalled.status == "True"
    return Facts(
        resource,
        member_health(resource),
        stalled if is_stalled else resource.condition("Ready"),
        tuple(key for key in _inventory_keys(resource) if not _is_flux(key)),
        kustomization.source(resource),
        kustomization.origin(resource),
        kustomization.failing_since(resource),
        kustomization.depends_on(resource),
        kustomization.running(resource),
        kustomization.applied(resource),
        suspension(resource),
        remembered(resource),
    )


def _is_flux(key: Key) -> bool:
    return (key.group, key.kind) in (kustomization.KIND.id, ocirepository.KIND.id)


def _inventory_keys(resource: Resource) -> list[Key]:
    keys = []
    for text, _version in kustomization.inventory(resource):
        try:
            found = ObjectId.parse(text)
        except UsageError:
            continue  # an id that no Flux wrote names no object to look at
        # Tens of thousands of objects share a few words: each is kept once.
        group, kind, namespace = map(intern, (found.group, found.kind, found.namespace))
        keys.append(Key(resource.key.environment, group, kind, namespace, found.name))
    return keys
