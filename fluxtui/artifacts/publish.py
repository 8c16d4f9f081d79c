"""Pushing an artifact as the flux CLI does: blobs first, then the manifest under its tag.

Recognises an unchanged folder by the digest of its tar, which unlike the layer's does not depend on
who compressed it. Nothing is retried here: a push whose outcome is unknown is read back by the
caller.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from urllib.parse import urlencode, urljoin

from fluxtui.artifacts.connections import good
from fluxtui.artifacts.manifest import (
    CREATED,
    FLUX_CONTENT,
    OCI_MANIFEST,
    REVISION,
    SOURCE,
    Descriptor,
    digest_of,
    flux_manifest,
)
from fluxtui.artifacts.packing import Packed
from fluxtui.artifacts.reading import RegistryReader
from fluxtui.artifacts.reference import Reference, is_digest
from fluxtui.artifacts.results import Progress, Pushed
from fluxtui.artifacts.unpacking import tar_of
from fluxtui.domain.errors import ArtifactError, ArtifactMissing, RegistryError


def push(
    client: RegistryReader,
    reference: Reference,
    packed: Packed,
    *,
    source: str,
    revision: str,
    created: str,
    annotations: Mapping[str, str],
    force: bool,
    progress: Progress | None,
) -> Pushed:
    """See RegistryClient.push."""
    target = reference.with_tag(reference.tag or "latest")
    if not force:
        existing = holding(client, target, packed)
        if existing is not None:
            return existing
    config = config_of(packed)
    marks = {CREATED: created, SOURCE: source, REVISION: revision, **annotations}
    raw, layer = flux_manifest(config, packed.data, marks)
    put_blob(client, target, config, digest_of(config))
    put_blob(client, target, packed.data, layer.digest, progress)
    digest = put_manifest(client, target, raw, OCI_MANIFEST)
    return Pushed(target, digest, layer.digest, packed.tar_digest)


def config_of(packed: Packed) -> bytes:
    """The config blob. Readers ignore it; the tar's digest stands where images have it."""
    config = {
        "architecture": "",
        "os": "",
        "config": {},
        "rootfs": {"type": "layers", "diff_ids": [packed.tar_digest]},
    }
    return json.dumps(config, separators=(",", ":")).encode()


def holding(client: RegistryReader, target: Reference, packed: Packed) -> Pushed | None:
    """See RegistryClient.holding."""
    try:
        manifest = client.manifest(target)
    except ArtifactMissing:
        return None
    if len(manifest.layers) != 1 or manifest.layers[0].media_type != FLUX_CONTENT:
        return None
    layer = manifest.layers[0]
    if layer.digest != packed.digest:
        try:
            tar = tar_of(client.blob(target, layer))
        except (ArtifactMissing, ArtifactError):
            return None  # what is there is damaged: pushing repairs it
        if digest_of(tar) != packed.tar_digest:
            return None
    return Pushed(target, manifest.digest, layer.digest, packed.tar_digest, unchanged=True)


def put_manifest(client: RegistryReader, reference: Reference, raw: bytes, media_type: str) -> str:
    """See RegistryClient.put_manifest."""
    digest = digest_of(raw)
    with client.connections.at(reference) as (registry, paths):
        url = registry.url(paths.manifest(reference.target))
        response = good(registry, "PUT", url, data=raw, headers={"Content-Type": media_type})
    stored = response.headers.get("Docker-Content-Digest", digest)
    if is_digest(stored) and stored.startswith("sha256:") and stored != digest:
        raise ArtifactError(
            f"the registry stored {stored} instead of {digest}", where=str(reference)
        )
    return digest


def put_blob(
    client: RegistryReader,
    reference: Reference,
    data: bytes,
    digest: str,
    progress: Progress | None = None,
) -> Descriptor:
    """Upload a blob unless the repository has it. Raises RegistryError."""
    from fluxtui.artifacts.transport import Upload

    descriptor = Descriptor(digest, "application/octet-stream", len(data))
    with client.connections.at(reference) as (registry, paths):
        answer = registry.do_request(registry.url(paths.blob(digest)), "HEAD")
        elsewhere = client.connections.has_seen(reference, digest)
        client.connections.saw(reference, digest)
        if answer.status_code == 200:
            if progress is not None:
                progress(len(data), len(data))
            return descriptor
        begin = registry.url(paths.uploads())
        # A registry that cannot mount it (or may not read there) opens an upload instead.
        mount = "?" + urlencode({"mount": digest, "from": elsewhere}) if elsewhere else ""
        session = good(registry, "POST", begin + mount)
        if mount and session.status_code == 201:
            return descriptor
        location = session.headers.get("Location", "")
        if not location:
            raise RegistryError("opens no upload", where=begin, status=session.status_code)
        url = urljoin(begin, location)
        url += ("&" if "?" in url else "?") + urlencode({"digest": digest})
        good(
            registry,
            "PUT",
            url,
            data=Upload(data, progress),
            headers={"Content-Type": "application/octet-stream"},
        )
    return descriptor
