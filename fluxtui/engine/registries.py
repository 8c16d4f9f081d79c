"""The Engine's door to OCI registries: the synchronous client, run in a few threads of its own.

Bounded, so that a registry that hangs costs its threads and never the loop. Every failure is an
error of ours. No caching of answers beyond blobs and indexes of charts, and no judgement about tags
here.
"""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Callable, Collection, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, cast

from fluxtui.domain.errors import ArtifactMissing, FluxtuiError, RegistryError
from fluxtui.domain.snapshot import TagFacts

if TYPE_CHECKING:
    from fluxtui.artifacts.cache import BlobCache
    from fluxtui.artifacts.chartentries import ChartVersion
    from fluxtui.artifacts.chartindex import FetchedIndex, Validators
    from fluxtui.artifacts.client import RegistryClient
    from fluxtui.artifacts.pullsecrets import PullSecret
    from fluxtui.artifacts.results import Pulled, Pushed
    from fluxtui.domain.plan import PushStep
    from fluxtui.domain.pushcontent import PushContent

T = TypeVar("T")
Connect = Callable[[], Any]
_THREADS = 6
_INDEXES = ("image.index.v1+json", "manifest.list.v2+json")
NO_TAG_DELETION = frozenset({400, 405, 501})
"""How registries say that they delete by digest only."""


