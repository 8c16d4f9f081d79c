"""What fluxtui asks of an OCI registry: tags, manifests, blobs, artifacts; pushed, tagged, deleted.

Synchronous and safe to use from many threads; the Engine runs it in threads. Every answer is
verified by its digest, every failure is an error of our own. oras is loaded at the first transfer.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from types import TracebackType
from typing import TYPE_CHECKING, Any

from fluxtui.artifacts.connections import Connections, good
from fluxtui.artifacts.manifest import (
    ACCEPT,
    Descriptor,
    Manifest,
    digest_of,
    read_manifest,
    verify,
)
from fluxtui.artifacts.reference import Reference, is_digest
from fluxtui.artifacts.settings import RegistrySettings
from fluxtui.domain.errors import (
    ArtifactError,
    ArtifactMissing,
    RegistryError,
    RegistryUnreachable,
    UsageError,
)

if TYPE_CHECKING:
    from fluxtui.artifacts.cache import BlobCache
    from fluxtui.artifacts.packing import Packed
    from fluxtui.artifacts.pullsecrets import PullSecret
    from fluxtui.artifacts.results import Progress, Pulled, Pushed
    from fluxtui.artifacts.transport import Cancel

MAX_MANIFEST = 4 << 20
MAX_LAYER = 256 << 20


class RegistryClient:
    """A client for all registries. Close it, or use it as a context, to end its connections."""

    def __init__(
        self,
        settings: RegistrySettings | None = None,
        *,
        environ: Mapping[str, str] | None = None,
        clock: Callable[[], float] = time.monotonic,
        pause: Callable[[float], None] = time.sleep,
        progress: Progress | None = None,
    ) -> None:
        """`progress` is told of every transfer of a blob that brings no progress of its own."""
        self.settings = settings or RegistrySettings()
        environ = os.environ if environ is None else environ
        self.progress = progress
        self.connections = Connections(self.settings, environ, clock, pause)

    def lend(
        self, reference: Reference, secrets: Sequence[PullSecret], *, first: bool = False
    ) -> bool:
        """Let pull Secrets open this one repository, where the user has no credentials of their
        own (`first`: before those). False when they have none for it. Raises ConfigError.
        """
        return self.connections.keychain.lend(reference, secrets, first=first)

    # -- reading

    def list_tags(self, reference: Reference, *, cancel: Cancel | None = None) -> list[str]:
        """All tags in the registry's order, following its pages on the same host only.

        Raises ArtifactMissing when the repository is not there, RegistryError otherwise.
        """
        from fluxtui.artifacts.pages import pages

        tags: dict[str, None] = {}
        with self.connections.at(reference) as (registry, paths):
            url = registry.url(paths.tags(1000))
            for response, at in pages(registry, url, cancel=cancel):
                page = _json(response, at).get("tags")
                tags.update(dict.fromkeys(map(str, page) if isinstance(page, list) else ()))
        return list(tags)

    def resolve(self, reference: Reference) -> Descriptor:
        """Digest, media type and size of what a tag points to: HEAD, else GET."""
        with self.connections.at(reference) as (registry, paths):
            url = registry.url(paths.manifest(reference.target))
            try:
                response = good(registry, "HEAD", url, accept=ACCEPT)
            except RegistryUnreachable:
                raise
            except RegistryError:
                return self._described(self.manifest(reference))
            digest = response.headers.get("Docker-Content-Digest", "")
            if not is_digest(digest) or (reference.digest and digest != reference.digest):
                return self._described(self.manifest(reference))
            size = response.headers.get("Content-Length", "")
            kind = response.headers.get("Content-Type", "")
            return Descriptor(digest, kind, int(size) if size.isdecimal() else -1)

    @staticmethod
    def _described(manifest: Manifest) -> Descriptor:
        return Descriptor(
            manifest.digest, manifest.media_type, len(manifest.raw), manifest.annotations
        )

    def exists(self, reference: Reference) -> bool:
        """Whether tag or digest is there."""
        try:
            self.resolve(reference)
        except ArtifactMissing:
            return False
        return True

    def manifest(self, reference: Reference, *, cache: BlobCache | None = None) -> Manifest:
        """The manifest or index, verified. Raises ArtifactMissing, ArtifactError."""
        where = str(reference)
        if reference.digest and cache is not None:
            known = cache.get(reference.digest)
            if known is not None:
                return _as(read_manifest(known, where=where), reference.digest)
        with self.connections.at(reference) as (registry, paths):
            url = registry.url(paths.manifest(reference.target))
            response = good(registry, "GET", url, accept=ACCEPT)
        raw = bytes(response.content)
        if len(raw) > MAX_MANIFEST:
            raise ArtifactError(f"the manifest is longer than {MAX_MANIFEST} bytes", where=where)
        wanted = reference.digest or response.headers.get("Docker-Content-Digest", "")
        if is_digest(wanted):
            verify(raw, wanted, where)
        found = read_manifest(raw, response.headers.get("Content-Type", ""), where)
        found = _as(found, wanted if is_digest(wanted) else found.digest)
        if cache is not None:
            cache.put(found.digest, raw)
        return found

    def blob(
        self,
        reference: Reference,
        descriptor: Descriptor,
        *,
        max_size: int = MAX_LAYER,
        progress: Progress | None = None,
        cancel: Cancel | None = None,
    ) -> bytes:
        """A blob, verified; a download cut off is taken up where it broke.

        Raises ArtifactMissing, ArtifactError (wrong digest, larger than `max_size`), RegistryError.
        """
        where = f"{reference.url}@{descriptor.digest}"
        if descriptor.size > max_size:
            raise _too_large(where, max_size)
        from fluxtui.artifacts.download import fetch

        with self.connections.at(reference) as (registry, paths):
            url = registry.url(paths.blob(descriptor.digest))
            told = progress or self.progress
            data = fetch(registry, url, where, descriptor.size, max_size, told, cancel)
        verify(data, descriptor.digest, where)
        self.connections.saw(reference, descriptor.digest)
        return data

    def pull(
        self,
        reference: Reference,
        *,
        layer_media_type: str = "",
        cache: BlobCache | None = None,
        max_size: int = MAX_LAYER,
        progress: Progress | None = None,
        cancel: Cancel | None = None,
    ) -> Pulled:
        """The layer Flux would take: of an index its linux/amd64 child; the first layer, or the
        first with exactly `layer_media_type` (docs/flux.md#layers). Raises ArtifactError,
        RegistryError.
        """
        top = found = self.manifest(reference, cache=cache)
        if top.is_index:
            child = next((c for c in top.children if c.platform == "linux/amd64"), None)
            if child is None:
                raise ArtifactError("the index has no child for linux/amd64", where=str(reference))
            found = self.manifest(reference.with_digest(child.digest), cache=cache)
        layer = _layer(found, layer_media_type, str(reference))
        data = cache.get(layer.digest) if cache is not None else None
        if data is None:
            data = self.blob(reference, layer, max_size=max_size, progress=progress, cancel=cancel)
            if cache is not None:
                cache.put(layer.digest, data)
        from fluxtui.artifacts.results import Pulled

        revision = top.digest if reference.digest else f"{reference.target}@{top.digest}"
        return Pulled(
            reference, top.digest, revision, found.annotations, data, layer.digest, layer.media_type
        )

    def referrers(self, reference: Reference, artifact_type: str = "") -> list[Descriptor]:
        """What refers to the manifest (signatures and the like); falls back to the tag schema."""
        from fluxtui.artifacts.lookups import referrers

        return referrers(self, reference, artifact_type)

    def tags_sharing(
        self,
        reference: Reference,
        digest: str = "",
        *,
        tags: list[str] | None = None,
        cancel: Cancel | None = None,
    ) -> list[str]:
        """All tags of the repository that point to `digest` (default: what `reference` does).

        One HEAD per tag; pass `tags` to look at these only.
        """
        from fluxtui.artifacts.lookups import tags_sharing

        digest = digest or self.resolve(reference).digest
        names = self.list_tags(reference, cancel=cancel) if tags is None else tags
        return tags_sharing(self, reference, digest, names)

    def signature(
        self, reference: Reference, digest: str, *, tags: Collection[str] | None = None
    ) -> str:
        """What says that the manifest `digest` is signed: its `.sig` tag or the artifact type of a
        referrer; empty when nothing does. Presence only: nothing is verified. `tags`: the
        repository's tags, when they are known already.
        """
        from fluxtui.artifacts.lookups import signature

        return signature(self, reference, digest, tags)

    # -- writing

    def push(
        self,
        reference: Reference,
        packed: Packed,
        *,
        source: str,
        revision: str,
        created: str,
        annotations: Mapping[str, str] | None = None,
        force: bool = False,
        progress: Progress | None = None,
    ) -> Pushed:
        """Push as `flux push artifact` does; `created` is RFC 3339.

        When the tag already holds the same tar nothing is sent, unless `force`.
        """
        from fluxtui.artifacts.publish import push

        return push(
            self, reference, packed, source=source, revision=revision, created=created,
            annotations=annotations or {}, force=force, progress=progress or self.progress,
        )  # fmt: skip

    def holding(self, reference: Reference, packed: Packed) -> Pushed | None:
        """What the tag holds already, when that is the same tar as `packed`; else None."""
        from fluxtui.artifacts.publish import holding

        return holding(self, reference, packed)

    def tag(self, reference: Reference, target_tag: str) -> Descriptor:
        """Let `target_tag` point to what `reference` does: the same bytes, the same digest."""
        manifest = self.manifest(reference)
        target = reference.with_tag(target_tag)
        self.put_manifest(target, manifest.raw, manifest.media_type)
        return self._described(manifest)

    def put_manifest(self, reference: Reference, raw: bytes, media_type: str) -> str:
        """PUT raw manifest bytes under the tag (or digest); returns the digest."""
        digest = digest_of(raw)
        with self.connections.at(reference) as (registry, paths):
            url = registry.url(paths.manifest(reference.target))
            response = good(registry, "PUT", url, data=raw, headers={"Content-Type": media_type})
        said = response.headers.get("Docker-Content-Digest", digest)
        if is_digest(said) and said.startswith("sha256:") and said != digest:
            raise ArtifactError(
                f"the registry stored {said} instead of {digest}", where=str(reference)
            )
        return digest

    def delete_tag(self, reference: Reference) -> None:
        """Remove the tag alone. Raises RegistryError where the registry only deletes digests."""
        if not reference.tag:
            raise UsageError("no tag is named", where=str(reference))
        try:
            self._delete(reference, reference.tag)
        except ArtifactMissing:
            raise
        except RegistryError as error:
            if error.status in {400, 405, 501}:
                raise RegistryError(
                    "this registry deletes by digest only, with every tag on it",
                    where=str(reference),
                    next="delete the digest if none of its tags is needed",
                    status=error.status,
                ) from error
            raise

    def delete(self, reference: Reference) -> None:
        """Remove the manifest with `reference.digest` and with it every tag on it."""
        if not reference.digest:
            raise UsageError("no digest is named", where=str(reference))
        self._delete(reference, reference.digest)

    def _delete(self, reference: Reference, target: str) -> None:
        with self.connections.at(reference) as (registry, paths):
            good(registry, "DELETE", registry.url(paths.manifest(target)))

    def close(self) -> None:
        """End idle connections. The client may still be used and would connect again."""
        self.connections.close()

    def __enter__(self) -> RegistryClient:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def _as(manifest: Manifest, digest: str) -> Manifest:
    return replace(manifest, digest=digest)


def _layer(manifest: Manifest, media_type: str, where: str) -> Descriptor:
    if not manifest.layers:
        raise ArtifactError("no layers found in artifact", where=where)
    for layer in manifest.layers:
        if not media_type or layer.media_type == media_type:
            return layer
    raise ArtifactError(
        f"failed to find layer with media type '{media_type}' in artifact",
        where=where,
        next="it has " + ", ".join(layer.media_type for layer in manifest.layers),
    )


def _too_large(where: str, limit: int) -> ArtifactError:
    return ArtifactError(f"larger than {limit} bytes", where=where, next="raise the limit")


def _json(response: Any, where: str) -> Mapping[str, object]:
    try:
        body = response.json()
    except ValueError as error:
        raise RegistryError(
            "the answer is not JSON", where=where, next="check that this is a registry"
        ) from error
    return body if isinstance(body, dict) else {}
