"""Applies objects in Flux's stages (docs/flux.md#apply): dry-run of all, then what drifted.

Within a stage nothing is written unless every dry-run passes. What was written is told even when a
later object fails, because the inventory must know. This module never deletes, except to force a
change of an immutable field when that was asked for.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from fluxtui.cluster.port import ApiResource, Cluster, Json
from fluxtui.domain.errors import ClusterError, Conflict, Invalid, NotFound
from fluxtui.domain.inventory import ApplyStage, InventoryEntry, stages
from fluxtui.kit.clock import Clock
from fluxtui.reconciler.marks import FORCE, SSA, left_alone, marked
from fluxtui.reconciler.objects import mapping, metadata, subject_text
from fluxtui.reconciler.ownership import FIELD_MANAGER, clean_up

_AT_ONCE = 4
_GONE_EVERY, _GONE_LIMIT = 2.0, 60.0


class ApplyFailed(Exception):
    """The run of the stages ended; the text is Flux's."""


@dataclass(frozen=True, slots=True)
class AppliedChange:
    """What happened to one object: created, configured, unchanged, skipped or deleted."""

    subject: str
    action: str
    entry: InventoryEntry

    def __str__(self) -> str:
        return f"{self.subject} {self.action}"


@dataclass(slots=True)
class ChangeSet:
    """The change set so far. `wrote` turns True before the first real write.

    `whole`: how many of the changes belong to stages that ended well.
    """

    changes: list[AppliedChange] = field(default_factory=list)
    wrote: bool = False
    whole: int = 0

    @property
    def drifted(self) -> list[AppliedChange]:
        """The changes that changed something."""
        return [change for change in self.changes if change.action in ("created", "configured")]


@dataclass(frozen=True, slots=True)
class _Planned:
    obj: Json
    action: str
    type_: ApiResource | None = None


WaitReady = Callable[[Sequence[InventoryEntry]], Awaitable[None]]


