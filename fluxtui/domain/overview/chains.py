"""The tree of one Environment in drawing order, each node with its *root* blocker.

Two relations make it: who depends on whom, and who applies whom. Every applier is drawn once,
below the deepest of its dependencies, so that a reader sees the whole wait above it; one without
any, below the applier that made it. Cycles and missing dependencies are states, never a hang. A
change is followed to those who wait for it and no further.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from fluxtui.domain import kinds
from fluxtui.domain.board import ChainNode, HealthLine, Level, ObjectLine, ReadyUntil
from fluxtui.domain.chain import Chain, Node, Root, analyse, roots_of
from fluxtui.domain.kinds import appliers, sources
from fluxtui.domain.naming import Tables, worn_health
from fluxtui.domain.overview.facts import Facts, same_build
from fluxtui.domain.overview.judgement import blamed_object, flat
from fluxtui.domain.overview.origins import SourceFault
from fluxtui.domain.resource import Key, Resource
from fluxtui.domain.revision import version_text
from fluxtui.domain.service import service_name
from fluxtui.kit.moments import order
from fluxtui.kit.values import frozen


@frozen(eq=False)
class Grounds:
    """What nodes are made of. By member: `facts`, `health`, live `objects`, and `faults`: why its
    source gives it nothing (then that source is the root). By source: `services`' names, `names`
    where its digests are looked up, and the revision `stored` in it; `feed`: any source itself.
    """

    facts: Mapping[Key, Facts]
    health: Mapping[Key, HealthLine]
    objects: Mapping[Key, tuple[ObjectLine, ...]]
    faults: Mapping[Key, SourceFault]
    services: Mapping[Key, str]
    names: Mapping[Key, Tables]
    stored: Mapping[Key, str]
    feed: Callable[[Key], Resource | None]


class Forest:
    """The nodes of one Environment. `update` before they are read."""

    def __init__(self) -> None:
        self.nodes: tuple[ChainNode, ...] = ()
        self.changed: set[Key] = set()
        self._at: dict[Key, int] = {}
        self._depths: dict[Key, int] = {}
        self._analysis: Chain = analyse(())
        self._in_cycle: dict[Key, tuple[Key, ...]] = {}
        self._as_seen: dict[Key, Node] = {}
        self._behind: dict[Key, object] = {}
        self._roots: dict[Key, tuple[Root, ...]] = {}
        self._troubled: set[int] = set()
        self._held: set[int] = set()
        self._unwell: dict[Key, tuple[Facts, str]] = {}

    def node(self, key: Key) -> ChainNode:
        """The node of a Kustomization that is there."""
        return self.nodes[self._at[key]]

    def troubled(self) -> tuple[ChainNode, ...]:
        """In drawing order, those of which something is to be told."""
        return tuple(self.nodes[at] for at in sorted(self._troubled))

    def held(self) -> tuple[ChainNode, ...]:
        """In drawing order, those that are suspended."""
        return tuple(self.nodes[at] for at in sorted(self._held))

    def update(self, dirty: Iterable[Key], grounds: Grounds, *, shape: bool) -> None:
        """Make nodes again where `dirty` ones are seen in them; `shape`: dependsOn is another."""
        if shape:
            self._reshape(grounds)
            return
        dirty = set(dirty) & grounds.facts.keys()
        near = dirty.union(d for key in dirty for d in grounds.facts[key].depends_on)
        turned = [key for key in near & grounds.facts.keys() if self._see(key, grounds)]
        below = self._below(turned)
        for key in below:
            self._find_roots(key)
        self._make(dirty | below, grounds)

    def _reshape(self, grounds: Grounds) -> None:
        ordered = {key: grounds.facts[key] for key in sorted(grounds.facts, key=_place)}
        self._as_seen, self._behind = {}, {}
        self._analysis = analyse(map(_bare, ordered.values()), label=kinds.title)
        self._in_cycle = {key: cycle for cycle in self._analysis.cycles for key in cycle}
        drawn = _draw(ordered, self._analysis)
        self._at = {key: at for at, (key, _depth) in enumerate(drawn)}
        self._depths = dict(drawn)
        for key in ordered:
            self._see(key, grounds)
        self._roots = {}
        for key in ordered:
            self._find_roots(key)
        self._troubled, self._held = set(), set()
        self._unwell = {key: seen for key, seen in self._unwell.items() if key in ordered}
        self.nodes = tuple(self._made(key, grounds) for key, _depth in drawn)
        self.changed = set(ordered)
        for at, node in enumerate(self.nodes):
            self._note(at, node)

    def _see(self, key: Key, grounds: Grounds) -> bool:
        """Look at it as its dependents do; whether they see anything new."""
        facts = grounds.facts[key]
        fault = grounds.faults.get(key)
        late = self._late(facts, grounds)
        node = _node(facts, grounds.objects.get(key, ()), late, fault)
        behind = fault.key if fault else None
        if node == self._as_seen.get(key) and behind == self._behind.get(key):
            return False
        self._as_seen[key], self._behind[key] = node, behind
        return True

    def _late(self, facts: Facts, grounds: Grounds) -> str:
        """What it has not applied yet though a dependent waits with it; "" when that is not so.

        Flux compares revisions between users of one source (docs/flux.md#dependencies): to the
        dependent such a dependency is not ready, whatever its own condition says.
        """
        source = facts.source
        stored = grounds.stored.get(source, "") if source is not None else ""
        if source is None or not stored or facts.applied == stored:
            return ""
        for key in self._analysis.dependents.get(facts.key, ()):
            dependent = grounds.facts[key]
            if dependent.flux.level == Level.WAITING and dependent.source == source:
                return version_text(stored, grounds.names.get(source, ()))
        return ""

    def _below(self, turned: Iterable[Key]) -> set[Key]:
        """These, those who depend on them, and on through all who are not ready."""
        affected = set(turned)
        todo = list(affected)
        while todo:
            for key in self._analysis.dependents.get(todo.pop(), ()):
                if key not in affected:
                    affected.add(key)
                    if not self._as_seen[key].ready:
                        todo.append(key)
        return affected

    def _find_roots(self, key: Key) -> None:
        node = self._as_seen[key]
        if node.ready and key not in self._in_cycle:
            self._roots.pop(key, None)
        else:
            self._roots[key] = roots_of(node, self._as_seen, self._in_cycle, kinds.title)

    def _make(self, keys: Iterable[Key], grounds: Grounds) -> None:
        self.changed = set()
        nodes = list(self.nodes)
        for key in keys:
            at, node = self._at[key], self._made(key, grounds)
            if node != nodes[at]:
                nodes[at] = node
                self._note(at, node)
                self.changed.add(key)
        if self.changed:
            self.nodes = tuple(nodes)

    def _note(self, at: int, node: ChainNode) -> None:
        to_tell = node.root is not None or node.missing or node.cycle
        for index, belongs in (
            (self._troubled, to_tell or node.health.level is not Level.OK),
            (self._held, node.suspended is not None),
        ):
            if belongs:
                index.add(at)
            else:
                index.discard(at)

    def _made(self, key: Key, grounds: Grounds) -> ChainNode:
        member, source = grounds.facts[key], grounds.facts[key].source
        roots = self._roots.get(key, ())
        last_nodes, judged = self._as_seen, {each.key for each in member.until}
        held = {each.key for each in member.until if each.met is False}
        waits = tuple(
            d
            for d in member.depends_on
            if d in held or (d not in judged and (d not in last_nodes or not last_nodes[d].ready))
        )
        names = grounds.names.get(source, ()) if source else ()
        return ChainNode(
            key=key,
            depth=self._depths[key],
            health=worn_health(grounds.health[key], names),
            running=version_text(member.running, names),
            service=_service(member, grounds),
            waits_for=waits,
            missing=self._analysis.missing.get(key, ()),
            cycle=self._in_cycle.get(key, ()),
            root=_root(roots[0], grounds) if roots else None,
            because=roots[0].sentence if roots else "",
            suspended=member.suspended,
            objects=grounds.objects.get(key, ()),
            owner=member.owner,
            origin=grounds.faults[key].key if key in grounds.faults else member.origin,
            since=self._earliest(key, grounds),
            until=member.until,
        )

    def _earliest(self, key: Key, grounds: Grounds) -> str:
        """Since when this try of it is not well, as far as was ever seen.

        The trouble of a Pod is told before the Kustomization says it, with a later time of its own:
        it is one fault, and its age must not jump back.
        """
        member = grounds.facts[key]
        since, level = _since(member, grounds), grounds.health[key].level
        before = self._unwell.pop(key, None)
        if since and level in (Level.FAILED, Level.PROGRESSING):
            if before is not None and same_build(member, before[0]):
                since = min(before[1], since, key=order)
            self._unwell[key] = member, since
        return since


def _root(root: Root, grounds: Grounds) -> Key:
    """Where the blockage starts: a source that gives nothing stands behind its Kustomization."""
    behind = root.kind == "self" and root.key in grounds.faults
    return grounds.faults[root.key].key if behind else root.key


def _since(member: Facts, grounds: Grounds) -> str:
    """Since when it fails; what failed before and came again, not later than it did."""
    feed = grounds.feed(member.origin) if member.since and member.origin is not None else None
    if feed is None or sources.revision(feed) != appliers.attempted(member.resource):
        return member.since
    again = appliers.failing_since(member.resource, sources.stored_at(feed))
    return min(filter(None, (member.since, again)), key=order)


def _service(member: Facts, grounds: Grounds) -> str:
    if member.source is None or not appliers.takes_bundles(member.key):
        return service_name(member.resource)
    return grounds.services.get(member.source, "")


def _place(key: Key) -> tuple[bool, str, str]:
    return (key.namespace != "flux-system", key.namespace, key.name)


def _bare(member: Facts) -> Node:
    """Enough for the shape of the tree."""
    return Node(member.key, member.depends_on, label=kinds.title(member.key))


def _node(
    member: Facts, objects: tuple[ObjectLine, ...], late: str, fault: SourceFault | None
) -> Node:
    """How a dependent sees it (docs/flux.md#dependencies): live objects explain, not decide."""
    flux, condition = member.flux, member.said
    failed = condition is not None and condition.status != "Unknown" and flux.level == Level.FAILED
    # A build that fails is not the fault of an object that happens to roll out.
    by_objects = True
    if failed:
        ready = member.resource.condition("Ready")
        by_objects = ready is not None and appliers.waits_for_health(member.key, ready.reason)
    culprit = blamed_object(objects)
    if flux.level == Level.WAITING or not by_objects:
        culprit = None
    blocker, why = "", ""
    if fault is not None:
        blocker, why = fault.key.label, fault.why
    elif culprit is not None:
        blocker, why = culprit.key.label, culprit.message or culprit.status
    is_late = bool(late) and flux.level == Level.OK
    text = f"has not applied {late} yet" if is_late else flux.text
    return Node(
        member.key,
        member.depends_on,
        flux.level == Level.OK and not is_late,
        condition.reason if condition is not None and failed else "",
        flat(condition.message) if condition is not None and failed else text,
        member.suspended is not None,
        blocker,
        why,
        label=kinds.title(member.key),
        passed=frozenset(each.key for each in member.until if each.met is not False),
        held=tuple((each.key, unmet(each)) for each in member.until if each.met is False),
    )


def unmet(each: ReadyUntil) -> str:
    """What an expression is not true of, as a reason."""
    return f"its readyExpr is not true yet: {each.expression}"


def _is_above(key: Key, other: Key | None, parent: Mapping[Key, Key | None]) -> bool:
    """Whether `other` is drawn below `key`, or is it."""
    while other is not None:
        if other == key:
            return True
        other = parent[other]
    return False


def _draw(by_key: Mapping[Key, Facts], analysis: Chain) -> list[tuple[Key, int]]:
    """(key, depth) in drawing order: parents first, siblings in place order."""
    wave = {key: number for number, keys in enumerate(analysis.waves) for key in keys}
    parent: dict[Key, Key | None] = {}
    for key, member in by_key.items():
        parents = [d for d in member.depends_on if d in wave and key in wave]
        parent[key] = max(parents, key=lambda d: wave[d]) if parents else None
    for key, member in by_key.items():
        owner = member.owner if member.owner in by_key else None
        if parent[key] is None and not _is_above(key, owner, parent):
            parent[key] = owner
    children: dict[Key | None, list[Key]] = {}
    for key in by_key:
        children.setdefault(parent[key], []).append(key)
    drawn: list[tuple[Key, int]] = []
    stack = [(key, 0) for key in reversed(children.get(None, []))]
    while stack:
        key, depth = stack.pop()
        drawn.append((key, depth))
        stack += [(child, depth + 1) for child in reversed(children.get(key, []))]
    return drawn
