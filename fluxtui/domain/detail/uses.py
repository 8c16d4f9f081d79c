"""What references an object: who is fed by it, stands on it, waits for it, tells of it.

By roles: nothing here knows which kinds do so. Only objects of its own Environment are looked at.
Looking through thousands of objects takes longer than a key may, so a `UseIndex` remembers what
each says, and looks again only at those that changed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from fluxtui.domain import kinds
from fluxtui.domain.detail.values import Use
from fluxtui.domain.kinds import appliers
from fluxtui.domain.kinds.kind import Kind
from fluxtui.domain.resource import Key, Resource
from fluxtui.domain.snapshot import Snapshot, Table

SOURCE, NEEDS, WAITS, HEEDS = "source", "needs", "dependsOn", "heeds"
_ORDER = (SOURCE, NEEDS, WAITS, HEEDS)
_WORDS: Mapping[str, str] = {
    SOURCE: "is fed by it",
    NEEDS: "stands on it",
    WAITS: "waits for it",
}


class UseIndex:
    """Of whatever was asked about before; not for two threads at once."""

    def __init__(self) -> None:
        self._tables: dict[tuple[str, Kind], Table] = {}
        self._targets: dict[Key, tuple[Resource, tuple[Key, ...]]] = {}
        self._uses: dict[Key, dict[Key, tuple[Use, ...]]] = {}

    def uses_of(self, snapshot: Snapshot, key: Key) -> tuple[Use, ...]:
        """By relation, then by name; each object once a relation."""
        for kind in kinds.ALL:
            table, place = snapshot.table(key.environment, kind), (key.environment, kind)
            before = self._tables.get(place, {})
            if before is not table:
                self._look(kind, before, table)
                self._tables[place] = table
        found = [use for uses in self._uses.get(key, {}).values() for use in uses]
        found += _heeding(snapshot, key)
        return tuple(sorted(found, key=lambda use: (_ORDER.index(use.relation), use.key)))

    def _look(self, kind: Kind, before: Table, table: Table) -> None:
        for key in before.keys() - table.keys():
            self._forget(key)
        for key, resource in table.items():
            held = self._targets.get(key)
            if held is not None and held[0] is resource:
                continue
            self._forget(key)
            uses = dict(_references(kind, resource))
            for target, how in uses.items():
                self._uses.setdefault(target, {})[key] = how
            self._targets[key] = (resource, tuple(uses))

    def _forget(self, key: Key) -> None:
        for target in self._targets.pop(key, (None, ()))[1]:
            self._uses[target].pop(key, None)


def uses_of(snapshot: Snapshot, key: Key) -> tuple[Use, ...]:
    """The same, for who asks once."""
    return UseIndex().uses_of(snapshot, key)


def _references(kind: Kind, resource: Resource) -> Iterator[tuple[Key, tuple[Use, ...]]]:
    """What it names, and how."""
    own, uses = resource.key, dict[Key, list[Use]]()
    if kind.applier is not None:
        source = kind.applier.source(resource)
        if source is not None:
            uses[source] = [Use(own, SOURCE, _WORDS[SOURCE])]
    for key in kind.needs(resource):
        uses.setdefault(key, [Use(own, NEEDS, _WORDS[NEEDS])])
    if kind.applier is not None and resource.spec.get("dependsOn"):
        expressions = appliers.expressions(resource)
        for key in kind.applier.depends_on(resource):
            until = f" until {expressions[key]}" if key in expressions else ""
            uses.setdefault(key, []).append(Use(own, WAITS, f"{_WORDS[WAITS]}{until}"))
    return ((key, tuple(how)) for key, how in uses.items())


def _heeding(snapshot: Snapshot, key: Key) -> Iterator[Use]:
    resource = snapshot.get(key)
    for kind in kinds.ALL:
        if resource is None or kind.heeds is None:
            continue
        for own, other in snapshot.table(key.environment, kind).items():
            if own != key and kind.heeds(other, resource):
                yield Use(own, HEEDS, kind.heeding)
