"""The dependency chain of Kustomizations: waves, cycles, missing links, and what really blocks.

Works on plain Nodes, so that it needs nothing of Snapshots and can be tested on ten lines. A cycle
or a missing dependency is a state to show, never an error. networkx is imported when first used,
because it costs a quarter of a second.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from fluxtui.domain.resource import Key
from fluxtui.kit.records import NamedTuple


class Node(NamedTuple):
    """One Kustomization (or anything that depends). `depends_on` in the spec's order.

    `label` is its name for people ('' uses `key`). `ready` as a dependent sees it. `reason` and
    `message` are its Ready condition's; `blocker` names the object behind it (`Deployment a/b`),
    `blocker_reason` why (`CrashLoopBackOff`), both '' when unknown. An expression decides about
    some dependencies, whether or not they are ready: `passed` are not waited for, `held` are, with
    the reason.
    """

    key: Key
    depends_on: tuple[Key, ...] = ()
    ready: bool = True
    reason: str = ""
    message: str = ""
    suspended: bool = False
    blocker: str = ""
    blocker_reason: str = ""
    label: str = ""
    passed: frozenset[Key] = frozenset()
    held: tuple[tuple[Key, str], ...] = ()

    @property
    def name(self) -> str:
        return self.label or str(self.key)


class Root(NamedTuple):
    """Where a blockage starts. `path` leads from the blocked node to `key`, both included.

    `kind`: `self` (it fails by itself), `missing` (a dependency that is not there), `cycle`, `held`
    (an expression is not true of it, though it is ready).
    `sentence` is what to show: `blocked by b: Deployment x CrashLoopBackOff`.
    """

    key: Key
    kind: str
    path: tuple[Key, ...]
    sentence: str


class Chain(NamedTuple):
    """The analysis. Keys of `nodes` are in the order given; everything else follows it.

    `waves`: nodes that may run together, in order; nodes in a cycle or behind one are left out and
    stand in `stuck`. `cycles`: each a closed walk without its repeated end. `missing`: node ->
    dependencies that do not exist. `roots`: not-ready node -> its Roots, nearest first.
    """

    nodes: Mapping[Key, Node]
    waves: tuple[tuple[Key, ...], ...]
    stuck: tuple[Key, ...]
    cycles: tuple[tuple[Key, ...], ...]
    missing: Mapping[Key, tuple[Key, ...]]
    roots: Mapping[Key, tuple[Root, ...]]
    dependents: Mapping[Key, tuple[Key, ...]]

    def wave_of(self, key: Key) -> int | None:
        """Index of the wave a node runs in, None when it is stuck or unknown."""
        return next((i for i, wave in enumerate(self.waves) if key in wave), None)

    def downstream(self, key: Key) -> tuple[Key, ...]:
        """Everything that waits for `key`, directly or not, nearest first."""
        waiting: dict[Key, None] = {}
        todo = list(self.dependents.get(key, ()))
        while todo:
            current = todo.pop(0)
            if current not in waiting and current != key:
                waiting[current] = None
                todo.extend(self.dependents.get(current, ()))
        return tuple(waiting)

    def blocking(self) -> tuple[Root, ...]:
        """Every distinct Root of the whole chain, those that block most nodes first."""
        counts: dict[Key, int] = {}
        first: dict[Key, Root] = {}
        for roots in self.roots.values():
            for root in roots:
                counts[root.key] = counts.get(root.key, 0) + 1
                if root.key not in first or len(root.path) < len(first[root.key].path):
                    first[root.key] = root
        return tuple(first[key] for key in sorted(first, key=lambda k: -counts[k]))


def analyse(nodes: Iterable[Node], label: Callable[[Key], str] = str) -> Chain:
    """Analyse Nodes; the last of two with one key wins. Raises nothing.

    `label` names dependencies that are not there, for people.
    """
    by_key = {node.key: node for node in nodes}
    missing: dict[Key, tuple[Key, ...]] = {}
    dependents: dict[Key, list[Key]] = {}
    for node in by_key.values():
        for dependency in dict.fromkeys(node.depends_on):
            dependents.setdefault(dependency, []).append(node.key)
        absent = tuple(d for d in dict.fromkeys(node.depends_on) if d not in by_key)
        if absent:
            missing[node.key] = absent
    waves, stuck, cycles = _order(by_key)
    in_cycle = {key: cycle for cycle in cycles for key in cycle}
    roots: dict[Key, tuple[Root, ...]] = {}
    for node in by_key.values():
        if not node.ready or node.key in in_cycle:
            roots[node.key] = roots_of(node, by_key, in_cycle, label)
    return Chain(
        by_key,
        waves,
        stuck,
        cycles,
        missing,
        roots,
        {key: tuple(keys) for key, keys in dependents.items()},
    )


def _order(
    by_key: Mapping[Key, Node],
) -> tuple[tuple[tuple[Key, ...], ...], tuple[Key, ...], tuple[tuple[Key, ...], ...]]:
    """(waves, stuck, cycles). Only a remainder that no wave can take is searched for cycles."""
    waiting = {
        key: {d for d in node.depends_on if d in by_key and d != key}
        for key, node in by_key.items()
    }
    looped = {key for key, node in by_key.items() if key in node.depends_on}
    dependents: dict[Key, list[Key]] = {}
    for key, dependencies in waiting.items():
        for dependency in dependencies:
            dependents.setdefault(dependency, []).append(key)
    order = {key: i for i, key in enumerate(by_key)}
    wave = [key for key in by_key if not waiting[key] and key not in looped]
    waves: list[tuple[Key, ...]] = []
    placed: set[Key] = set()
    while wave:
        waves.append(tuple(wave))
        placed.update(wave)
        following: list[Key] = []
        for key in wave:
            for dependent in dependents.get(key, ()):
                waiting[dependent].discard(key)
                if not waiting[dependent] and dependent not in looped:
                    following.append(dependent)
        wave = sorted(set(following), key=order.__getitem__)
    stuck = tuple(key for key in by_key if key not in placed)
    return tuple(waves), stuck, _cycles(stuck, by_key) if stuck else ()


def _cycles(stuck: tuple[Key, ...], by_key: Mapping[Key, Node]) -> tuple[tuple[Key, ...], ...]:
    """One closed walk for each strongly connected part of what is stuck."""
    import networkx

    graph: networkx.DiGraph[Key] = networkx.DiGraph()
    graph.add_nodes_from(stuck)
    inside = set(stuck)
    for key in stuck:
        graph.add_edges_from((key, d) for d in by_key[key].depends_on if d in inside)
    order = {key: i for i, key in enumerate(by_key)}
    cycles: list[tuple[Key, ...]] = []
    for part in networkx.strongly_connected_components(graph):
        first = min(part, key=order.__getitem__)
        if len(part) == 1 and not graph.has_edge(first, first):
            continue
        walk = networkx.find_cycle(graph.subgraph(part), first)
        cycles.append(tuple(edge[0] for edge in walk))
    return tuple(sorted(cycles, key=lambda cycle: order[cycle[0]]))


def roots_of(
    start: Node,
    by_key: Mapping[Key, Node],
    in_cycle: Mapping[Key, tuple[Key, ...]],
    label: Callable[[Key], str],
) -> tuple[Root, ...]:
    """Walk from a not-ready node along not-ready dependencies to where nothing else blocks.

    `in_cycle`: node -> the cycle that it is in.
    """
    roots: dict[Key, Root] = {}
    visited = {start.key}
    todo: list[tuple[Node, tuple[Key, ...]]] = [(start, (start.key,))]
    while todo:
        node, path = todo.pop(0)
        cycle = in_cycle.get(node.key)
        if cycle:
            names = " -> ".join(by_key[key].name for key in (*cycle, cycle[0]))
            root = Root(cycle[0], "cycle", path, f"dependsOn goes in a circle: {names}")
            roots.setdefault(cycle[0], root)
            continue
        further = False
        for dependency in dict.fromkeys(node.depends_on):
            if dependency not in by_key:
                further = True
                sentence = f"blocked by {label(dependency)}: not found"
                if node.key != start.key:
                    sentence += f" ({node.name} depends on it)"
                roots.setdefault(
                    dependency, Root(dependency, "missing", (*path, dependency), sentence)
                )
            elif dependency in node.passed:
                continue
            elif by_key[dependency].ready and dependency in (held := dict(node.held)):
                further = True
                sentence = f"blocked by {by_key[dependency].name}: {held[dependency]}"
                if node.key != start.key:
                    sentence += f" ({node.name} depends on it)"
                roots.setdefault(
                    dependency, Root(dependency, "held", (*path, dependency), sentence)
                )
            elif not by_key[dependency].ready:
                further = True
                if dependency not in visited:
                    visited.add(dependency)
                    todo.append((by_key[dependency], (*path, dependency)))
        if not further:
            roots.setdefault(node.key, Root(node.key, "self", path, _sentence(start, node)))
    return tuple(roots.values())


def _sentence(start: Node, root: Node) -> str:
    """Names the object and its reason when known, else the condition's own words."""
    if root.blocker:
        why = f"{root.blocker} {root.blocker_reason}".rstrip()
    elif root.suspended and not root.reason:
        why = "suspended"
    else:
        why = ": ".join(part for part in (root.reason, root.message) if part) or "not ready yet"
    if root.suspended and why != "suspended":
        why += " (suspended)"
    return why if root.key == start.key else f"blocked by {root.name}: {why}"
