"""Compares what a Kustomization builds to with what its cluster has, object by object.

Each object is sent as a server-side dry run where writing is allowed and permitted; else, and for
whatever holds a Secret's value, the live object is compared by the fields the build sets. Reads
only, apart from dry runs; a read-only Environment gets none of those (docs/safety.md#read-only).
"""

from __future__ import annotations

import asyncio
import dataclasses
from collections.abc import Collection, Sequence

from fluxtui.cluster.port import Cluster, Json
from fluxtui.domain.ask import ComparedKustomization, Comparison
from fluxtui.domain.counts import counted
from fluxtui.domain.errors import ClusterError, Forbidden, NotFound, UsageError
from fluxtui.domain.kinds import appliers
from fluxtui.domain.objectid import ObjectId
from fluxtui.domain.resource import Resource
from fluxtui.engine.builds.livebuilds import MANAGER, Beside, Prepared, settled
from fluxtui.engine.builds.sides import BuildReview
from fluxtui.engine.builds.worker import Worker

_AT_ONCE = 4
_PREPARE = "fluxtui.engine.builds.livebuilds:prepare"
_COMPARE = "fluxtui.engine.builds.livebuilds:compare"


class LiveObjects:
    """One comparison with one cluster. `dry_run`: whether dry runs may be sent, as `manager`."""

    def __init__(
        self, cluster: Cluster, worker: Worker, *, dry_run: bool, manager: str = MANAGER
    ) -> None:
        self._manager = manager
        self._cluster = cluster
        self._worker = worker
        self._dry_run = dry_run
        self._turn = asyncio.Semaphore(_AT_ONCE)
        self._findings: list[str] = []
        self.unread: list[str] = []
        self._by_fields = 0
        self._why = "" if dry_run else "the environment is read-only"

    async def compare(self, user: Resource, review: BuildReview) -> Comparison:
        """The Comparison, live -> as applying now would make it."""
        (pair,) = review.pairs
        title = f"{user.key.name}: live in {user.key.environment} -> applied now"
        result = ComparedKustomization(pair.key, "live", pair.after, error=pair.error)
        sides = (f"{user.key.environment} as it is", "as applying it now would make it")
        if pair.error:
            return Comparison(title, (result,), (), *sides)
        prepared: Prepared = await self._worker.call(_PREPARE, review)
        objects, surplus = settled(prepared, await self._left_over(user, prepared))
        compared = (*await self.beside(objects, prepared.guarded), *surplus)
        review = dataclasses.replace(review, labels=prepared.labels)
        result = await self._worker.call(_COMPARE, review, compared, result)
        result = dataclasses.replace(result, findings=(*prepared.findings, *self.findings("build")))
        return Comparison(title, (result,), tuple(self.unread), *sides)

    async def beside(self, objects: Sequence[Json], guarded: Collection[int]) -> tuple[Beside, ...]:
        """Each beside the live one; of the `guarded` numbers no API is sent anything."""
        beside = await asyncio.gather(
            *(self._one(obj, n in guarded) for n, obj in enumerate(objects))
        )
        return tuple(each for each in beside if each is not None)

    def findings(self, what: str) -> tuple[str, ...]:
        """What came up while objects of a `what` were looked at, in sentences."""
        found = list(dict.fromkeys(self._findings))
        if self._by_fields:
            why = f" ({self._why})" if self._why else ""
            objects = counted(self._by_fields, "object", "is")
            found.append(
                f"{objects} compared by the fields the {what} sets,"
                f" not by a dry run{why}: the API may write some values differently"
            )
        return tuple(found)

    async def _one(self, built: Json, guarded: bool) -> Beside | None:
        name = ObjectId.of(built)
        async with self._turn:
            try:
                type_ = await self._cluster.find(built["apiVersion"], built["kind"])
            except NotFound:
                self._findings.append(f"{name.kind} is not served by the cluster yet")
                return Beside(built, None)
            if not type_.namespaced and built["metadata"].get("namespace"):
                plain = {k: v for k, v in built["metadata"].items() if k != "namespace"}
                built = {**built, "metadata": plain}
            try:
                live = await self._cluster.get(type_, name.namespace, name.name)
            except NotFound:
                live = None
            except ClusterError as error:
                self.unread.append(f"{name} could not be read: {error}")
                return None
            if live is None or guarded or not self._dry_run:
                self._by_fields += live is not None
                if guarded and live is not None and not self._why:
                    self._why = "a Secret's value is in them"
                return Beside(built, live)
            return await self._tried(built, live, name)

    async def _tried(self, built: Json, live: Json, name: ObjectId) -> Beside:
        type_ = await self._cluster.find(built["apiVersion"], built["kind"])
        try:
            outcome = await self._cluster.apply(
                type_, built, field_manager=self._manager, force=True, dry_run=True
            )
        except Forbidden as error:
            self._dry_run, self._why = False, f"not permitted: {error.what}"
        except ClusterError as error:
            self._findings.append(f"{name} would be refused: {error}")
        else:
            return Beside(built, live, outcome)
        self._by_fields += 1
        return Beside(built, live)

    async def _left_over(self, user: Resource, prepared: Prepared) -> list[Beside]:
        """What the inventory still names and the build no longer has."""
        built = {ObjectId.of(obj) for obj in prepared.objects}
        surplus = []
        for text, version in appliers.inventory(user):
            try:
                name = ObjectId.parse(text)
                if name in built:
                    continue
                group = f"{name.group}/" if name.group else ""
                type_ = await self._cluster.find(f"{group}{version}", name.kind)
                live = await self._cluster.get(type_, name.namespace, name.name)
            except NotFound:
                continue
            except (ClusterError, UsageError) as error:
                self.unread.append(f"{text} of the inventory could not be read: {error}")
                continue
            surplus.append(Beside(None, live))
        return surplus
