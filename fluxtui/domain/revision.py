"""Reading Flux revisions: `tag@sha256:...`, a bare digest, `branch@sha1:...`, and back to tags."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from typing import Protocol

_DIGEST = re.compile(r"sha256:[0-9a-f]{64}")
_COMMIT = re.compile(r"(?:(.+)@)?sha1:([0-9a-f]{40})")
_CHART_DIGEST = re.compile(r"\+[0-9a-f]{12}\Z")
_TAG = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,127}")


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
    """The tag of a revision, "" for a digest-only one and for a commit (docs/flux.md#revisions)."""
    if "sha1:" in revision and _COMMIT.fullmatch(revision):
        return ""
    tag, at, _digest = revision.partition("@")
    return tag if at and not tag.startswith("sha256:") else ("" if "sha256:" in revision else tag)


def commit_of(revision: str) -> str:
    """The 40 hex digits of `main@sha1:<40 hex>`; "" for what is no commit."""
    commit = _COMMIT.fullmatch(revision)
    return commit.group(2) if commit is not None else ""


def commit_text(revision: str) -> str:
    """`main@4f2c9e1` of `main@sha1:<40 hex>`; "" for what is no commit."""
    if "sha1:" not in revision:
        return ""
    commit = _COMMIT.fullmatch(revision)
    if commit is None:
        return ""
    branch, whole = commit.groups()
    return f"{branch}@{whole[:7]}" if branch else whole[:7]


def same_build(one: str, other: str) -> bool:
    """Whether two revisions are of one content: by digest, else by commit, else by what they are
    called; of a chart whatever Helm's controller has added of its digest."""
    for part in (digest_of, commit_of):
        first, second = part(one), part(other)
        if first and second:
            return first == second
    return _called(one) == _called(other)


def _called(revision: str) -> str:
    return _CHART_DIGEST.sub("", revision.partition("@")[0])


def is_digest(text: str) -> bool:
    """Whether it is a whole `sha256:<64 hex>`: a shortened one is for people only."""
    return _DIGEST.fullmatch(text) is not None


def is_tag(text: str) -> bool:
    """Whether a registry takes it as a tag (OCI: no `+`)."""
    return _TAG.fullmatch(text) is not None


def tags_hash(tags: Iterable[str]) -> str:
    """The hash of a tag list in whatever order it was listed: an input of a Plan."""
    return hashlib.sha256("\n".join(sorted(set(tags))).encode()).hexdigest()[:16]


def short_digest(digest: str) -> str:
    """`sha256:0123abcd` for people."""
    return digest[: len("sha256:") + 8] if digest.startswith("sha256:") else digest


def tags_of_digest(digest: str, facts: Mapping[str, HasDigest]) -> tuple[str, ...]:
    """Tags known to point at that digest."""
    return tuple(tag for tag, fact in facts.items() if digest and fact.digest == digest)


def version_text(revision: str, fact_tables: Iterable[Mapping[str, HasDigest]] = ()) -> str:
    """What a person calls the revision: its tag, else a tag of the same digest, else the digest;
    a commit by its branch and first digits.

    The first table that knows the digest decides; of several tags a release comes first.
    """
    tag = tag_of(revision) or commit_text(revision)
    if tag or not revision:
        return tag
    digest = digest_of(revision)
    for facts in fact_tables:
        tags = tags_of_digest(digest, facts)
        if tags:
            return min(tags, key=lambda t: ("-" in t, t))
    return short_digest(digest)
