"""The reading half of the registry client: tags, manifests, blobs, and the layer Flux would take.

What looks around a manifest (`lookups`) and what pushes one (`publish`) stand on this, the whole
client on all three. Nothing here writes. Every answer is verified by its digest.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from fluxtui.artifacts.connections import Connections, good
from fluxtui.artifacts.manifest import (
    ACCEPT,
    Descriptor,
    Manifest,
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
)

if TYPE_CHECKING:
    from fluxtui.artifacts.cache import BlobCache
    from fluxtui.artifacts.chartentries import ChartVersion
    from fluxtui.artifacts.chartindex import FetchedIndex, Validators
    from fluxtui.artifacts.results import Progress, Pulled
    from fluxtui.artifacts.transport import Cancel

MAX_MANIFEST = 4 << 20
MAX_LAYER = 256 << 20


class RegistryReader:
    """Reads from all registries."""

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

    def index(self, url: str, known: Validators) -> FetchedIndex | None:
        """The index of the charts at `url`; None when it is what `known` says. Raises RegistryError
        and its kin.
        """
        from fluxtui.artifacts.chartindex import fetched

        return fetched(self.connections, url, known)

    def archive(self, index: str, entry: ChartVersion) -> bytes:
        """The packed chart of an entry of the index at `index`. Raises RegistryError and its kin,
        ArtifactError.
        """
        from fluxtui.artifacts.chartarchive import archive

        return archive(self.connections, index, entry)

    def resolve(self, reference: Reference) -> Descriptor:
        """Digest, media type and size of what a tag points to: HEAD, else GET."""
        with self.connections.at(reference) as (registry, paths):
            url = registry.url(paths.manifest(reference.target))
            try:
                response = good(registry, "HEAD", url, accept=ACCEPT)
            except RegistryUnreachable:
                raise
            except RegistryError:
                return described(self.manifest(reference))
            digest = response.headers.get("Docker-Content-Digest", "")
            if not is_digest(digest) or (reference.digest and digest != reference.digest):
                return described(self.manifest(reference))
            size = response.headers.get("Content-Length", "")
            kind = response.headers.get("Content-Type", "")
            return Descriptor(digest, kind, int(size) if size.isdecimal() else -1)

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
            cached = cache.get(reference.digest)
            if cached is not None:
                return _as(read_manifest(cached, where=where), reference.digest)
        with self.connections.at(reference) as (registry, paths):
            url = registry.url(paths.manifest(reference.target))
            response = good(registry, "GET", url, accept=ACCEPT)
        raw = bytes(response.content)
        if len(raw) > MAX_MANIFEST:
            raise ArtifactError(f"the manifest is longer than {MAX_MANIFEST} bytes", where=where)
        digest = reference.digest or response.headers.get("Docker-Content-Digest", "")
        if is_digest(digest):
            verify(raw, digest, where)
        manifest = read_manifest(raw, response.headers.get("Content-Type", ""), where)
        manifest = _as(manifest, digest if is_digest(digest) else manifest.digest)
        if cache is not None:
            cache.put(manifest.digest, raw)
        return manifest

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
            listener = progress or self.progress
            data = fetch(registry, url, where, descriptor.size, max_size, listener, cancel)
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
        top = manifest = self.manifest(reference, cache=cache)
        if top.is_index:
            child = next((c for c in top.children if c.platform == "linux/amd64"), None)
            if child is None:
                raise ArtifactError("the index has no child for linux/amd64", where=str(reference))
            manifest = self.manifest(reference.with_digest(child.digest), cache=cache)
        layer = _layer(manifest, layer_media_type, str(reference))
        data = cache.get(layer.digest) if cache is not None else None
        if data is None:
            data = self.blob(reference, layer, max_size=max_size, progress=progress, cancel=cancel)
            if cache is not None:
                cache.put(layer.digest, data)
        from fluxtui.artifacts.results import Pulled

        revision = top.digest if reference.digest else f"{reference.target}@{top.digest}"
        return Pulled(
            reference,
            top.digest,
            revision,
            manifest.annotations,
            data,
            layer.digest,
            layer.media_type,
        )


def described(manifest: Manifest) -> Descriptor:
    """A manifest as a tag that points to it is described."""
    return Descriptor(manifest.digest, manifest.media_type, len(manifest.raw), manifest.annotations)


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
