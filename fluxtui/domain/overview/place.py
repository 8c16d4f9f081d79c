"""Board lines and chain of one Environment, made again only from what is new.

Everything in a Snapshot is replaced, never changed: what is the same object as last time says the
same. A Place remembers what it was last asked about; what it answers depends on the Snapshot alone.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace

from fluxtui.domain import kinds
from fluxtui.domain.board import BESIDE, ChainNode, Finding, HealthLine, Level, Line
from fluxtui.domain.config import Environment
from fluxtui.domain.gitreference import RemoteAnswer
from fluxtui.domain.kinds import ALL, APPLIERS, CORE, appliers, sources
from fluxtui.domain.knowledge import FeedState, Knowledge
from fluxtui.domain.known import kind_known, worst_served
from fluxtui.domain.overview import arrivals, deliveries, doubt, origins, troubles
from fluxtui.domain.overview.chains import Forest, Grounds
from fluxtui.domain.overview.deliveries import Deliveries, DeliveryRow
from fluxtui.domain.overview.facts import Facts
from fluxtui.domain.overview.findings import LIVE
from fluxtui.domain.overview.lines import line_of
from fluxtui.domain.overview.members import Members, News
from fluxtui.domain.overview.sources import Sources
from fluxtui.domain.picking import address_of
from fluxtui.domain.resource import Key, Resource
from fluxtui.domain.selection import Selection
from fluxtui.domain.service import service_name
from fluxtui.domain.snapshot import Feed, KindId, Snapshot
from fluxtui.kit.records import NamedTuple
from fluxtui.kit.values import frozen

_FLUX = frozenset(kind.id for kind in ALL)
_CORE = frozenset(kind.id for kind in CORE)
_BLIND = (FeedState.STARTING, FeedState.RETRYING)
_Seen = Sequence[object]


class SourceEntry(NamedTuple):
    """One line on the board. `short`: the kind of an applier that is a row of its own, "" for a
    bundle's source."""

    service: str
    url: str
    line: Line
    short: str = ""


class _Feeding(NamedTuple):
    """What feeds appliers, the same for all of them. `is_fresh`: no controller has looked at it."""

    source: Resource | None
    address: str
    url: str
    selection: Selection | None
    remote: RemoteAnswer | None
    health: HealthLine
    is_fresh: bool


@frozen(eq=False)
class PlaceView:
    """One Environment; compared by identity. `troubles`: what is wrong with its chain.

    `charts`: sources that hold Helm charts, and are no rows.
    """

    entries: tuple[SourceEntry, ...]
    chain: tuple[ChainNode, ...]
    troubles: tuple[Finding, ...]
    held: tuple[ChainNode, ...]
    charts: tuple[Key, ...] = ()