class ObjectApplier:
    """Applies to one cluster."""

    def __init__(self, cluster: Cluster, clock: Clock) -> None:
        self._cluster = cluster
        self._clock = clock

    async def run(
        self, objects: Sequence[Json], *, force: bool, wait_ready: WaitReady, applied: ChangeSet
    ) -> None:
        """Apply all stages, filling `applied`. Raises ApplyFailed, or what `wait_ready` raises."""
        for stage in stages(objects):
            await self._stage(stage, force, applied)
            applied.whole = len(applied.changes)
            if stage.wait:
                waiting = {InventoryEntry.of(obj).id for obj in stage.objects}
                await wait_ready([c.entry for c in applied.changes if c.entry.id in waiting])

    async def _stage(self, stage: ApplyStage, force: bool, applied: ChangeSet) -> None:
        gate = asyncio.Semaphore(_AT_ONCE)

        async def plan(obj: Any) -> _Planned:
            async with gate:
                return await self._plan(obj, force, applied)

        tried = await asyncio.gather(*map(plan, stage.objects), return_exceptions=True)
        planned = []
        for result in tried:
            if isinstance(result, BaseException):
                raise result  # the first in order, so that the same fault reads the same each time
            planned.append(result)
        for item in planned:
            if item.type_ is not None and item.action in ("created", "configured"):
                applied.wrote = True
                await self._apply(item.type_, item.obj)
            applied.changes.append(
                AppliedChange(subject_text(item.obj), item.action, InventoryEntry.of(item.obj))
            )
        if any(c.entry.id.kind == "CustomResourceDefinition" for c in applied.drifted):
            self._cluster.forget_discovery()

    async def _plan(self, obj: Json, force: bool, applied: ChangeSet) -> _Planned:
        if left_alone(obj, None):
            return _Planned(obj, "skipped")  # whether or not its kind is served
        try:
            type_ = await self._cluster.find(obj["apiVersion"], obj["kind"])
            if type_.namespaced and not metadata(obj).get("namespace"):
                raise NotFound("the server could not find the requested resource", status=404)
            live = await self._live(type_, obj)
            if left_alone(obj, live):
                return _Planned(obj, "skipped", type_)
            result = await self._dry_run(type_, obj, live, force, applied)
            cleaned = live is not None and await self._clean(type_, obj, live, applied)
        except ClusterError as error:
            raise ApplyFailed(_dry_run_text(obj, error)) from error
        if live is None or not metadata(result).get("resourceVersion"):
            action = "created"
        elif cleaned or has_drifted(live, result):
            action = "configured"
        else:
            action = "unchanged"
        return _Planned(obj, action, type_)

    async def _live(self, type_: ApiResource, obj: Json) -> Json | None:
        meta = metadata(obj)
        try:
            return await self._cluster.get(type_, str(meta.get("namespace") or ""), meta["name"])
        except NotFound:
            return None

    async def _dry_run(
        self, type_: ApiResource, obj: Json, live: Json | None, force: bool, applied: ChangeSet
    ) -> Json:
        body = _body(type_, obj)
        try:
            return await self._send(type_, body, dry_run=True)
        except ClusterError as error:
            forced = force or marked(obj, FORCE, "enabled") or marked(live, FORCE, "enabled")
            if live is None or not forced or not _is_immutable(error):
                raise
        applied.wrote = True
        await self._remove(type_, live)
        return {**await self._send(type_, body, dry_run=True), "metadata": {}}

    async def _remove(self, type_: ApiResource, live: Json) -> None:
        """Delete for a forced change, and wait until it is gone."""
        meta = metadata(live)
        namespace, name = str(meta.get("namespace") or ""), str(meta["name"])
        uid = str(meta.get("uid") or "")
        try:
            await self._cluster.delete(type_, namespace, name, uid=uid)
            limit = self._clock.monotonic() + _GONE_LIMIT
            delay = 0.05
            while self._clock.monotonic() < limit:
                current = await self._cluster.get(type_, namespace, name)
                if metadata(current).get("uid") != uid:
                    return
                await self._clock.sleep(delay)
                delay = min(delay * 2, _GONE_EVERY)
        except NotFound:
            return
        raise ApplyFailed(f"{subject_text(live)} delete failed: it is still there after 1m0s")

    async def _clean(self, type_: ApiResource, obj: Json, live: Json, applied: ChangeSet) -> bool:
        if marked(obj, SSA, "Merge") or marked(live, SSA, "Merge"):
            return False
        patch = clean_up(live)
        if not patch:
            return False
        applied.wrote = True
        meta = metadata(live)
        try:
            await self._cluster.patch(
                type_,
                str(meta.get("namespace") or ""),
                str(meta["name"]),
                patch,
                field_manager=FIELD_MANAGER,
            )
        except (NotFound, Conflict):
            return True  # it changed meanwhile; applying it will show what is right
        return True

    async def _apply(self, type_: ApiResource, obj: Json) -> None:
        try:
            await self._send(type_, _body(type_, obj), dry_run=False)
        except ClusterError as error:
            raise ApplyFailed(f"{subject_text(obj)} apply failed: {error.what}") from error

    async def _send(self, type_: ApiResource, body: Json, *, dry_run: bool) -> Json:
        return await self._cluster.apply(
            type_, body, field_manager=FIELD_MANAGER, force=True, dry_run=dry_run
        )


def has_drifted(live: Json, desired: Json) -> bool:
    """Whether a dry-run differs from what is live, outside of metadata and status."""
    for place in ("labels", "annotations"):
        if mapping(metadata(live).get(place)) != mapping(metadata(desired).get(place)):
            return True
    return _content(live) != _content(desired)


def _content(obj: Json) -> Json:
    return {key: value for key, value in obj.items() if key not in ("metadata", "status")}


def _body(type_: ApiResource, obj: Json) -> Json:
    """The payload; a cluster-scoped kind loses the namespace a transformer gave it."""
    meta = obj["metadata"]
    if type_.namespaced or "namespace" not in meta:
        return obj
    return {**obj, "metadata": {k: v for k, v in meta.items() if k != "namespace"}}


def _is_immutable(error: ClusterError) -> bool:
    words = error.what
    return (
        isinstance(error, Conflict)
        or (isinstance(error, Invalid) and error.status == 422)
        or "is immutable" in words
        or "immutable field" in words
    )


def _dry_run_text(obj: Json, error: ClusterError) -> str:
    subject = subject_text(obj)
    if isinstance(error, NotFound) and error.reason != "NoKindMatch":
        if not metadata(obj).get("namespace"):
            return f"{subject} namespace not specified: {error.what}"
        return f"{subject} not found: {error.what}"
    reason = "" if error.reason == "NoKindMatch" else error.reason
    return f"{subject} dry-run failed{f' ({reason})' if reason else ''}: {error.what}"
