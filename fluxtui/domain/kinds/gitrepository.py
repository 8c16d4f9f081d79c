"""GitRepository: a branch, tag or commit of a Git repository (docs/flux.md#other-sources)."""

from __future__ import annotations

import re
from collections.abc import Mapping

from fluxtui.domain.gitreference import GitReference
from fluxtui.domain.kinds.kind import (
    SOURCE_SHAPE,
    Kind,
    KindColumn,
    PinField,
    RangeField,
    Source,
)
from fluxtui.domain.kinds.reading import SOURCES, mapping_at, mappings_at, reference, text_at
from fluxtui.domain.resource import Key, Resource
from fluxtui.domain.revision import commit_of

_COMMIT = re.compile(r"[0-9a-f]{40}")
_DEFAULT = "branch master"
# Strongest first, as source-controller reads spec.ref.
_WORDS = (("commit", "commit"), ("name", ""), ("tag", "tag"), ("semver", "semver"))


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


def _moving(resource: Resource) -> GitReference | None:
    """What is followed; a commit and a tag are what they are."""
    ref = GitReference.of(mapping_at(resource.spec, "ref"))
    return None if ref.commit or (ref.tag and not ref.name) else ref


def _included(resource: Resource) -> tuple[Key, ...]:
    """Other GitRepositories whose files it includes."""
    entries = (mapping_at(e, "repository") for e in mappings_at(resource.spec, "include"))
    keys = (reference(resource, entry, SOURCES, "GitRepository") for entry in entries)
    return tuple(key for key in keys if key is not None)


def _bar(resource: Resource) -> str:
    """Why a commit would not be taken."""
    mode = text_at(resource.spec, "verify", "mode")
    if mode in ("Tag", "TagAndHEAD"):
        return f"it verifies tags (spec.verify.mode {mode}), and a commit has none"
    return ""


def _unheeded(resource: Resource) -> str:
    """Why a range would not be heeded, or would follow something of another kind."""
    ref = GitReference.of(mapping_at(resource.spec, "ref"))
    if ref.semver and not (ref.name or ref.tag):
        return ""
    return f"it follows {ref.name or follows(resource)}, and not its tags by a range"


def _named(text: str) -> str:
    """The 40 digits of a commit, also out of a whole revision; "" for what is none."""
    return commit_of(text) or (text if _COMMIT.fullmatch(text) else "")


KIND = Kind(
    SOURCES,
    "v1",
    "GitRepository",
    "gitrepositories",
    "gitrepo",
    words=("git",),
    source=Source(url=url, follows=follows, reference=_moving),
    shape={**SOURCE_SHAPE, "spec.url": str, "spec.ref": Mapping},
    needed=("spec.url",),
    needs=_included,
    hold=PinField(
        ("ref", "commit"),
        picks=lambda _resource: True,
        version=lambda _resource, revision: commit_of(revision),
        named=_named,
        bar=_bar,
        lasting="data migrations and Jobs that ran are not undone by going back",
    ),
    ranged=RangeField(
        ("ref", "semver"), _unheeded, lambda _resource, text: GitReference(semver=text)
    ),
    columns=(KindColumn("URL", url), KindColumn("FOLLOWS", follows)),
)
