"""What every reconciler of a source has in common: a run from beginning to conditions and Event.

How the content comes about is a subclass's (`source.py`, `gitsource.py`). Every fault becomes
conditions and an Event and is tried again; nothing raised here reaches another object. This module
must not apply anything to the cluster but status and finalizer. Rules: docs/flux.md#source.
"""

from __future__ import annotations

import asyncio
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from fluxtui.cluster.events import Recorder
from fluxtui.cluster.port import ApiResource, Cluster
from fluxtui.domain.errors import Conflict, NotFound
from fluxtui.kit.clock import Clock
from fluxtui.reconciler import objects
from fluxtui.reconciler.objects import INSTANCE, SOURCE_GROUP, Name, mapping, text
from fluxtui.reconciler.storage import Storage
from fluxtui.reconciler.subject import Subject, stamp
from fluxtui.reconciler.timing import BadSpec, backoff, jittered, seconds

COMPONENT = "source-controller"
FETCH, STORE, INCLUDE = "FetchFailed", "StorageOperationFailed", "IncludeUnavailable"
OUTDATED, STORED = "ArtifactOutdated", "ArtifactInStorage"
_ADVERTISED = "http://source-controller.flux-system.svc.cluster.local."
_ORDER = (STORE, FETCH, INCLUDE, OUTDATED, STORED, "SourceVerified", "Stalled", "Reconciling")
_NEGATIVE = frozenset({STORE, FETCH, INCLUDE, OUTDATED, "Stalled", "Reconciling"})


@dataclass(eq=False)
class Fault(Exception):
    """Why a run ended: the condition to set (''; none but Stalled), reason, message. `delay`: when
    to try again, None for after a back-off."""

    condition: str
    reason: str
    message: str
    stalls: bool = False
    delay: float | None = None


@dataclass(frozen=True, slots=True)
class FetchNews:
    """What an Event says of a run that went well: of new content or a recovery, and when all is as
    it was."""

    stored: str
    same: tuple[str, str]


