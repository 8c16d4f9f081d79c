"""Looking around a manifest: who refers to it, who signed it, which tags share it.

Registries without the referrers API keep the same list under a tag named after the digest; both
ways give the same answer here.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from urllib.parse import quote

from fluxtui.artifacts.lookers import each_in_threads
from fluxtui.artifacts.manifest import OCI_INDEX, Descriptor, read_manifest
from fluxtui.artifacts.pages import pages
from fluxtui.artifacts.reading import RegistryReader
from fluxtui.artifacts.reference import Reference
from fluxtui.domain.errors import ArtifactMissing, RegistryError

_LOOKERS = 8


def referrers(
    client: RegistryReader, reference: Reference, artifact_type: str = ""
) -> list[Descriptor]:
    """See RegistryClient.referrers. Raises RegistryError; an unknown digest has none."""
    digest = reference.digest or client.resolve(reference).digest
    try:
        with client.connections.at(reference) as (registry, paths):
            query = f"?artifactType={quote(artifact_type, safe='')}" if artifact_type else ""
            url = registry.url(paths.referrers(digest) + query)
            descriptors = [
                child
                for response, at in pages(registry, url, accept=OCI_INDEX)
                for child in read_manifest(bytes(response.content), OCI_INDEX, at).children
            ]
    except RegistryError as error:
        # 404 is the specification's "no such API"; some registries say 400, 405 or 501 instead.
        if error.status not in {400, 404, 405, 501}:
            raise
        try:
            descriptors = list(
                client.manifest(reference.with_tag(digest.replace(":", "-"))).children
            )
        except ArtifactMissing:
            return []
    return [d for d in descriptors if not artifact_type or d.artifact_type == artifact_type]


_SIGNATURE_TYPES = ("cosign", "notary.signature", "sigstore.bundle")


def signature(
    client: RegistryReader,
    reference: Reference,
    digest: str,
    tags: Collection[str] | None,
) -> str:
    """See RegistryClient.signature."""
    tag = digest.replace(":", "-") + ".sig"
    tagged = tag in tags if tags is not None else client.exists(reference.with_tag(tag))
    if tagged:
        return tag
    for referrer in referrers(client, reference.with_digest(digest)):
        if any(kind in referrer.artifact_type for kind in _SIGNATURE_TYPES):
            return referrer.artifact_type
    return ""


def tags_sharing(
    client: RegistryReader, reference: Reference, digest: str, tags: Sequence[str]
) -> list[str]:
    """See RegistryClient.tags_sharing."""

    def shares(tag: str) -> bool:
        try:
            return client.resolve(reference.with_tag(tag)).digest == digest
        except ArtifactMissing:
            return False  # deleted while we looked

    sharing = each_in_threads(shares, tags, _LOOKERS)
    return [tag for tag, shared in zip(tags, sharing, strict=True) if shared]
