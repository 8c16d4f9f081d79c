"""What there is to know of one object, as values: the screen and `describe` lay the same out.

Times are RFC 3339, "" when nobody noted one. Values only: no rules live here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from types import MappingProxyType

from fluxtui.domain.board import HealthLine, Level, Mark, ObjectLine
from fluxtui.domain.kinds.kind import Run
from fluxtui.domain.resource import Key
from fluxtui.kit.values import frozen


@frozen
class ConditionLine:
    """One condition: what it means in words, how bad that is, and what its controller says."""

    type: str
    status: str
    words: str
    level: Level
    reason: str
    message: str
    since: str


@frozen
class HistoryLine:
    """One entry of a history; `version`: its revision as people call it. `good` None: the word of
    its status says neither."""

    run: Run
    version: str
    good: bool | None


@frozen
class StoredArtifact:
    """What a source holds. `origin`: the revision (of Git) that it was made of, and `whence` where
    that is, as whoever made it noted them. `size` in bytes, 0 unknown."""

    revision: str
    digest: str
    at: str
    size: int
    url: str
    origin: str
    whence: str


@frozen
class WaitLine:
    """Something that must be ready before it. `expression`: the CEL text that says when, "" where
    its own Ready does. `met` None: that is not known; `words` say why it is so, `level` how bad."""

    key: Key
    expression: str
    met: bool | None
    level: Level
    words: str


@frozen
class Use:
    """Another object that references it. `relation`: source, needs, dependsOn or heeds."""

    key: Key
    relation: str
    words: str


@frozen
class OwnedFields:
    """What one field manager set: `fields` are dotted and two deep (`spec.ref`). `operation` is
    Apply or Update."""

    manager: str
    operation: str
    at: str
    subresource: str
    fields: tuple[str, ...]


@frozen
class SharedField:
    """A field that several managers own: who sets it otherwise is refused, or takes it by force."""

    path: str
    managers: tuple[str, ...]


@frozen
class EventLine:
    """An Event of Kubernetes. `count`: how often; `last` the newest time."""

    about: Key
    type: str
    reason: str
    message: str
    last: str
    count: int
    reporter: str


@frozen
class ObjectReading:
    """What only the API says of an object. Each part has its own fault, "" when it was read."""

    owned: tuple[OwnedFields, ...] = ()
    shared: tuple[SharedField, ...] = ()
    owned_fault: str = ""
    events: tuple[EventLine, ...] = ()
    events_fault: str = ""


@frozen
class InventoryReading:
    """How entries of an inventory are that no feed brings, and Events of those that are not well.
    `fault`: why not all of them were read."""

    lines: Mapping[Key, ObjectLine] = field(default_factory=lambda: MappingProxyType({}))
    events: tuple[EventLine, ...] = ()
    fault: str = ""


@frozen
class Detail:
    """One object, as far as a Snapshot knows it. `facts`: (title, text) of what its kind wants to
    be seen. `stands_on`: what it is fed by and needs; `waits`: its dependsOn. `inventory`: in
    order; a line without a status is not known yet. `has_...`: whether its kind keeps one;
    `no_inventory` why it is not known then, "" where it is. `observed`: whether its controller has
    begun with the newest generation, and `unsettled` why it is not through with it, in words.
    `no_revision`: why it has none, where it has none.
    `value_sources`: what its values are read out of besides itself, and whether a Secret is one.
    """

    key: Key
    created: str
    generation: int
    observed: bool
    health: HealthLine
    applied_by: Key | None
    suspended: Mark | None
    pinned: Mark | None
    revision: str
    facts: tuple[tuple[str, str], ...] = ()
    conditions: tuple[ConditionLine, ...] = ()
    artifact: StoredArtifact | None = None
    is_source: bool = False
    stands_on: tuple[WaitLine, ...] = ()
    waits: tuple[WaitLine, ...] = ()
    history: tuple[HistoryLine, ...] = ()
    has_history: bool = False
    inventory: tuple[ObjectLine, ...] = ()
    has_inventory: bool = False
    no_inventory: str = ""
    has_values: bool = False
    value_sources: tuple[str, ...] = ()
    values_touch_secrets: bool = False
    unsettled: str = ""
    no_revision: str = "nothing is known of it"

    @property
    def unread(self) -> tuple[Key, ...]:
        """Entries of its inventory that are not known yet."""
        return tuple(line.key for line in self.inventory if not line.status)
