"""What the rows of the board are grouped by and which groups are folded, for each way to group.

Kept while the program runs, as the sorting is. A filter looks into folded groups too; they are
folded again when it ends. Knows no widget.
"""

from __future__ import annotations

from collections.abc import Iterable

from fluxtui.domain.counts import counted
from fluxtui.domain.grouping import GROUPINGS
from fluxtui.ui.panes.boardlines import BoardLines, GroupHead


class BoardGroups:
    """`by`: one of GROUPINGS; `words`: whether a filter is on."""

    def __init__(self) -> None:
        self.by = ""
        self.searching = False
        self._folded: dict[str, frozenset[str]] = {}

    @property
    def folded(self) -> frozenset[str]:
        """Groups whose rows are not shown."""
        return frozenset() if self.searching else self._folded.get(self.by, frozenset())

    def turn(self, step: int) -> None:
        """The next way to group, or the one before."""
        ways = list(GROUPINGS)
        self.by = ways[(ways.index(self.by) + step) % len(ways)]

    def fold(self, name: str) -> None:
        """Fold this group, or unfold it."""
        self._folded[self.by] = self._folded.get(self.by, frozenset()) ^ {name}

    def fold_all(self, names: Iterable[str]) -> None:
        """Fold all groups; when all are, unfold them."""
        every = frozenset(names)
        self._folded[self.by] = frozenset() if every <= self.folded else every | self.folded

    def open(self, name: str) -> None:
        """Unfold this group."""
        self._folded[self.by] = self._folded.get(self.by, frozenset()) - {name}

    def said(self, lines: BoardLines) -> str:
        """`by namespace: 9 of 12 groups folded, 288 rows`; "" where rows are not grouped."""
        if not self.by:
            return ""
        heads = lines.heads
        folded = [head for head in heads if head.folded]
        if not folded:
            return f"{GROUPINGS[self.by]}: {counted(len(heads), 'group')}"
        rows = counted(sum(head.size for head in folded), "row")
        return f"{GROUPINGS[self.by]}: {len(folded)} of {len(heads)} groups folded, {rows}"


def refusal(head: GroupHead) -> str:
    """Why keys act on nothing while the cursor is on a head."""
    return f"{head.id.name} is a group of {counted(head.size, 'row')}: choose one of them"
