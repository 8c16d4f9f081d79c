"""The lines of a chain: its nodes, and the objects of those that are open, in drawing order.

One node that changed is one line that is another; the tree is put together again only when
its shape changes. Pure, but for what it keeps of the Snapshot before.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from itertools import compress
from operator import is_not

from fluxtui.domain.board import ChainNode, ObjectLine
from fluxtui.kit.records import NamedTuple

Objects = tuple[ObjectLine, ...]


class TreeItem(NamedTuple):
    """A node, or an object under it. `guide`: the lines of the tree to its left."""

    node: ChainNode
    object: ObjectLine | None
    guide: str
    opened: bool


def key(item: TreeItem) -> Hashable:
    """What stays the same when nodes come in above, or an object changes its state."""
    node, line, _guide, _opened = item
    return node.key, line.key if line is not None else None, node.shared


def guides(depths: Sequence[int]) -> list[str]:
    """The lines of a tree drawn from depths in drawing order."""
    out: list[str] = []
    more: set[int] = set()  # levels that go on below this line
    for depth in reversed(depths):
        stem = "".join("│ " if level in more else "  " for level in range(1, depth))
        out.append(stem + ("├ " if depth in more else "└ ") if depth else "")
        more = {level for level in more if level < depth} | {depth}
    return out[::-1]


class Tree:
    """Items of the nodes given last; `objects` gives the lines of a node, None for a closed one."""

    def __init__(self) -> None:
        self._nodes: Sequence[ChainNode] = ()
        self._starts: list[int] = []
        self._guides: list[str] = []
        self._open: dict[int, Objects] = {}
        self._items: list[TreeItem] = []

    def items(
        self, nodes: Sequence[ChainNode], objects: Callable[[ChainNode], Objects | None]
    ) -> list[TreeItem]:
        """All lines; the same list when nothing changed, else a new one."""
        old, self._nodes = self._nodes, nodes
        if len(old) != len(nodes):
            return self._grow(objects)
        changed = [
            i for i in compress(range(len(nodes)), map(is_not, old, nodes)) if old[i] != nodes[i]
        ]
        if any(old[i].depth != nodes[i].depth or old[i].key != nodes[i].key for i in changed):
            return self._grow(objects)
        new: dict[int, Objects | None] = {i: objects(nodes[i]) for i in (*self._open, *changed)}
        if any(_height(new[i]) != _height(self._open.get(i)) for i in new):
            return self._grow(objects)
        items = list(self._items)
        for i, lines in new.items():
            start, opened = self._starts[i], lines is not None
            items[start : start + 1 + len(lines or ())] = self._lines(i, lines)
            if opened and lines is not None:
                self._open[i] = lines
        if items != self._items:
            self._items = items
        return self._items

    def _grow(self, objects: Callable[[ChainNode], Objects | None]) -> list[TreeItem]:
        self._guides = guides([node.depth for node in self._nodes])
        self._starts, self._open, self._items = [], {}, []
        for i, node in enumerate(self._nodes):
            self._starts.append(len(self._items))
            lines = objects(node)
            if lines is not None:
                self._open[i] = lines
            self._items += self._lines(i, lines)
        return self._items

    def _lines(self, i: int, lines: Objects | None) -> list[TreeItem]:
        node, guide = self._nodes[i], self._guides[i]
        out = [TreeItem(node, None, guide, lines is not None)]
        if lines:
            after = self._nodes[i + 1].depth if i + 1 < len(self._nodes) else 0
            stem = guide.replace("├ ", "│ ").replace("└ ", "  ")
            stem += "│ " if after > node.depth else "  "
            out += [TreeItem(node, line, stem, True) for line in lines]
        return out


def _height(lines: Objects | None) -> int:
    return -1 if lines is None else len(lines)
