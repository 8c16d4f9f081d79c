"""Board lines and chain of one Environment, made again only from what is new.

Everything in a Snapshot is replaced, never changed: what is the same object as last time says the
same. A Place remembers what it was last asked about; what it answers depends on the Snapshot alone.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from fluxtui.domain.board import BESIDE, ChainNode, Finding, HealthLine, Line, ObjectLine
from fluxtui.domain.config import Environment
from fluxtui.domain.kinds import ALL, kustomization, ocirepository
from fluxtui.domain.knowledge import Knowledge
from fluxtui.domain.known import kind_known
from fluxtui.domain.naming import Tables, tables_of
from fluxtui.domain.overview import doubt, origins, troubles
from fluxtui.domain.overview.chains import chain_of
from fluxtui.domain.overview.facts import Facts, facts_of
from fluxtui.domain.overview.judgement import object_lines, worst
from fluxtui.domain.overview.lines import line_of
from fluxtui.domain.resource import Key, Resource
from fluxtui.domain.service import service_of
from fluxtui.domain.snapshot import Feed, FeedState, KindId, Snapshot

_FLUX = frozenset(kind.id for kind in ALL)
_BLIND = (FeedState.STARTING, FeedState.RETRYING)
LIVE = frozenset(
    {("apps", "Deployment"), ("apps", "StatefulSet"), ("apps", "DaemonSet"), ("batch", "Job")}
)
_Seen = Sequence[object]


@dataclass(frozen=True, slots=True, eq=False)
class Entry:
    """One OCIRepository on the board."""

    service: str
    url: str
    line: Line


@dataclass(frozen=True, slots=True, eq=False)
class View:
    """One Environment; compared by identity. `troubles`: what is wrong with its chain.

    `charts`: OCIRepositories that hold Helm charts, and are no rows.
    """

    entries: tuple[Entry, ...]
    chain: tuple[ChainNode, ...]
    troubles: tuple[Finding, ...]
    held: tuple[ChainNode, ...]
    charts: tuple[Key, ...] = ()


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
        self._names: dict[Key, tuple[_Seen, Tables]] = {}
        self._lines: dict[Key, tuple[_Seen, Entry]] = {}
        self._states: tuple[object, ...] = ()
        self._spaces: dict[tuple[KindId, str], Knowledge] = {}

    def view(self, snapshot: Snapshot) -> View:
        """What stands there now; the same View when nothing that it is made of is new."""
        seen = self._inputs(snapshot)
        if self._view is None or not _same(seen, self._seen):
            self._view = self._made(snapshot)
            self._seen = seen
        return self._view

    def _inputs(self, snapshot: Snapshot) -> _Seen:
        seen: list[object] = [snapshot.config, self._as_known(snapshot)]
        kinds = snapshot.resources.get(self.environment.name, {})
        seen += [table for kind, table in sorted(kinds.items()) if kind not in BESIDE]
        for source in snapshot.table(self.environment.name, ocirepository.KIND).values():
            url = ocirepository.url(source)
            seen += [snapshot.tags.get(url), snapshot.selections.get(source.key)]
        return seen

    def _as_known(self, snapshot: Snapshot) -> tuple[object, ...]:
        """How its feeds do; the same object as long as nothing in it is new."""
        name = self.environment.name
        states: tuple[object, ...] = (
            snapshot.unreachable.get(name),
            *(_state(f) for f in snapshot.feeds if f.environment == name and f.kind not in BESIDE),
        )
        if states != self._states:
            self._states = states
        return self._states

    def _made(self, snapshot: Snapshot) -> View:
        self._judge(snapshot)
        name = self.environment.name
        every = tuple(self._facts.values())
        members: dict[Key, list[Facts]] = defaultdict(list)
        for facts in every:
            if facts.source is not None:
                members[facts.source].append(facts)
        sources = snapshot.table(name, ocirepository.KIND)
        services = snapshot.config.services
        self._names = {
            key: self._tables(source, members.get(key, ()), snapshot)
            for key, source in sources.items()
        }
        chain = chain_of(
            every,
            self._health,
            self._objects,
            {key: service_of(source, services) or key.label for key, source in sources.items()},
            {key: names for key, (_seen, names) in self._names.items()},
            {key: ocirepository.revision(source) for key, source in sources.items()},
            origins.faults(every, snapshot),
        )
        told = tuple(troubles.of_place(self.environment, chain, every, snapshot))
        doubtful = _doubtful(name, snapshot)
        self._spaces = {}
        chain = tuple(doubt.node(n, self._node_known(n.key, doubtful, snapshot)) for n in chain)
        beside = origins.charts(name, members, snapshot)
        nodes = {node.key: node for node in chain}
        shown = (key for key in sorted(sources) if key not in beside)
        self._lines = {
            key: self._entry(sources[key], members.get(key, ()), nodes, snapshot) for key in shown
        }
        entries = tuple(entry for _seen, entry in self._lines.values())
        held = tuple(node for node in chain if node.suspended is not None)
        made = View(entries, chain, told, held, beside)
        return self._view if self._view is not None and _equal(made, self._view) else made

    def _node_known(
        self, key: Key, doubtful: Mapping[KindId, Knowledge], snapshot: Snapshot
    ) -> Knowledge:
        """By its own feed, and by those of its live objects: Ready alone may be an hour old."""
        known = self._known(kustomization.KIND.id, key.namespace, snapshot)
        if known.known and doubtful:
            managed = ((k.group, k.kind) for k in self._facts[key].managed)
            return next((doubtful[kind] for kind in managed if kind in doubtful), known)
        return known

    def _known(self, kind: KindId, namespace: str, snapshot: Snapshot) -> Knowledge:
        place = (kind, namespace)
        if place not in self._spaces:
            self._spaces[place] = kind_known(snapshot, self.environment.name, kind, namespace)
        return self._spaces[place]

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

    def _tables(
        self, source: Resource, used: Sequence[Facts], snapshot: Snapshot
    ) -> tuple[_Seen, Tables]:
        """Where the digests of a source are looked up."""
        tags = snapshot.tags.get(ocirepository.url(source))
        seen: _Seen = (source, tags, *used)
        before = self._names.get(source.key)
        if before is not None and _same(seen, before[0]):
            return before
        listed = tags.facts if tags else {}
        return seen, tables_of(source, (member.tags for member in used), listed)

    def _entry(
        self,
        source: Resource,
        used: Sequence[Facts],
        nodes: Mapping[Key, ChainNode],
        snapshot: Snapshot,
    ) -> tuple[_Seen, Entry]:
        url = ocirepository.url(source)
        tags, selection = snapshot.tags.get(url), snapshot.selections.get(source.key)
        services = snapshot.config.services
        mine = [nodes[member.key] for member in used]
        known = self._line_known(source.key, used, snapshot)
        told = (known, *((n.health, n.because, n.root, n.suspended) for n in mine))
        names = self._names[source.key][1]
        seen: _Seen = (source, tags, selection, services, names, *used)
        before = self._lines.get(source.key)
        if before is not None and _same(seen, before[0][1:]) and before[0][0] == told:
            return before
        line = line_of(source, used, nodes, names, tags, selection)
        line = doubt.line(line, known)
        service = service_of(source, services) or source.key.label
        return (told, *seen), Entry(service, url, line)

    def _line_known(self, key: Key, used: Iterable[Facts], snapshot: Snapshot) -> Knowledge:
        """A line is known as well as the worst of its source and those who use it."""
        spaces = {key.namespace, *(member.key.namespace for member in used)}
        source = self._known(ocirepository.KIND.id, key.namespace, snapshot)
        users = (self._known(kustomization.KIND.id, space, snapshot) for space in spaces)
        return max((source, *users), key=lambda known: known.state)


def _doubtful(environment: str, snapshot: Snapshot) -> dict[KindId, Knowledge]:
    """Kinds of live objects that are not known now, though they may be read."""
    kinds = dict.fromkeys(
        f.kind
        for f in snapshot.feeds
        if f.environment == environment and f.kind in LIVE and f.state in _BLIND
    )
    return {
        kind: replace(known, why=f"{kind[1]}: {known.reason}")
        for kind in kinds
        for known in (kind_known(snapshot, environment, kind),)
    }


def _equal(made: View, before: View) -> bool:
    """Whether two Views say the same; lines are the same objects then."""
    same = _same(made.entries, before.entries) and made.charts == before.charts
    return same and made.chain == before.chain and made.troubles == before.troubles


def _state(feed: Feed) -> tuple[object, ...]:
    place = (feed.kind, feed.namespace, feed.state, feed.since)
    return (*place, feed.message, feed.next, feed.trouble)


def _same(now: _Seen, before: _Seen) -> bool:
    return len(now) == len(before) and all(a is b for a, b in zip(now, before, strict=True))
