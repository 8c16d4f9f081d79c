"""Reconciles one OCIRepository: pick a tag, pull, store, say so (docs/flux.md#source).

The run around it is `sourcing.py`'s. This module must not write to the cluster.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Mapping
from typing import Any

from fluxtui.artifacts import apply_source_ignore, pack_files, unpack_files
from fluxtui.artifacts.reference import Reference, is_digest
from fluxtui.artifacts.results import Pulled
from fluxtui.cluster.port import ApiResource, Cluster
from fluxtui.domain.errors import (
    ArtifactError,
    ClusterError,
    ConfigError,
    FluxtuiError,
    RegistryError,
    UsageError,
)
from fluxtui.domain.selection import Policy
from fluxtui.kit.clock import Clock
from fluxtui.reconciler.objects import mapping, text
from fluxtui.reconciler.pullsecrets import pull_secrets
from fluxtui.reconciler.registries import SourceAccess, SourceRegistries
from fluxtui.reconciler.sourcing import FETCH, Fault, FetchNews, SourceController, observe
from fluxtui.reconciler.storage import Storage
from fluxtui.reconciler.subject import Subject
from fluxtui.reconciler.unsupported import unsupported_in_source


class SourceReconciler(SourceController):
    """Runs OCIRepositories of one cluster."""

    late = "OCIArtifactPullFailed"
    stored_words = "stored artifact for digest"

    def __init__(
        self,
        cluster: Cluster,
        type_: ApiResource,
        registries: SourceRegistries,
        storage: Storage,
        clock: Clock,
        advertised: Callable[[], Collection[str]],
    ) -> None:
        super().__init__(cluster, type_, storage, clock, advertised)
        self._registries = registries

    def _unsupported(self, spec: Mapping[str, Any]) -> str:
        return unsupported_in_source(spec)

    async def _fetch(self, subject: Subject) -> FetchNews:
        await self._pull(subject)
        artifact = subject.status["artifact"]
        message = f"stored artifact with revision '{artifact['revision']}' from "
        message += f"'{subject.spec.get('url')}'"
        meta = mapping(artifact.get("metadata"))
        origin = [meta.get(f"org.opencontainers.image.{key}") for key in ("source", "revision")]
        if all(origin):
            message += f", origin source '{origin[0]}', origin revision '{origin[1]}'"
        same = f"artifact up-to-date with remote revision: '{artifact['revision']}'"
        return FetchNews(message, ("ArtifactUpToDate", same))

    async def _pull(self, subject: Subject) -> None:
        spec, conditions = subject.spec, subject.conditions
        reference = _reference(spec)
        access = await self._access(subject, reference)
        reference, revision = await self._resolve(subject, reference, access)
        artifact = mapping(subject.status.get("artifact"))
        if artifact.get("revision") != revision:
            message = f"new revision '{revision}' for '{str(reference).removeprefix('oci://')}'"
            await self._outdated(subject, "NewRevision", message)
        elif _same_content_wanted(subject):
            conditions.remove(FETCH)
            return
        digest = revision.rpartition("@")[2]
        selector = mapping(spec.get("layerSelector"))
        try:
            pulled = await access.pull(
                reference.with_digest(digest), text(selector.get("mediaType"))
            )
            data = await asyncio.to_thread(_content, pulled, spec)
        except ArtifactError as error:
            raise Fault(FETCH, "OCIArtifactLayerOperationFailed", str(error)) from error
        except RegistryError as error:
            message = f"failed to pull artifact from '{reference.url}': {error}"
            raise Fault(FETCH, "OCIArtifactPullFailed", message) from error
        conditions.remove(FETCH)
        await self._store(subject, revision, "ocirepository", digest, data)
        status = subject.status
        if pulled.annotations:
            status["artifact"]["metadata"] = dict(pulled.annotations)
        status["url"] = f"{status['artifact']['url'].rpartition('/')[0]}/latest.tar.gz"
        observe(subject, "ignore", "observedIgnore")
        observe(subject, "layerSelector", "observedLayerSelector")

    async def _access(self, subject: Subject, reference: Reference) -> SourceAccess:
        insecure = bool(subject.spec.get("insecure"))
        try:
            secrets = await pull_secrets(self._cluster, subject.name.namespace, subject.spec)
            return self._registries.access(reference, secrets, insecure=insecure)
        except (ClusterError, ConfigError) as error:
            message = f"failed to get credential: {error}"
            raise Fault(FETCH, "AuthenticationFailed", message) from error

    async def _resolve(
        self, subject: Subject, reference: Reference, access: SourceAccess
    ) -> tuple[Reference, str]:
        """The reference with its tag or digest, and the revision (docs/flux.md#revisions)."""
        selector = mapping(subject.spec.get("layerSelector"))
        policy = Policy.from_ref(mapping(subject.spec.get("ref")), text(selector.get("mediaType")))
        if policy.kind == "digest":
            if not is_digest(policy.digest):
                message = f"'{policy.digest}' is not a digest (sha256: and 64 hex digits)"
                raise Fault(FETCH, "OCIArtifactPullFailed", message)
            return reference.with_digest(policy.digest), policy.digest
        tag = policy.exact_tag
        if policy.kind == "semver":
            tag = await self._choose(reference, policy, access)
        try:
            tagged = reference.with_tag(tag)
            manifest = await access.resolve(tagged)
        except (RegistryError, ArtifactError, UsageError) as error:
            message = f"failed to determine artifact digest: {error}"
            raise Fault(FETCH, "OCIArtifactPullFailed", message) from error
        return tagged, f"{tag}@{manifest.digest}"

    async def _choose(self, reference: Reference, policy: Policy, access: SourceAccess) -> str:
        from fluxtui.domain.versions import select

        failure = f"failed to determine the artifact tag for '{reference.url}'"
        try:
            tags = await access.list_tags(reference)
        except RegistryError as error:
            raise Fault(FETCH, "ReadOperationFailed", f"{failure}: {error}") from error
        selection = await asyncio.to_thread(select, tags, policy)
        if not selection.chosen:
            raise Fault(FETCH, "ReadOperationFailed", f"{failure}: {selection.error}")
        return selection.chosen


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
        raise Fault(FETCH, "URLInvalid", message, stalls=True) from error
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
