"""What views list, item by item: its identity, its cells for people, its form for programs.

The same items make a whole table, and the lines of `--watch`. Pure.
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass

from fluxtui.cli import prints
from fluxtui.cli.forms.board import finding, lines
from fluxtui.cli.forms.chain import node
from fluxtui.cli.forms.envelope import Document
from fluxtui.cli.looking import Look
from fluxtui.cli.waysout import way_out
from fluxtui.domain import roles
from fluxtui.domain.board import Finding, Severity
from fluxtui.domain.picking import address_of
from fluxtui.domain.resource import Key
from fluxtui.domain.snapshot import Change

_LOUDEST_FIRST = (Severity.ERROR, Severity.WARNING, Severity.INFO)


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


def findings_of(view: Look) -> list[Finding]:
    """What a person should know of these environments, worst first; of one thing, where one was
    asked about: what is said of others would not be an answer."""
    relevant = [f for f in view.snapshot.findings if f.environment in ("", *view.environments)]
    if view.is_narrow or view.selector:
        keys = _keys(view)
        lists = {address_of(view.snapshot, roles.source_key(view.snapshot, k)) for k in keys}
        urls = lists | {address.partition("#")[0] for address in lists}
        relevant = [
            f for f in relevant if f.subject in keys or (f.subject is None and _of_urls(f, urls))
        ]
    return sorted(relevant, key=lambda item: _LOUDEST_FIRST.index(item.severity))


def _of_urls(item: Finding, urls: set[str]) -> bool:
    """Whether it is about no repository, or about one of these."""
    return item.code != "registry" or bool(urls & set(item.message.replace(",", " ").split()))


def _keys(view: Look) -> set[Key]:
    """What was asked about: sources, Kustomizations, and what these wait for."""
    nodes = [node for chain in view.chains().values() for node in chain]
    keys = {node.key for node in nodes} | {node.root for node in nodes if node.root is not None}
    rows = view.rows() if view.target.service or not view.is_narrow else ()
    keys |= {
        line.key for row in rows for name in view.environments for line in row.lines.get(name, ())
    }
    return keys


def changes_of(view: Look) -> list[Change]:
    """Lines of the time line about what was asked, newest first."""
    subjects = _subjects(view)
    return [c for c in view.snapshot.changes if _is_of(c, view.environments, subjects)]


def _subjects(view: Look) -> set[tuple[str, str]] | None:
    """(environment, label) of all objects that were asked about; None: of everything."""
    if not (view.is_narrow or view.selector):
        return None
    target = view.target
    keys: set[Key] = set()
    if target.applier is not None:
        keys.add(target.applier)
    else:
        keys |= {node.key for nodes in view.chains().values() for node in nodes}
        rows = view.rows() if target.service or not view.is_narrow else ()
        keys |= {line.key for row in rows for lines in row.lines.values() for line in lines}
    if view.source is not None:
        keys.add(view.source)
    return {(key.environment, key.label) for key in keys if view.has_labels(key)}


def _is_of(
    change: Change, environments: tuple[str, ...], subjects: set[tuple[str, str]] | None
) -> bool:
    if subjects is not None:
        return any(
            (name, change.subject) in subjects and change.concerns(name) for name in environments
        )
    return any(map(change.concerns, environments))
