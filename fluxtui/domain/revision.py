"""Reading Flux revisions: `tag@sha256:...`, a bare digest, and back from a digest to its tags."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Protocol


class HasDigest(Protocol):
    """Anything that knows the digest of a tag (`TagFacts`)."""

    @property
    def digest(self) -> str:
        """`sha256:<hex>`."""


def digest_of(revision: str) -> str:
    """`sha256:<hex>` of a revision, "" when it has none."""
    at = revision.rfind("sha256:")
    return revision[at:] if at >= 0 else ""


def tag_of(revision: str) -> str:
    """The tag of a revision, "" for a digest-only one (flux-semantics A4)."""
    tag, at, _digest = revision.partition("@")
    return tag if at and not tag.startswith("sha256:") else ("" if "sha256:" in revision else tag)


def short_digest(digest: str) -> str:
    """`sha256:0123abcd` for people."""
    return digest[: len("sha256:") + 8] if digest.startswith("sha256:") else digest


def tags_of_digest(digest: str, facts: Mapping[str, HasDigest]) -> tuple[str, ...]:
    """Tags known to point at that digest."""
    return tuple(tag for tag, fact in facts.items() if digest and fact.digest == digest)


def version_text(revision: str, fact_tables: Iterable[Mapping[str, HasDigest]] = ()) -> str:
    """What a person calls the revision: its tag, else a tag of the same digest, else the digest."""
    tag = tag_of(revision)
    if tag or not revision:
        return tag
    digest = digest_of(revision)
    for facts in fact_tables:
        tags = tags_of_digest(digest, facts)
        if tags:
            return tags[0]
    return short_digest(digest)
