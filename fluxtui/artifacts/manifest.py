"""What a registry's manifests say, as values.

Reads OCI and Docker manifests and indexes from their raw bytes and keeps those bytes, because a
manifest's digest is the digest of its bytes and nothing may be written again from a parsed form.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import field
from types import MappingProxyType

from fluxtui.domain.errors import ArtifactError
from fluxtui.kit.values import frozen

OCI_MANIFEST = "application/vnd.oci.image.manifest.v1+json"
OCI_INDEX = "application/vnd.oci.image.index.v1+json"
DOCKER_MANIFEST = "application/vnd.docker.distribution.manifest.v2+json"
DOCKER_LIST = "application/vnd.docker.distribution.manifest.list.v2+json"
FLUX_CONFIG = "application/vnd.cncf.flux.config.v1+json"
FLUX_CONTENT = "application/vnd.cncf.flux.content.v1.tar+gzip"

ACCEPT = ", ".join((OCI_MANIFEST, OCI_INDEX, DOCKER_MANIFEST, DOCKER_LIST, "*/*;q=0.1"))

CREATED = "org.opencontainers.image.created"
SOURCE = "org.opencontainers.image.source"
REVISION = "org.opencontainers.image.revision"

_NOTHING: Mapping[str, str] = MappingProxyType({})


@frozen
class Descriptor:
    """A pointer to content: digest, media type and size in bytes (-1 unknown).

    `platform` is `os/architecture` for children of an index, `artifact_type` for referrers.
    """

    digest: str
    media_type: str
    size: int
    annotations: Mapping[str, str] = field(default_factory=dict)
    platform: str = ""
    artifact_type: str = ""


@frozen
class Manifest:
    """A manifest or an index. `children` are set for an index, `config` and `layers` otherwise."""

    digest: str
    media_type: str
    raw: bytes
    config: Descriptor | None = None
    layers: tuple[Descriptor, ...] = ()
    annotations: Mapping[str, str] = field(default_factory=dict)
    children: tuple[Descriptor, ...] = ()
    subject: str = ""
    artifact_type: str = ""

    @property
    def is_index(self) -> bool:
        return self.media_type in {OCI_INDEX, DOCKER_LIST}


def digest_of(data: bytes, algorithm: str = "sha256") -> str:
    """`sha256:<hex>` of `data`."""
    return f"{algorithm}:{hashlib.new(algorithm, data).hexdigest()}"


def verify(data: bytes, digest: str, where: str) -> None:
    """Raises ArtifactError when `data` does not have `digest`."""
    algorithm = digest.partition(":")[0]
    if algorithm not in {"sha256", "sha512"}:
        raise ArtifactError(f"cannot verify a {algorithm!r} digest", where=where)
    actual = digest_of(data, algorithm)
    if actual != digest:
        raise ArtifactError(
            f"the content has digest {actual} instead of {digest}",
            where=where,
            next="the registry or something on the way altered it; do not use it",
            entry=digest,
        )


def read_manifest(raw: bytes, media_type: str = "", where: str = "") -> Manifest:
    """Parse the bytes of a manifest. Raises ArtifactError when they are not one."""
    try:
        body = json.loads(raw)
        kind = media_type.partition(";")[0].strip()
        if kind in {"", "application/json", "text/plain", "application/octet-stream"}:
            kind = body.get("mediaType") or _guess(body)
        config = body.get("config")
        return Manifest(
            digest=digest_of(raw),
            media_type=kind,
            raw=raw,
            config=descriptor(config) if config else None,
            layers=tuple(descriptor(part) for part in body.get("layers") or ()),
            annotations=_texts(body.get("annotations")),
            children=tuple(descriptor(part) for part in body.get("manifests") or ()),
            subject=str((body.get("subject") or {}).get("digest", "")),
            artifact_type=str(body.get("artifactType") or ""),
        )
    except (ValueError, TypeError, AttributeError, KeyError, RecursionError) as error:
        raise ArtifactError(
            f"not an OCI manifest: {error!r}"[:200],
            where=where,
            next="check that the address is a registry's",
        ) from error


def descriptor(part: Mapping[str, object]) -> Descriptor:
    """A descriptor from its JSON. Raises KeyError or ValueError when it has no digest or size."""
    platform = part.get("platform")
    system = ""
    if isinstance(platform, Mapping):
        system = f"{platform.get('os', '')}/{platform.get('architecture', '')}"
    return Descriptor(
        digest=str(part["digest"]),
        media_type=str(part.get("mediaType", "")),
        size=int(str(part.get("size", -1))),
        annotations=_texts(part.get("annotations")),
        platform=system,
        artifact_type=str(part.get("artifactType") or ""),
    )


def _texts(value: object) -> Mapping[str, str]:
    if not isinstance(value, Mapping) or not value:
        return dict(_NOTHING)
    return {str(k): str(v) for k, v in value.items()}


def _guess(body: Mapping[str, object]) -> str:
    return OCI_INDEX if "manifests" in body else OCI_MANIFEST


def flux_manifest(
    config: bytes, layer: bytes, annotations: Mapping[str, str]
) -> tuple[bytes, Descriptor]:
    """The raw manifest of a Flux artifact (docs/flux.md#packing), and its one layer's descriptor.

    Keys stand in the order of the OCI specification and there is no white space, so that the same
    content and annotations give the same digest on every machine.
    """
    content = Descriptor(digest_of(layer), FLUX_CONTENT, len(layer))
    body = {
        "schemaVersion": 2,
        "mediaType": OCI_MANIFEST,
        "config": {
            "mediaType": FLUX_CONFIG,
            "size": len(config),
            "digest": digest_of(config),
        },
        "layers": [
            {"mediaType": content.media_type, "size": content.size, "digest": content.digest}
        ],
        "annotations": dict(sorted(annotations.items())),
    }
    raw = json.dumps(body, separators=(",", ":"), ensure_ascii=False).encode()
    return raw, content
