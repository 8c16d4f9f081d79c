"""The sources with tags of one Environment, kept from look to look: what each is called and holds.

A source is read again when it, its tags, its Selection or its users are new. What runs is told
elsewhere.
"""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Set as AbstractSet
from types import MappingProxyType

from fluxtui.domain.board import HealthLine, Level
from fluxtui.domain.kinds import ALL, TAGGED, appliers, sources
from fluxtui.domain.naming import Tables, tables_of
from fluxtui.domain.overview import arrivals
from fluxtui.domain.overview.judgement import flux_health
from fluxtui.domain.overview.members import Members
from fluxtui.domain.resource import Key, Resource
from fluxtui.domain.service import service_of
from fluxtui.domain.snapshot import KindId, Snapshot, Table

_NO_APPLIERS = tuple(kind for kind in ALL if kind.applier is None)


class Sources:
    """One Environment's; `update` with each Snapshot, after its Members."""

    def __init__(self, environment: str, members: Members) -> None:
        self._environment = environment
        self._members = members
        self.table: Table = MappingProxyType({})
        self.services: dict[Key, str] = {}
        self.names: dict[Key, Tables] = {}
        self.stored: dict[Key, str] = {}
        self._seen: dict[Key, tuple[object, ...]] = {}
        self._own: dict[Key, tuple[Resource, HealthLine]] = {}
        self._failing: dict[KindId, tuple[Table, dict[Key, HealthLine]]] = {}

    def update(self, snapshot: Snapshot, touched: AbstractSet[Key]) -> set[Key]:
        """Read what is new; `touched`: sources with other users. The keys that were read."""
        tables = [snapshot.table(self._environment, kind) for kind in TAGGED]
        self.table = table = tables[0] if len(tables) == 1 else ChainMap(*map(dict, tables))
        renewed = self._seen.keys() - table.keys()
        for key in renewed:
            del self._seen[key], self.services[key], self.names[key], self.stored[key]
        for key, source in table.items():
            tags = snapshot.tags.get(sources.url(source))
            seen = (source, tags, snapshot.selections.get(key))
            before = self._seen.get(key)
            if (
                before is None
                or key in touched
                or any(a is not b for a, b in zip(before, seen, strict=True))
            ):
                self._seen[key] = seen
                self.services[key] = service_of(source, snapshot.config.services) or key.label
                self.stored[key] = sources.revision(source)
                users = self._members.users(key)
                listed = tags.facts if tags else {}
                self.names[key] = tables_of(source, (m.tags for m in users), listed)
                renewed.add(key)
        return renewed

    def failing(self, snapshot: Snapshot) -> dict[Key, HealthLine]:
        """What fails now and applies nothing itself, by key, whether or not its users run on. What
        waits for an object that is not there waits for ever, and fails too."""
        failing: dict[Key, HealthLine] = {}
        for kind in _NO_APPLIERS:
            table = snapshot.table(self._environment, kind)
            before = self._failing.get(kind.id)
            if before is None or before[0] is not table:
                before = self._failing[kind.id] = (table, self._unwell(table))
            for key, line in before[1].items():
                if line.level is Level.FAILED:
                    if arrivals.awaited(line, table[key], snapshot) is line:
                        failing[key] = line
                elif any(snapshot.get(need) is None for need in kind.needs(table[key])):
                    failing[key] = HealthLine(Level.FAILED, line.text)
        return dict(sorted(failing.items()))

    def _unwell(self, table: Table) -> dict[Key, HealthLine]:
        unwell: dict[Key, HealthLine] = {}
        for key, resource in table.items():
            before = self._own.get(key)
            if before is None or before[0] is not resource:
                before = self._own[key] = (resource, flux_health(resource))
            if before[1].level in (Level.FAILED, Level.WAITING):
                unwell[key] = before[1]
        return unwell

    def charts(self) -> tuple[Key, ...]:
        """Those that hold Helm charts, and are no rows: they select a chart's layer, or only who
        takes charts uses them."""
        return tuple(key for key in sorted(self.table) if self._is_chart(key))

    def _is_chart(self, source: Key) -> bool:
        users = self._members.used.get(source, ())
        if any(map(appliers.takes_bundles, users)):
            return False
        return bool(users) or sources.policy(self.table[source]).helm
