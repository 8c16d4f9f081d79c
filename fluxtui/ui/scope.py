"""One namespace of a Snapshot: what `:ns NAME` leaves of board, chains and changes.

It only leaves out; the header says that it does. Pure.
"""

from __future__ import annotations

from dataclasses import replace

from fluxtui.domain.board import Board, ChainNode, Row
from fluxtui.domain.kinds import ALL
from fluxtui.domain.snapshot import Snapshot


def namespaces(snapshot: Snapshot) -> tuple[str, ...]:
    """Those that have an object that delivers something, by name."""
    return tuple(sorted({r.key.namespace for kind in ALL for r in snapshot.of_kind(kind)}))


def scoped(snapshot: Snapshot, namespace: str) -> Snapshot:
    """The same Snapshot, showing that namespace alone; "" shows all."""
    if not namespace:
        return snapshot
    board = snapshot.board
    rows = tuple(row for r in board.rows if (row := _row(r, namespace)) is not None)
    chains = {
        name: tuple(node for node in nodes if _inside(node, namespace))
        for name, nodes in board.chains.items()
    }
    changes = tuple(c for c in snapshot.changes if f"/{namespace}/" in c.subject)
    return replace(snapshot, board=Board(board.environments, rows, chains), changes=changes)


def _row(row: Row, namespace: str) -> Row | None:
    lines = {
        name: visible
        for name, group in row.lines.items()
        if (
            visible := tuple(
                line
                for line in group
                if namespace in (line.key.namespace, *(k.namespace for k in line.appliers))
            )
        )
    }
    return replace(row, lines=lines) if lines else None


def _inside(node: ChainNode, namespace: str) -> bool:
    return node.key.namespace == namespace
