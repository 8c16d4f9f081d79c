"""One run of a Kustomization for one revision: build, apply, prune, wait for health.

The steps and their status patches keep Flux's order, with one deviation: the union of old and
intended ids is stored as inventory before the first real write, so that a crash leaks nothing.
Faults are raised as RunFailed after status and history say so; scheduling is the caller's.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import posixpath
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fluxtui.cluster.events import Recorder
from fluxtui.cluster.port import Cluster, Json
from fluxtui.domain.errors import (
    ArtifactError,
    ArtifactMissing,
    BuildError,
    ConfigError,
    SubstitutionError,
)
from fluxtui.domain.inventory import InventoryEntry, to_inventory
from fluxtui.domain.objectid import ObjectId
from fluxtui.kit.clock import Clock
from fluxtui.reconciler.apply import AppliedChange, ApplyFailed, ChangeSet, ObjectApplier
from fluxtui.reconciler.build import MissingVariables, build, folder_exists
from fluxtui.reconciler.conditions import HEALTHY, READY
from fluxtui.reconciler.expressions import HealthExpressions
from fluxtui.reconciler.health import Cancelled, HealthWait, Overtaking, Unhealthy, Watches
from fluxtui.reconciler.marks import DECRYPT, marked
from fluxtui.reconciler.normalise import prepare
from fluxtui.reconciler.objects import KUSTOMIZE_GROUP, items, mapping, subject_text, text
from fluxtui.reconciler.prune import PruneFailed, Pruner
from fluxtui.reconciler.record import inventory_of, union, upsert_history
from fluxtui.reconciler.remote import target_cluster
from fluxtui.reconciler.storage import Storage
from fluxtui.reconciler.subject import Subject, stamp
from fluxtui.reconciler.timing import kustomization_timeout, show

_STAGE_LIMIT, _STAGE_EVERY = 60.0, 2.0


class RunFailed(Exception):
    """The run ended; status carries reason and message already.

    `lost`: the artifact is not in storage. `canceled`: something newer is to be done at once.
    """

    def __init__(self, message: str, *, lost: bool = False, canceled: bool = False) -> None:
        super().__init__(message)
        self.lost = lost
        self.canceled = canceled


@dataclass(frozen=True, slots=True)
class Tools:
    """What runs in one cluster share."""

    cluster: Cluster
    clock: Clock
    storage: Storage
    recorder: Recorder
    watches: Watches


@dataclass(frozen=True, slots=True)
class Destination:
    """The means to change the cluster that objects go to (it may be another one)."""

    applier: ObjectApplier
    pruner: Pruner
    health: HealthWait

    @classmethod
    def of(cls, cluster: Cluster, tools: Tools) -> Destination:
        """The means for that cluster."""
        clock = tools.clock
        health = HealthWait(cluster, clock, tools.watches)
        return cls(ObjectApplier(cluster, clock), Pruner(cluster, clock), health)


class Application:
    """The run. `source` is the OCIRepository as read, with an artifact."""

    def __init__(
        self,
        subject: Subject,
        source: Mapping[str, Any],
        tools: Tools,
        expressions: HealthExpressions,
        cancel: Overtaking | None,
    ) -> None:
        artifact = mapping(mapping(source.get("status")).get("artifact"))
        self.revision = subject.revision = text(artifact.get("revision"))
        meta = mapping(artifact.get("metadata"))
        self.origin = subject.origin = text(meta.get("org.opencontainers.image.revision"))
        self._digest = text(artifact.get("digest"))
        self._subject = subject
        self._tools = tools
        self._target = Destination.of(tools.cluster, tools)
        self._expressions = expressions
        self._cancel = cancel
        self._timeout = kustomization_timeout(subject.spec)
        self._began = tools.clock.monotonic()
        self._checksum = ""

    async def run(self) -> None:
        """Reconcile the revision. Raises RunFailed; ClusterError when status cannot be written."""
        subject, conditions = self._subject, self._subject.conditions
        conditions.set(READY, "Unknown", "Progressing", "Reconciliation in progress")
        await self._progress("Fetching manifests for revision")
        old = inventory_of(subject.status)
        files = await self._fetch()
        subject.status["lastAttemptedRevision"] = self.revision
        await self._progress("Building manifests for revision")
        objects = await self._build(files)
        try:
            async with target_cluster(
                self._tools.cluster, subject.name.namespace, subject.spec
            ) as cluster:
                self._target = Destination.of(cluster, self._tools)
                await self._bring_about(objects, old)
        except ConfigError as error:
            raise self._failed("ReconciliationFailed", str(error)) from error
        conditions.set(
            READY, "True", "ReconciliationSucceeded", f"Applied revision: {self.revision}"
        )
        self._remember("ReconciliationSucceeded")

    async def _bring_about(self, objects: Sequence[Json], old: Sequence[InventoryEntry]) -> None:
        """Apply, prune, wait: from here on the cluster changes."""
        subject = self._subject
        self._refuse_encrypted(objects)
        intended = [InventoryEntry.of(obj) for obj in objects]
        before = subject.status.get("inventory")
        subject.status["inventory"] = to_inventory(union(old, intended))
        await self._progress("Detecting drift for revision")
        applied = await self._apply(objects, before)
        new = [change.entry for change in applied.changes]
        subject.status["inventory"] = to_inventory(new)
        await self._prune(old, new)
        await self._check_health(objects, applied)
        subject.status["lastAppliedRevision"] = self.revision
        if self.origin:
            subject.status["lastAppliedOriginRevision"] = self.origin
        else:
            subject.status.pop("lastAppliedOriginRevision", None)

    async def _progress(self, action: str) -> None:
        self._subject.conditions.reconciling("Progressing", self._timed(action))
        await self._subject.save()

    def _timed(self, action: str) -> str:
        return f"{action} {self.revision} with a timeout of {show(self._timeout)}"

    async def _fetch(self) -> Mapping[str, bytes]:
        try:
            if not self._digest:
                raise ArtifactError("the artifact has no digest")
            files = await asyncio.to_thread(self._tools.storage.files, self._digest)
        except ArtifactMissing as error:
            raise self._failed("ArtifactFailed", str(error), lost=True) from error
        except ArtifactError as error:
            raise self._failed("ArtifactFailed", str(error)) from error
        path = text(self._subject.spec.get("path"))
        if not folder_exists(files, inside(path)):
            raise self._failed(
                "ArtifactFailed", f"kustomization path not found: {path} is not in the artifact"
            )
        return files

    async def _build(self, files: Mapping[str, bytes]) -> list[Json]:
        subject = self._subject
        path = inside(text(subject.spec.get("path")))
        try:
            objects = await build(self._tools.cluster, files, path, subject.object)
        except (BuildError, SubstitutionError, MissingVariables) as error:
            raise self._failed("BuildFailed", str(error)) from error
        raw = json.dumps(objects, sort_keys=True, separators=(",", ":")).encode()
        self._checksum = f"sha256:{hashlib.sha256(raw).hexdigest()}"
        return prepare(objects, subject.name, mapping(subject.spec.get("commonMetadata")))

    def _refuse_encrypted(self, objects: Sequence[Json]) -> None:
        """A Secret still encrypted by SOPS is no Secret."""
        for obj in objects:
            if (
                obj.get("kind") == "Secret"
                and "sops" in obj
                and not marked(obj, DECRYPT, "disabled")
            ):
                self._subject.conditions.reconciling(
                    "Progressing", self._timed("Detecting drift for revision")
                )
                message = f"{subject_text(obj)} is SOPS encrypted, configuring decryption is "
                message += "required for this secret to be reconciled"
                raise self._failed("ReconciliationFailed", message, remember=True)

    async def _apply(self, objects: Sequence[Json], before: object) -> ChangeSet:
        applied = ChangeSet()

        async def wait_ready(targets: Sequence[InventoryEntry]) -> None:
            await self._target.health.wait(
                targets,
                _STAGE_LIMIT,
                expressions=self._expressions,
                interval=_STAGE_EVERY,
                fail_fast=False,
            )

        try:
            await self._target.applier.run(
                objects,
                force=self._subject.spec.get("force") is True,
                wait_ready=wait_ready,
                applied=applied,
            )
        except (ApplyFailed, Unhealthy) as error:
            if not applied.wrote:
                self._restore_inventory(before)
            earlier = [c for c in applied.changes[: applied.whole] if c in applied.drifted]
            words = "\n".join([str(error), *map(str, earlier)])
            raise self._failed("ReconciliationFailed", words, remember=True) from error
        await self._tell(applied.drifted)
        return applied

    def _restore_inventory(self, before: object) -> None:
        if before is None:
            self._subject.status.pop("inventory", None)
        else:
            self._subject.status["inventory"] = before

    async def _prune(self, old: Sequence[InventoryEntry], new: Sequence[InventoryEntry]) -> None:
        remaining = {entry.id for entry in new}
        obsolete = [entry for entry in old if entry.id not in remaining]
        if not obsolete or self._subject.spec.get("prune") is not True:
            return
        try:
            changes = await self._target.pruner.prune(obsolete, self._subject.name)
        except PruneFailed as error:
            self._subject.status["inventory"] = to_inventory([*new, *error.left])
            raise self._failed("PruneFailed", str(error), remember=True) from error
        await self._tell(changes)

    async def _check_health(self, objects: Sequence[Json], applied: ChangeSet) -> None:
        subject, conditions, clock = self._subject, self._subject.conditions, self._tools.clock
        targets = self._targets(applied)
        if not targets:
            conditions.remove(HEALTHY)
            return
        targets = [entry for entry in targets if not self._is_self(entry.id)]
        was_healthy = conditions.is_(HEALTHY, "True")
        message = self._timed("Running health checks for revision")
        conditions.set(HEALTHY, "Unknown", "Progressing", message)
        await self._progress("Running health checks for revision")
        began = clock.monotonic()
        try:
            await self._target.health.wait(
                targets,
                self._timeout,
                expressions=self._expressions,
                may_vanish=_vanishing(objects),
                cancel=self._cancel,
            )
        except Unhealthy as error:
            conditions.set(HEALTHY, "False", "HealthCheckFailed", str(error))
            took = show(clock.took(began))
            text_ = f"health check failed after {took}: {error}"
            raise self._failed("HealthCheckFailed", text_, remember=True) from error
        except Cancelled as error:
            words = f"ew reconciliation triggered by {self._cancel.by if self._cancel else ''}"
            conditions.set(READY, "False", "HealthCheckCanceled", f"N{words}")
            raise RunFailed(f"Health checks canceled due to n{words}", canceled=True) from error
        message = f"Health check passed in {show(clock.took(began))}"
        is_new = subject.status.get("lastAppliedRevision") != self.revision
        if not was_healthy or (is_new and applied.drifted):
            await emit(self._tools.recorder, subject, "Normal", message)
        conditions.set(HEALTHY, "True", "Succeeded", message)

    def _targets(self, applied: ChangeSet) -> list[InventoryEntry]:
        spec = self._subject.spec
        if spec.get("wait") is True:
            return [change.entry for change in applied.changes if change.action != "skipped"]
        targets = []
        for item in items(spec.get("healthChecks")):
            version = text(item.get("apiVersion")) or "apps/v1"
            meta = {"name": item.get("name"), "namespace": item.get("namespace")}
            targets.append(
                InventoryEntry.of(
                    {"apiVersion": version, "kind": item.get("kind"), "metadata": meta}
                )
            )
        return targets

    def _is_self(self, id: ObjectId) -> bool:
        name = self._subject.name
        return id == ObjectId(name.namespace, name.name, KUSTOMIZE_GROUP, "Kustomization")

    def _failed(
        self, reason: str, message: str, *, remember: bool = False, lost: bool = False
    ) -> RunFailed:
        self._subject.conditions.set(READY, "False", reason, message)
        if remember:
            self._remember(reason)
        return RunFailed(message, lost=lost)

    def _remember(self, outcome: str) -> None:
        clock = self._tools.clock
        upsert_history(
            self._subject.status,
            digest=self._checksum,
            outcome=outcome,
            now=stamp(clock),
            duration=clock.took(self._began),
            revision=self.revision,
            origin=self.origin,
        )

    async def _tell(self, changes: Sequence[AppliedChange]) -> None:
        if changes:
            message = "\n".join(map(str, changes))
            await emit(self._tools.recorder, self._subject, "Normal", message)


async def emit(recorder: Recorder, subject: Subject, type_: str, message: str, **more: str) -> None:
    """An Event whose reason is Ready's present one, with the revision."""
    more |= {"revision": subject.revision, "originRevision": subject.origin}
    annotations = {f"{KUSTOMIZE_GROUP}/{key}": value for key, value in more.items() if value}
    reason = subject.conditions.reason(READY) or type_
    await recorder.emit(subject.object, type_, reason, message, annotations)


def inside(path: str) -> str:
    """spec.path within the artifact: nothing leads above its root, `/` means its root."""
    return posixpath.normpath("/" + path).lstrip("/") or "."


def _vanishing(objects: Sequence[Json]) -> set[ObjectId]:
    return {
        ObjectId.of(obj)
        for obj in objects
        if obj.get("kind") == "Job"
        and mapping(obj.get("spec")).get("ttlSecondsAfterFinished") is not None
    }
