"""Looking around a manifest: who refers to it, who signed it, which tags share it.

Registries without the referrers API keep the same list under a tag named after the digest; both
ways give the same answer here.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING
from urllib.parse import quote

from fluxtui.artifacts.connections import good
from fluxtui.artifacts.manifest import OCI_INDEX, Descriptor, read_manifest
from fluxtui.artifacts.reference import Reference
from fluxtui.domain.errors import ArtifactMissing, RegistryError

if TYPE_CHECKING:
    from fluxtui.artifacts.client import RegistryClient

_LOOKERS = 8


def referrers(
    client: RegistryClient, reference: Reference, artifact_type: str = ""
) -> list[Descriptor]:
    """See RegistryClient.referrers. Raises RegistryError; an unknown digest has none."""
    digest = reference.digest or client.resolve(reference).digest
    try:
        with client.connections.at(reference) as (registry, container):
            path = f"{registry.host}/v2/{container.api_prefix}/referrers/{digest}"
            query = f"?artifactType={quote(artifact_type, safe='')}" if artifact_type else ""
            url = registry.url(path + query)
            response = good(registry, "GET", url, accept=OCI_INDEX)
        found = read_manifest(bytes(response.content), OCI_INDEX, url).children
    except RegistryError as error:
        # 404 is the specification's "no such API"; some registries say 400, 405 or 501 instead.
        if error.status not in {400, 404, 405, 501}:
            raise
        try:
            found = client.manifest(reference.with_tag(digest.replace(":", "-"))).children
        except ArtifactMissing:
            return []
    return [d for d in found if not artifact_type or d.artifact_type == artifact_type]


_SIGNATURE_TYPES = ("cosign", "notary.signature", "sigstore.bundle")


def signature(
    client: RegistryClient,
    reference: Reference,
    digest: str,
    tags: Collection[str] | None,
) -> str:
    """See RegistryClient.signature."""
    tag = digest.replace(":", "-") + ".sig"
    known = tag in tags if tags is not None else client.exists(reference.with_tag(tag))
    if known:
        return tag
    for found in client.referrers(reference.with_digest(digest)):
        if any(kind in found.artifact_type for kind in _SIGNATURE_TYPES):
            return found.artifact_type
    return ""


def tags_sharing(
    client: RegistryClient, reference: Reference, digest: str, tags: Sequence[str]
) -> list[str]:
    """See RegistryClient.tags_sharing."""

    def shares(tag: str) -> bool:
        try:
            return client.resolve(reference.with_tag(tag)).digest == digest
        except ArtifactMissing:
            return False  # deleted while we looked

    with ThreadPoolExecutor(_LOOKERS) as lookers:
        return [tag for tag, same in zip(tags, lookers.map(shares, tags), strict=True) if same]
