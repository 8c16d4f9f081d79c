"""Where the screen opens: the Target of the command line, once the objects it names are known.

`ks/NAME` comes without a namespace and often without an Environment; the Snapshot fills them in.
Pure.
"""

from __future__ import annotations

from fluxtui.commands.command import Target
from fluxtui.domain.resource import Key
from fluxtui.domain.snapshot import Snapshot

HOME = "versions"


def resolved(snapshot: Snapshot, wanted: Target) -> Target | None:
    """The Target with its gaps filled; None while what it names is not there."""
    if wanted.kustomization is not None:
        key = _find(snapshot, wanted.kustomization, wanted.environment)
        return Target(key.environment, "", None, key) if key else None
    if wanted.source is not None:
        key = _find(snapshot, wanted.source, wanted.environment)
        return _of_source(snapshot, key) if key else None
    for row in snapshot.board.rows:
        if wanted.service in (row.service, row.service.rpartition("/")[2]):
            return Target(wanted.environment or next(iter(row.lines), ""), row.service)
    return None


def _find(snapshot: Snapshot, wanted: Key, environment: str) -> Key | None:
    """The first object of that kind and name, in the wanted Environment and namespace if said."""
    said = wanted.environment or environment
    for name in [said] if said else list(snapshot.resources):
        for key in snapshot.table(name, (wanted.group, wanted.kind)):
            if key.name == wanted.name and wanted.namespace in ("", key.namespace):
                return key
    return None


def _of_source(snapshot: Snapshot, key: Key) -> Target:
    for row in snapshot.board.rows:
        if any(line.source == key for line in row.lines.get(key.environment, ())):
            return Target(key.environment, row.service, key)
    return Target(key.environment, "", key)


def view_of(target: Target) -> str:
    """The view that shows what was named best."""
    return "chain" if target.kustomization else "tags" if target.source else HOME


def is_said(target: Target) -> bool:
    """Whether the command line named something to go to."""
    return bool(target.service or target.source or target.kustomization)