class Place:
    """One Environment, looked at again and again."""

    def __init__(self, environment: Environment) -> None:
        self.environment = environment
        self._seen: _Seen = ()
        self._view: PlaceView | None = None
        self._members = Members(environment.name)
        self._news = News()
        self._forest = Forest()
        self._sources = Sources(environment.name, self._members)
        self._faults: dict[Key, origins.SourceFault] = {}
        self._sure = False
        self._states: tuple[object, ...] = ()
        self._spaces: dict[tuple[KindId, str], Knowledge] = {}
        self._doubtful: Mapping[KindId, Knowledge] = {}
        self._lines: dict[Key, SourceEntry] = {}
        self._deliveries = Deliveries(environment.name, self._members)
        self._alone: dict[Key, SourceEntry] = {}

    def view(self, snapshot: Snapshot) -> PlaceView:
        """What stands there now; the same PlaceView when nothing that it is made of is new."""
        seen = self._inputs(snapshot)
        if self._view is None or not _same(seen, self._seen):
            self._view = self._made(snapshot)
            self._seen = seen
        return self._view

    def read(self, snapshot: Snapshot) -> None:
        """Read its appliers ahead of the view that is made of them with all else."""
        self._news.add(self._members.update(snapshot))

    def _inputs(self, snapshot: Snapshot) -> _Seen:
        kinds = snapshot.resources.get(self.environment.name, {})
        tables = (table for kind, table in sorted(kinds.items()) if kind not in BESIDE)
        lists = (snapshot.tags, snapshot.selections, snapshot.remotes)
        known = (snapshot.config, self._as_known(snapshot), *lists)
        return (*known, *tables)

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

    def _made(self, snapshot: Snapshot) -> PlaceView:
        self.read(snapshot)
        news, self._news = self._news, News()
        renewed = self._sources.update(snapshot, news.sources)
        chain = self._drawn(snapshot, news, renewed)
        failing = self._sources.failing(snapshot)
        told = tuple(
            troubles.of_place(
                self.environment,
                self._forest.troubled(),
                failing,
                snapshot,
                self._members.drifted,
            )
        )
        sure, self._spaces = self._is_sure(snapshot), {}
        self._doubtful = {} if sure else _doubtful(self.environment.name, snapshot)
        held = self._forest.held()
        if not sure:
            chain = self._doubted(chain, snapshot)
            held = tuple(node for node in chain if node.suspended is not None)
        beside = self._sources.charts()
        still = sure and self._sure
        self._sure = sure
        entries = self._entries(snapshot, renewed, beside, still=still)
        dirty = self._deliveries.update(snapshot, news.changed | self._forest.changed, renewed)
        entries += self._own_entries(snapshot, dirty, still=still)
        old = self._view.entries if self._view else ()
        entries = old if _same(entries, old) else entries
        made = PlaceView(entries, chain, told, held, beside)
        return self._view if self._view is not None and _equal(made, self._view) else made

    def _drawn(self, snapshot: Snapshot, news: News, renewed: set[Key]) -> tuple[ChainNode, ...]:
        """The nodes as they are seen, remade for what is new."""
        members = self._members
        unwell = (members.facts[key] for key in members.unwell)
        faults = origins.faults(unwell, snapshot)
        dirty = news.changed.union(*(members.used.get(key, ()) for key in renewed))
        dirty |= {key for key, _why in faults.items() ^ self._faults.items()}
        self._faults = faults
        grounds = Grounds(
            members.facts,
            members.health,
            members.objects,
            faults,
            self._sources.services,
            self._sources.names,
            self._sources.stored,
            snapshot.get,
        )
        self._forest.update(dirty, grounds, shape=news.shape)
        return self._forest.nodes

    def _is_sure(self, snapshot: Snapshot) -> bool:
        """Whether all that it is made of flows: then nothing needs a doubt."""
        name = self.environment.name
        mine = [f for f in snapshot.feeds if f.environment == name]
        if name in snapshot.unreachable:
            return False
        optional = (f.state is FeedState.ABSENT and f.kind not in _CORE for f in mine)
        return all(
            f.state is FeedState.LIVE or absent
            for f, absent in zip(mine, optional, strict=True)
            if f.kind in _FLUX or f.kind in LIVE
        )

    def _doubted(self, chain: tuple[ChainNode, ...], snapshot: Snapshot) -> tuple[ChainNode, ...]:
        return tuple(doubt.node(n, self._node_known(n.key, snapshot)) for n in chain)

    def _node_known(self, key: Key, snapshot: Snapshot) -> Knowledge:
        """By its own feed, and by those of its live objects: Ready alone may be an hour old."""
        knowledge = self._known((key.group, key.kind), key.namespace, snapshot)
        if knowledge.known and self._doubtful:
            managed = ((k.group, k.kind) for k in self._members.facts[key].managed)
            doubts = (self._doubtful[kind] for kind in managed if kind in self._doubtful)
            return next(doubts, knowledge)
        return knowledge

    def _known(self, kind: KindId, namespace: str, snapshot: Snapshot) -> Knowledge:
        place = (kind, namespace)
        if place not in self._spaces:
            self._spaces[place] = kind_known(snapshot, self.environment.name, kind, namespace)
        return self._spaces[place]

    def _entries(
        self,
        snapshot: Snapshot,
        renewed: set[Key],
        beside: Container[Key],
        *,
        still: bool,
    ) -> tuple[SourceEntry, ...]:
        """The lines of bundles; those of sources that nothing touched are the same objects."""
        facts, table = self._members.facts, self._sources.table
        touched = renewed | {facts[key].source for key in self._forest.changed}
        lines = {}
        for key in sorted(table):
            if key in beside:
                continue
            before = self._lines.get(key)
            if before is None or not still or key in touched:
                entry = self._entry(table[key], snapshot)
                before = before if before == entry else entry
            lines[key] = before
        self._lines = lines
        return tuple(lines.values())

    def _own_entries(
        self, snapshot: Snapshot, dirty: AbstractSet[Key], *, still: bool
    ) -> tuple[SourceEntry, ...]:
        """The lines of appliers that take no bundle; those that nothing touched stay."""
        lines, fed = {}, dict[Key | None, _Feeding]()
        for key in self._deliveries.keys:
            before = self._alone.get(key)
            if before is None or not still or key in dirty:
                origin = self._members.facts[key].origin
                if origin not in fed:  # a repository feeds dozens
                    fed[origin] = _feeding(origin, snapshot)
                entry = self._own_entry(key, fed[origin], snapshot)
                before = before if before == entry else entry
            lines[key] = before
        self._alone = lines
        return tuple(lines.values())

    def _own_entry(self, key: Key, fed: _Feeding, snapshot: Snapshot) -> SourceEntry:
        facts, kind, node = self._members.facts[key], kinds.of(key), self._forest.node(key)
        names = self._sources.names.get(facts.source, ()) if facts.source is not None else ()
        made = DeliveryRow(
            facts,
            node,
            fed.source,
            names,
            snapshot.tags.get(fed.address),
            fed.selection,
            fed.address,
            fed.remote,
            _health_of(fed, node),
        )
        line = doubt.line(deliveries.line_of(made), self._node_known(key, snapshot))
        service = service_name(facts.resource)
        return SourceEntry(service, fed.url, line, kind.short if kind is not None else "")

    def _entry(self, source: Resource, snapshot: Snapshot) -> SourceEntry:
        """Made of the nodes as they were seen; what is doubtful of them is the line's doubt."""
        key, url = source.key, sources.url(source)
        used = [m for m in self._members.users(key) if appliers.takes_bundles(m.key)]
        nodes = {m.key: self._forest.node(m.key) for m in used}
        tags, selection = snapshot.tags.get(url), snapshot.selections.get(key)
        line = line_of(source, used, nodes, self._sources.names[key], tags, selection)
        line = doubt.line(line, self._line_known(key, used, snapshot))
        return SourceEntry(self._sources.services[key], url, line)

    def _line_known(self, key: Key, used: Iterable[Facts], snapshot: Snapshot) -> Knowledge:
        """A line is known as well as the worst of its source and those who use it."""
        source = self._known((key.group, key.kind), key.namespace, snapshot)
        users = ((k, self._known(k.id, key.namespace, snapshot)) for k in APPLIERS)
        each = (self._node_known(member.key, snapshot) for member in used)
        return max((source, worst_served(users), *each), key=lambda known: known.state)


