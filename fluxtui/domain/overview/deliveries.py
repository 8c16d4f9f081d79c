"""The board's lines of appliers that take no bundle: a chart, a commit, or nothing at all.

A bundle's source is a line with all who use it (`lines.py`); everything else that is applied is a
line of its own, so that nothing that runs is on no row. A line is made again when something that it
is made of is another object than last time. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from fluxtui.domain.board import ChainNode, HealthLine, Hold, Level, Line, Running
from fluxtui.domain.counts import counted
from fluxtui.domain.gitreference import RemoteAnswer, RemoteQuestion
from fluxtui.domain.kinds import SOURCES, appliers, sources
from fluxtui.domain.knowledge import KNOWN
from fluxtui.domain.known import tags_known
from fluxtui.domain.marks import pin, suspension
from fluxtui.domain.naming import Tables
from fluxtui.domain.overview.facts import Facts
from fluxtui.domain.overview.lines import delivery_health
from fluxtui.domain.overview.members import Members, differences
from fluxtui.domain.picking import list_of
from fluxtui.domain.resource import Key, Resource
from fluxtui.domain.revision import digest_of, version_text
from fluxtui.domain.selection import Selection, spelt
from fluxtui.domain.snapshot import KindId, Snapshot, Table, TagList
from fluxtui.kit.values import frozen

_OTHERS = tuple(kind for kind in SOURCES if not kind.tagged)
_WISHING = tuple(kind for kind in SOURCES if kind.wishes)
_ASKABLE = tuple(kind for kind in SOURCES if kind.source and kind.source.reference)
_NONE: Table = MappingProxyType({})


@frozen(eq=False)
class DeliveryRow:
    """What one line is made of. `source`: what feeds it, None when that is not there; `names`:
    where its digests are looked up; `tags`, `selection`: of a source that picks from a list, which
    has an `address`; `remote`: what its Git remote holds, where that was asked; `fed`: the source's
    health."""

    facts: Facts
    node: ChainNode
    source: Resource | None
    names: Tables
    tags: TagList | None
    selection: Selection | None
    address: str = ""
    remote: RemoteAnswer | None = None
    fed: HealthLine = HealthLine(Level.OK)


class Deliveries:
    """Which appliers of one Environment are lines of their own, and whose line may be another."""

    def __init__(self, environment: str, members: Members) -> None:
        self.keys: tuple[Key, ...] = ()
        self._alone: frozenset[Key] = frozenset()
        self._environment = environment
        self._members = members
        self._tables: dict[KindId, Table] = {}
        self._lists: dict[Key, tuple[object, object]] = {}
        self._remotes: Mapping[RemoteQuestion, RemoteAnswer] = {}

    def update(
        self, snapshot: Snapshot, changed: Iterable[Key], renewed: Iterable[Key]
    ) -> set[Key]:
        """Look at what is new; `changed` appliers, `renewed` sources with tags. Whose lines are to
        be made again."""
        facts = self._members.facts
        dirty = set(changed)
        for source in (*renewed, *self._stored(snapshot)):
            dirty.update(self._members.fed_by(source))
        alone = self._alone
        if any((key in alone) != (key in facts and stands_alone(facts[key])) for key in dirty):
            self.keys = tuple(sorted(key for key, fact in facts.items() if stands_alone(fact)))
            self._alone = frozenset(self.keys)
        return dirty & self._alone

    def _stored(self, snapshot: Snapshot) -> set[Key]:
        """Sources without tags that are new, gone, or of another version."""
        stirred: set[Key] = set()
        for kind in _OTHERS:
            table, before = snapshot.table(self._environment, kind), self._tables.get(kind.id)
            if table is not before:
                changed, removed = differences(before or _NONE, table)
                stirred.update(changed, removed)
                self._tables[kind.id] = table
        return stirred | self._listed(snapshot) | self._asked(snapshot)

    def _asked(self, snapshot: Snapshot) -> set[Key]:
        """Sources whose Git remote has answered anew."""
        before, self._remotes = self._remotes, snapshot.remotes
        now = snapshot.remotes
        if before is now:
            return set()
        anew = {
            asked for asked in before.keys() | now.keys() if before.get(asked) != now.get(asked)
        }
        return {
            key
            for kind in _ASKABLE
            for key, source in snapshot.table(self._environment, kind).items()
            if sources.question(source) in anew
        }

    def _listed(self, snapshot: Snapshot) -> set[Key]:
        """Sources that pick from another's list, and whose list or Selection is new."""
        before, self._lists = self._lists, {}
        for kind in _WISHING:
            for key in snapshot.table(self._environment, kind):
                self._lists[key] = (list_of(snapshot, key), snapshot.selections.get(key))
        return {key for key, seen in self._lists.items() if not _same(seen, before.get(key))}


def _same(seen: tuple[object, object], before: tuple[object, object] | None) -> bool:
    return before is not None and seen[0] is before[0] and seen[1] is before[1]


