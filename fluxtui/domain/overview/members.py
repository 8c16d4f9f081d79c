"""The appliers of one Environment, their live objects and health, kept from look to look.

Ten thousand objects are known and one of them changes: what is new is found by identity, and what
stands on it by indices, so that the work follows the change. It must not know how a chain is drawn.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace
from types import MappingProxyType

from fluxtui.domain.board import BESIDE, HealthLine, Level, ObjectLine
from fluxtui.domain.kinds import ALL, APPLIERS, releases
from fluxtui.domain.overview.arrivals import awaited
from fluxtui.domain.overview.facts import Facts, facts_of, with_memory
from fluxtui.domain.overview.hooks import JOB, hook_lines, may_wait
from fluxtui.domain.overview.judgement import object_lines, worst
from fluxtui.domain.overview.pods import CLAIM, POD
from fluxtui.domain.resource import Key, Resource
from fluxtui.domain.snapshot import KindId, Snapshot, Table

_FLUX = frozenset(kind.id for kind in ALL)
_EMPTY: Table = MappingProxyType({})
_FINE = (Level.OK, Level.WAITING)


class News:
    """What a look found: members whose facts, objects or health are `changed` (gone ones too),
    `sources` whose users are not what they were, and whether dependsOn has another `shape`."""

    __slots__ = ("changed", "shape", "sources")

    def __init__(self) -> None:
        self.changed: set[Key] = set()
        self.sources: set[Key] = set()
        self.shape = False

    def add(self, more: News) -> None:
        """Those of a later look too."""
        self.changed |= more.changed
        self.sources |= more.sources
        self.shape |= more.shape


class Members:
    """One Environment's; `update` with each Snapshot."""

    def __init__(self, environment: str) -> None:
        self._environment = environment
        self.facts: dict[Key, Facts] = {}
        self.objects: dict[Key, tuple[ObjectLine, ...]] = {}
        self.health: dict[Key, HealthLine] = {}
        self.unwell: set[Key] = set()
        self.drifted: dict[Key, str] = {}  # and what differs
        self._releasing: set[Key] = set()  # hooks of these may be what is waited for
        self._alone: dict[Key, Facts] = {}  # as they say by themselves, where another says more
        self._users: dict[Key, set[Key]] = defaultdict(set)
        self._named: dict[Key, set[Key]] = defaultdict(set)
        self._owners: dict[Key, tuple[Key, ...]] = {}  # of tens of thousands of objects: no sets
        self._spaces: dict[str, set[Key]] = defaultdict(set)
        self._tables: dict[KindId, Table] = {}
        self._live: dict[KindId, Table] = {}

    def users(self, source: Key) -> tuple[Facts, ...]:
        """Those that take their revisions from that source, by key."""
        return tuple(self.facts[key] for key in sorted(self._users.get(source, ())))

    @property
    def used(self) -> Mapping[Key, set[Key]]:
        """Sources with tags that have users."""
        return self._users

    def fed_by(self, source: Key) -> Iterable[Key]:
        """Appliers that name that source, of whatever kind it is."""
        return self._named.get(source, ())

    def update(self, snapshot: Snapshot) -> News:
        """Look at what is new since the last time."""
        news = News()
        for kind in APPLIERS:
            table, before = snapshot.table(self._environment, kind), self._tables.get(kind.id)
            if table is before:
                continue
            changed, removed = differences(before or _EMPTY, table)
            self._tables[kind.id] = table
            for key in removed:
                self._forget(key, news)
            for key in changed:
                self._take(key, table[key], news)
        self._await_sources(snapshot, news)
        stirred = self._stirred(snapshot)
        for key in (news.changed | stirred) & self.facts.keys():
            facts = self.facts[key]
            own = object_lines(facts.managed, snapshot)
            lines = (*own, *hook_lines(facts.resource, snapshot))
            health = worst(facts.flux, lines)
            if lines != self.objects.get(key) or health != self.health.get(key):
                self.objects[key], self.health[key] = lines, health
                news.changed.add(key)
        return news

    def _await_sources(self, snapshot: Snapshot, news: News) -> None:
        """Of those that were given nothing: whether something is on its way to them now."""
        for key in self.unwell:
            facts = self.facts[key]
            alone = self._alone.get(key, facts)
            flux = awaited(alone.flux, alone.resource, snapshot)
            if flux != facts.flux:
                self._alone[key] = alone
                self.facts[key] = replace(alone, flux=flux)
                news.changed.add(key)

    def _stirred(self, snapshot: Snapshot) -> set[Key]:
        """Members with a live object that is new, or with Pods or claims that may explain one."""
        kinds = snapshot.resources.get(self._environment, {})
        live = {k: table for k, table in kinds.items() if k not in BESIDE and k not in _FLUX}
        stirred: set[Key] = set()
        for kind in live.keys() | self._live.keys():
            before, now = self._live.get(kind, _EMPTY), live.get(kind, _EMPTY)
            if before is now:
                continue
            changed, removed = differences(before, now)
            for key in (*changed, *removed):
                stirred.update(self._owners.get(key, ()))
                if kind in (POD, CLAIM):
                    stirred |= self._spaces.get(key.namespace, set())
            if kind in (POD, JOB):
                stirred |= self._releasing
        self._live = live
        return stirred

    def _take(self, key: Key, resource: Resource, news: News) -> None:
        before = self.facts.get(key)
        self._alone.pop(key, None)
        facts = with_memory(facts_of(resource), before)
        before_shape = None if before is None else (before.depends_on, before.owner)
        if before_shape != (facts.depends_on, facts.owner):
            news.shape = True
        if before is not None:
            self._unlink(before, news)
        self.facts[key] = facts
        news.changed.add(key)
        if may_wait(resource):
            self._releasing.add(key)
        if facts.flux.level not in _FINE:
            self.unwell.add(key)
        if drift := releases.drift(resource):
            self.drifted[key] = drift
        for index, names in self._links(facts):
            for name in names:
                index[name].add(key)
        for name in dict.fromkeys(facts.managed):
            self._owners[name] = (*self._owners.get(name, ()), key)
        if facts.source is not None:
            news.sources.add(facts.source)

    def _forget(self, key: Key, news: News) -> None:
        self._unlink(self.facts.pop(key), news)
        self._alone.pop(key, None)
        self.objects.pop(key, None)
        self.health.pop(key, None)
        news.changed.add(key)
        news.shape = True

    def _unlink(self, facts: Facts, news: News) -> None:
        self.unwell.discard(facts.key)
        self.drifted.pop(facts.key, None)
        self._releasing.discard(facts.key)
        for index, names in self._links(facts):
            for name in names:
                members = index[name]
                members.discard(facts.key)
                if not members:
                    del index[name]
        for name in dict.fromkeys(facts.managed):
            others = tuple(key for key in self._owners.pop(name) if key != facts.key)
            if others:
                self._owners[name] = others
        if facts.source is not None:
            news.sources.add(facts.source)

    def _links(self, facts: Facts) -> tuple[tuple[dict[object, set[Key]], Iterable[object]], ...]:
        """Which index leads to a member by which names."""
        spaces = {managed.namespace for managed in facts.managed}
        sources = () if facts.source is None else (facts.source,)
        origins = () if facts.origin is None else (facts.origin,)
        return (  # type: ignore[return-value]
            (self._users, sources),
            (self._named, origins),
            (self._spaces, spaces),
        )


def differences(before: Table, now: Table) -> tuple[list[Key], list[Key]]:
    """Keys that are new or of another version, and keys that are gone."""
    changed = [key for key, resource in now.items() if before.get(key) is not resource]
    fresh = sum(key not in before for key in changed)
    if len(before) + fresh == len(now):
        return changed, []
    return changed, [key for key in before if key not in now]