class SourceController(ABC):
    """Runs the sources of one kind in one cluster; call `reconcile` with a name."""

    late: ClassVar[str]
    """The reason when spec.timeout is over."""
    stored_words: ClassVar[str]

    def __init__(
        self,
        cluster: Cluster,
        type_: ApiResource,
        storage: Storage,
        clock: Clock,
        advertised: Callable[[], Collection[str]],
    ) -> None:
        self.kind = type_.kind
        self.api_version = f"{type_.group}/{type_.version}"
        self._cluster = cluster
        self._type = type_
        self._storage = storage
        self._clock = clock
        self._advertised = advertised
        self._recorder = Recorder(cluster, COMPONENT, clock, INSTANCE)
        self._failures: dict[Name, int] = {}

    @abstractmethod
    def _unsupported(self, spec: Mapping[str, Any]) -> str:
        """What the object asks for in vain, '' when nothing."""

    @abstractmethod
    async def _fetch(self, subject: Subject) -> FetchNews:
        """Find the revision and store its content, unless it is stored. Raises Fault."""

    async def reconcile(self, name: Name) -> float | None:
        """One run; the seconds until the next, None for not before something changes."""
        try:
            obj = await self._cluster.get(self._type, name.namespace, name.name)
        except NotFound:
            self._failures.pop(name, None)
            return None
        subject = Subject(self._cluster, self._type, obj, manager=COMPONENT, clock=self._clock)
        try:
            return await self._run(subject)
        except NotFound:
            return None
        except Conflict:
            return 0.0  # somebody wrote the object meanwhile: read it again

    async def _run(self, subject: Subject) -> float | None:
        if objects.is_deleting(subject.object):
            if subject.has_finalizer():
                await subject.set_finalizer(False)
            return None
        if not subject.has_finalizer():
            await subject.set_finalizer(True)
            return 0.0
        if subject.spec.get("suspend") is True:
            subject.handled()
            if subject.conditions.to_list():  # what never ran has observed nothing
                subject.status["observedGeneration"] = subject.generation
            await subject.save()
            return None
        before = dict(mapping(subject.status.get("artifact")))
        recovered = any(subject.conditions.is_(type_, "True") for type_ in (FETCH, STORE, INCLUDE))
        try:
            interval = seconds(subject.spec, "interval")
            await self._begin(subject)
            limit = seconds(subject.spec, "timeout", 60.0)
            try:
                async with asyncio.timeout(limit):
                    told = await self._fetch(subject)
            except TimeoutError:
                raise Fault(FETCH, self.late, f"no artifact within {limit:g} s") from None
        except BadSpec as error:
            fault = Fault("", "InvalidSpec", str(error), stalls=True)
            return await self._failed(subject, fault)
        except Fault as fault:
            return await self._failed(subject, fault)
        await self._succeeded(subject, told, before, recovered)
        return jittered(interval)

    async def _begin(self, subject: Subject) -> None:
        """Say that work has begun; persist it when there is news, check storage."""
        field = self._unsupported(subject.spec)
        if field:
            raise Fault("", "UnsupportedField", field, stalls=True)
        conditions = subject.conditions
        conditions.progressing("reconciliation in progress")
        token = objects.requested_at(subject.object)
        observed, generation = subject.observed_generation, subject.generation
        if observed != generation:
            conditions.progressing(f"processing object: new generation {observed} -> {generation}")
            await subject.save()
        elif token and token != subject.status.get("lastHandledReconcileAt"):
            await subject.save()
        artifact = mapping(subject.status.get("artifact"))
        digest = text(artifact.get("digest"))
        stored = await asyncio.to_thread(self._storage.has, digest)
        if artifact and stored:
            return
        subject.status.pop("artifact", None)
        subject.status.pop("url", None)
        conditions.remove(STORED)
        why = ": disappeared from storage" if artifact else ""
        conditions.progressing(f"building artifact{why}", drift=True)
        await subject.save()

    async def _outdated(self, subject: Subject, reason: str, message: str) -> None:
        """Say that what is stored is not what is wanted any more."""
        if subject.status.get("artifact"):
            subject.conditions.set(OUTDATED, "True", reason, message)
        subject.conditions.progressing(f"building artifact: {message}", drift=True)
        await subject.save()

    async def _store(
        self, subject: Subject, revision: str, folder: str, name: str, data: bytes
    ) -> None:
        """Keep the content and say so in status.artifact. Raises Fault."""
        try:
            stored = await asyncio.to_thread(self._storage.put, data)
        except OSError as error:
            message = f"unable to archive artifact to storage: {error}"
            raise Fault(STORE, "ArchiveOperationFailed", message) from error
        path = f"{folder}/{subject.name.namespace}/{subject.name.name}/{name}.tar.gz"
        subject.status["artifact"] = {
            "digest": stored,
            "lastUpdateTime": stamp(self._clock),
            "path": path,
            "revision": revision,
            "size": len(data),
            "url": f"{_ADVERTISED}/{path}",
        }

    async def _succeeded(
        self, subject: Subject, told: FetchNews, before: dict[str, Any], recovered: bool
    ) -> None:
        conditions, status = subject.conditions, subject.status
        artifact = status["artifact"]
        conditions.remove(FETCH, STORE, INCLUDE, OUTDATED)
        conditions.remove("Reconciling", "Stalled", "SourceVerified")
        stored = f"{self.stored_words} '{artifact['revision']}'"
        conditions.set(STORED, "True", "Succeeded", stored)
        conditions.summarize(_ORDER, _NEGATIVE)
        status["observedGeneration"] = subject.generation
        subject.handled()
        await subject.save()
        self._failures.pop(subject.name, None)
        reason, message = told.same
        if before.get("digest") != artifact["digest"]:
            reason, message = "NewArtifact", told.stored
            keep = {*self._advertised(), artifact["digest"], text(before.get("digest"))} - {""}
            await asyncio.to_thread(self._storage.keep_only, keep, time.time())
        elif recovered:
            reason, message = "Succeeded", told.stored
        await self._recorder.emit(
            subject.object,
            "Normal",
            reason,
            message,
            {
                f"{SOURCE_GROUP}/revision": artifact["revision"],
                f"{SOURCE_GROUP}/digest": artifact["digest"],
            },
        )

    async def _failed(self, subject: Subject, fault: Fault) -> float | None:
        conditions = subject.conditions
        if fault.condition:
            conditions.set(fault.condition, "True", fault.reason, fault.message)
        if fault.stalls:
            conditions.stalled(fault.reason, fault.message)
            subject.status["observedGeneration"] = subject.generation
        else:
            conditions.remove("Stalled")
            going = conditions.get("Reconciling")
            if going:
                message = str(going["message"])
                conditions.set("Reconciling", "True", "ProgressingWithRetry", message)
        conditions.summarize(_ORDER, _NEGATIVE)
        subject.handled()
        await subject.save()
        type_ = "Warning" if fault.delay is None else "Normal"
        await self._recorder.emit(subject.object, type_, fault.reason, fault.message)
        if fault.stalls:
            return None
        if fault.delay is not None:
            return fault.delay
        failures = self._failures[subject.name] = self._failures.get(subject.name, 0) + 1
        return backoff(failures)


def observe(subject: Subject, spec_field: str, observed: str) -> None:
    """Remember in status what of the spec the content was made with."""
    value = subject.spec.get(spec_field)
    if value is None:
        subject.status.pop(observed, None)
    else:
        subject.status[observed] = value