def stands_alone(facts: Facts) -> bool:
    """Whether it is a line of its own, not one of a bundle's users."""
    return facts.source is None or not appliers.takes_bundles(facts.key)


def distinct(names: Iterable[tuple[str, str]]) -> Mapping[tuple[str, str], str]:
    """(name, short kind) -> the row's name: the kind is added where two kinds share a name, so that
    a release and a Kustomization of one name are two rows; a bundle ("") keeps its own."""
    taken: dict[str, str] = {}
    rows: dict[tuple[str, str], str] = {}
    for name, short in sorted(set(names)):
        first = taken.setdefault(name, short)
        rows[name, short] = name if first == short else f"{name} ({short})"
    return rows


def line_of(delivery: DeliveryRow) -> Line:
    """One applier as it is seen."""
    facts, source, selection = delivery.facts, delivery.source, delivery.selection
    picked = _would_pick(delivery)
    running = _running(delivery)
    held = suspension(source) if source is not None else None
    return Line(
        key=facts.key,
        source=facts.origin,
        running=running,
        would_pick=picked,
        newest=_newest(delivery),
        listed_at=_listed_at(delivery),
        behind=_is_behind(delivery, running, picked),
        policy=_follows(facts.resource, source),
        health=delivery_health(delivery.fed, [delivery.node]),
        suspended=facts.suspended,
        pinned=pin(facts.resource) or (pin(source) if source is not None else None),
        appliers=(facts.key,),
        note=selection.error if selection else _distance(delivery),
        held=(Hold(source.key, held),) if source is not None and held is not None else (),
        listed=tags_known(delivery.tags) if delivery.address else KNOWN,
        has_list=bool(delivery.address) or bool(delivery.remote and delivery.remote.revision),
        at=_at(facts, source),
        ahead=_ahead(delivery.remote),
    )


def _running(delivery: DeliveryRow) -> Running:
    """`1.4.2`; `1.4.2 -> 1.5.0` while that is tried; `1.4.2, 1.5.0 failed` when it went badly."""
    facts, names = delivery.facts, delivery.names
    live, tried = facts.running, appliers.attempted(facts.resource)
    version = version_text(live, names)
    revisions = ((facts.key, live),)
    other = version_text(tried, names)
    if not other or other == version:
        return Running(version, version, digest_of(live), revisions)
    if facts.flux.level is Level.FAILED:
        text = ", ".join(filter(None, (version, f"{other} failed")))
        return Running(text, version, digest_of(live), revisions)
    return Running(f"{version or 'nothing'} -> {other}", version, digest_of(live), revisions)


def _would_pick(delivery: DeliveryRow) -> str:
    """What its source offers now: by its tags, or what its controller has stored."""
    if delivery.selection is not None:
        return spelt(delivery.selection.chosen, delivery.selection.policy)
    if delivery.source is None:
        return ""
    return version_text(sources.revision(delivery.source), delivery.names)


def _newest(delivery: DeliveryRow) -> str:
    """The highest version of a list, or what a Git remote holds now."""
    if delivery.selection is not None:
        return spelt(delivery.selection.newest, delivery.selection.policy)
    return version_text(delivery.remote.revision) if delivery.remote is not None else ""


def _listed_at(delivery: DeliveryRow) -> float:
    if delivery.tags is not None:
        return delivery.tags.listed_at
    return delivery.remote.at if delivery.remote is not None else 0.0


def _ahead(remote: RemoteAnswer | None) -> int:
    """Commits that a Git remote is ahead of what is stored; -1: not counted."""
    if remote is None or not remote.revision:
        return 0
    return -1 if remote.ahead is None else remote.ahead


def _distance(delivery: DeliveryRow) -> str:
    """How far what is stored is from the Git remote, in words; "" when it is there."""
    remote = delivery.remote
    if remote is None or (remote.ahead == 0 and not remote.error):
        return ""
    if remote.error:
        return f"the remote is not known: {remote.error}"
    if not remote.revision:
        return "the remote has no such reference any more"
    commits = f"{counted(remote.ahead, 'commit')} " if remote.ahead is not None else ""
    return f"{commits}behind {version_text(remote.revision)} of the remote"


def _is_behind(delivery: DeliveryRow, running: Running, picked: str) -> bool:
    if not running.version or not picked or picked == running.version:
        return False
    if delivery.selection is None:
        return True  # a source's controller stores what it is to be
    from fluxtui.domain.versions import behind

    return behind(running.version, picked)


def _follows(resource: Resource, source: Resource | None) -> str:
    """What picks, in words."""
    if source is not None:
        return sources.follows(source)
    named = appliers.source(resource)
    return f"{named.kind} {named.name}" if named is not None else resource.key.kind


def _at(facts: Facts, source: Resource | None) -> str:
    """When what runs was released, as far as its history says; else when its source stored it."""
    if not appliers.takes_bundles(facts.key) and facts.released:
        return facts.released
    return sources.stored_at(source) if source is not None else ""
