"""Which findings and lines of the time line are about what was asked. Pure; it lays nothing out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fluxtui.domain import roles
from fluxtui.domain.board import Finding, Severity
from fluxtui.domain.picking import address_of

if TYPE_CHECKING:
    from fluxtui.cli.looking import Look
    from fluxtui.domain.resource import Key
    from fluxtui.domain.snapshot import Change

_LOUDEST_FIRST = (Severity.ERROR, Severity.WARNING, Severity.INFO)


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