def _doubtful(environment: str, snapshot: Snapshot) -> dict[KindId, Knowledge]:
    """Kinds of live objects that are not known now, though they may be read."""
    kinds = dict.fromkeys(
        f.kind
        for f in snapshot.feeds
        if f.environment == environment and f.kind in LIVE and f.state in _BLIND
    )
    return {
        kind: replace(knowledge, why=f"{kind[1]}: {knowledge.reason}")
        for kind in kinds
        for knowledge in (kind_known(snapshot, environment, kind),)
    }


def _feeding(key: Key | None, snapshot: Snapshot) -> _Feeding:
    source = snapshot.get(key) if key is not None else None
    address = address_of(snapshot, key)
    selection = snapshot.selections.get(key) if key is not None else None
    if source is None:
        return _Feeding(None, address, address, selection, None, HealthLine(Level.OK), False)
    asked = sources.question(source)
    remote = snapshot.remotes.get(asked) if asked is not None else None
    health = arrivals.own_health(source, snapshot)
    url, fresh = address or sources.url(source), source.condition("Ready") is None
    return _Feeding(source, address, url, selection, remote, health, fresh)


def _health_of(fed: _Feeding, node: ChainNode) -> HealthLine:
    """The health of what feeds an applier; of what is not there, or so new that nobody has looked
    at it, the applier's own health tells."""
    fresh = fed.is_fresh and node.health.level is Level.PROGRESSING
    return HealthLine(Level.OK) if fresh else fed.health


def _equal(made: PlaceView, before: PlaceView) -> bool:
    """Whether two Views say the same; lines are the same objects then."""
    same = _same(made.entries, before.entries) and made.charts == before.charts
    return same and made.chain == before.chain and made.troubles == before.troubles


def _state(feed: Feed) -> tuple[object, ...]:
    place = (feed.kind, feed.namespace, feed.state, feed.since)
    return (*place, feed.message, feed.next, feed.trouble)


def _same(now: _Seen, before: _Seen) -> bool:
    return len(now) == len(before) and all(a is b for a, b in zip(now, before, strict=True))
