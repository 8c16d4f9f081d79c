"""Board lines and chain of one Environment, made again only from what is new.

Everything in a Snapshot is replaced, never changed: what is the same object as last time says the
same. A Place remembers what it was last asked about; what it answers depends on the Snapshot alone.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from fluxtui.domain.board import BESIDE, ChainNode, Finding, HealthLine, Line, ObjectLine
from fluxtui.domain.config import Environment
from fluxtui.domain.kinds import ALL, kustomization, ocirepository
from fluxtui.domain.naming import Tables, tables_of
from fluxtui.domain.overview import findings
from fluxtui.domain.overview.chains import chain_of
from fluxtui.domain.overview.facts import Facts, facts_of
from fluxtui.domain.overview.judgement import object_lines, worst
from fluxtui.domain.overview.lines import line_of
from fluxtui.domain.resource import Key, Resource
from fluxtui.domain.service import service_of
from fluxtui.domain.snapshot import Snapshot

_FLUX = frozenset(kind.id for kind in ALL)
_Seen = Sequence[object]


@dataclass(frozen=True, slots=True, eq=False)
class Entry:
    """One OCIRepository on the board; `names`: where its digests are looked up."""

    service: str
    url: str
    names: Tables
    line: Line


@dataclass(frozen=True, slots=True, eq=False)
class View:
    """One Environment; compared by identity. `troubles`: what is wrong with its chain."""

    entries: tuple[Entry, ...]
    chain: tuple[ChainNode, ...]
    troubles: tuple[Finding, ...]
    held: tuple[ChainNode, ...]


class Place:
    """One Environment, looked at again and again."""

    def __init__(self, environment: Environment) -> None:
        self.environment = environment
        self._seen: _Seen = ()
        self._view: View | None = None
        self._live: _Seen = ()
        self._facts: dict[Key, Facts] = {}
        self._objects: dict[Key, tuple[ObjectLine, ...]] = {}
        self._health: dict[Key, HealthLine] = {}
        self._entries: dict[Key, tuple[_Seen, Entry]] = {}

    def view(self, snapshot: Snapshot) -> View:
        """What stands there now; the same View when nothing that it is made of is new."""
        seen = self._inputs(snapshot)
        if self._view is None or not _same(seen, self._seen):
            self._view = self._made(snapshot)
            self._seen = seen
        return self._view

    def _inputs(self, snapshot: Snapshot) -> _Seen:
        seen: list[object] = [snapshot.config]
        kinds = snapshot.resources.get(self.environment.name, {})
        seen += [table for kind, table in sorted(kinds.items()) if kind not in BESIDE]
        for source in snapshot.table(self.environment.name, ocirepository.KIND).values():
            url = ocirepository.url(source)
            seen += [snapshot.tags.get(url), snapshot.selections.get(source.key)]
        return seen

    def _made(self, snapshot: Snapshot) -> View:
        self._judge(snapshot)
        members: dict[Key, list[Facts]] = defaultdict(list)
        for facts in self._facts.values():
            if facts.source is not None:
                members[facts.source].append(facts)
        sources = snapshot.table(self.environment.name, ocirepository.KIND)
        self._entries = {
            key: self._entry(source, members.get(key, ()), snapshot)
            for key, source in sorted(sources.items())
        }
        entries = {key: entry for key, (_seen, entry) in self._entries.items()}
        chain = chain_of(
            tuple(self._facts.values()),
            self._health,
            self._objects,
            {key: entry.service for key, entry in entries.items()},
            {key: entry.names for key, entry in entries.items()},
            {key: ocirepository.revision(source) for key, source in sources.items()},
        )
        return View(
            tuple(entries.values()),
            chain,
            tuple(findings.chains(chain, self.environment.namespaces)),
            tuple(node for node in chain if node.suspended is not None),
        )

    def _judge(self, snapshot: Snapshot) -> None:
        """Facts, live objects and health of every Kustomization."""
        name = self.environment.name
        kinds = snapshot.resources.get(name, {})
        live: _Seen = [t for k, t in sorted(kinds.items()) if k not in BESIDE and k not in _FLUX]
        known, objects, health = self._facts, self._objects, self._health
        still = _same(live, self._live)
        self._facts, self._objects, self._health, self._live = {}, {}, {}, live
        for key, resource in snapshot.table(name, kustomization.KIND).items():
            facts = known.get(key)
            if facts is not None and facts.resource is resource:
                self._facts[key] = facts
                if still:
                    self._objects[key], self._health[key] = objects[key], health[key]
                    continue
            else:
                facts = self._facts[key] = facts_of(resource)
            managed = [k for k in facts.managed if (k.group, k.kind) in kinds]
            self._objects[key] = lines = object_lines(managed, snapshot)
            self._health[key] = worst(facts.flux, lines)

    def _entry(
        self, source: Resource, members: Iterable[Facts], snapshot: Snapshot
    ) -> tuple[_Seen, Entry]:
        url = ocirepository.url(source)
        tags, selection = snapshot.tags.get(url), snapshot.selections.get(source.key)
        used = tuple(members)
        services = snapshot.config.services
        healths = [self._health[member.key] for member in used]
        seen: _Seen = (source, tags, selection, services, *used, *healths)
        before = self._entries.get(source.key)
        if before is not None and _same(seen, before[0]):
            return before
        names = tables_of(source, (member.tags for member in used), tags.facts if tags else {})
        line = line_of(source, used, self._health, names, tags, selection)
        return seen, Entry(service_of(source, services) or source.key.label, url, names, line)


def _same(now: _Seen, before: _Seen) -> bool:
    return len(now) == len(before) and all(a is b for a, b in zip(now, before, strict=True))
