"""What fluxtui asks of an OCI registry: tags, manifests, blobs, artifacts; pushed, tagged, deleted.

Synchronous and safe to use from many threads; the Engine runs it in threads. Every answer is
verified by its digest, every failure is an error of our own. oras is loaded at the first transfer.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from types import TracebackType
from typing import TYPE_CHECKING

from fluxtui.artifacts.connections import good
from fluxtui.artifacts.manifest import Descriptor
from fluxtui.artifacts.reading import RegistryReader, described
from fluxtui.artifacts.reference import Reference
from fluxtui.domain.errors import ArtifactMissing, RegistryError, UsageError

if TYPE_CHECKING:
    from fluxtui.artifacts.packing import Packed
    from fluxtui.artifacts.pullsecrets import PullSecret
    from fluxtui.artifacts.results import Progress, Pushed
    from fluxtui.artifacts.transport import Cancel


class RegistryClient(RegistryReader):
    """A client for all registries. Close it, or use it as a context, to end its connections."""

    def lend(
        self, reference: Reference, secrets: Sequence[PullSecret], *, first: bool = False
    ) -> bool:
        """Let pull Secrets open this one repository, where the user has no credentials of their
        own (`first`: before those). False when they have none for it. Raises ConfigError.
        """
        return self.connections.keychain.lend(reference, secrets, first=first)

    # -- looking around a manifest

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
        return described(manifest)

    def put_manifest(self, reference: Reference, raw: bytes, media_type: str) -> str:
        """PUT raw manifest bytes under the tag (or digest); returns the digest."""
        from fluxtui.artifacts.publish import put_manifest

        return put_manifest(self, reference, raw, media_type)

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
