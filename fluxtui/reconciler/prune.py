"""Deletes what is in an inventory and no longer wanted: nothing else, and only if it is ours.

The one module that deletes objects of a delivery. Every deletion names the uid it looked at, so an
object re-created by somebody else meanwhile is safe.
"""

from __future__ import annotations

from collections.abc import Sequence

from fluxtui.cluster.port import ApiResource, Cluster, Json
from fluxtui.domain.errors import ClusterError, Conflict, NotFound
from fluxtui.domain.inventory import InventoryEntry, stale
from fluxtui.kit.clock import Clock
from fluxtui.reconciler.apply import AppliedChange
from fluxtui.reconciler.marks import kept, owned_by
from fluxtui.reconciler.objects import Name, metadata


class PruneFailed(Exception):
    """Some objects could not be deleted; `left` are the entries that must stay remembered."""

    def __init__(
        self, message: str, remaining: Sequence[InventoryEntry], changes: Sequence[AppliedChange]
    ) -> None:
        super().__init__(message)
        self.left = tuple(remaining)
        self.changes = tuple(changes)


class Pruner:
    """Deletes in one cluster, on behalf of one Kustomization at a time."""

    def __init__(self, cluster: Cluster, clock: Clock) -> None:
        self._cluster = cluster
        self._clock = clock

    async def prune(self, entries: Sequence[InventoryEntry], owner: Name) -> list[AppliedChange]:
        """Delete the entries in reverse order of applying. Raises PruneFailed after trying all."""
        changes: list[AppliedChange] = []
        faults: list[str] = []
        remaining: list[InventoryEntry] = []
        for entry in stale(entries, ()):
            try:
                action = await self._delete(entry, owner)
                changes.append(AppliedChange(str(entry.id), action, entry))
            except ClusterError as error:
                faults.append(f"{entry.id} delete failed: {error.what}")
                remaining.append(entry)
        if faults:
            text = "".join(f"{fault};" for fault in faults)
            raise PruneFailed(f"delete failed, errors: {text}", remaining, changes)
        return changes

    async def wait_gone(
        self, changes: Sequence[AppliedChange], timeout: float
    ) -> list[InventoryEntry]:
        """Wait until the deleted objects are gone; those still there after `timeout` seconds."""
        remaining = [change.entry for change in changes if change.action == "deleted"]
        limit = self._clock.monotonic() + timeout
        delay = 0.05
        while remaining:
            remaining = [entry for entry in remaining if await self._find(entry) is not None]
            if not remaining or self._clock.monotonic() >= limit:
                break
            await self._clock.sleep(delay)
            delay = min(delay * 2, 2.0)
        return remaining

    async def _delete(self, entry: InventoryEntry, owner: Name) -> str:
        resource = await self._find(entry)
        if resource is None:
            return "deleted"
        type_, live = resource
        if not owned_by(live, owner) or kept(live):
            return "skipped"
        try:
            await self._cluster.delete(
                type_,
                entry.id.namespace,
                entry.id.name,
                uid=str(metadata(live).get("uid") or ""),
            )
        except NotFound:
            return "deleted"
        except Conflict:
            return "skipped"  # re-created meanwhile: no longer the object we looked at
        return "deleted"

    async def _find(self, entry: InventoryEntry) -> tuple[ApiResource, Json] | None:
        """The type and the live object; None when either is gone."""
        id = entry.id
        version = f"{id.group}/{entry.version}" if id.group else entry.version
        try:
            try:
                type_ = await self._cluster.find(version, id.kind)
            except NotFound:
                listed = (await self._cluster.discover()).get((id.group, id.kind))
                if listed is None:
                    return None
                type_ = listed
            return type_, await self._cluster.get(type_, id.namespace, id.name)
        except NotFound:
            return None
