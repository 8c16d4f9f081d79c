"""Reconciles one GitRepository: find the commit, take its files, store them (docs/flux.md#git).

The run around it is `sourcing.py`'s, the protocol the remote's. This module must not write to the
cluster.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from fluxtui.artifacts import RegistrySettings, apply_source_ignore, pack_files
from fluxtui.artifacts.gitlogin import GitLogin
from fluxtui.cluster.port import ApiResource, Cluster
from fluxtui.domain.errors import ClusterError, ConfigError, FluxtuiError, GitError, NotFound
from fluxtui.domain.gitreference import GitReference
from fluxtui.kit.asides import aside
from fluxtui.kit.clock import Clock
from fluxtui.reconciler.includes import IncludeUnfit, included
from fluxtui.reconciler.objects import items, mapping, revision_of, status_of, text
from fluxtui.reconciler.sourcing import (
    FETCH,
    INCLUDE,
    STORE,
    Fault,
    FetchNews,
    SourceController,
    observe,
)
from fluxtui.reconciler.storage import Storage
from fluxtui.reconciler.subject import Subject
from fluxtui.reconciler.timing import DEPENDENCY_DELAY, seconds
from fluxtui.reconciler.unsupported import unsupported_in_git

if TYPE_CHECKING:
    from fluxtui.artifacts.gitremote import Checkout, GitRemote

T = TypeVar("T")
_SECRETS = ApiResource("", "v1", "Secret", "secrets")
_OPERATION = "GitOperationFailed"
_SCHEMES = ("http://", "https://")
_AT_ONCE = 4
# What of the spec decides the content besides the commit, and where status remembers it.
_OBSERVED = {
    "ignore": "observedIgnore",
    "include": "observedInclude",
    "sparseCheckout": "observedSparseCheckout",
}


class GitSourceReconciler(SourceController):
    """Runs GitRepositories of one cluster."""

    late = _OPERATION
    stored_words = "stored artifact for revision"

    def __init__(
        self,
        cluster: Cluster,
        type_: ApiResource,
        settings: RegistrySettings,
        storage: Storage,
        clock: Clock,
        advertised: Callable[[], Collection[str]],
    ) -> None:
        super().__init__(cluster, type_, storage, clock, advertised)
        self._settings = settings
        self._gate = asyncio.Semaphore(_AT_ONCE)

    def _unsupported(self, spec: Mapping[str, Any]) -> str:
        return unsupported_in_git(spec)

    async def _fetch(self, subject: Subject) -> FetchNews:
        url = text(subject.spec.get("url"))
        if not url.startswith(_SCHEMES):
            message = f"failed to parse url '{url}': it begins neither with http:// nor https://"
            raise Fault(FETCH, "URLInvalid", message, stalls=True)
        login = await self._login(subject, url)
        includes = await self._includes(subject)
        wanted = GitReference.of(mapping(subject.spec.get("ref")))
        artifact = mapping(subject.status.get("artifact"))
        stored = text(artifact.get("revision"))
        limit = seconds(subject.spec, "timeout", 60.0)
        if stored and not wanted.commit:
            head = await self._ask(url, login, limit, lambda remote: remote.head(wanted))
            if head is not None and head.revision == stored and self._same(subject, includes):
                subject.conditions.remove(FETCH)
                same = f"no changes since last reconciliation: observed revision '{stored}'"
                message = f"stored artifact for commit '{stored}'"
                return FetchNews(message, ("GitOperationSucceed", same))
        checkout = await self._ask(url, login, limit, lambda remote: remote.checkout(wanted))
        if checkout is None:
            raise Fault(FETCH, "EmptyGitRepository", "git repository is empty")
        files = _sparse(checkout.files, subject.spec)
        subject.conditions.remove(FETCH)
        revision = checkout.head.revision
        if stored != revision:
            await self._outdated(subject, "NewRevision", f"new upstream revision '{revision}'")
        if stored != revision or not self._same(subject, includes):
            await self._keep(subject, checkout, files, includes)
        same = f"artifact up-to-date with remote revision: '{revision}'"
        return FetchNews(
            f"stored artifact for commit '{_short(checkout.message)}'", ("ArtifactUpToDate", same)
        )

    async def _ask(
        self, url: str, login: GitLogin, limit: float, question: Callable[[GitRemote], T]
    ) -> T:
        """Aside: a host that does not answer costs nobody else anything."""

        def work(over: Callable[[], bool]) -> T:
            from fluxtui.artifacts.gitremote import GitRemote
            from fluxtui.artifacts.gitwire import Patience

            remote = GitRemote(url, login, self._settings, Patience(limit, over))
            try:
                return question(remote)
            finally:
                remote.close()

        try:
            async with self._gate:
                return await aside(work, f"git {url}")
        except GitError as error:
            message = f"failed to checkout and determine revision: {error.what}"
            raise Fault(FETCH, _OPERATION, message) from error

    async def _login(self, subject: Subject, url: str) -> GitLogin:
        name = text(mapping(subject.spec.get("secretRef")).get("name"))
        namespace = subject.name.namespace
        secret = None
        try:
            if name:
                secret = await self._cluster.get(_SECRETS, namespace, name)
            login = GitLogin.of(secret, url)
        except ClusterError as error:
            whose = f"failed to get secret '{namespace}/{name}': "
            message = whose + whose + error.what
            raise Fault(FETCH, "AuthenticationFailed", message) from error
        except ConfigError as error:
            message = f"failed to configure authentication options: {error.what}"
            raise Fault(FETCH, "AuthenticationFailed", message) from error
        refusal = login.refusal(url, self._settings)
        if refusal:
            message = f"failed to checkout and determine revision: {refusal}"
            raise Fault(FETCH, _OPERATION, message)
        return login

    async def _includes(self, subject: Subject) -> list[dict[str, Any]]:
        """The artifacts of the repositories it includes, in the order written."""
        artifacts = []
        for entry in items(subject.spec.get("include")):
            name = text(mapping(entry.get("repository")).get("name"))
            try:
                other = await self._cluster.get(self._type, subject.name.namespace, name)
            except ClusterError as error:
                absent = f'GitRepository.source.toolkit.fluxcd.io "{name}" not found'
                why = absent if isinstance(error, NotFound) else error.what
                message = f"could not get resource for include '{name}': {why}"
                raise Fault(INCLUDE, "NotFound", message, delay=DEPENDENCY_DELAY) from error
            if not revision_of(other):
                message = f"no artifact available for include '{name}'"
                raise Fault(INCLUDE, "NoArtifact", message, delay=DEPENDENCY_DELAY)
            artifacts.append(dict(mapping(status_of(other).get("artifact"))))
        subject.conditions.remove(INCLUDE)
        seen = [a.get("revision") for a in items(subject.status.get("includedArtifacts"))]
        if [a.get("revision") for a in artifacts] != seen:
            await self._outdated(
                subject, "IncludeChange", "included artifacts differ from last observed includes"
            )
        return artifacts

    def _same(self, subject: Subject, includes: list[dict[str, Any]]) -> bool:
        """Whether the stored content was made with what the spec says now."""
        spec, status = subject.spec, subject.status
        seen = items(status.get("includedArtifacts"))
        return all(spec.get(f) == status.get(o) for f, o in _OBSERVED.items()) and [
            (a.get("revision"), a.get("digest")) for a in includes
        ] == [(a.get("revision"), a.get("digest")) for a in seen]

    async def _keep(
        self,
        subject: Subject,
        checkout: Checkout,
        files: Mapping[str, bytes],
        includes: list[dict[str, Any]],
    ) -> None:
        ignore = text(subject.spec.get("ignore")) or None
        others = [text(artifact.get("digest")) for artifact in includes]

        def content() -> bytes:
            whole = included(files, items(subject.spec.get("include")), others, self._storage.files)
            return pack_files(apply_source_ignore(whole, ignore)).data

        try:
            data = await asyncio.to_thread(content)
        except IncludeUnfit as error:
            raise Fault(STORE, "CopyFailure", str(error)) from error
        except FluxtuiError as error:
            message = f"unable to archive artifact to storage: {error}"
            raise Fault(STORE, "ArchiveOperationFailed", message) from error
        head = checkout.head
        await self._store(subject, head.revision, "gitrepository", head.commit, data)
        if includes:
            subject.status["includedArtifacts"] = includes
        else:
            subject.status.pop("includedArtifacts", None)
        for field, observed in _OBSERVED.items():
            observe(subject, field, observed)


def _sparse(files: Mapping[str, bytes], spec: Mapping[str, Any]) -> Mapping[str, bytes]:
    """What spec.sparseCheckout names, by the beginning of its path as go-git does."""
    folders = spec.get("sparseCheckout")
    if not isinstance(folders, list):
        return files
    starts = tuple(str(folder).removeprefix("./") for folder in folders)
    for start, folder in zip(starts, folders, strict=True):
        path = start.strip("/")
        if path and path not in files and not any(name.startswith(f"{path}/") for name in files):
            what = f"sparse checkout dir '{folder}' does not exist in repository"
            raise Fault(FETCH, _OPERATION, f"failed to sparse checkout directories : {what}")
    return {name: data for name, data in files.items() if name.startswith(starts)}


def _short(message: str) -> str:
    """A commit's first line as Flux shortens it."""
    return message if len(message) <= 50 else f"{message[:50]}..."
