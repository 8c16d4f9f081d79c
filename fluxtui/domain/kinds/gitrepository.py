"""GitRepository: a branch, tag or commit of a Git repository (docs/flux.md#other-sources)."""

from __future__ import annotations

from collections.abc import Mapping

from fluxtui.domain.kinds.kind import SOURCE_SHAPE, Column, Kind, Source
from fluxtui.domain.kinds.reading import SOURCES, mapping_at, mappings_at, reference, text_at
from fluxtui.domain.resource import Key, Resource

_DEFAULT = "branch master"
# Strongest first, as source-controller reads spec.ref.
_WORDS = (("commit", "commit"), ("name", ""), ("semver", "semver"), ("tag", "tag"))


def url(resource: Resource) -> str:
    """spec.url, `https://host/path` or `ssh://...`; empty when the object is malformed."""
    return text_at(resource.spec, "url")


def follows(resource: Resource) -> str:
    """`branch main`, `tag v1`, `semver ^1.0`, `refs/pull/1/head`, `commit 4f2c9e1 of branch b`."""
    ref = mapping_at(resource.spec, "ref")
    branch = text_at(ref, "branch")
    for name, word in _WORDS:
        text = text_at(ref, name)
        if text:
            of = f" of branch {branch}" if name == "commit" and branch else ""
            return f"{word} {text}{of}".strip()
    return f"branch {branch}" if branch else _DEFAULT


def _included(resource: Resource) -> tuple[Key, ...]:
    """Other GitRepositories whose files it includes."""
    entries = (mapping_at(e, "repository") for e in mappings_at(resource.spec, "include"))
    keys = (reference(resource, entry, SOURCES, "GitRepository") for entry in entries)
    return tuple(key for key in keys if key is not None)


KIND = Kind(
    SOURCES,
    "v1",
    "GitRepository",
    "gitrepositories",
    "gitrepo",
    words=("git",),
    source=Source(url=url, follows=follows),
    shape={**SOURCE_SHAPE, "spec.url": str, "spec.ref": Mapping},
    needed=("spec.url",),
    needs=_included,
    columns=(Column("URL", url), Column("FOLLOWS", follows)),
)
