"""What views list, item by item: its identity, its cells for people, its form for programs.

The same items make a whole table, and the lines of `--watch`. Pure.
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass

from fluxtui.cli import prints
from fluxtui.cli.asked import changes_of, findings_of
from fluxtui.cli.forms.board import finding, lines
from fluxtui.cli.forms.chain import node
from fluxtui.cli.forms.envelope import Document
from fluxtui.cli.looking import Look
from fluxtui.cli.waysout import way_out
from fluxtui.domain.board import Finding

HEADERS = {
    "Versions": prints.VERSIONS,
    "Chain": prints.CHAIN,
    "Events": prints.EVENTS,
    "Findings": prints.FINDINGS,
}
"""The names of the columns, by what an Item is of."""


@dataclass(frozen=True, slots=True)
class Item:
    """One row. `of` is the document's kind that it would be an item of."""

    of: str
    id: Hashable
    cells: tuple[str, ...]
    form: Document


def version_items(view: Look, *, wide: bool = False) -> list[Item]:
    """Lines of the board; `wide`: also where each comes from."""
    rows = view.rows()
    cells = prints.version_cells(rows, view.environments, wide=wide)
    forms = lines(view.snapshot, rows, view.environments)
    keys = [
        line.key for row in rows for name in view.environments for line in row.lines.get(name, ())
    ]
    return [Item("Versions", *parts) for parts in zip(keys, cells, forms, strict=True)]


def status_items(view: Look) -> list[Item]:
    """Lines of the board, and findings."""
    return version_items(view) + [
        Item("Findings", (f.code, f.environment, f.subject, f.message), _of_finding(f), finding(f))
        for f in findings_of(view)
    ]


def _of_finding(item: Finding) -> tuple[str, ...]:
    return (item.severity.value, item.environment or "-", item.message, way_out(item))


def chain_items(view: Look) -> list[Item]:
    """Kustomizations."""
    return [
        Item("Chain", item.key, prints.node_cells(item), node(view.snapshot, item))
        for nodes in view.chains().values()
        for item in nodes
    ]


def event_items(view: Look) -> list[Item]:
    """The time line, oldest first, as it goes on."""
    from fluxtui.cli.forms.past import event

    return [
        Item("Events", (c.at, c.environment, c.subject, c.what), prints.change_cells(c), event(c))
        for c in reversed(changes_of(view))
    ]
