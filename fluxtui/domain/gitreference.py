"""spec.ref of a GitRepository as a value, and how Flux writes the revision it leads to. Pure.

Rules: docs/flux.md#git.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fluxtui.kit.values import frozen

_DEFAULT = "master"


@frozen
class Head:
    """A commit (40 hex digits), and its revision as status has it."""

    revision: str
    commit: str


@frozen
class GitReference:
    """The fields of spec.ref, strongest first: commit, name, tag, semver, branch; weaker ones do
    not count."""

    commit: str = ""
    name: str = ""
    tag: str = ""
    semver: str = ""
    branch: str = ""

    @classmethod
    def of(cls, ref: Mapping[str, Any]) -> GitReference:
        """From spec.ref; what is no text counts as unset."""
        fields = ("commit", "name", "tag", "semver", "branch")
        return cls(**{f: v for f in fields if isinstance(v := ref.get(f), str)})

    @property
    def full_name(self) -> str:
        """The reference whose commit is taken, or that a commit is of: `refs/heads/main`; "" of a
        commit of no branch. A range has no name before it has chosen."""
        if self.name:
            return self.name
        if self.commit:
            return f"refs/heads/{self.branch}" if self.branch else ""
        return f"refs/tags/{self.tag}" if self.tag else f"refs/heads/{self.branch or _DEFAULT}"

    @property
    def deciding(self) -> GitReference:
        """The same without the fields that do not count."""
        if self.commit:
            return GitReference(commit=self.commit, branch=self.branch)
        for field in ("name", "tag", "semver"):
            if getattr(self, field):
                return GitReference(**{field: getattr(self, field)})
        return GitReference(branch=self.branch)

    def revision(self, name: str, commit: str) -> str:
        """`main@sha1:<40 hex>`; the whole reference where spec.ref.name is set; `sha1:<40 hex>`
        alone for a commit of no branch."""
        short = name if self.name else "/".join(name.split("/")[2:])
        return f"{short}@sha1:{commit}" if short else f"sha1:{commit}"


@frozen
class RemoteQuestion:
    """What a Git remote is asked: what `wanted` is there now, and how far from what is stored."""

    url: str
    wanted: GitReference
    stored: str


@frozen
class RemoteAnswer:
    """`revision`: as status would have it, "" when there is none or `error` says why it is not
    known. `ahead`: commits that it has and what is stored has not; None: not counted. `at`: when
    it answered, epoch seconds."""

    revision: str = ""
    ahead: int | None = None
    error: str = ""
    at: float = 0.0