class RegistryDoor:
    """Asynchronous calls to any registry. `cache`: a folder for blobs, "" for none."""

    def __init__(self, connect: Connect, cache: str = "") -> None:
        self._connect = connect
        self._folder = cache
        self._client: RegistryClient | None = None
        self._connecting = threading.Lock()
        self._closed = False
        self._slots = asyncio.Semaphore(_THREADS)
        self._asking = 0

    @property
    def is_asking(self) -> bool:
        """Whether an answer is awaited."""
        return self._asking > 0

    async def lend(self, url: str, secrets: Sequence[PullSecret]) -> bool:
        """Let pull Secrets open this one repository. Raises ConfigError when one is none."""
        reference = _reference(url)
        return await self._call(lambda client: client.lend(reference, secrets))

    async def list_tags(self, url: str) -> tuple[str, ...]:
        """Tags in the registry's order. Raises RegistryError, UsageError."""
        return tuple(await self._call(lambda client: client.list_tags(_reference(url))))

    async def index(self, url: str, known: Validators | None) -> FetchedIndex | None:
        """The index of charts there; None when it is still what `known` says. Who knows nothing of
        it gets what is kept on disk, where that is still the same. Raises RegistryError and kin.
        """

        def work(client: RegistryClient) -> FetchedIndex | None:
            from fluxtui.artifacts.chartindex import Validators
            from fluxtui.artifacts.indexcache import IndexCache

            cache = IndexCache(Path(self._folder)) if self._folder else None
            kept = cache.get(url) if cache is not None and known is None else None
            sent = client.index(url, known or (kept.known if kept is not None else Validators()))
            if cache is not None and sent is not None:
                cache.put(url, sent)
            return sent if sent is not None else kept

        return await self._call(work)

    async def archive(self, index: str, entry: ChartVersion) -> bytes:
        """The packed chart of an entry of that index, through the cache where the index says its
        digest. Raises RegistryError and kin, ArtifactError."""

        def work(client: RegistryClient) -> bytes:
            cache = self.cache()
            data = cache.get(entry.digest) if cache is not None and entry.digest else None
            if data is None:
                data = client.archive(index, entry)
                if cache is not None and entry.digest:
                    cache.put(entry.digest, data)
            return data

        return await self._call(work)

    async def digest(self, url: str, tag: str) -> str:
        """The digest a tag (or a digest) has now, "" when it is not there. Raises RegistryError."""
        try:
            manifest = await self._call(lambda c: c.resolve(_at(url, tag)))
        except ArtifactMissing:
            return ""
        return manifest.digest

    async def image(self, name: str, *, parts: bool) -> tuple[str, ...]:
        """The digest that an image (`[host/]path[:tag][@digest]`) has now, asked by HEAD; with
        `parts` also those of what it is an index of. () when it is not there. Raises RegistryError,
        UsageError."""

        def work(client: RegistryClient) -> tuple[str, ...]:
            reference = _reference(name)
            resolved = client.resolve(reference)
            if not parts or not resolved.media_type.endswith(_INDEXES):
                return (resolved.digest,)
            index = client.manifest(reference.with_digest(resolved.digest))
            return (resolved.digest, *(child.digest for child in index.children))

        try:
            return await self._call(work)
        except ArtifactMissing:
            return ()

    async def facts(
        self, url: str, name: str, *, signature: bool = True, tags: Collection[str] | None = None
    ) -> TagFacts:
        """What the manifest of a tag (or a digest) says and, with `signature`, whether one is
        there. `tags`: the repository's, when they are known. Raises RegistryError, ArtifactError.
        """

        def work(client: RegistryClient) -> TagFacts:
            from fluxtui.artifacts.manifest import CREATED, REVISION, SOURCE

            reference = _at(url, name)
            manifest = client.manifest(reference)
            notes = manifest.annotations
            looked = _signed(client, reference, manifest.digest, tags) if signature else (None, "")
            return TagFacts(
                "" if reference.digest else name,
                manifest.digest,
                notes.get(CREATED, ""),
                notes.get(SOURCE, ""),
                notes.get(REVISION, ""),
                *looked,
            )

        return await self._call(work)

    async def pull(self, url: str, tag_or_digest: str, layer_media_type: str = "") -> Pulled:
        """The artifact as Flux would take it, through the cache. Raises RegistryError and kin."""
        reference = _at(url, tag_or_digest)
        cache = self.cache()
        return await self._call(
            lambda c: c.pull(reference, layer_media_type=layer_media_type, cache=cache)
        )

    async def tag(self, url: str, digest: str, tag: str) -> str:
        """Put `tag` on the manifest `digest`: the same bytes. Returns the digest written."""
        reference = _reference(url).with_digest(digest)
        return (await self._call(lambda c: c.tag(reference, tag))).digest

    async def delete_tag(self, url: str, tag: str) -> bool:
        """Remove the tag alone; False where the registry deletes manifests only, whatever tags are
        on them. Raises RegistryError.
        """
        reference = _reference(url).with_tag(tag)
        try:
            await self._call(lambda c: c.delete_tag(reference))
        except ArtifactMissing:
            raise
        except RegistryError as error:
            if error.status in NO_TAG_DELETION:
                return False
            raise
        return True

    async def delete(self, url: str, digest: str) -> None:
        """Remove the manifest and with it every tag on it. Raises RegistryError."""
        reference = _reference(url).with_digest(digest)
        await self._call(lambda c: c.delete(reference))

    async def push(self, step: PushStep, created: str) -> Pushed:
        """Pack the Step's folder and push it. Raises ArtifactError, RegistryError, UsageError."""

        def work(client: RegistryClient) -> Pushed:
            from fluxtui.artifacts.packing import pack

            packed = pack(Path(step.folder), images=step.images or None)
            reference = _reference(step.repository).with_tag(step.tag)
            return client.push(
                reference, packed, source=step.source, revision=step.revision, created=created
            )

        return await self._call(work)

    async def holds(self, content: PushContent) -> bool:
        """Whether the tag holds exactly what the folder packs to. Raises RegistryError, and
        FluxtuiError or OSError for a folder that cannot be packed."""

        def work(client: RegistryClient) -> bool:
            from fluxtui.artifacts.packing import pack

            packed = pack(Path(content.folder), images=dict(content.images) or None)
            reference = _reference(content.repository).with_tag(content.tag)
            # By the tar: the layer's digest would differ with whoever compressed it.
            return client.holding(reference, packed) is not None

        return await self._call(work)

    def cache(self) -> BlobCache | None:
        """The blob cache, when there is a folder for it."""
        from fluxtui.artifacts.cache import BlobCache

        return BlobCache(Path(self._folder)) if self._folder else None

    def close(self) -> None:
        """End idle connections; a call that still hangs is left to its own time-out, and its
        connection ends with it."""
        self._closed = True
        if self._client is not None:
            self._client.close()

    async def _call(self, work: Callable[[RegistryClient], T]) -> T:
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[T] = loop.create_future()

        def deliver(result: T | None, error: Exception | None) -> None:
            self._slots.release()
            if answer.done():
                return
            if error is not None:
                answer.set_exception(_ours(error))
            else:
                answer.set_result(cast(T, result))

        def body() -> None:
            result: T | None = None
            error: Exception | None = None
            try:
                result = self._work(work)
            except Exception as raised:
                error = raised
            if self._closed:
                self.close()
            with contextlib.suppress(RuntimeError):  # the loop is closed: nobody waits any more
                loop.call_soon_threadsafe(deliver, result, error)

        self._asking += 1
        try:
            await self._slots.acquire()
            self._begin(body)
            return await answer
        finally:
            self._asking -= 1

    def _begin(self, body: Callable[[], None]) -> None:
        # Not a pool: the interpreter waits for a pool's threads at its exit, and a registry that
        # hangs would hold up the person who quits.
        threading.Thread(target=body, name="fluxtui-registry", daemon=True).start()

    def _work(self, work: Callable[[RegistryClient], T]) -> T:
        with self._connecting:
            if self._client is None:
                self._client = self._connect()
            client = self._client
        return work(client)


def _ours(error: Exception) -> FluxtuiError:
    if isinstance(error, FluxtuiError):
        return error
    own = RegistryError(f"unexpected {type(error).__name__}: {error}")
    own.__cause__ = error
    return own


def _signed(
    client: RegistryClient, reference: Any, digest: str, tags: Collection[str] | None
) -> tuple[str | None, str]:
    """(what says that it is signed, ""); (None, why) when it cannot be looked up: what the manifest
    says is worth having alone."""
    try:
        return client.signature(reference, digest, tags=tags), ""
    except FluxtuiError as error:
        return None, error.what


def _reference(url: str) -> Any:
    from fluxtui.artifacts.reference import Reference

    return Reference.parse(url)


def _at(url: str, tag_or_digest: str) -> Any:
    from fluxtui.artifacts.reference import is_digest

    reference = _reference(url)
    if is_digest(tag_or_digest):
        return reference.with_digest(tag_or_digest)
    return reference.with_tag(tag_or_digest or "latest")
