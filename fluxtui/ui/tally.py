"""How many Kustomizations are in which health, counted again only for those that changed.

Headings count thousands of nodes at every change of one. Between two Snapshots nearly all nodes
are the same objects, and that is seen without looking into them. It must not paint.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import compress
from operator import is_not

from fluxtui.domain.board import ChainNode, Level
from fluxtui.domain.resource import Key


@dataclass(slots=True)
class Tally:
    """Counts of the nodes given last; a node drawn twice counts once."""

    levels: dict[Level, int] = field(default_factory=lambda: dict.fromkeys(Level, 0))
    nodes: Sequence[ChainNode] = ()

    def of(self, nodes: Sequence[ChainNode]) -> Tally:
        """Itself, after having counted these instead."""
        old, self.nodes = self.nodes, nodes
        if len(old) != len(nodes):
            self.levels = dict.fromkeys(Level, 0)
            for node in nodes:
                self._count(node, 1)
            return self
        for index in compress(range(len(nodes)), map(is_not, old, nodes)):
            self._count(old[index], -1)
            self._count(nodes[index], 1)
        return self

    def _count(self, node: ChainNode, number: int) -> None:
        if not node.shared:
            self.levels[node.health.level] += number


class Blockages:
    """Where blockages start, as `Board.troubled` says it, looked for only among what changed."""

    def __init__(self) -> None:
        self._nodes: dict[str, Sequence[ChainNode]] = {}
        self._bad: dict[str, dict[int, ChainNode]] = {}

    def of(self, chains: Mapping[str, Sequence[ChainNode]], most: int = 16) -> frozenset[Key]:
        """The worst Kustomizations of these chains."""
        for name, nodes in chains.items():
            old = self._nodes.get(name, ())
            changed: Iterable[int] = range(len(nodes))
            if len(old) == len(nodes):
                changed = compress(changed, map(is_not, old, nodes))
            else:
                self._bad[name] = {}
            bad = self._bad.setdefault(name, {})
            for index in changed:
                bad.pop(index, None)
                if nodes[index].starts_blockage:
                    bad[index] = nodes[index]
            self._nodes[name] = nodes
        troubled = [node for name in chains for _i, node in sorted(self._bad[name].items())]
        return frozenset(n.key for n in sorted(troubled, key=lambda n: -n.health.level)[:most])


class Tallies:
    """One Tally an Environment."""

    def __init__(self) -> None:
        self._by_name: dict[str, Tally] = {}

    def of(self, name: str, nodes: Sequence[ChainNode]) -> Tally:
        """The counts of that Environment's nodes."""
        return self._by_name.setdefault(name, Tally()).of(nodes)
