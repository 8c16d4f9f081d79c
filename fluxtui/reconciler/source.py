"""Reconciles one OCIRepository: pick a tag, pull, store, say so (docs/flux.md#source).

Every fault becomes conditions and an Event and is tried again; nothing raised here reaches another
object. This module must not apply anything to the cluster but status and finalizer.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any

from fluxtui.artifacts import apply_source_ignore, pack_files, unpack_files
from fluxtui.artifacts.reference import Reference, is_digest
from fluxtui.artifacts.results import Pulled
from fluxtui.cluster.events import Recorder
from fluxtui.cluster.port import ApiResource, Cluster
from fluxtui.domain.errors import (
    ArtifactError,
    ClusterError,
    ConfigError,
    Conflict,
    FluxtuiError,
    NotFound,
    RegistryError,
    UsageError,
)
from fluxtui.domain.selection import Policy
from fluxtui.kit.clock import Clock
from fluxtui.reconciler import objects
from fluxtui.reconciler.objects import INSTANCE, SOURCE_GROUP, Name, mapping, text
from fluxtui.reconciler.pullsecrets import pull_secrets
from fluxtui.reconciler.registries import SourceAccess, SourceRegistries
from fluxtui.reconciler.storage import Storage
from fluxtui.reconciler.subject import Subject, stamp
from fluxtui.reconciler.timing import BadSpec, backoff, jittered, seconds
from fluxtui.reconciler.unsupported import unsupported_in_source

COMPONENT = "source-controller"
_ADVERTISED = "http://source-controller.flux-system.svc.cluster.local."
_FETCH, _STORE = "FetchFailed", "StorageOperationFailed"
_OUTDATED, _STORED = "ArtifactOutdated", "ArtifactInStorage"
_ORDER = (_STORE, _FETCH, _OUTDATED, _STORED, "SourceVerified", "Stalled", "Reconciling")
_NEGATIVE = frozenset({_STORE, _FETCH, _OUTDATED, "Stalled", "Reconciling"})
_log = logging.getLogger(__name__)


@dataclass(eq=False)
class Fault(Exception):
    """Why a run ended: the condition to set (''; none but Stalled), reason, message."""

    condition: str
    reason: str
    message: str
    stalls: bool = False


class SourceReconciler:
    """Runs OCIRepositories of one cluster; call `reconcile` with a name."""

    def __init__(
        self,
        cluster: Cluster,
        type_: ApiResource,
        registries: SourceRegistries,
        storage: Storage,
        clock: Clock,
        advertised: Callable[[], Collection[str]],
    ) -> None:
        self._cluster = cluster
        self._type = type_
        self._registries = registries
        self._storage = storage
        self._clock = clock
        self._advertised = advertised
        self._recorder = Recorder(cluster, COMPONENT, clock, INSTANCE)
        self._failures: dict[Name, int] = {}

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
            subject.status["observedGeneration"] = subject.generation
            await subject.save()
            return None
        before = dict(mapping(subject.status.get("artifact")))
        recovered = subject.conditions.is_(_FETCH, "True") or subject.conditions.is_(_STORE, "True")
        try:
            interval = seconds(subject.spec, "interval")
            await self._begin(subject)
            limit = seconds(subject.spec, "timeout", 60.0)
            try:
                async with asyncio.timeout(limit):
                    await self._fetch(subject)
            except TimeoutError:
                raise Fault(
                    _FETCH, "OCIArtifactPullFailed", f"no artifact within {limit:g} s"
                ) from None
        except BadSpec as error:
            fault = Fault("", "InvalidSpec", str(error), stalls=True)
            return await self._failed(subject, fault)
        except Fault as fault:
            return await self._failed(subject, fault)
        await self._succeeded(subject, before, recovered)
        return jittered(interval)

    async def _begin(self, subject: Subject) -> None:
        """Say that work has begun; persist it when there is news, check storage."""
        field = unsupported_in_source(subject.spec)
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
        conditions.remove(_STORED)
        why = ": disappeared from storage" if artifact else ""
        conditions.progressing(f"building artifact{why}", drift=True)
        await subject.save()

    async def _fetch(self, subject: Subject) -> None:
        spec, conditions = subject.spec, subject.conditions
        reference = _reference(spec)
        access = await self._access(subject, reference)
        reference, revision = await self._resolve(subject, reference, access)
        artifact = mapping(subject.status.get("artifact"))
        if artifact.get("revision") != revision:
            message = f"new revision '{revision}' for '{str(reference).removeprefix('oci://')}'"
            if artifact:
                conditions.set(_OUTDATED, "True", "NewRevision", message)
            conditions.progressing(f"building artifact: {message}", drift=True)
            await subject.save()
        elif _same_content_wanted(subject):
            conditions.remove(_FETCH)
            return
        digest = revision.rpartition("@")[2]
        selector = mapping(spec.get("layerSelector"))
        try:
            pulled = await access.pull(
                reference.with_digest(digest), text(selector.get("mediaType"))
            )
            data = await asyncio.to_thread(_content, pulled, spec)
        except ArtifactError as error:
            raise Fault(_FETCH, "OCIArtifactLayerOperationFailed", str(error)) from error
        except RegistryError as error:
            message = f"failed to pull artifact from '{reference.url}': {error}"
            raise Fault(_FETCH, "OCIArtifactPullFailed", message) from error
        conditions.remove(_FETCH)
        await self._store(subject, revision, digest, data, pulled)

    async def _access(self, subject: Subject, reference: Reference) -> SourceAccess:
        insecure = bool(subject.spec.get("insecure"))
        try:
            secrets = await pull_secrets(self._cluster, subject.name.namespace, subject.spec)
            return self._registries.access(reference, secrets, insecure=insecure)
        except (ClusterError, ConfigError) as error:
            message = f"failed to get credential: {error}"
            raise Fault(_FETCH, "AuthenticationFailed", message) from error

    async def _resolve(
        self, subject: Subject, reference: Reference, access: SourceAccess
    ) -> tuple[Reference, str]:
        """The reference with its tag or digest, and the revision (docs/flux.md#revisions)."""
        selector = mapping(subject.spec.get("layerSelector"))
        policy = Policy.from_ref(mapping(subject.spec.get("ref")), text(selector.get("mediaType")))
        if policy.kind == "digest":
            if not is_digest(policy.digest):
                message = f"'{policy.digest}' is not a digest (sha256: and 64 hex digits)"
                raise Fault(_FETCH, "OCIArtifactPullFailed", message)
            return reference.with_digest(policy.digest), policy.digest
        tag = policy.exact_tag
        if policy.kind == "semver":
            tag = await self._choose(reference, policy, access)
        try:
            tagged = reference.with_tag(tag)
            manifest = await access.resolve(tagged)
        except (RegistryError, ArtifactError, UsageError) as error:
            message = f"failed to determine artifact digest: {error}"
            raise Fault(_FETCH, "OCIArtifactPullFailed", message) from error
        return tagged, f"{tag}@{manifest.digest}"

    async def _choose(self, reference: Reference, policy: Policy, access: SourceAccess) -> str:
        from fluxtui.domain.versions import select

        failure = f"failed to determine the artifact tag for '{reference.url}'"
        try:
            tags = await access.list_tags(reference)
        except RegistryError as error:
            raise Fault(_FETCH, "ReadOperationFailed", f"{failure}: {error}") from error
        selection = await asyncio.to_thread(select, tags, policy)
        if not selection.chosen:
            raise Fault(_FETCH, "ReadOperationFailed", f"{failure}: {selection.error}")
        return selection.chosen

    async def _store(
        self, subject: Subject, revision: str, digest: str, data: bytes, pulled: Pulled
    ) -> None:
        try:
            stored = await asyncio.to_thread(self._storage.put, data)
        except OSError as error:
            message = f"unable to archive artifact to storage: {error}"
            raise Fault(_STORE, "ArchiveOperationFailed", message) from error
        folder = f"ocirepository/{subject.name.namespace}/{subject.name.name}"
        path = f"{folder}/{digest}.tar.gz"
        status = subject.status
        status["artifact"] = {
            "digest": stored,
            "lastUpdateTime": stamp(self._clock),
            "path": path,
            "revision": revision,
            "size": len(data),
            "url": f"{_ADVERTISED}/{path}",
        }
        if pulled.annotations:
            status["artifact"]["metadata"] = dict(pulled.annotations)
        status["url"] = f"{_ADVERTISED}/{folder}/latest.tar.gz"
        for field, observed in (("ignore", "observedIgnore"), ("layerSelector", None)):
            observed = observed or "observedLayerSelector"
            if subject.spec.get(field) is None:
                status.pop(observed, None)
            else:
                status[observed] = subject.spec[field]

    async def _succeeded(self, subject: Subject, before: dict[str, Any], recovered: bool) -> None:
        conditions, status = subject.conditions, subject.status
        artifact = status["artifact"]
        conditions.remove(_FETCH, _STORE, _OUTDATED, "Reconciling", "Stalled", "SourceVerified")
        stored = f"stored artifact for digest '{artifact['revision']}'"
        conditions.set(_STORED, "True", "Succeeded", stored)
        conditions.summarize(_ORDER, _NEGATIVE)
        status["observedGeneration"] = subject.generation
        subject.handled()
        await subject.save()
        self._failures.pop(subject.name, None)
        message = f"stored artifact with revision '{artifact['revision']}' from "
        message += f"'{subject.spec.get('url')}'"
        meta = mapping(artifact.get("metadata"))
        origin = [meta.get(f"org.opencontainers.image.{key}") for key in ("source", "revision")]
        if all(origin):
            message += f", origin source '{origin[0]}', origin revision '{origin[1]}'"
        reason = "ArtifactUpToDate"
        if before.get("digest") != artifact["digest"]:
            reason = "NewArtifact"
            keep = {*self._advertised(), artifact["digest"], text(before.get("digest"))} - {""}
            await asyncio.to_thread(self._storage.keep_only, keep, time.time())
        elif recovered:
            reason = "Succeeded"
        else:
            message = f"artifact up-to-date with remote revision: '{artifact['revision']}'"
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
        await self._recorder.emit(subject.object, "Warning", fault.reason, fault.message)
        if fault.stalls:
            return None
        failures = self._failures[subject.name] = self._failures.get(subject.name, 0) + 1
        return backoff(failures)


def _reference(spec: Any) -> Reference:
    url = text(spec.get("url"))
    try:
        if not url.startswith("oci://"):
            raise UsageError("URL must be in format 'oci://<domain>/<org>/<repo>'")
        reference = Reference.parse(url)
        suffix = url.removeprefix(reference.url)
        if suffix:
            raise UsageError(f"URL must not contain a tag; remove '{suffix}'")
    except UsageError as error:
        message = f"URL validation failed for '{url}': {error.what}"
        raise Fault(_FETCH, "URLInvalid", message, stalls=True) from error
    return reference


def _same_content_wanted(subject: Subject) -> bool:
    spec, status = subject.spec, subject.status
    return spec.get("ignore") == status.get("observedIgnore") and spec.get(
        "layerSelector"
    ) == status.get("observedLayerSelector")


def _content(pulled: Pulled, spec: Any) -> bytes:
    """What is stored: the layer as it is (copy), or its files without the ignored."""
    if mapping(spec.get("layerSelector")).get("operation") == "copy":
        return pulled.layer
    ignore = spec.get("ignore")
    try:
        files = unpack_files(pulled.layer)
        return pack_files(apply_source_ignore(files, text(ignore) or None)).data
    except ArtifactError:
        raise
    except FluxtuiError as error:
        raise ArtifactError(f"failed to extract layer contents from artifact: {error}") from error
