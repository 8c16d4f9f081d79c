"""GitRepository: a branch, tag or commit of a Git repository (docs/flux.md#other-sources)."""

from __future__ import annotations

from collections.abc import Mapping

from fluxtui.domain.kinds.kind import SOURCE_SHAPE, Kind, Source, text_at
from fluxtui.domain.resource import EMPTY, Resource

_DEFAULT = "branch master"
# Strongest first, as source-controller reads spec.ref.
_WORDS = (("commit", "commit"), ("name", ""), ("semver", "semver"), ("tag", "tag"))


def url(resource: Resource) -> str:
    """spec.url, `https://host/path` or `ssh://...`; empty when the object is malformed."""
    return text_at(resource.spec, "url")


def follows(resource: Resource) -> str:
    """`branch main`, `tag v1`, `semver ^1.0`, `refs/pull/1/head`, `commit 4f2c9e1 of branch b`."""
    value = resource.spec.get("ref")
    ref = value if isinstance(value, Mapping) else EMPTY
    branch = text_at(ref, "branch")
    for name, word in _WORDS:
        text = text_at(ref, name)
        if text:
            of = f" of branch {branch}" if name == "commit" and branch else ""
            return f"{word} {text}{of}".strip()
    return f"branch {branch}" if branch else _DEFAULT


KIND = Kind(
    "source.toolkit.fluxcd.io",
    "v1",
    "GitRepository",
    "gitrepositories",
    "gitrepo",
    words=("git",),
    source=Source(url=url, follows=follows),
    shape={**SOURCE_SHAPE, "spec.url": str, "spec.ref": Mapping},
    needed=("spec.url",),
)
