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
from fluxtui.domain.board import Finding, Severity
from fluxtui.domain.kinds import sources
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


def version_items(seen: Look) -> list[Item]:
    """Lines of the board."""
    rows = seen.rows()
    cells = prints.version_cells(rows, seen.environments)
    forms = lines(seen.snapshot, rows, seen.environments)
    keys = [
        line.source
        for row in rows
        for name in seen.environments
        for line in row.lines.get(name, ())
    ]
    return [Item("Versions", *parts) for parts in zip(keys, cells, forms, strict=True)]


def status_items(seen: Look) -> list[Item]:
    """Lines of the board, and findings."""
    return version_items(seen) + [
        Item("Findings", (f.code, f.environment, f.subject, f.message), _of_finding(f), finding(f))
        for f in findings_of(seen)
    ]


def _of_finding(one: Finding) -> tuple[str, ...]:
    return (one.severity.value, one.environment or "-", one.message, way_out(one))


def chain_items(seen: Look) -> list[Item]:
    """Kustomizations."""
    return [
        Item("Chain", one.key, prints.node_cells(one), node(seen.snapshot, one))
        for nodes in seen.chains().values()
        for one in nodes
    ]


def event_items(seen: Look) -> list[Item]:
    """The time line, oldest first, as it goes on."""
    from fluxtui.cli.forms.past import event

    return [
        Item("Events", (c.at, c.environment, c.subject, c.what), prints.change_cells(c), event(c))
        for c in reversed(changes_of(seen))
    ]


def findings_of(seen: Look) -> list[Finding]:
    """What a person should know of these environments, worst first; of one thing, where one was
    asked about: what is said of others would not be an answer."""
    mine = [f for f in seen.snapshot.findings if f.environment in ("", *seen.environments)]
    if seen.is_narrow or seen.selector:
        keys = _keys(seen)
        urls = {sources.url(r) for key in keys if (r := seen.snapshot.get(key)) is not None}
        mine = [f for f in mine if f.subject in keys or (f.subject is None and _of_urls(f, urls))]
    return sorted(mine, key=lambda one: _LOUDEST_FIRST.index(one.severity))


def _of_urls(one: Finding, urls: set[str]) -> bool:
    """Whether it is about no repository, or about one of these."""
    return one.code != "registry" or bool(urls & set(one.message.replace(",", " ").split()))


def _keys(seen: Look) -> set[Key]:
    """What was asked about: sources, Kustomizations, and what these wait for."""
    nodes = [node for every in seen.chains().values() for node in every]
    keys = {node.key for node in nodes} | {node.root for node in nodes if node.root is not None}
    rows = seen.rows() if seen.target.service or not seen.is_narrow else ()
    keys |= {
        line.source
        for row in rows
        for name in seen.environments
        for line in row.lines.get(name, ())
    }
    return keys


def changes_of(seen: Look) -> list[Change]:
    """Lines of the time line about what was asked, newest first."""
    subjects = _subjects(seen)
    return [c for c in seen.snapshot.changes if _is_of(c, seen.environments, subjects)]


def _subjects(seen: Look) -> set[tuple[str, str]] | None:
    """(environment, label) of all objects that were asked about; None: of everything."""
    if not (seen.is_narrow or seen.selector):
        return None
    target = seen.target
    keys: set[Key] = set()
    if target.applier is not None:
        keys.add(target.applier)
    else:
        keys |= {one.key for nodes in seen.chains().values() for one in nodes}
        rows = seen.rows() if target.service or not seen.is_narrow else ()
        keys |= {line.source for row in rows for every in row.lines.values() for line in every}
    if seen.source is not None:
        keys.add(seen.source)
    return {(key.environment, key.label) for key in keys if seen.has_labels(key)}


def _is_of(
    change: Change, environments: tuple[str, ...], subjects: set[tuple[str, str]] | None
) -> bool:
    if subjects is not None:
        return any(
            (name, change.subject) in subjects and change.concerns(name) for name in environments
        )
    return any(map(change.concerns, environments))
