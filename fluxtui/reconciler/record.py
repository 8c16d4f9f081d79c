"""What a Kustomization's status remembers between runs: inventory and history. Pure."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from typing import Any

from fluxtui.cluster.port import Json
from fluxtui.domain.errors import UsageError
from fluxtui.domain.inventory import InventoryEntry, entries
from fluxtui.reconciler.objects import items, mapping
from fluxtui.reconciler.timing import show

_MOST = 5
_log = logging.getLogger(__name__)


def inventory_of(status: Mapping[str, Any]) -> list[InventoryEntry]:
    """The entries of status.inventory; what cannot be read is left out, never guessed."""
    inventory: list[InventoryEntry] = []
    for item in items(mapping(status.get("inventory")).get("entries")):
        try:
            inventory += entries({"entries": [item]})
        except (UsageError, KeyError) as error:
            _log.warning("an inventory entry is not readable: %s", error)
    return inventory


def union(old: Iterable[InventoryEntry], new: Iterable[InventoryEntry]) -> list[InventoryEntry]:
    """Old and new entries, each id once, the new one's version winning."""
    merged = {entry.id: entry for entry in old}
    merged |= {entry.id: entry for entry in new}
    return list(merged.values())


def upsert_history(
    status: dict[str, Any],
    *,
    digest: str,
    outcome: str,
    now: str,
    duration: float,
    revision: str,
    origin: str,
) -> None:
    """Count the run in status.history: same digest and outcome is the same entry, moved up."""
    history = [dict(item) for item in items(status.get("history"))]
    match = next(
        (
            item
            for item in history
            if item.get("digest") == digest and item.get("lastReconciledStatus") == outcome
        ),
        None,
    )
    total = match.get("totalReconciliations") if match else 0
    entry: Json = {
        "digest": digest,
        "firstReconciled": match.get("firstReconciled", now) if match else now,
        "lastReconciled": now,
        "lastReconciledDuration": show(duration),
        "lastReconciledStatus": outcome,
        "totalReconciliations": (total if isinstance(total, int) else 0) + 1,
        "metadata": {"revision": revision, **({"originRevision": origin} if origin else {})},
    }
    status["history"] = [entry, *(item for item in history if item is not match)][:_MOST]
